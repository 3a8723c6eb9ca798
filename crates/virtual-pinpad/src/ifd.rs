//! Types and codes of pcsc-lite's `ifdhandler.h`.

use std::ffi::{c_long, c_ulong};

/// `DWORD`, `RESPONSECODE` and `LONG` of pcsc-lite on Linux.
pub(crate) type Dword = c_ulong;
pub(crate) type ResponseCode = c_long;

/// `IFD_SUCCESS`.
pub(crate) const SUCCESS: ResponseCode = 0;
/// `IFD_COMMUNICATION_ERROR`.
pub(crate) const COMMUNICATION_ERROR: ResponseCode = 612;
/// `IFD_ERROR_NOT_SUPPORTED`.
pub(crate) const NOT_SUPPORTED: ResponseCode = 606;

/// T=1, as `SCARD_IO_HEADER` names it to a driver.
pub(crate) const T1: Dword = 1;

/// `SCARD_IO_HEADER`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct IoHeader {
    pub(crate) protocol: Dword,
    pub(crate) length: Dword,
}
