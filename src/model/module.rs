//! The module between `C_Initialize` and `C_Finalize`: slots that only grow, sessions, events.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use cns_card::{Cancellation, ReaderStatus, Transport};
use cryptoki_sys::CK_SLOT_ID;

use super::handles::Handles;
use super::session::{Login, Session, SessionHandle, UserType};
use super::shown::has_card;
use super::slot::Slot;
use super::token::Role;
use super::{ModelError, Result};

/// Names a slot for the life of the module.
pub type SlotId = CK_SLOT_ID;

/// A blocking wait looks up so often, to see whether the module was shut down: the only way to cancel it.
const WAIT_SLICE: Duration = Duration::from_millis(200);

/// All state of one initialised module. Lock rule: the tables are locked for a look-up and released before a
/// reader or card is asked.
pub struct Module {
    transport: Arc<dyn Transport>,
    slots: RwLock<Vec<Arc<Slot>>>,
    enumerated: AtomicBool,
    sessions: Mutex<HashMap<SessionHandle, Arc<Session>>>,
    next_session: Handles,
    object_handles: Arc<Handles>,
    shut_down: AtomicBool,
}

impl Module {
    /// Does no I/O: the first call that needs a reader looks for them.
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        Self {
            transport,
            slots: RwLock::default(),
            enumerated: AtomicBool::new(false),
            sessions: Mutex::default(),
            next_session: Handles::new(),
            object_handles: Arc::new(Handles::new()),
            shut_down: AtomicBool::new(false),
        }
    }

    /// Looks for readers and gives each new one a slot, and a second one to a card with a signature key of its own PIN;
    /// none is ever taken away. Without a PC/SC service there are none, and that is no error: they appear once it runs.
    pub fn refresh_slots(&self) {
        let readers = self.transport.readers().unwrap_or_else(|error| {
            tracing::info!(%error, "no readers");
            Vec::new()
        });
        self.enumerated.store(true, Ordering::Release);
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        for reader in readers {
            self.add_slot(&mut slots, &reader.name, Role::Login);
        }
        drop(slots);
        self.add_signature_slots();
    }

    /// A slot for each signature key seen so far.
    fn add_signature_slots(&self) {
        let signing: Vec<_> = self.slots().into_iter().filter(|slot| slot.has_signature_key()).collect();
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        for slot in signing {
            self.add_slot(&mut slots, slot.reader(), Role::Signature);
        }
    }

    fn add_slot(&self, slots: &mut Vec<Arc<Slot>>, reader: &str, role: Role) {
        if slots.iter().any(|slot| slot.reader() == reader && slot.role == role) {
            return;
        }
        let id = slots.len() as SlotId;
        let (transport, handles) = (Arc::clone(&self.transport), Arc::clone(&self.object_handles));
        slots.push(Arc::new(Slot::new(id, role, reader, transport, handles)));
    }

    /// The ids of all slots, or of those with a token. Who asks for tokens gets each card read, since a card may hold
    /// two; who asks for all slots costs no card anything.
    pub fn slot_ids(&self, with_token_only: bool) -> Vec<SlotId> {
        self.enumerate_once();
        if with_token_only {
            for slot in self.slots() {
                let _ = slot.token();
            }
            self.add_signature_slots();
        }
        self.slots()
            .iter()
            .filter(|slot| !with_token_only || slot.has_token())
            .map(|slot| slot.id())
            .collect()
    }

    /// One slot.
    ///
    /// # Errors
    /// `SlotIdInvalid`.
    pub fn slot(&self, id: SlotId) -> Result<Arc<Slot>> {
        self.enumerate_once();
        let index = usize::try_from(id).map_err(|_| ModelError::SlotIdInvalid)?;
        let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        slots.get(index).cloned().ok_or(ModelError::SlotIdInvalid)
    }

    /// Opens a session with the card in a slot.
    ///
    /// # Errors
    /// `SlotIdInvalid`, `TokenNotPresent`, `TokenNotRecognized`, `SessionReadWriteSoExists`, those of the card.
    pub fn open_session(&self, slot: SlotId, read_write: bool) -> Result<SessionHandle> {
        let slot = self.slot(slot)?;
        let (insertion, token) = slot.token()?;
        if !read_write && slot.shown().login == Login::SecurityOfficer {
            return Err(ModelError::SessionReadWriteSoExists);
        }
        let handle = self.next_session.take(1);
        let session = Arc::new(Session::new(slot, token, insertion, read_write));
        let mut sessions = self.sessions();
        sessions.retain(|_, session| session.is_alive());
        sessions.insert(handle, session);
        Ok(handle)
    }

    /// Closes a session; with the last one of a slot the login ends.
    ///
    /// # Errors
    /// `SessionHandleInvalid`.
    pub fn close_session(&self, handle: SessionHandle) -> Result<()> {
        let (closed, slot_is_free) = {
            let mut sessions = self.sessions();
            let closed = sessions.remove(&handle).ok_or(ModelError::SessionHandleInvalid)?;
            let slot_is_free =
                !sessions.values().any(|other| Arc::ptr_eq(&other.slot, &closed.slot) && other.is_alive());
            (closed, slot_is_free)
        };
        if !closed.is_alive() {
            return Err(ModelError::SessionHandleInvalid);
        }
        if slot_is_free {
            let _ = closed.slot.logout();
        }
        Ok(())
    }

    /// Closes all sessions of a slot and ends its login.
    ///
    /// # Errors
    /// `SlotIdInvalid`.
    pub fn close_all_sessions(&self, slot: SlotId) -> Result<()> {
        let slot = self.slot(slot)?;
        self.sessions().retain(|_, session| !Arc::ptr_eq(&session.slot, &slot));
        let _ = slot.logout();
        Ok(())
    }

    /// An open session whose card is still there, as of the last look.
    ///
    /// # Errors
    /// `SessionHandleInvalid`: it outranks "removed" in the standard and is the code that clients repair.
    pub fn session(&self, handle: SessionHandle) -> Result<Arc<Session>> {
        let mut sessions = self.sessions();
        let session = sessions.get(&handle).ok_or(ModelError::SessionHandleInvalid)?;
        if session.is_alive() {
            return Ok(Arc::clone(session));
        }
        sessions.remove(&handle);
        Err(ModelError::SessionHandleInvalid)
    }

    /// `C_Login`, for all sessions of the token.
    ///
    /// # Errors
    /// `SessionReadOnlyExists` for the security officer; `ShutDown`; else the PIN errors.
    pub fn login(&self, handle: SessionHandle, user: UserType, pin: Option<&[u8]>) -> Result<()> {
        let session = self.session(handle)?;
        if user == UserType::SecurityOfficer {
            let (all, read_write) = self.session_counts(session.slot.id());
            if all != read_write {
                return Err(ModelError::SessionReadOnlyExists);
            }
        }
        let outcome = session.login(user, pin);
        if outcome.is_ok() && self.is_shut_down() {
            // `C_Finalize` ended all logins while this one waited for the card: nobody is left to log out.
            session.slot.let_go();
            return Err(ModelError::ShutDown);
        }
        outcome
    }

    fn is_shut_down(&self) -> bool {
        self.shut_down.load(Ordering::Acquire)
    }

    /// How many sessions, and how many read/write ones, are open with a slot.
    pub fn session_counts(&self, slot: SlotId) -> (usize, usize) {
        let sessions = self.sessions();
        let of_slot = sessions.values().filter(|session| session.slot.id() == slot && session.is_alive());
        of_slot.fold((0, 0), |(all, writing), session| (all + 1, writing + usize::from(session.read_write)))
    }

    /// Waits for a card that comes or goes, or tells of one that did since the last call. `Ok(None)` only
    /// without `block`.
    ///
    /// # Errors
    /// `ShutDown` when the module is finalised meanwhile.
    pub fn wait_for_slot_event(&self, block: bool) -> Result<Option<SlotId>> {
        loop {
            if self.is_shut_down() {
                return Err(ModelError::ShutDown);
            }
            let first_look = !self.enumerated.load(Ordering::Acquire);
            let before = self.slots().len();
            self.refresh_slots();
            let slots = self.slots();
            let known: Vec<ReaderStatus> = slots.iter().map(|slot| slot.look()).collect();
            for (index, slot) in slots.iter().enumerate() {
                let came_with_its_reader = index >= before && !first_look && has_card(&known[index]);
                if slot.take_event() || came_with_its_reader {
                    return Ok(Some(slot.id()));
                }
            }
            if !block {
                return Ok(None);
            }
            if let Err(error) = self.transport.wait_for_change(&known, Some(WAIT_SLICE), &Cancellation::new())
            {
                tracing::debug!(%error, "waiting for a change failed");
                std::thread::sleep(WAIT_SLICE);
            }
        }
    }

    /// `C_Finalize`: wakes who waits, closes all sessions, ends all logins, lets go of all cards.
    pub fn shut_down(&self) {
        self.shut_down.store(true, Ordering::Release);
        self.sessions().clear();
        for slot in self.slots() {
            slot.let_go();
        }
    }

    /// For clients that go straight to the slot they know, without listing any.
    fn enumerate_once(&self) {
        if !self.enumerated.load(Ordering::Acquire) {
            self.refresh_slots();
        }
    }

    fn slots(&self) -> Vec<Arc<Slot>> {
        self.slots.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<SessionHandle, Arc<Session>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
