//! Session management functions (PKCS#11 2.40 and 3.0, section 5.6), and the two about PINs from section 5.5.
//!
//! PINs go as they lie in the caller's memory to the model, which copies them once into a type that wipes itself.

use std::ffi::c_void;

use cryptoki_sys::*;

use super::pointers::{Input, Pointer};
use super::{AbiError, Result};
use crate::model::{Cancel, Login, ModelError, Module, SessionState, UserType};

/// `C_InitPIN` (PKCS#11 2.40 5.5).
pub(super) fn init_pin(module: &Module, session: CK_SESSION_HANDLE, pin: Input<CK_UTF8CHAR>) -> Result<()> {
    let session = module.session(session)?;
    Ok(session.init_pin(pin.required_bytes()?)?)
}

/// `C_SetPIN` (PKCS#11 2.40 5.5). NULL for both: typed on the reader's PIN pad.
pub(super) fn set_pin(
    module: &Module,
    session: CK_SESSION_HANDLE,
    old_pin: Input<CK_UTF8CHAR>,
    new_pin: Input<CK_UTF8CHAR>,
) -> Result<()> {
    let session = module.session(session)?;
    Ok(session.set_pin(old_pin.bytes_or_null()?, new_pin.bytes_or_null()?)?)
}

/// `C_OpenSession` (PKCS#11 2.40 5.6). Notifications are never sent, as the standard allows.
pub(super) fn open_session(
    module: &Module,
    slot: CK_SLOT_ID,
    flags: CK_FLAGS,
    _application: Pointer<c_void>,
    _notify: CK_NOTIFY,
    session: Pointer<CK_SESSION_HANDLE>,
) -> Result<()> {
    module.slot(slot)?;
    session.required()?;
    if flags & CKF_SERIAL_SESSION == 0 {
        return Err(AbiError::SessionParallelNotSupported);
    }
    session.write(module.open_session(slot, flags & CKF_RW_SESSION != 0)?)
}

/// `C_CloseSession` (PKCS#11 2.40 5.6).
pub(super) fn close_session(module: &Module, session: CK_SESSION_HANDLE) -> Result<()> {
    Ok(module.close_session(session)?)
}

/// `C_CloseAllSessions` (PKCS#11 2.40 5.6).
pub(super) fn close_all_sessions(module: &Module, slot: CK_SLOT_ID) -> Result<()> {
    Ok(module.close_all_sessions(slot)?)
}

/// `C_GetSessionInfo` (PKCS#11 2.40 5.6): fails once the card was taken out, which is how clients find out.
pub(super) fn session_info(
    module: &Module,
    session: CK_SESSION_HANDLE,
    info: Pointer<CK_SESSION_INFO>,
) -> Result<()> {
    let session = module.session(session)?;
    info.required()?;
    let state = session.state()?;
    let writing = if state.read_write { CKF_RW_SESSION } else { 0 };
    info.write(CK_SESSION_INFO {
        slotID: state.slot,
        state: state_number(state),
        flags: CKF_SERIAL_SESSION | writing,
        ulDeviceError: 0,
    })
}

/// `C_Login` (PKCS#11 2.40 5.6). NULL: the PIN is typed on the reader's PIN pad, where there is one.
pub(super) fn login(
    module: &Module,
    session: CK_SESSION_HANDLE,
    user: CK_USER_TYPE,
    pin: Input<CK_UTF8CHAR>,
) -> Result<()> {
    module.session(session)?;
    let user = match user {
        CKU_USER => UserType::User,
        CKU_SO => UserType::SecurityOfficer,
        CKU_CONTEXT_SPECIFIC => UserType::ContextSpecific,
        _ => return Err(ModelError::UserTypeInvalid.into()),
    };
    Ok(module.login(session, user, pin.bytes_or_null()?)?)
}

/// `C_LoginUser` (PKCS#11 3.0 5.6): the holder has no name on the card, so only an empty one is right.
pub(super) fn login_user(
    module: &Module,
    session: CK_SESSION_HANDLE,
    user: CK_USER_TYPE,
    pin: Input<CK_UTF8CHAR>,
    name: Input<CK_UTF8CHAR>,
) -> Result<()> {
    module.session(session)?;
    if name.is_empty() { login(module, session, user, pin) } else { Err(AbiError::ArgumentsBad) }
}

/// `C_Logout` (PKCS#11 2.40 5.6).
pub(super) fn logout(module: &Module, session: CK_SESSION_HANDLE) -> Result<()> {
    Ok(module.session(session)?.logout()?)
}

/// `C_SessionCancel` (PKCS#11 3.0 5.6): operations that are not active, or that no session ever has, are no error.
pub(super) fn session_cancel(module: &Module, session: CK_SESSION_HANDLE, flags: CK_FLAGS) -> Result<()> {
    let session = module.session(session)?;
    session.cancel(Cancel {
        find: flags & CKF_FIND_OBJECTS != 0,
        digest: flags & CKF_DIGEST != 0,
        sign: flags & CKF_SIGN != 0,
        verify: flags & CKF_VERIFY != 0,
        encrypt: flags & CKF_ENCRYPT != 0,
        decrypt: flags & CKF_DECRYPT != 0,
    });
    Ok(())
}

fn state_number(state: SessionState) -> CK_STATE {
    match (state.login, state.read_write) {
        (Login::Public, false) => CKS_RO_PUBLIC_SESSION,
        (Login::Public, true) => CKS_RW_PUBLIC_SESSION,
        (Login::User, false) => CKS_RO_USER_FUNCTIONS,
        (Login::User, true) => CKS_RW_USER_FUNCTIONS,
        (Login::SecurityOfficer, _) => CKS_RW_SO_FUNCTIONS,
    }
}
