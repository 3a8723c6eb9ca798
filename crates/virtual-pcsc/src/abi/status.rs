//! The functions that report on readers and handles and change nothing.

use std::ffi::c_char;
use std::time::Duration;

use super::call::{DWORD, LONG, call};
use super::output::Output;
use super::pointers::{slice_mut, text, write};
use super::{SCARD_READERSTATE, T1};
use crate::codes::*;
use crate::faults::Function;
use crate::reader::state;
use crate::service::service;

const PNP_NOTIFICATION: &str = "\\\\?PnP?\\Notification";
/// `SCARD_ATTR_ATR_STRING`, `SCARD_ATTR_DEVICE_FRIENDLY_NAME_A`.
const ATTR_ATR_STRING: DWORD = 0x0009_0303;
const ATTR_FRIENDLY_NAME: DWORD = 0x7FFF_0003;
/// `SCARD_PRESENT | SCARD_POWERED | SCARD_NEGOTIABLE` of `SCardStatus`.
const STATUS_READY: DWORD = 0x0034;
const INFINITE: DWORD = 0xFFFF_FFFF;

/// # Safety
/// See `SCardEstablishContext`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SCardStatus(
    card: LONG,
    name: *mut c_char,
    name_length: *mut DWORD,
    status: *mut DWORD,
    protocol: *mut DWORD,
    atr: *mut u8,
    atr_length: *mut DWORD,
) -> LONG {
    call(Function::Status, None, || {
        let (reader, own_atr, events) = service().retry_while_held(|state| {
            let reader = state.unchanged(card)?;
            reader.free_for(card)?;
            Ok((format!("{}\0", reader.name), reader.atr.clone(), reader.events))
        })?;
        let _ = write(status, DWORD::from(events) << 16 | STATUS_READY);
        let _ = write(protocol, T1);
        let named = Output::new(name.cast(), name_length).give(reader.as_bytes());
        Output::new(atr, atr_length).give(&own_atr).and(named)
    })
}

/// # Safety
/// See `SCardEstablishContext`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SCardGetStatusChange(
    context: LONG,
    timeout: DWORD,
    states: *mut SCARD_READERSTATE,
    count: DWORD,
) -> LONG {
    call(Function::GetStatusChange, None, || {
        let states = slice_mut(states, count)?;
        if states.iter().all(|asked| asked.dwCurrentState & DWORD::from(state::IGNORE) != 0) {
            return Ok(());
        }
        let timeout = (timeout != INFINITE).then(|| Duration::from_millis(timeout));
        let readers = service().state().readers.len();
        service().wait(context, timeout, |service| {
            let mut changed = false;
            for asked in states.iter_mut() {
                let name = text(asked.szReader).map_err(|_| E_INVALID_VALUE)?;
                let reader = service.readers.iter().find(|reader| reader.name == name);
                let now = match reader {
                    Some(reader) => reader.event_state(),
                    None if name == PNP_NOTIFICATION => {
                        asked.dwEventState = 0;
                        if service.readers.len() != readers {
                            asked.dwEventState = DWORD::from(state::CHANGED);
                            changed = true;
                        }
                        continue;
                    }
                    None if asked.dwCurrentState == 0 => return Err(E_UNKNOWN_READER),
                    None => state::UNKNOWN | state::UNAVAILABLE,
                };
                let atr = reader.map(|reader| &reader.atr[..]).unwrap_or_default();
                asked.rgbAtr[..atr.len()].copy_from_slice(atr);
                asked.cbAtr = atr.len() as DWORD;
                asked.dwEventState = DWORD::from(now);
                if differs(asked.dwCurrentState, now) {
                    asked.dwEventState |= DWORD::from(state::CHANGED);
                    changed = true;
                }
            }
            Ok(changed)
        })
    })
}

/// What of a reader's state is a change for a caller that believes `known`.
fn differs(known: DWORD, now: u32) -> bool {
    let flag = |flag: u32| known & DWORD::from(flag) != 0;
    let counted = known >> 16 != 0 && known >> 16 != DWORD::from(now >> 16);
    let presence = (flag(state::PRESENT) && now & state::EMPTY != 0)
        || (flag(state::EMPTY) && now & state::PRESENT != 0)
        || (flag(state::MUTE) != (now & state::MUTE != 0))
        || (flag(state::UNKNOWN) != (now & state::UNKNOWN != 0));
    let sharing = (flag(state::INUSE) && now & state::INUSE == 0)
        || (flag(state::EXCLUSIVE) && now & state::EXCLUSIVE == 0);
    known == 0 || counted || presence || sharing
}

/// # Safety
/// See `SCardEstablishContext`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SCardListReaders(
    context: LONG,
    _groups: *const c_char,
    readers: *mut c_char,
    length: *mut DWORD,
) -> LONG {
    call(Function::ListReaders, None, || {
        let mut state = service().state();
        state.context(context)?;
        if state.readers.is_empty() {
            return Err(E_NO_READERS_AVAILABLE);
        }
        let names: String = state.readers.iter().map(|reader| format!("{}\0", reader.name)).collect();
        Output::new(readers.cast(), length).give(format!("{names}\0").as_bytes())
    })
}

/// # Safety
/// See `SCardEstablishContext`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SCardGetAttrib(
    card: LONG,
    attribute: DWORD,
    value: *mut u8,
    length: *mut DWORD,
) -> LONG {
    call(Function::GetAttrib, None, || {
        let bytes = {
            let mut state = service().state();
            // The lock first, then the event: so does pcscd.
            state.reader_of(card)?.free_for(card)?;
            let reader = state.unchanged(card)?;
            match attribute {
                ATTR_ATR_STRING => reader.atr.clone(),
                ATTR_FRIENDLY_NAME => format!("{}\0", reader.name).into_bytes(),
                _ => return Err(E_UNSUPPORTED_FEATURE),
            }
        };
        Output::new(value, length).give(&bytes)
    })
}
