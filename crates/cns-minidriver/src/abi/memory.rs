//! The caller's memory: pointers become values and slices here, and results go out. All rules on NULL, length and
//! alignment.

use std::ffi::c_void;
use std::sync::Arc;

use super::cardmod::{CARD_DATA, DWORD, PFN_CSP_ALLOC};
use crate::context::CardContext;
use crate::contexts;
use crate::error::{Error, Result};

/// The longest name of a property, an algorithm or a user, in characters.
const LONGEST_WIDE: usize = 64;

/// What a call came with.
pub(super) struct Call {
    pub(super) context: Arc<CardContext>,
    /// As they are now: of the context and of the card.
    pub(super) handles: (usize, usize),
    alloc: PFN_CSP_ALLOC,
}

impl Call {
    /// # Safety
    /// `data` is NULL or points to a `CARD_DATA`, that of version 6 at least.
    pub(super) unsafe fn of(data: *mut CARD_DATA) -> Result<Self> {
        if data.is_null() {
            return Err(Error::InvalidParameter);
        }
        // SAFETY: not NULL, so it is a CARD_DATA (contract); fields of its first version, read without a reference
        // because the structure may be shorter than ours.
        let (number, context, card, alloc) = unsafe {
            (
                (&raw const (*data).pvVendorSpecific).read_unaligned(),
                (&raw const (*data).hSCardCtx).read_unaligned(),
                (&raw const (*data).hScard).read_unaligned(),
                (&raw const (*data).pfnCspAlloc).read_unaligned(),
            )
        };
        let found = contexts::find(number.addr()).ok_or(Error::InvalidParameter)?;
        Ok(Self { context: found, handles: (context, card), alloc })
    }

    /// Bytes for the caller, in memory that it frees.
    pub(super) fn give(&self, bytes: &[u8]) -> Result<Given> {
        let alloc = self.alloc.ok_or(Error::InvalidParameter)?;
        // SAFETY: the caller's function for this; at least one byte, because some allocators answer NULL to none.
        let memory = unsafe { alloc(bytes.len().max(1)) }.cast::<u8>();
        if memory.is_null() {
            return Err(Error::NoMemory);
        }
        // SAFETY: the caller's function gave so many bytes, and nobody else knows them.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), memory, bytes.len()) };
        let length = DWORD::try_from(bytes.len()).map_err(|_| Error::NoMemory)?;
        Ok(Given { memory, length })
    }
}

/// Memory that the caller frees.
pub(super) struct Given {
    pub(super) memory: *mut u8,
    pub(super) length: DWORD,
}

/// Where one value goes to.
pub(super) struct OutputValue<T>(*mut T);

impl<T> OutputValue<T> {
    /// # Safety
    /// `raw` is NULL or points to memory for a `T`.
    pub(super) unsafe fn new(raw: *mut T) -> Self {
        Self(raw)
    }

    pub(super) fn required(self) -> Result<Self> {
        if self.0.is_null() { Err(Error::InvalidParameter) } else { Ok(self) }
    }

    pub(super) fn is_null(&self) -> bool {
        self.0.is_null()
    }

    pub(super) fn address(&self) -> *mut T {
        self.0
    }

    /// Writes it; nothing where the caller wants none.
    pub(super) fn write(&self, value: T) {
        if !self.0.is_null() {
            // SAFETY: not NULL, so it is memory for a `T` (contract of `new`).
            unsafe { self.0.write_unaligned(value) };
        }
    }

    /// What is there; NULL is an invalid parameter. Only for types of which any bits are a value.
    ///
    /// # Safety
    /// What it points to holds a `T`.
    pub(super) unsafe fn read(&self) -> Result<T>
    where
        T: Copy,
    {
        if self.0.is_null() {
            return Err(Error::InvalidParameter);
        }
        // SAFETY: not NULL, and it holds a `T` (contract).
        Ok(unsafe { self.0.read_unaligned() })
    }
}

/// A buffer of the caller's, and where its length goes to: the convention of two calls.
pub(super) struct OutputBuffer {
    buffer: *mut u8,
    most: usize,
    length: OutputValue<DWORD>,
}

impl OutputBuffer {
    /// # Safety
    /// `buffer` is NULL or holds `most` bytes; `length` is NULL or points to a number.
    pub(super) unsafe fn new(buffer: *mut u8, most: DWORD, length: *mut DWORD) -> Self {
        // SAFETY: the contract is the same.
        let length = unsafe { OutputValue::new(length) };
        Self { buffer, most: most as usize, length }
    }

    /// Writes the length, and the bytes if there is a buffer. `make` runs before anything is written, and only where the
    /// length can be given.
    pub(super) fn fill(self, make: impl FnOnce() -> Result<Vec<u8>>) -> Result<()> {
        let length = self.length.required()?;
        let bytes = make()?;
        length.write(DWORD::try_from(bytes.len()).map_err(|_| Error::NoMemory)?);
        if self.buffer.is_null() {
            return Ok(());
        }
        if bytes.len() > self.most {
            return Err(Error::InsufficientBuffer);
        }
        // SAFETY: not NULL, so it holds `most` bytes (contract of `new`), which are not fewer.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), self.buffer, bytes.len()) };
        Ok(())
    }

    /// Whether the caller has a buffer that is long enough; its length is written where it wants that.
    pub(super) fn has_space(&self, length: usize) -> bool {
        !self.buffer.is_null() && self.most >= length
    }
}

/// Bytes of the caller's, at most so many; `None`: more than that, so that they are not looked at.
///
/// # Safety
/// `raw` is NULL or points to `length` bytes that nobody changes during `'a`.
pub(super) unsafe fn bytes<'a>(raw: *const u8, length: DWORD, most: usize) -> Result<Option<&'a [u8]>> {
    if raw.is_null() {
        return Err(Error::InvalidParameter);
    }
    let length = length as usize;
    if length > most {
        return Ok(None);
    }
    // SAFETY: not NULL, and so many bytes (contract).
    Ok(Some(unsafe { std::slice::from_raw_parts(raw, length) }))
}

/// A name in single bytes; `None` for NULL. One that does not end within `most` characters is an invalid parameter.
///
/// # Safety
/// `raw` is NULL or points to a string that ends with a zero.
pub(super) unsafe fn name(raw: *const u8, most: usize) -> Result<Option<String>> {
    if raw.is_null() {
        return Ok(None);
    }
    let mut text = String::new();
    for at in 0..=most {
        // SAFETY: no zero was found before, so the string goes on to here (contract).
        match unsafe { raw.add(at).read() } {
            0 => return Ok(Some(text)),
            byte => text.push(char::from(byte)),
        }
    }
    Err(Error::InvalidParameter)
}

/// A name in characters of 16 bits. One that is longer than any that is known is cut, and so is none.
///
/// # Safety
/// `raw` is NULL or points to a string that ends with a zero.
pub(super) unsafe fn wide_name(raw: *const u16) -> Result<String> {
    if raw.is_null() {
        return Err(Error::InvalidParameter);
    }
    let mut units = Vec::new();
    for at in 0..LONGEST_WIDE {
        // SAFETY: no zero was found before, so the string goes on to here (contract).
        match unsafe { raw.add(at).read_unaligned() } {
            0 => break,
            unit => units.push(unit),
        }
    }
    Ok(String::from_utf16_lossy(&units))
}

/// Where a structure with a version begins: that version, with 0 for 1. One that is too old is none.
///
/// # Safety
/// `raw` is NULL or points to a structure that begins with its version.
pub(super) unsafe fn version(raw: *const c_void, oldest: DWORD) -> Result<DWORD> {
    if raw.is_null() {
        return Err(Error::InvalidParameter);
    }
    // SAFETY: not NULL, so a number is there (contract).
    let version = unsafe { raw.cast::<DWORD>().read_unaligned() }.max(1);
    if version < oldest { Err(Error::RevisionMismatch) } else { Ok(version) }
}

/// Fills a structure of numbers in.
///
/// # Safety
/// `raw` points to memory for so many numbers.
pub(super) unsafe fn write_numbers<T>(raw: *mut T, numbers: &[DWORD]) {
    debug_assert_eq!(size_of::<T>(), size_of_val(numbers));
    // SAFETY: so many numbers fit there (contract).
    unsafe { std::ptr::copy_nonoverlapping(numbers.as_ptr().cast::<u8>(), raw.cast(), size_of_val(numbers)) };
}
