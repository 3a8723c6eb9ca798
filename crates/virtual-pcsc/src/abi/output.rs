//! A buffer of the caller's with its length: NULL asks for the length, `SCARD_AUTOALLOCATE` for memory of ours, which
//! `SCardFreeMemory` takes back. The functions of the interface that only give text or take memory are here, too.

use std::ffi::{c_char, c_void};
use std::ptr;

use super::call::{DWORD, LONG, call};
use super::pointers::{bytes, read, write};
use crate::codes::*;
use crate::faults::Function;
use crate::service::service;

const AUTOALLOCATE: DWORD = DWORD::MAX;

/// Where an answer goes.
pub(super) struct Output {
    start: *mut u8,
    length: *mut DWORD,
}

impl Output {
    pub(super) fn new(start: *mut u8, length: *mut DWORD) -> Self {
        Self { start, length }
    }

    /// Gives the answer, or only its length.
    pub(super) fn give(self, answer: &[u8]) -> Result<(), Code> {
        if self.length.is_null() {
            return if self.start.is_null() { Ok(()) } else { Err(E_INVALID_PARAMETER) };
        }
        let capacity = read(self.length)?;
        write(self.length, answer.len() as DWORD)?;
        if self.start.is_null() {
            return Ok(());
        }
        let target = if capacity == AUTOALLOCATE {
            // SAFETY: malloc may be called with any length.
            let own = unsafe { libc::malloc(answer.len().max(1)) }.cast::<u8>();
            if own.is_null() {
                return Err(E_NO_MEMORY);
            }
            write(self.start.cast::<*mut u8>(), own)?;
            own
        } else if (answer.len() as DWORD) > capacity {
            return Err(E_INSUFFICIENT_BUFFER);
        } else {
            self.start
        };
        // SAFETY: the answer fits, as was just checked or made, and it is not the caller's own slice.
        unsafe { ptr::copy_nonoverlapping(answer.as_ptr(), target, answer.len()) };
        Ok(())
    }
}

/// # Safety
/// The memory came from `SCARD_AUTOALLOCATE`, or is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SCardFreeMemory(_context: LONG, memory: *const c_void) -> LONG {
    // SAFETY: it was allocated in `give`, or is NULL.
    unsafe { libc::free(memory.cast_mut()) };
    LONG::from(SUCCESS)
}

/// # Safety
/// See `SCardEstablishContext`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SCardListReaderGroups(
    context: LONG,
    groups: *mut c_char,
    length: *mut DWORD,
) -> LONG {
    let known = service().state().context(context).map(drop);
    let given = known.and_then(|()| Output::new(groups.cast(), length).give(b"SCard$DefaultReaders\0\0"));
    LONG::from(given.err().unwrap_or(SUCCESS))
}

/// # Safety
/// See `SCardEstablishContext`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SCardSetAttrib(
    card: LONG,
    _attribute: DWORD,
    value: *const u8,
    length: DWORD,
) -> LONG {
    call(Function::SetAttrib, None, || {
        bytes(value, length)?;
        service().state().unchanged(card)?;
        Err(E_UNSUPPORTED_FEATURE)
    })
}

/// The reader has no features of PC/SC part 10.
///
/// # Safety
/// See `SCardEstablishContext`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SCardControl(
    card: LONG,
    _code: DWORD,
    _sent: *const u8,
    _sent_length: DWORD,
    _answer: *mut u8,
    _room: DWORD,
    returned: *mut DWORD,
) -> LONG {
    call(Function::Control, None, || {
        let _ = write(returned, 0);
        let mut state = service().state();
        state.reader_of(card)?.free_for(card)?;
        state.unchanged(card)?;
        Err(E_UNSUPPORTED_FEATURE)
    })
}

#[unsafe(no_mangle)]
pub extern "C" fn pcsc_stringify_error(_code: LONG) -> *const c_char {
    c"an error of the virtual PC/SC service".as_ptr()
}
