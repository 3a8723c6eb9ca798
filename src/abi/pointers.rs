//! C pointers, made safe where they come in: the only file that reads or writes through them.
//!
//! The wrappers of `entry.rs` turn every pointer argument into one of the types below, so that no entry point
//! ever sees a raw pointer. The rules are the standard's and are kept here once: NULL where a value is needed,
//! NULL with a length, and lengths that no memory can have are `ArgumentsBad`; alignment is never trusted
//! (`CK_` structures are packed on Windows, and callers hand out unaligned ones elsewhere); an output buffer that
//! is NULL or too short gets the length and nothing else happens ("two-call convention", PKCS#11 5.2).

use std::ffi::CStr;
use std::marker::PhantomData;
use std::mem::size_of;

use cryptoki_sys::{CK_BYTE, CK_ULONG};

use super::{AbiError, Result};

/// A pointer argument: NULL, or one `T` that the caller lends for the call.
#[derive(Debug)]
pub(super) struct Pointer<'call, T> {
    raw: *mut T,
    call: PhantomData<&'call T>,
}

impl<T> Clone for Pointer<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Pointer<'_, T> {}

impl<'call, T> Pointer<'call, T> {
    /// # Safety
    /// `raw` is NULL, or for the whole call it may be read and written as one `T`, in any alignment.
    pub(super) unsafe fn new(raw: *mut T) -> Self {
        Pointer { raw, call: PhantomData }
    }

    pub(super) fn is_null(self) -> bool {
        self.raw.is_null()
    }

    /// Refuses NULL, so that a call can check its outputs before it does something.
    pub(super) fn required(self) -> Result<Self> {
        if self.is_null() { Err(AbiError::ArgumentsBad) } else { Ok(self) }
    }

    /// A copy of the value; NULL is `ArgumentsBad`.
    pub(super) fn read(self) -> Result<T>
    where
        T: Copy,
    {
        self.required()?;
        // SAFETY: not NULL, so by the contract of `new` there is a readable `T`; alignment is not assumed.
        Ok(unsafe { self.raw.read_unaligned() })
    }

    /// Stores the value; NULL is `ArgumentsBad`.
    pub(super) fn write(self, value: T) -> Result<()>
    where
        T: Copy,
    {
        self.required()?;
        // SAFETY: not NULL, so by the contract of `new` a `T` fits; alignment is not assumed.
        unsafe { self.raw.write_unaligned(value) };
        Ok(())
    }

    /// # Safety
    /// The pointer is NULL, or for the whole call it may be read and written as one `U`.
    pub(super) unsafe fn cast<U>(self) -> Pointer<'call, U> {
        Pointer { raw: self.raw.cast(), call: PhantomData }
    }
}

impl Pointer<'_, CK_BYTE> {
    /// Whether the NUL-terminated string at a non-NULL pointer is `expected`. Reads no further than the first
    /// difference, hence never beyond the terminator.
    pub(super) fn is_c_string(self, expected: &CStr) -> bool {
        !self.is_null()
            && expected.to_bytes_with_nul().iter().enumerate().all(|(position, wanted)| {
                // SAFETY: every byte before `position` was equal to one of `expected` that is not NUL, so the
                // caller's NUL-terminated string goes on at least to `position`.
                let found = unsafe { self.raw.add(position).read() };
                found == *wanted
            })
    }
}

/// An input array: pointer and length.
#[derive(Debug)]
pub(super) struct Input<'call, T> {
    raw: *mut T,
    length: CK_ULONG,
    call: PhantomData<&'call T>,
}

impl<'call, T> Input<'call, T> {
    /// # Safety
    /// `raw` is NULL, or for the whole call `length` values of `T` may be read (and written, where the standard
    /// lets the callee write) there.
    pub(super) unsafe fn new(raw: *mut T, length: CK_ULONG) -> Self {
        Input { raw, length, call: PhantomData }
    }

    pub(super) fn is_null(&self) -> bool {
        self.raw.is_null()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// How many elements there are; NULL with some is `ArgumentsBad`.
    pub(super) fn length(&self) -> Result<usize> {
        checked_length::<T>(self.raw, self.length)
    }

    /// Pointers to the elements, one by one.
    pub(super) fn elements(&self) -> Result<impl Iterator<Item = Pointer<'call, T>> + use<'call, T>> {
        let raw = self.raw;
        let length = self.length()?;
        Ok((0..length).map(move |position| {
            // SAFETY: `position` is below the length, and the whole array fits in the address space.
            let element = unsafe { raw.add(position) };
            // SAFETY: by the contract of `new` every element may be read and written during the call.
            unsafe { Pointer::new(element) }
        }))
    }
}

impl<'call> Input<'call, CK_BYTE> {
    /// The bytes. NULL is an empty slice if the length is 0, and `ArgumentsBad` otherwise.
    pub(super) fn bytes(&self) -> Result<&'call [u8]> {
        let length = self.length()?;
        if length == 0 {
            return Ok(&[]);
        }
        // SAFETY: not NULL (checked_length), no longer than isize::MAX, lent by the caller for the whole call
        // (contract of `new`), and bytes need no alignment.
        Ok(unsafe { std::slice::from_raw_parts(self.raw, length) })
    }

    /// The bytes of an argument that may be empty but not NULL.
    pub(super) fn required_bytes(&self) -> Result<&'call [u8]> {
        self.bytes_or_null()?.ok_or(AbiError::ArgumentsBad)
    }

    /// The bytes, or `None` for NULL (a PIN that is typed on the reader's PIN pad). NULL has no length.
    pub(super) fn bytes_or_null(&self) -> Result<Option<&'call [u8]>> {
        let bytes = self.bytes()?;
        Ok(if self.is_null() { None } else { Some(bytes) })
    }
}

/// An output array under the two-call convention of PKCS#11 5.2: a buffer, which may be NULL to ask for the
/// length, and a length that goes in and out.
#[derive(Debug)]
pub(super) struct OutBuffer<'call, T> {
    buffer: *mut T,
    length: Pointer<'call, CK_ULONG>,
}

impl<T: Copy> OutBuffer<'_, T> {
    /// # Safety
    /// `length` is NULL or points to a `CK_ULONG`; `buffer` is NULL or holds as many `T` as that says.
    pub(super) unsafe fn new(buffer: *mut T, length: *mut CK_ULONG) -> Self {
        // SAFETY: the contract is the same.
        let length = unsafe { Pointer::new(length) };
        OutBuffer { buffer, length }
    }

    /// Whether the caller asks for the length only.
    pub(super) fn is_length_query(&self) -> bool {
        self.buffer.is_null()
    }

    /// Refuses a missing length pointer and an impossible length, before anything is done.
    pub(super) fn required(&self) -> Result<()> {
        let capacity = self.length.read()?;
        if !self.is_length_query() {
            checked_length::<T>(self.buffer, capacity)?;
        }
        Ok(())
    }

    /// Gives the result of `make`, which never has more than `most` elements, if `most` fit.
    /// Otherwise gives the caller the length, and `make` does not run.
    pub(super) fn fill<V: AsRef<[T]>>(self, most: usize, make: impl FnOnce() -> Result<V>) -> Result<()> {
        self.required()?;
        if self.is_length_query() {
            return self.length.write(count(most));
        }
        if self.length.read()? < count(most) {
            self.length.write(count(most))?;
            return Err(AbiError::BufferTooSmall);
        }
        let result = make()?;
        let result = result.as_ref();
        if result.len() > most {
            return Err(AbiError::General);
        }
        // SAFETY: the caller's buffer holds at least `most` elements (contract of `new`, checked against
        // its length), the result has no more, and the copy is bytewise so that alignment does not matter. The
        // result is our own memory, hence the two do not overlap.
        unsafe {
            std::ptr::copy_nonoverlapping(
                result.as_ptr().cast::<u8>(),
                self.buffer.cast::<u8>(),
                size_of_val(result),
            );
        }
        self.length.write(count(result.len()))
    }

    /// Gives `values`, under the same convention.
    pub(super) fn give(self, values: &[T]) -> Result<()> {
        self.fill(values.len(), || Ok(values))
    }
}

/// The output of `C_FindObjects`: an array, the most it can take, and where the number of results goes.
#[derive(Debug)]
pub(super) struct OutArray<'call, T> {
    buffer: *mut T,
    most: CK_ULONG,
    count: Pointer<'call, CK_ULONG>,
}

impl<T: Copy> OutArray<'_, T> {
    /// # Safety
    /// `buffer` is NULL or holds `most` values of `T`; `count` is NULL or points to a `CK_ULONG`.
    pub(super) unsafe fn new(buffer: *mut T, most: CK_ULONG, count: *mut CK_ULONG) -> Self {
        // SAFETY: the contract is the same.
        let count = unsafe { Pointer::new(count) };
        OutArray { buffer, most, count }
    }

    /// Gives the result of `make`, which gets the most that fits.
    pub(super) fn fill(self, make: impl FnOnce(usize) -> Result<Vec<T>>) -> Result<()> {
        self.count.required()?;
        let most = checked_length::<T>(self.buffer, self.most)?;
        let result = make(most)?;
        if result.len() > most {
            return Err(AbiError::General);
        }
        if !result.is_empty() {
            // SAFETY: the result is not empty, so `most` is not 0 and `checked_length` saw that the buffer is not
            // NULL; it holds `most` (contract of `new`); bytewise, so that alignment does not matter.
            unsafe {
                std::ptr::copy_nonoverlapping(
                    result.as_ptr().cast::<u8>(),
                    self.buffer.cast::<u8>(),
                    size_of_val(result.as_slice()),
                );
            }
        }
        self.count.write(count(result.len()))
    }
}

/// A Rust length as the standard counts it. Nothing we hold is longer than a `CK_ULONG` can say.
pub(super) fn count(length: usize) -> CK_ULONG {
    CK_ULONG::try_from(length).unwrap_or(CK_ULONG::MAX)
}

/// `text` in a fixed field: cut on a character boundary, padded with blanks, no NUL (PKCS#11 3.1).
pub(super) fn pad<const N: usize>(text: &str) -> [u8; N] {
    let mut field = [b' '; N];
    let mut end = text.len().min(N);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    for (target, source) in field.iter_mut().zip(text[..end].bytes()) {
        *target = if source == 0 { b' ' } else { source };
    }
    field
}

/// The length as `usize`, if an array of `T` at `raw` can be that long.
fn checked_length<T>(raw: *const T, length: CK_ULONG) -> Result<usize> {
    let length = usize::try_from(length).map_err(|_| AbiError::ArgumentsBad)?;
    let fits = length.checked_mul(size_of::<T>()).is_some_and(|bytes| isize::try_from(bytes).is_ok());
    if !fits || (raw.is_null() && length != 0) {
        return Err(AbiError::ArgumentsBad);
    }
    Ok(length)
}

#[cfg(test)]
mod tests;
