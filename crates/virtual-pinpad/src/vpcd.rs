//! vpcd's own handler, loaded once, and the types and codes of pcsc-lite's `ifdhandler.h` in which one talks to it.

use std::ffi::{c_long, c_ulong};
use std::sync::OnceLock;

use libloading::Library;

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

/// Where Debian's package `vsmartcard-vpcd` puts it.
const HANDLER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";

/// The longest answer of a card.
const LONGEST_ANSWER: usize = 65_538;

/// A function of the handler.
pub(crate) fn function<F: Copy>(name: &[u8]) -> Option<F> {
    static LIBRARY: OnceLock<Option<Library>> = OnceLock::new();
    // SAFETY: a driver of pcscd; loading it runs nothing that pcscd's own loading would not.
    let library = LIBRARY.get_or_init(|| unsafe { Library::new(HANDLER) }.ok()).as_ref()?;
    // SAFETY: the caller names the function with its type of the interface.
    let symbol = unsafe { library.get::<F>(name) }.ok()?;
    Some(*symbol)
}

/// One command to the card in the reader; its answer, or the handler's code.
pub(crate) fn transmit(lun: Dword, command: &[u8]) -> Result<Vec<u8>, ResponseCode> {
    type Transmit = unsafe extern "C" fn(
        Dword,
        IoHeader,
        *const u8,
        Dword,
        *mut u8,
        *mut Dword,
        *mut IoHeader,
    ) -> ResponseCode;
    let function = function::<Transmit>(b"IFDHTransmitToICC\0").ok_or(COMMUNICATION_ERROR)?;
    let header = IoHeader { protocol: T1, length: size_of::<IoHeader>() as Dword };
    let mut received = header;
    let mut answer = vec![0; LONGEST_ANSWER];
    let mut length = answer.len() as Dword;
    // SAFETY: both buffers are as long as the lengths beside them say.
    let code = unsafe {
        function(
            lun,
            header,
            command.as_ptr(),
            command.len() as Dword,
            answer.as_mut_ptr(),
            &raw mut length,
            &raw mut received,
        )
    };
    if code != SUCCESS {
        return Err(code);
    }
    answer.truncate(length as usize);
    Ok(answer)
}
