//! A reader with a PIN pad, as pcscd loads it: an IFD handler (interface 3.0 of pcsc-lite's `ifdhandler.h`) that hands
//! everything to vpcd's virtual reader and adds PIN entry at the reader (PC/SC part 10, release 2.02.09).
//!
//! Who types are the tests: the file that `VIRTUAL_PINPAD_KEYS` names holds one line for each time the reader will ask
//! (see [`keys`]). The structures are parsed strictly and the commands built here, with nothing of the module's code:
//! what the card sees is what a reader makes of the request.
//!
//! This crate is no part of the product. It is unsafe because a plug-in of pcscd is C on both sides.

pub mod keys;
mod request;
mod vpcd;

use std::ffi::{c_char, c_uchar};
use std::slice;

pub use request::{PinEntry, Request, RequestKind};
pub use vpcd::IoHeader;
use vpcd::{COMMUNICATION_ERROR, Dword, NOT_SUPPORTED, ResponseCode, SUCCESS};

/// `SCARD_CTL_CODE(code)` of pcsc-lite.
const fn control_code(code: u32) -> u32 {
    0x4200_0000 + code
}

/// `CM_IOCTL_GET_FEATURE_REQUEST` (part 10, 2.2).
const GET_FEATURES: u32 = control_code(3400);
/// Our own numbers for the two features, as a reader is free to choose them.
const VERIFY_DIRECT: u32 = control_code(3506);
const MODIFY_DIRECT: u32 = control_code(3507);
/// `FEATURE_VERIFY_PIN_DIRECT`, `FEATURE_MODIFY_PIN_DIRECT` (part 10, 2.3).
const FEATURES: [(u8, u32); 2] = [(0x06, VERIFY_DIRECT), (0x07, MODIFY_DIRECT)];

/// The status words a reader answers itself (part 10, 2.5): nothing went to the card.
fn of_the_reader(entry: &PinEntry) -> Option<[u8; 2]> {
    match entry {
        PinEntry::Timeout => Some([0x64, 0x00]),
        PinEntry::Cancelled => Some([0x64, 0x01]),
        PinEntry::Typed(_) => None,
    }
}

/// What the reader answers to a request for PIN entry.
fn enter(lun: Dword, kind: RequestKind, structure: &[u8]) -> Result<Vec<u8>, ResponseCode> {
    let request = Request::parse(kind, structure).map_err(|reason| {
        keys::note(&format!("refused: {reason}"));
        NOT_SUPPORTED
    })?;
    keys::note(&request.summary());
    let entry = keys::next().map_err(|reason| {
        keys::note(&format!("nobody types: {reason}"));
        COMMUNICATION_ERROR
    })?;
    if let Some(status) = of_the_reader(&entry) {
        return Ok(status.to_vec());
    }
    let PinEntry::Typed(words) = entry else { return Err(COMMUNICATION_ERROR) };
    match request.command(&words) {
        Ok(command) => vpcd::transmit(lun, &command),
        Err(status) => Ok(status.to_vec()),
    }
}

/// # Safety
/// pcscd's: the buffers are as long as it says, or NULL and 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IFDHControl(
    lun: Dword,
    code: u32,
    sent: *const c_uchar,
    sent_length: Dword,
    answer: *mut c_uchar,
    answer_length: Dword,
    returned: *mut Dword,
) -> ResponseCode {
    let features: Vec<u8> =
        FEATURES.iter().flat_map(|(tag, code)| [&[*tag, 4][..], &code.to_be_bytes()].concat()).collect();
    let result = match code {
        GET_FEATURES => Ok(features),
        VERIFY_DIRECT | MODIFY_DIRECT if !sent.is_null() => {
            // SAFETY: pcscd gives `sent_length` bytes at `sent`, which is not NULL.
            let structure = unsafe { slice::from_raw_parts(sent, sent_length as usize) };
            let kind = if code == VERIFY_DIRECT { RequestKind::Verify } else { RequestKind::Modify };
            enter(lun, kind, structure)
        }
        _ => Err(NOT_SUPPORTED),
    };
    match result {
        Ok(bytes) if bytes.len() <= answer_length as usize && !answer.is_null() && !returned.is_null() => {
            // SAFETY: pcscd gives `answer_length` bytes at `answer`, and that is enough.
            unsafe { answer.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
            // SAFETY: `returned` is not NULL and pcscd's own variable.
            unsafe { returned.write(bytes.len() as Dword) };
            SUCCESS
        }
        Ok(_) => COMMUNICATION_ERROR,
        Err(code) => code,
    }
}

/// Hands each of these calls to vpcd's handler as it is.
macro_rules! handed_on {
    ($($name:ident($($argument:ident: $kind:ty),*);)*) => {
        $(
            /// # Safety
            /// pcscd's, as `ifdhandler.h` says; every argument is handed on as it came.
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name($($argument: $kind),*) -> ResponseCode {
                type Function = unsafe extern "C" fn($($kind),*) -> ResponseCode;
                match vpcd::function::<Function>(concat!(stringify!($name), "\0").as_bytes()) {
                    // SAFETY: the same function of the same interface, with the caller's own arguments.
                    Some(function) => unsafe { function($($argument),*) },
                    None => COMMUNICATION_ERROR,
                }
            }
        )*
    };
}

handed_on! {
    IFDHCreateChannel(lun: Dword, channel: Dword);
    IFDHCreateChannelByName(lun: Dword, device: *const c_char);
    IFDHCloseChannel(lun: Dword);
    IFDHGetCapabilities(lun: Dword, tag: Dword, length: *mut Dword, value: *mut c_uchar);
    IFDHSetCapabilities(lun: Dword, tag: Dword, length: Dword, value: *const c_uchar);
    IFDHSetProtocolParameters(lun: Dword, protocol: Dword, flags: c_uchar, pts1: c_uchar, pts2: c_uchar, pts3: c_uchar);
    IFDHPowerICC(lun: Dword, action: Dword, atr: *mut c_uchar, length: *mut Dword);
    IFDHTransmitToICC(
        lun: Dword, header: IoHeader, command: *const c_uchar, command_length: Dword, answer: *mut c_uchar,
        answer_length: *mut Dword, received: *mut IoHeader
    );
    IFDHICCPresence(lun: Dword);
}
