//! Entry points of the card's and the container's properties (specification, "Card and Container Properties").

use super::cardmod::{
    CARD_CAPABILITIES, CARD_DATA, CARD_FREE_SPACE_INFO, CARD_KEY_SIZES, CONTAINER_INFO, DWORD, ReturnCode,
};
use super::exit::enter;
use super::files::no_flags;
use super::memory::{self, Call, OutputBuffer};
use crate::container::{check_index, check_rsa, public_key_blob};
use crate::error::{Error, Result};
use crate::properties::{CAPABILITIES, FREE_SPACE, USER, set_property as set};

/// # Safety
/// The pointers are as the specification says, or NULL.
pub(super) unsafe extern "system" fn query_capabilities(
    data: *mut CARD_DATA,
    capabilities: *mut CARD_CAPABILITIES,
) -> ReturnCode {
    // SAFETY: the contract is the same.
    enter("CardQueryCapabilities", || unsafe { query(data, 0, capabilities, |_| Ok(CAPABILITIES)) })
}

/// # Safety
/// The pointers are as the specification says, or NULL.
pub(super) unsafe extern "system" fn query_free_space(
    data: *mut CARD_DATA,
    flags: DWORD,
    space: *mut CARD_FREE_SPACE_INFO,
) -> ReturnCode {
    // SAFETY: the contract is the same.
    enter("CardQueryFreeSpace", || unsafe { query(data, flags, space, |_| Ok(FREE_SPACE)) })
}

/// # Safety
/// The pointers are as the specification says, or NULL.
pub(super) unsafe extern "system" fn query_key_sizes(
    data: *mut CARD_DATA,
    key_spec: DWORD,
    flags: DWORD,
    sizes: *mut CARD_KEY_SIZES,
) -> ReturnCode {
    let sizes_of = |call: &Call| {
        check_rsa(key_spec)?;
        Ok(call.context.key_sizes())
    };
    // SAFETY: the contract is the same.
    enter("CardQueryKeySizes", || unsafe { query(data, flags, sizes, sizes_of) })
}

/// Fills in a structure of numbers that begins with its version.
///
/// # Safety
/// Both pointers are NULL or point to their structures.
unsafe fn query<T, const N: usize>(
    data: *mut CARD_DATA,
    flags: DWORD,
    structure: *mut T,
    numbers: impl FnOnce(&Call) -> Result<[DWORD; N]>,
) -> Result<()> {
    // SAFETY: the contract is the same.
    let call = unsafe { Call::of(data) }?;
    // SAFETY: the contract is the same.
    unsafe { memory::version(structure.cast(), 1) }?;
    no_flags(flags)?;
    let numbers = numbers(&call)?;
    // SAFETY: not NULL, as `version` saw.
    unsafe { memory::write_numbers(structure, &numbers) };
    Ok(())
}

/// # Safety
/// The pointers are as the specification says, or NULL.
pub(super) unsafe extern "system" fn get_container_info(
    data: *mut CARD_DATA,
    index: u8,
    flags: DWORD,
    info: *mut CONTAINER_INFO,
) -> ReturnCode {
    enter("CardGetContainerInfo", || {
        // SAFETY: the contract is the same.
        let call = unsafe { Call::of(data) }?;
        // SAFETY: the contract is the same.
        unsafe { memory::version(info.cast(), 1) }?;
        no_flags(flags)?;
        check_index(index)?;
        let container = container_info(&call)?;
        // SAFETY: not NULL, as `version` saw.
        unsafe { info.write_unaligned(container) };
        Ok(())
    })
}

/// The container's keys, in memory that the caller frees.
fn container_info(call: &Call) -> Result<CONTAINER_INFO> {
    let key = call.context.key()?;
    let _card = call.context.lock_card(call.handles)?;
    let blob = call.give(&public_key_blob(key))?;
    Ok(CONTAINER_INFO {
        dwVersion: 1,
        dwReserved: 0,
        cbSigPublicKey: 0,
        pbSigPublicKey: std::ptr::null_mut(),
        cbKeyExPublicKey: blob.length,
        pbKeyExPublicKey: blob.memory,
    })
}

/// # Safety
/// The pointers are as the specification says, or NULL.
pub(super) unsafe extern "system" fn get_container_property(
    data: *mut CARD_DATA,
    index: u8,
    property: *const u16,
    buffer: *mut u8,
    most: DWORD,
    length: *mut DWORD,
    flags: DWORD,
) -> ReturnCode {
    enter("CardGetContainerProperty", || {
        // SAFETY: the contract is the same.
        let (call, name, buffer) = unsafe {
            (Call::of(data)?, memory::wide_name(property)?, OutputBuffer::new(buffer, most, length))
        };
        no_flags(flags)?;
        match name.as_str() {
            "PIN Identifier" => buffer.fill(|| {
                check_index(index)?;
                call.context.key()?;
                Ok(USER.to_le_bytes().to_vec())
            }),
            "Container Info" => {
                // The caller frees the key only of a structure that it gets.
                let is_given = buffer.has_space(size_of::<CONTAINER_INFO>());
                buffer.fill(|| {
                    check_index(index)?;
                    call.context.key()?;
                    if is_given { Ok(as_bytes(&container_info(&call)?)) } else { Ok(EMPTY_INFO.to_vec()) }
                })
            }
            _ => Err(Error::InvalidParameter),
        }
    })
}

/// As long as a `CONTAINER_INFO`.
const EMPTY_INFO: [u8; size_of::<CONTAINER_INFO>()] = [0; size_of::<CONTAINER_INFO>()];

/// A structure as it lies in memory. Field by field: what lies between them is not initialised.
fn as_bytes(info: &CONTAINER_INFO) -> Vec<u8> {
    let mut bytes = EMPTY_INFO.to_vec();
    let mut put = |at: usize, field: &[u8]| bytes[at..at + field.len()].copy_from_slice(field);
    put(std::mem::offset_of!(CONTAINER_INFO, dwVersion), &info.dwVersion.to_le_bytes());
    put(std::mem::offset_of!(CONTAINER_INFO, cbKeyExPublicKey), &info.cbKeyExPublicKey.to_le_bytes());
    let address = info.pbKeyExPublicKey.expose_provenance();
    put(std::mem::offset_of!(CONTAINER_INFO, pbKeyExPublicKey), &address.to_le_bytes());
    bytes
}

/// # Safety
/// The pointers are as the specification says, or NULL.
pub(super) unsafe extern "system" fn get_property(
    data: *mut CARD_DATA,
    property: *const u16,
    buffer: *mut u8,
    most: DWORD,
    length: *mut DWORD,
    flags: DWORD,
) -> ReturnCode {
    enter("CardGetProperty", || {
        // SAFETY: the contract is the same.
        let (call, name, buffer) = unsafe {
            (Call::of(data)?, memory::wide_name(property)?, OutputBuffer::new(buffer, most, length))
        };
        buffer.fill(|| call.context.property(call.handles, &name, flags))
    })
}

/// # Safety
/// The pointers are as the specification says, or NULL.
pub(super) unsafe extern "system" fn set_property(
    data: *mut CARD_DATA,
    property: *const u16,
    value: *const u8,
    _length: DWORD,
    flags: DWORD,
) -> ReturnCode {
    enter("CardSetProperty", || {
        // SAFETY: the contract is the same.
        let (_call, name) = unsafe { (Call::of(data)?, memory::wide_name(property)?) };
        set(&name, !value.is_null(), flags)
    })
}
