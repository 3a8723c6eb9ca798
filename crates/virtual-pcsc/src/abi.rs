//! The C functions, as `winscard.h` of pcsc-lite declares them: pointers in and out, the fault that is due, the service.
//! No semantics of its own.
#![allow(non_snake_case, non_upper_case_globals, non_camel_case_types, reason = "the names are winscard.h's")]
#![allow(clippy::upper_case_acronyms, reason = "as above")]
#![allow(unreachable_pub, reason = "found by the linker")]

mod call;
mod output;
mod pointers;
mod status;

use std::ffi::{c_char, c_void};

use crate::codes::*;
use crate::faults::Function;
use crate::program;
use crate::reader::{Disposition, Share};
use crate::service::{insert_card, service};
use call::{DWORD, LONG, call};
use output::Output;
use pointers::{bytes, read, text, write};

const MAX_ATR_SIZE: usize = 33;
const T1: DWORD = 2;
const SHORTEST_COMMAND: usize = 4;

/// `SCARD_IO_REQUEST`
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct SCARD_IO_REQUEST {
    dwProtocol: DWORD,
    cbPciLength: DWORD,
}

/// `SCARD_READERSTATE`
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct SCARD_READERSTATE {
    szReader: *const c_char,
    pvUserData: *mut c_void,
    dwCurrentState: DWORD,
    dwEventState: DWORD,
    cbAtr: DWORD,
    rgbAtr: [u8; MAX_ATR_SIZE],
}

const fn request(protocol: DWORD) -> SCARD_IO_REQUEST {
    SCARD_IO_REQUEST { dwProtocol: protocol, cbPciLength: size_of::<SCARD_IO_REQUEST>() as DWORD }
}

#[unsafe(no_mangle)]
pub static g_rgSCardT0Pci: SCARD_IO_REQUEST = request(1);
#[unsafe(no_mangle)]
pub static g_rgSCardT1Pci: SCARD_IO_REQUEST = request(T1);
#[unsafe(no_mangle)]
pub static g_rgSCardRawPci: SCARD_IO_REQUEST = request(4);

/// The addresses of the functions of this file that a program above calls: who asks for them has them in the program.
pub fn linked() -> [usize; 3] {
    [
        SCardTransmit as *const () as usize,
        SCardConnect as *const () as usize,
        SCardEndTransaction as *const () as usize,
    ]
}

fn share(mode: DWORD) -> Result<Share, Code> {
    match mode {
        1 => Ok(Share::Exclusive),
        2 => Ok(Share::Shared),
        3 => Ok(Share::Direct),
        _ => Err(E_INVALID_VALUE),
    }
}

fn disposition(disposition: DWORD) -> Result<Disposition, Code> {
    match disposition {
        // Nothing is ejected from this reader.
        0 | 3 => Ok(Disposition::Leave),
        1 => Ok(Disposition::Reset),
        2 => Ok(Disposition::Unpower),
        _ => Err(E_INVALID_VALUE),
    }
}

/// # Safety
/// `winscard.h`'s, as for every function here: a pointer is NULL or points to what it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SCardEstablishContext(
    _scope: DWORD,
    _reserved1: *const c_void,
    _reserved2: *const c_void,
    context: *mut LONG,
) -> LONG {
    insert_card();
    call(Function::EstablishContext, None, || {
        let number = service().state().establish()?;
        write(context, number)
    })
}

#[unsafe(no_mangle)]
pub extern "C" fn SCardReleaseContext(context: LONG) -> LONG {
    call(Function::ReleaseContext, None, || service().release(context))
}

#[unsafe(no_mangle)]
pub extern "C" fn SCardIsValidContext(context: LONG) -> LONG {
    call(Function::IsValidContext, None, || service().state().context(context).map(drop))
}

#[unsafe(no_mangle)]
pub extern "C" fn SCardCancel(context: LONG) -> LONG {
    call(Function::Cancel, None, || service().state().context(context).map(|cancelled| *cancelled = true))
}

/// # Safety
/// See [`SCardEstablishContext`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SCardConnect(
    context: LONG,
    reader: *const c_char,
    mode: DWORD,
    protocols: DWORD,
    card: *mut LONG,
    protocol: *mut DWORD,
) -> LONG {
    call(Function::Connect, None, || {
        let (name, mode) = (text(reader).map_err(|_| E_UNKNOWN_READER)?, share(mode)?);
        if mode != Share::Direct && protocols & T1 == 0 {
            return Err(E_PROTO_MISMATCH);
        }
        write(card, service().connect(context, name, mode)?)?;
        write(protocol, T1)
    })
}

/// # Safety
/// See [`SCardEstablishContext`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SCardReconnect(
    card: LONG,
    mode: DWORD,
    _protocols: DWORD,
    initialization: DWORD,
    protocol: *mut DWORD,
) -> LONG {
    call(Function::Reconnect, None, || {
        let (mode, disposition) = (share(mode)?, disposition(initialization)?);
        service().retry_while_held(|state| state.reconnect(card, mode, disposition))?;
        write(protocol, T1)
    })
}

#[unsafe(no_mangle)]
pub extern "C" fn SCardDisconnect(card: LONG, then: DWORD) -> LONG {
    call(Function::Disconnect, None, || service().disconnect(card, disposition(then)?))
}

#[unsafe(no_mangle)]
pub extern "C" fn SCardBeginTransaction(card: LONG) -> LONG {
    call(Function::BeginTransaction, None, || {
        service().retry_while_held(|state| state.unchanged(card)?.lock(card))
    })
}

#[unsafe(no_mangle)]
pub extern "C" fn SCardEndTransaction(card: LONG, then: DWORD) -> LONG {
    call(Function::EndTransaction, None, || service().state().end(card, disposition(then)?))
}

/// # Safety
/// See [`SCardEstablishContext`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SCardTransmit(
    card: LONG,
    _send: *const SCARD_IO_REQUEST,
    command: *const u8,
    command_length: DWORD,
    _receive: *mut SCARD_IO_REQUEST,
    answer: *mut u8,
    answer_length: *mut DWORD,
) -> LONG {
    let Ok(command) = bytes(command, command_length) else { return LONG::from(E_INVALID_PARAMETER) };
    call(Function::Transmit, command.get(1).copied(), || {
        if command.len() < SHORTEST_COMMAND {
            return Err(E_INVALID_PARAMETER);
        }
        let capacity = read(answer_length)?;
        let received = program::transmit(service(), card, command)?;
        if received.len() as DWORD > capacity {
            return Err(E_INSUFFICIENT_BUFFER);
        }
        Output::new(answer, answer_length).give(&received)
    })
}
