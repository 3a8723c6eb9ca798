//! `CardAcquireContext`, and the table of functions that it fills in.

use std::sync::Arc;

use super::cardmod::{CARD_DATA, DWORD, PFN_UNUSED, ReturnCode};
use super::exit::enter;
use super::memory::Call;
use super::winscard::WinScard;
use super::{files, memory, pin, properties, sign};
use crate::context::CardContext;
use crate::error::{Error, Result};
use crate::transport::ResourceManager;
use crate::{contexts, testing};

/// The versions of `CARD_DATA` that are offered: the second has more functions, of which none is offered.
const OLDEST: DWORD = 6;
const NEWEST: DWORD = 7;
/// `CARD_SECURE_KEY_INJECTION_NO_CARD_MODE`.
const WITHOUT_CARD: DWORD = 1;
/// The longest answer to reset (ISO/IEC 7816-3:2006, 8.2.1), and the shortest.
const ATR_LENGTHS: std::ops::RangeInclusive<DWORD> = 2..=33;

/// Reads the card behind the caller's handles, and fills the caller's structure with functions (specification,
/// CardAcquireContext).
///
/// # Safety
/// `pCardData` is NULL or points to a `CARD_DATA` of the version it says, filled in by its caller.
#[unsafe(no_mangle)]
#[allow(non_snake_case, reason = "the specification's name")]
pub unsafe extern "system" fn CardAcquireContext(pCardData: *mut CARD_DATA, dwFlags: DWORD) -> ReturnCode {
    // SAFETY: the contract is the same.
    enter("CardAcquireContext", || unsafe { acquire(pCardData, dwFlags) })
}

/// # Safety
/// As `CardAcquireContext`.
unsafe fn acquire(data: *mut CARD_DATA, flags: DWORD) -> Result<()> {
    // SAFETY: NULL, or a structure that begins with its version (contract).
    let version = unsafe { memory::version(data.cast(), OLDEST) }?.min(NEWEST);
    match flags {
        0 => {}
        WITHOUT_CARD => return Err(Error::UnsupportedFeature),
        _ => return Err(Error::InvalidParameter),
    }
    // SAFETY: a CARD_DATA (contract); fields that its caller fills in, read without a reference because the structure may be
    // shorter than ours.
    let (atr, atr_length, name, memory, context, card) = unsafe {
        (
            (&raw const (*data).pbAtr).read_unaligned(),
            (&raw const (*data).cbAtr).read_unaligned(),
            (&raw const (*data).pwszCardName).read_unaligned(),
            [
                (&raw const (*data).pfnCspAlloc).read_unaligned().is_some(),
                (&raw const (*data).pfnCspReAlloc).read_unaligned().is_some(),
                (&raw const (*data).pfnCspFree).read_unaligned().is_some(),
            ],
            (&raw const (*data).hSCardCtx).read_unaligned(),
            (&raw const (*data).hScard).read_unaligned(),
        )
    };
    if name.is_null() || memory.contains(&false) || !ATR_LENGTHS.contains(&atr_length) {
        return Err(Error::InvalidParameter);
    }
    // SAFETY: NULL, or so many bytes (contract).
    let atr = unsafe { memory::bytes(atr, atr_length, *ATR_LENGTHS.end() as usize) }?;
    if context == 0 || card == 0 {
        return Err(Error::InvalidHandle);
    }
    let manager =
        testing::resource_manager().unwrap_or_else(|| Arc::new(WinScard) as Arc<dyn ResourceManager>);
    let opened = CardContext::acquire(manager, (context, card), atr.unwrap_or_default(), testing::now)?;
    let number = contexts::add(opened);
    // SAFETY: a CARD_DATA of this version (contract).
    unsafe { fill_in(data, version, number) };
    Ok(())
}

/// Writes the functions. Version 6 ends before those of version 7; what is the caller's stays.
///
/// # Safety
/// `data` points to a `CARD_DATA` of this version.
unsafe fn fill_in(data: *mut CARD_DATA, version: DWORD, number: usize) {
    macro_rules! write {
        ($($field:ident = $value:expr;)*) => {
            // SAFETY: a field of this version's structure (contract); written without a reference, as above.
            $( unsafe { (&raw mut (*data).$field).write_unaligned($value) }; )*
        };
    }
    let none: PFN_UNUSED = std::ptr::null();
    // One function stands for all that are not offered: on 64-bit Windows the caller cleans the stack.
    let unsupported = unsupported as *const () as PFN_UNUSED;
    write! {
        dwVersion = version;
        pvVendorSpecific = std::ptr::without_provenance_mut(number);
        pfnCardDeleteContext = Some(delete_context);
        pfnCardQueryCapabilities = Some(properties::query_capabilities);
        pfnCardDeleteContainer = unsupported;
        pfnCardCreateContainer = unsupported;
        pfnCardGetContainerInfo = Some(properties::get_container_info);
        pfnCardAuthenticatePin = Some(pin::authenticate_pin);
        pfnCardGetChallenge = unsupported;
        pfnCardAuthenticateChallenge = unsupported;
        pfnCardUnblockPin = Some(pin::unblock_pin);
        pfnCardChangeAuthenticator = Some(pin::change_authenticator);
        // None: the caller resets the card, and nothing less ends an authentication.
        pfnCardDeauthenticate = none;
        pfnCardCreateDirectory = unsupported;
        pfnCardDeleteDirectory = unsupported;
        pvUnused3 = std::ptr::null_mut();
        pvUnused4 = std::ptr::null_mut();
        pfnCardCreateFile = unsupported;
        pfnCardReadFile = Some(files::read_file);
        pfnCardWriteFile = unsupported;
        pfnCardDeleteFile = unsupported;
        pfnCardEnumFiles = Some(files::enum_files);
        pfnCardGetFileInfo = Some(files::get_file_info);
        pfnCardQueryFreeSpace = Some(properties::query_free_space);
        pfnCardQueryKeySizes = Some(properties::query_key_sizes);
        pfnCardSignData = Some(sign::sign_data);
        pfnCardRSADecrypt = unsupported;
        // None on a card with RSA keys only (specification, CardConstructDHAgreement and the two after it).
        pfnCardConstructDHAgreement = none;
        pfnCardDeriveKey = none;
        pfnCardDestroyDHAgreement = none;
        pfnCardGetChallengeEx = unsupported;
        pfnCardAuthenticateEx = Some(pin::authenticate_ex);
        pfnCardChangeAuthenticatorEx = Some(pin::change_authenticator_ex);
        pfnCardDeauthenticateEx = Some(pin::deauthenticate_ex);
        pfnCardGetContainerProperty = Some(properties::get_container_property);
        pfnCardSetContainerProperty = unsupported;
        pfnCardGetProperty = Some(properties::get_property);
        pfnCardSetProperty = Some(properties::set_property);
    }
    if version < NEWEST {
        return;
    }
    write! {
        pfnMDImportSessionKey = unsupported;
        pfnMDEncryptData = unsupported;
        pfnCardImportSessionKey = unsupported;
        pfnCardGetSharedKeyHandle = unsupported;
        pfnCardGetAlgorithmProperty = unsupported;
        pfnCardGetKeyProperty = unsupported;
        pfnCardSetKeyProperty = unsupported;
        pfnCardDestroyKey = unsupported;
        pfnCardProcessEncryptedData = unsupported;
        pfnCardCreateContainerEx = unsupported;
    }
}

/// Every function that is not offered, whatever it is called with.
extern "system" fn unsupported() -> ReturnCode {
    enter("not offered", || Err(Error::UnsupportedFeature))
}

/// Ends a context. The card is left alone: its caller may hold no transaction here, and it may be out (specification,
/// "Transaction Management").
///
/// # Safety
/// `data` is NULL or points to a `CARD_DATA`.
unsafe extern "system" fn delete_context(data: *mut CARD_DATA) -> ReturnCode {
    enter("CardDeleteContext", || {
        // SAFETY: the contract is the same.
        let call = unsafe { Call::of(data) }?;
        // SAFETY: `Call::of` saw that it is a CARD_DATA; as there.
        let number = unsafe { (&raw const (*data).pvVendorSpecific).read_unaligned() };
        let removed = contexts::remove(number.addr()).ok_or(Error::InvalidParameter)?;
        // SAFETY: as above.
        unsafe { (&raw mut (*data).pvVendorSpecific).write_unaligned(std::ptr::null_mut()) };
        let mut state = removed.lock(call.handles);
        removed.leave_login(&mut state);
        Ok(())
    })
}
