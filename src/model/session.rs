//! Sessions: what one client opened on one card, its searches and its operations under way.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cns_card::CardError;
use cryptoki_sys::CK_ATTRIBUTE_TYPE;

use super::handles::ObjectHandle;
use super::object::Object;
use super::operation_state::Operations;
use super::slot::{Slot, SlotId};
use super::slot_state::Login;
use super::token::Token;
use super::{ModelError, Result};

/// Who a PIN belongs to (`CK_USER_TYPE`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserType {
    /// The holder, with the PIN.
    User,
    /// Known by the PUK.
    SecurityOfficer,
    /// For one use of a key that asks for its PIN each time, as no key here does.
    ContextSpecific,
}

/// What `C_GetSessionInfo` returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionState {
    /// The slot it is open with.
    pub slot: SlotId,
    /// Whether it was opened read/write.
    pub read_write: bool,
    /// Who is logged in.
    pub login: Login,
}

/// One open session.
pub struct Session {
    pub(super) slot: Arc<Slot>,
    pub(super) token: Arc<Token>,
    pub(super) insertion: u64,
    pub(super) read_write: bool,
    operations: Mutex<Operations>,
}

impl Session {
    pub(super) fn new(slot: Arc<Slot>, token: Arc<Token>, insertion: u64, read_write: bool) -> Self {
        Self { slot, token, insertion, read_write, operations: Mutex::default() }
    }

    /// Whether its card is still the one in the slot, as of the last look at the reader.
    pub(super) fn is_alive(&self) -> bool {
        self.slot.insertion() == self.insertion
    }

    /// Slot, kind and login state. Asks the reader whether the card is still there; sends no command.
    ///
    /// # Errors
    /// `SessionHandleInvalid` when the card was taken out or swapped.
    pub fn state(&self) -> Result<SessionState> {
        self.slot.poll_reader();
        let login = self.slot.login();
        if !self.is_alive() {
            return Err(ModelError::SessionHandleInvalid);
        }
        Ok(SessionState { slot: self.slot.id(), read_write: self.read_write, login })
    }

    /// Logs a user in: at most one try.
    ///
    /// # Errors
    /// The PIN errors; `OperationNotInitialized` for a context-specific login: no key of this card asks for one.
    pub(super) fn login(&self, user: UserType, pin: Option<&[u8]>) -> Result<()> {
        match user {
            UserType::User => self.slot.login_user(self.insertion, &self.token, pin),
            UserType::SecurityOfficer => self.slot.login_security_officer(self.insertion, &self.token, pin),
            UserType::ContextSpecific => Err(ModelError::OperationNotInitialized),
        }
    }

    /// Logs out; the last process of this user's that does so locks the card again.
    ///
    /// # Errors
    /// `UserNotLoggedIn`.
    pub fn logout(&self) -> Result<()> {
        if self.is_user_logged_in() {
            self.token.end_private_handles(&self.slot.object_handles);
        }
        self.slot.logout()
    }

    /// Changes the PIN. `None` for both: they are typed on the reader's PIN pad.
    ///
    /// # Errors
    /// `SessionReadOnly`, the PIN errors.
    pub fn set_pin(&self, old: Option<&[u8]>, new: Option<&[u8]>) -> Result<()> {
        self.require_read_write()?;
        self.slot.change_pin(self.insertion, &self.token, old, new)
    }

    /// Unblocks the PIN with the PUK of the security officer's login and sets a new one.
    ///
    /// # Errors
    /// `SessionReadOnly`, `UserNotLoggedIn`, the PIN errors (about the PUK).
    pub fn init_pin(&self, new: &[u8]) -> Result<()> {
        self.require_read_write()?;
        self.slot.unblock_pin(self.insertion, &self.token, new)
    }

    /// The object of this handle with the content that lies in a file of the card, read now if it was not yet. A file that
    /// the card refuses to show leaves the object without that one attribute; a later call may find it.
    ///
    /// # Errors
    /// `ObjectHandleInvalid`, those of the way to the card.
    pub fn object_with_value(&self, handle: ObjectHandle) -> Result<Arc<Object>> {
        let object = self.object(handle)?;
        match object.fill_value(|file| self.slot.read_data(self.insertion, &self.token, file)) {
            Ok(()) | Err(ModelError::Device(CardError::Status { .. })) => Ok(object),
            Err(error) => Err(error),
        }
    }

    /// Begins a search: what it will find is settled now.
    ///
    /// # Errors
    /// `OperationActive` while another search is under way.
    pub fn find_start(&self, template: &[(CK_ATTRIBUTE_TYPE, Vec<u8>)]) -> Result<()> {
        let mut operations = self.operations();
        if operations.search.is_some() {
            return Err(ModelError::OperationActive);
        }
        let found = self.token.objects(self.sees_private()).filter(|(_, object)| object.matches(template));
        let mut handles: Vec<_> = found.map(|(handle, _)| handle).collect();
        handles.reverse();
        operations.search = Some(handles);
        Ok(())
    }

    /// The next handles found, at most `max`.
    ///
    /// # Errors
    /// `OperationNotInitialized`.
    pub fn find_next(&self, max: usize) -> Result<Vec<ObjectHandle>> {
        let mut operations = self.operations();
        let left = operations.search.as_mut().ok_or(ModelError::OperationNotInitialized)?;
        let rest = left.len().saturating_sub(max);
        Ok(left.split_off(rest).into_iter().rev().collect())
    }

    /// Ends the search.
    ///
    /// # Errors
    /// `OperationNotInitialized`.
    pub fn find_end(&self) -> Result<()> {
        self.operations().search.take().map(drop).ok_or(ModelError::OperationNotInitialized)
    }

    /// The object of this handle, if it is visible.
    ///
    /// # Errors
    /// `ObjectHandleInvalid`.
    pub fn object(&self, handle: ObjectHandle) -> Result<Arc<Object>> {
        match self.token.object(handle) {
            Some(object) if !object.is_private() || self.sees_private() => Ok(Arc::clone(object)),
            _ => Err(ModelError::ObjectHandleInvalid),
        }
    }

    pub(super) fn operations(&self) -> MutexGuard<'_, Operations> {
        self.operations.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_user_logged_in(&self) -> bool {
        self.sees_private()
    }

    fn sees_private(&self) -> bool {
        self.slot.state().login == Login::User
    }

    fn require_read_write(&self) -> Result<()> {
        if self.read_write { Ok(()) } else { Err(ModelError::SessionReadOnly) }
    }
}
