//! Entry points about PINs (specification, "Card PIN Operations"). A PIN stays in the caller's memory: here it is a slice.

use super::cardmod::{CARD_DATA, DWORD, ReturnCode};
use super::codes::attempts;
use super::exit::enter;
use super::files::no_flags;
use super::memory::{self, Call, OutputValue};
use crate::error::{Error, Result};
use crate::pin::PinOutcome;
use crate::properties::{ADMINISTRATOR, USER};

/// `CARD_PIN_SILENT_CONTEXT`: no window, and none is ever shown here.
const SILENT: DWORD = 0x40;
/// `CARD_AUTHENTICATE_GENERATE_SESSION_PIN` and `CARD_AUTHENTICATE_SESSION_PIN`.
const GENERATE_SESSION_PIN: DWORD = 0x1000_0000;
const SESSION_PIN: DWORD = 0x2000_0000;
/// `CARD_AUTHENTICATE_PIN_CHALLENGE_RESPONSE` and `CARD_AUTHENTICATE_PIN_PIN`.
const CHALLENGE_RESPONSE: DWORD = 1;
const PIN_TO_PIN: DWORD = 2;
/// `PIN_CHANGE_FLAG_UNBLOCK` and `PIN_CHANGE_FLAG_CHANGEPIN`.
const UNBLOCK: DWORD = 1;
const CHANGE: DWORD = 2;
/// No PIN of a CNS is longer than 8 digits; what is longer than this is not even looked at.
const LONGEST_PIN: usize = 64;

/// # Safety
/// The pointers are as the specification says, or NULL.
pub(super) unsafe extern "system" fn authenticate_pin(
    data: *mut CARD_DATA,
    user: *const u16,
    pin: *const u8,
    length: DWORD,
    left: *mut DWORD,
) -> ReturnCode {
    enter("CardAuthenticatePin", || {
        // SAFETY: the contract is the same.
        let (call, user, pin, left) = unsafe {
            (Call::of(data)?, memory::wide_name(user)?, pin_bytes(pin, length)?, OutputValue::new(left))
        };
        user_only(&user)?;
        conclude(call.context.authenticate(call.handles, pin), &left)
    })
}

/// # Safety
/// The pointers are as the specification says, or NULL.
pub(super) unsafe extern "system" fn authenticate_ex(
    data: *mut CARD_DATA,
    role: DWORD,
    flags: DWORD,
    pin: *const u8,
    length: DWORD,
    session_pin: *mut *mut u8,
    session_length: *mut DWORD,
    left: *mut DWORD,
) -> ReturnCode {
    enter("CardAuthenticateEx", || {
        // SAFETY: the contract is the same.
        let (call, session_pin, session_length, left) = unsafe {
            (
                Call::of(data)?,
                OutputValue::new(session_pin),
                OutputValue::new(session_length),
                OutputValue::new(left),
            )
        };
        if flags & !(SILENT | GENERATE_SESSION_PIN | SESSION_PIN) != 0 {
            return Err(Error::InvalidParameter);
        }
        if flags & GENERATE_SESSION_PIN != 0 && (session_pin.is_null() || session_length.is_null()) {
            return Err(Error::InvalidParameter);
        }
        // SAFETY: the contract is the same.
        let pin = unsafe { pin_bytes(pin, length) }?;
        match role {
            USER => {}
            // A PUK only unblocks.
            ADMINISTRATOR => return Err(Error::UnsupportedFeature),
            _ => return Err(Error::InvalidParameter),
        }
        // No CNS makes a session PIN; the PIN of such a call must not reach the card.
        if flags & (GENERATE_SESSION_PIN | SESSION_PIN) != 0 {
            return Err(Error::UnsupportedFeature);
        }
        session_pin.write(std::ptr::null_mut());
        session_length.write(0);
        conclude(call.context.authenticate(call.handles, pin), &left)
    })
}

/// # Safety
/// `data` is NULL or points to a `CARD_DATA`.
pub(super) unsafe extern "system" fn deauthenticate_ex(
    data: *mut CARD_DATA,
    _roles: DWORD,
    flags: DWORD,
) -> ReturnCode {
    enter("CardDeauthenticateEx", || {
        // SAFETY: the contract is the same.
        let call = unsafe { Call::of(data) }?;
        no_flags(flags)?;
        call.context.release_login(call.handles);
        // Only a reset ends an authentication, and the caller does it then.
        Err(Error::UnsupportedFeature)
    })
}

/// # Safety
/// The pointers are as the specification says, or NULL.
pub(super) unsafe extern "system" fn change_authenticator(
    data: *mut CARD_DATA,
    user: *const u16,
    old: *const u8,
    old_length: DWORD,
    new: *const u8,
    new_length: DWORD,
    retries: DWORD,
    flags: DWORD,
    left: *mut DWORD,
) -> ReturnCode {
    enter("CardChangeAuthenticator", || {
        // SAFETY: the contract is the same.
        let (call, user, old, new, left) = unsafe {
            (
                Call::of(data)?,
                memory::wide_name(user)?,
                pin_bytes(old, old_length)?,
                pin_bytes(new, new_length)?,
                OutputValue::new(left),
            )
        };
        user_only(&user)?;
        by_pin(flags)?;
        retries_stay(retries)?;
        conclude(call.context.change_pin(call.handles, old, new), &left)
    })
}

/// # Safety
/// The pointers are as the specification says, or NULL.
pub(super) unsafe extern "system" fn change_authenticator_ex(
    data: *mut CARD_DATA,
    flags: DWORD,
    role: DWORD,
    old: *const u8,
    old_length: DWORD,
    target: DWORD,
    new: *const u8,
    new_length: DWORD,
    retries: DWORD,
    left: *mut DWORD,
) -> ReturnCode {
    enter("CardChangeAuthenticatorEx", || {
        // SAFETY: the contract is the same.
        let (call, old, new, left) = unsafe {
            (
                Call::of(data)?,
                pin_bytes(old, old_length)?,
                pin_bytes(new, new_length)?,
                OutputValue::new(left),
            )
        };
        retries_stay(retries)?;
        let outcome = match (flags, role, target) {
            (CHANGE, USER, USER) => call.context.change_pin(call.handles, old, new),
            (UNBLOCK, ADMINISTRATOR, USER) => call.context.unblock_pin(call.handles, old, new),
            // The PUK of a CNS is changed by nobody.
            (CHANGE, ADMINISTRATOR, ADMINISTRATOR) => return Err(Error::UnsupportedFeature),
            _ => return Err(Error::InvalidParameter),
        };
        conclude(outcome, &left)
    })
}

/// # Safety
/// The pointers are as the specification says, or NULL.
pub(super) unsafe extern "system" fn unblock_pin(
    data: *mut CARD_DATA,
    user: *const u16,
    puk: *const u8,
    puk_length: DWORD,
    new: *const u8,
    new_length: DWORD,
    retries: DWORD,
    flags: DWORD,
) -> ReturnCode {
    enter("CardUnblockPin", || {
        // SAFETY: the contract is the same.
        let (call, user, puk, new) = unsafe {
            (
                Call::of(data)?,
                memory::wide_name(user)?,
                pin_bytes(puk, puk_length)?,
                pin_bytes(new, new_length)?,
            )
        };
        user_only(&user)?;
        by_pin(flags)?;
        retries_stay(retries)?;
        call.context.unblock_pin(call.handles, puk, new).result
    })
}

/// What a PIN command came to.
fn conclude(outcome: PinOutcome, left: &OutputValue<DWORD>) -> Result<()> {
    if outcome.result.is_err() {
        left.write(attempts(outcome.left));
    }
    outcome.result
}

/// One that is too long for any PIN is as good as none: it never reaches the card.
///
/// # Safety
/// `raw` is NULL or points to `length` bytes that nobody changes during `'a`.
unsafe fn pin_bytes<'a>(raw: *const u8, length: DWORD) -> Result<&'a [u8]> {
    // SAFETY: the contract is the same.
    Ok(unsafe { memory::bytes(raw, length, LONGEST_PIN) }?.unwrap_or_default())
}

/// `wszCARD_USER_USER` and `wszCARD_USER_ADMIN`.
fn user_only(user: &str) -> Result<()> {
    match user {
        "user" => Ok(()),
        "admin" => Err(Error::UnsupportedFeature),
        _ => Err(Error::InvalidParameter),
    }
}

fn by_pin(flags: DWORD) -> Result<()> {
    match flags {
        PIN_TO_PIN => Ok(()),
        CHALLENGE_RESPONSE => Err(Error::UnsupportedFeature),
        _ => Err(Error::InvalidParameter),
    }
}

/// The most tries of a CNS are its issuer's: 0 and -1 leave them as they are.
fn retries_stay(retries: DWORD) -> Result<()> {
    if matches!(retries, 0 | DWORD::MAX) { Ok(()) } else { Err(Error::InvalidParameter) }
}
