//! Entry points of the card's files (specification, "Public Data Operations").

use super::cardmod::{CARD_DATA, CARD_FILE_INFO, DWORD, ReturnCode};
use super::exit::enter;
use super::memory::{self, Call, OutputValue};
use crate::error::{Error, Result};
use crate::files::{CardDirectory, File, LONGEST_NAME};

/// # Safety
/// The pointers are as the specification says, or NULL.
pub(super) unsafe extern "system" fn read_file(
    data: *mut CARD_DATA,
    directory: *const u8,
    file: *const u8,
    flags: DWORD,
    content: *mut *mut u8,
    length: *mut DWORD,
) -> ReturnCode {
    enter("CardReadFile", || {
        // SAFETY: the contract is the same.
        let (call, content, length) = unsafe {
            (Call::of(data)?, OutputValue::new(content).required()?, OutputValue::new(length).required()?)
        };
        no_flags(flags)?;
        // SAFETY: the contract is the same.
        let file = unsafe { find(&call, directory, file) }?;
        let _card = call.context.lock_card(call.handles)?;
        let given = call.give(&call.context.content(file))?;
        content.write(given.memory);
        length.write(given.length);
        Ok(())
    })
}

/// # Safety
/// The pointers are as the specification says, or NULL.
pub(super) unsafe extern "system" fn get_file_info(
    data: *mut CARD_DATA,
    directory: *const u8,
    file: *const u8,
    info: *mut CARD_FILE_INFO,
) -> ReturnCode {
    enter("CardGetFileInfo", || {
        // SAFETY: the contract is the same.
        let call = unsafe { Call::of(data) }?;
        // SAFETY: the contract is the same.
        unsafe { memory::version(info.cast(), 1) }?;
        // SAFETY: the contract is the same.
        let file = unsafe { find(&call, directory, file) }?;
        let _card = call.context.lock_card(call.handles)?;
        let length = DWORD::try_from(call.context.content(file).len()).map_err(|_| Error::NoMemory)?;
        // SAFETY: not NULL, as `version` saw.
        unsafe { memory::write_numbers(info, &[1, length, file.access_condition() as DWORD]) };
        Ok(())
    })
}

/// # Safety
/// The pointers are as the specification says, or NULL.
pub(super) unsafe extern "system" fn enum_files(
    data: *mut CARD_DATA,
    directory: *const u8,
    names: *mut *mut u8,
    length: *mut DWORD,
    flags: DWORD,
) -> ReturnCode {
    enter("CardEnumFiles", || {
        // SAFETY: the contract is the same.
        let (call, names, length) = unsafe {
            (Call::of(data)?, OutputValue::new(names).required()?, OutputValue::new(length).required()?)
        };
        no_flags(flags)?;
        // SAFETY: the contract is the same.
        let directory = CardDirectory::named(unsafe { memory::name(directory, LONGEST_NAME) }?.as_deref())?;
        let _card = call.context.lock_card(call.handles)?;
        let list = call.context.files(directory).iter().flat_map(|(name, _)| name.bytes().chain([0]));
        let given = call.give(&list.chain([0]).collect::<Vec<u8>>())?;
        names.write(given.memory);
        length.write(given.length);
        Ok(())
    })
}

/// # Safety
/// The names are NULL or end with a zero.
unsafe fn find(call: &Call, directory: *const u8, file: *const u8) -> Result<File> {
    // SAFETY: the contract is the same.
    let (directory, file) =
        unsafe { (memory::name(directory, LONGEST_NAME)?, memory::name(file, LONGEST_NAME)?) };
    let file = file.filter(|name| !name.is_empty()).ok_or(Error::InvalidParameter)?;
    call.context.file(CardDirectory::named(directory.as_deref())?, &file)
}

/// For flags that are reserved.
pub(super) fn no_flags(flags: DWORD) -> Result<()> {
    if flags == 0 { Ok(()) } else { Err(Error::InvalidParameter) }
}
