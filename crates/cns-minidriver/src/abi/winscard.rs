//! The system's resource manager, on handles of the minidriver's caller: winscard on Windows, libpcsclite elsewhere (tests).

use std::ffi::{CStr, CString};

use cns_card::{Occupancy, PcscTransport, ReaderStatus, TransmissionProtocol, Transport, TransportError};
use pcsc_sys::{
    ATR_BUFFER_SIZE, DWORD, LONG, MAX_ATR_SIZE, SCARD_IO_REQUEST, SCARD_PROTOCOL_ANY, SCARD_PROTOCOL_T0,
    SCARD_PROTOCOL_T1, SCARD_READERSTATE, SCARD_RESET_CARD, SCARD_S_SUCCESS, SCARD_SHARE_SHARED,
    SCARD_STATE_EXCLUSIVE, SCARD_STATE_MUTE, SCARD_STATE_PRESENT, SCARD_STATE_UNAVAILABLE,
    SCARD_STATE_UNAWARE, SCARD_STATE_UNKNOWN, SCARDCONTEXT, SCARDHANDLE,
};
use zeroize::{Zeroize, Zeroizing};

use super::codes::transport_error;
use crate::transport::{HandleStatus, ResourceManager};

/// The longest answer that PC/SC carries: 64 KiB and the status word.
const LONGEST_RESPONSE: usize = 65_536 + 2;
/// The longest list of a reader's names.
const LONGEST_NAMES: usize = 1024;

/// The functions of the system.
#[derive(Debug, Clone, Copy)]
pub(super) struct WinScard;

impl ResourceManager for WinScard {
    fn status(&self, card: usize) -> Result<HandleStatus, TransportError> {
        let (mut names, mut names_length) = ([0; LONGEST_NAMES], length(LONGEST_NAMES));
        let (mut atr, mut atr_length) = ([0; MAX_ATR_SIZE], length(MAX_ATR_SIZE));
        let (mut state, mut protocol) = (0, 0);
        // SAFETY: every pointer is to a variable of this function, with its length; an invalid handle is refused.
        let code = unsafe {
            pcsc_sys::SCardStatus(
                card as SCARDHANDLE,
                names.as_mut_ptr(),
                &raw mut names_length,
                &raw mut state,
                &raw mut protocol,
                atr.as_mut_ptr(),
                &raw mut atr_length,
            )
        };
        check(code)?;
        // Windows may give several names, each ending with a zero: the first is the reader's.
        let name: Vec<u8> = names.iter().take_while(|byte| **byte != 0).map(|byte| *byte as u8).collect();
        let protocol = match protocol {
            SCARD_PROTOCOL_T0 => TransmissionProtocol::T0,
            _ => TransmissionProtocol::T1,
        };
        Ok(HandleStatus { reader: String::from_utf8_lossy(&name).into_owned(), protocol })
    }

    fn reader(&self, context: usize, name: &str) -> Result<ReaderStatus, TransportError> {
        let c_name = CString::new(name).map_err(|_| TransportError::ReaderUnavailable)?;
        let mut state = unaware(&c_name);
        // SAFETY: one structure that lies here, with a name that outlives the call; an invalid context is refused.
        let code = unsafe { pcsc_sys::SCardGetStatusChange(context as SCARDCONTEXT, 0, &raw mut state, 1) };
        let seen = state.dwEventState;
        match check(code) {
            Ok(()) => {}
            // Nothing changed is an answer only where the state came along.
            Err(TransportError::Timeout) if seen != 0 => {}
            Err(TransportError::ReaderUnavailable) => return Ok(ReaderStatus::absent(name)),
            Err(error) => return Err(error),
        }
        let has = |flags: DWORD| seen & flags != 0;
        let occupancy = if has(SCARD_STATE_UNKNOWN | SCARD_STATE_UNAVAILABLE) {
            Occupancy::NoReader
        } else if has(SCARD_STATE_MUTE) {
            Occupancy::MuteCard
        } else if has(SCARD_STATE_PRESENT) {
            Occupancy::Card
        } else {
            Occupancy::Empty
        };
        Ok(ReaderStatus {
            name: name.to_owned(),
            occupancy,
            events: u32::try_from((seen >> 16) & 0xFFFF).unwrap_or_default(),
            held_exclusively: has(SCARD_STATE_EXCLUSIVE),
        })
    }

    fn transmit(
        &self,
        card: usize,
        protocol: TransmissionProtocol,
        command: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        let protocol = match protocol {
            TransmissionProtocol::T0 => SCARD_PROTOCOL_T0,
            TransmissionProtocol::T1 => SCARD_PROTOCOL_T1,
        };
        let header =
            SCARD_IO_REQUEST { dwProtocol: protocol, cbPciLength: length(size_of::<SCARD_IO_REQUEST>()) };
        let mut buffer = Zeroizing::new(vec![0; LONGEST_RESPONSE]);
        let mut response_length = length(LONGEST_RESPONSE);
        // SAFETY: command, header and buffer lie here, with their lengths; an invalid handle is refused.
        let code = unsafe {
            pcsc_sys::SCardTransmit(
                card as SCARDHANDLE,
                &raw const header,
                command.as_ptr(),
                length(command.len()),
                std::ptr::null_mut(),
                buffer.as_mut_ptr(),
                &raw mut response_length,
            )
        };
        check(code)?;
        let used =
            usize::try_from(response_length).map_or(LONGEST_RESPONSE, |used| used.min(LONGEST_RESPONSE));
        let response = Zeroizing::new(buffer[..used].to_vec());
        buffer[..used].zeroize();
        Ok(response)
    }

    fn reset(&self, card: usize) -> Result<(), TransportError> {
        let mut protocol = 0;
        // SAFETY: the pointer is to a variable of this function; an invalid handle is refused.
        check(unsafe {
            pcsc_sys::SCardReconnect(
                card as SCARDHANDLE,
                SCARD_SHARE_SHARED,
                SCARD_PROTOCOL_ANY,
                SCARD_RESET_CARD,
                &raw mut protocol,
            )
        })
    }

    fn service_name(&self) -> String {
        PcscTransport::new().service_name()
    }

    fn service_life(&self) -> String {
        PcscTransport::new().service_life()
    }
}

/// A reader of which nothing is known.
fn unaware(name: &CStr) -> SCARD_READERSTATE {
    SCARD_READERSTATE {
        szReader: name.as_ptr(),
        pvUserData: std::ptr::null_mut(),
        dwCurrentState: SCARD_STATE_UNAWARE,
        dwEventState: 0,
        cbAtr: 0,
        rgbAtr: [0; ATR_BUFFER_SIZE],
    }
}

/// Codes have 32 bits, in whatever type the system has them.
fn check(code: LONG) -> Result<(), TransportError> {
    match code {
        SCARD_S_SUCCESS => Ok(()),
        code => Err(transport_error(code as u32)),
    }
}

/// Lengths of this file's buffers, and of a command APDU.
fn length(bytes: usize) -> DWORD {
    bytes as DWORD
}
