//! What a caller points to, and nothing else.

use std::ffi::{CStr, c_char};
use std::slice;

use super::call::DWORD;
use crate::codes::{Code, E_INVALID_PARAMETER};

/// The caller's variable; NULL is refused.
pub(super) fn read<T: Copy>(place: *const T) -> Result<T, Code> {
    if place.is_null() {
        return Err(E_INVALID_PARAMETER);
    }
    // SAFETY: not NULL, and by winscard.h the caller's own variable of this type.
    Ok(unsafe { place.read() })
}

/// Sets the caller's variable; NULL is refused.
pub(super) fn write<T>(place: *mut T, value: T) -> Result<(), Code> {
    if place.is_null() {
        return Err(E_INVALID_PARAMETER);
    }
    // SAFETY: not NULL, and by winscard.h the caller's own variable of this type.
    unsafe { place.write(value) };
    Ok(())
}

/// A C string.
pub(super) fn text<'a>(string: *const c_char) -> Result<&'a str, Code> {
    if string.is_null() {
        return Err(E_INVALID_PARAMETER);
    }
    // SAFETY: not NULL, and by winscard.h a string that lives during the call and ends with a zero.
    unsafe { CStr::from_ptr(string) }.to_str().map_err(|_| E_INVALID_PARAMETER)
}

/// Bytes that are sent.
pub(super) fn bytes<'a>(start: *const u8, length: DWORD) -> Result<&'a [u8], Code> {
    if start.is_null() {
        return Err(E_INVALID_PARAMETER);
    }
    // SAFETY: not NULL, and by winscard.h so many bytes that live during the call.
    Ok(unsafe { slice::from_raw_parts(start, length as usize) })
}

/// The caller's array of structures; NULL is an empty one only.
pub(super) fn slice_mut<'a, T>(start: *mut T, count: DWORD) -> Result<&'a mut [T], Code> {
    match (start.is_null(), count) {
        (true, 0) => Ok(&mut []),
        (true, _) => Err(E_INVALID_PARAMETER),
        // SAFETY: not NULL, and by winscard.h so many structures, for this call alone.
        (false, _) => Ok(unsafe { slice::from_raw_parts_mut(start, count as usize) }),
    }
}
