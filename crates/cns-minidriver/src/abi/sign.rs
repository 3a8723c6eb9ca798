//! `CardSignData` (specification, "Cryptographic Operations"): three ways in.
//!
//! CAPI gives no padding information, and a hash by its number or none; CNG gives PKCS#1 with a hash's name or none, or PSS.

use cns_token::signature::Hash;

use super::cardmod::{
    BCRYPT_PKCS1_PADDING_INFO, BCRYPT_PSS_PADDING_INFO, CARD_DATA, CARD_SIGNING_INFO, DWORD, ReturnCode,
};
use super::exit::enter;
use super::memory::{self, Call, OutputValue};
use crate::container::{check_index, check_key_spec};
use crate::error::{Error, Result};
use crate::sign::Padding;

/// `CARD_PADDING_INFO_PRESENT` and `CARD_BUFFER_SIZE_ONLY`.
const PADDING_INFO: DWORD = 0x4000_0000;
const SIZE_ONLY: DWORD = 0x2000_0000;
/// Those of CryptSignHash: `CRYPT_NOHASHOID`, `CRYPT_TYPE2_FORMAT` (old, and ignored), `CRYPT_X931_FORMAT`; and CNG's
/// `NCRYPT_SILENT_FLAG`.
const NO_HASH_OID: DWORD = 1;
const TYPE_2: DWORD = 2;
const X931: DWORD = 4;
const SILENT: DWORD = 0x40;
/// The bits of all kinds of padding, CNG's flag for PSS among them. The kind has its own field: here they say nothing.
const KINDS_OF_PADDING: DWORD = 0xF;
/// `CARD_PADDING_PKCS1` and `CARD_PADDING_PSS`.
const PKCS1: DWORD = 2;
const PSS: DWORD = 4;
/// `CARD_SIGNING_INFO_CURRENT_VERSION`: the one with padding information.
const WITH_PADDING_INFO: DWORD = 2;
/// No key is longer, in bytes.
const LONGEST_DATA: usize = 512;
/// A salt that no key has space for.
const LONGEST_SALT: usize = 512;

/// # Safety
/// The pointers are as the specification says, or NULL.
pub(super) unsafe extern "system" fn sign_data(
    data: *mut CARD_DATA,
    info: *mut CARD_SIGNING_INFO,
) -> ReturnCode {
    enter("CardSignData", || {
        // SAFETY: the contract is the same.
        let call = unsafe { Call::of(data) }?;
        // SAFETY: the contract is the same.
        let version = unsafe { memory::version(info.cast(), 1) }?;
        // SAFETY: the contract is the same.
        let output = unsafe { OutputValue::new(info) };
        // SAFETY: not NULL, as `version` saw; its caller has filled it in (contract), the two last fields in version 2 only.
        let mut signing = unsafe { read(&output, version) }?;
        check_index(signing.bContainerIndex)?;
        check_key_spec(signing.dwKeySpec)?;
        check_flags(signing.dwSigningFlags)?;
        let key = call.context.key()?;
        signing.pbSignedData = std::ptr::null_mut();
        if signing.dwSigningFlags & SIZE_ONLY != 0 {
            signing.cbSignedData = DWORD::try_from(key.public.length()).unwrap_or_default();
            // SAFETY: as above.
            unsafe { write_result(info, &signing) };
            return Ok(());
        }
        // SAFETY: as above, and what it points to is as the specification says.
        let (padding, message) = unsafe { (padding(&signing, version)?, message(&signing)?) };
        let signature = call.context.sign(call.handles, padding, message)?;
        let given = call.give(&signature)?;
        (signing.pbSignedData, signing.cbSignedData) = (given.memory, given.length);
        // SAFETY: as above.
        unsafe { write_result(info, &signing) };
        Ok(())
    })
}

/// The structure; that of version 1 ends before the padding.
///
/// # Safety
/// `info` points to a `CARD_SIGNING_INFO` of this version.
unsafe fn read(info: &OutputValue<CARD_SIGNING_INFO>, version: DWORD) -> Result<CARD_SIGNING_INFO> {
    if version >= WITH_PADDING_INFO {
        // SAFETY: all of it (contract).
        return unsafe { info.read() };
    }
    let mut signing = CARD_SIGNING_INFO {
        dwVersion: version,
        bContainerIndex: 0,
        dwKeySpec: 0,
        dwSigningFlags: 0,
        aiHashAlg: 0,
        pbData: std::ptr::null(),
        cbData: 0,
        pbSignedData: std::ptr::null_mut(),
        cbSignedData: 0,
        pPaddingInfo: std::ptr::null(),
        dwPaddingType: 0,
    };
    let length = std::mem::offset_of!(CARD_SIGNING_INFO, pPaddingInfo);
    // SAFETY: so many bytes are in both (contract), of types of which any bits are a value.
    unsafe {
        std::ptr::copy_nonoverlapping(info.address().cast::<u8>(), (&raw mut signing).cast(), length);
    }
    Ok(signing)
}

/// # Safety
/// `info` points to a `CARD_SIGNING_INFO`.
unsafe fn write_result(info: *mut CARD_SIGNING_INFO, signing: &CARD_SIGNING_INFO) {
    // SAFETY: two of its fields (contract), written without a reference because version 1 is shorter than ours.
    unsafe {
        (&raw mut (*info).pbSignedData).write_unaligned(signing.pbSignedData);
        (&raw mut (*info).cbSignedData).write_unaligned(signing.cbSignedData);
    }
}

fn check_flags(flags: DWORD) -> Result<()> {
    let also = if flags & PADDING_INFO == 0 { NO_HASH_OID | TYPE_2 } else { KINDS_OF_PADDING };
    match flags & !(PADDING_INFO | SIZE_ONLY | SILENT | also) {
        0 => Ok(()),
        X931 => Err(Error::UnsupportedFeature),
        _ => Err(Error::InvalidParameter),
    }
}

/// # Safety
/// Its padding information is NULL or what its type says.
unsafe fn padding(signing: &CARD_SIGNING_INFO, version: DWORD) -> Result<Padding> {
    if signing.dwSigningFlags & PADDING_INFO == 0 {
        return match signing.dwSigningFlags & NO_HASH_OID {
            0 => capi_hash(signing.aiHashAlg).map(Padding::Pkcs1),
            _ => Ok(Padding::Pkcs1(None)),
        };
    }
    if version < WITH_PADDING_INFO {
        return Err(Error::RevisionMismatch);
    }
    match signing.dwPaddingType {
        PKCS1 => {
            // SAFETY: NULL, or of this type (contract).
            let info: BCRYPT_PKCS1_PADDING_INFO =
                unsafe { OutputValue::new(signing.pPaddingInfo.cast_mut().cast()).read() }?;
            if info.pszAlgId.is_null() {
                return Ok(Padding::Pkcs1(None));
            }
            // SAFETY: not NULL, so it is a name (contract).
            Ok(Padding::Pkcs1(Some(cng_hash(&unsafe { memory::wide_name(info.pszAlgId) }?)?)))
        }
        PSS => {
            // SAFETY: NULL, or of this type (contract).
            let info: BCRYPT_PSS_PADDING_INFO =
                unsafe { OutputValue::new(signing.pPaddingInfo.cast_mut().cast()).read() }?;
            // SAFETY: NULL, or a name (contract).
            let hash = cng_hash(&unsafe { memory::wide_name(info.pszAlgId) }?)?;
            let salt_length = info.cbSalt as usize;
            if salt_length > LONGEST_SALT {
                return Err(Error::InvalidParameter);
            }
            Ok(Padding::Pss { hash, salt_length })
        }
        // A raw operation is offered to nobody: who pads badly could use the key to decrypt.
        1 => Err(Error::UnsupportedFeature),
        _ => Err(Error::InvalidParameter),
    }
}

/// # Safety
/// Its data is NULL or as long as it says, and stays so during `'a`.
unsafe fn message<'a>(signing: &CARD_SIGNING_INFO) -> Result<&'a [u8]> {
    // SAFETY: the contract is the same.
    let message = unsafe { memory::bytes(signing.pbData, signing.cbData, LONGEST_DATA) }?;
    message.filter(|message| !message.is_empty()).ok_or(Error::InvalidParameter)
}

/// A hash by its `ALG_ID` (wincrypt.h); none for 0, and for the two hashes side by side of old TLS.
fn capi_hash(algorithm: DWORD) -> Result<Option<Hash>> {
    match algorithm {
        0 | 0x8008 => Ok(None),
        0x8004 => Ok(Some(Hash::Sha1)),
        0x800C => Ok(Some(Hash::Sha256)),
        0x800D => Ok(Some(Hash::Sha384)),
        0x800E => Ok(Some(Hash::Sha512)),
        _ => Err(Error::UnsupportedFeature),
    }
}

/// A hash by its name (bcrypt.h).
fn cng_hash(name: &str) -> Result<Hash> {
    match name {
        "SHA1" => Ok(Hash::Sha1),
        "SHA256" => Ok(Hash::Sha256),
        "SHA384" => Ok(Hash::Sha384),
        "SHA512" => Ok(Hash::Sha512),
        _ => Err(Error::UnsupportedFeature),
    }
}
