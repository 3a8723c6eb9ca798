//! The module between `C_Initialize` and `C_Finalize`: slots that only grow, sessions, events.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use cns_card::{Cancellation, ReaderStatus, Transport};

use super::handles::{Handles, SessionHandle};
use super::session::{Session, UserType};
use super::slot::{Clock, Slot, SlotId};
use super::slot_state::{Login, has_card};
use super::{ModelError, Result};

/// A blocking wait returns to its caller so often: a thread that was cancelled meanwhile ends there, not inside.
const WAIT_TURN: Duration = Duration::from_secs(4);
/// After a wait that failed.
const REST: Duration = Duration::from_millis(200);

/// All state of one initialised module. Lock rule: the tables are locked for a look-up and released before a
/// reader or card is asked.
pub struct Module {
    transport: Arc<dyn Transport>,
    now: Clock,
    slots: RwLock<Vec<Arc<Slot>>>,
    enumerated: AtomicBool,
    sessions: Mutex<Sessions>,
    next_session: Handles,
    object_handles: Arc<Handles>,
    /// Cancelled by `C_Finalize`.
    waits: Cancellation,
}

impl Module {
    /// Does no I/O: the first call that needs a reader looks for them.
    pub fn new(transport: Arc<dyn Transport>, now: Clock) -> Self {
        Self {
            transport,
            now,
            slots: RwLock::default(),
            enumerated: AtomicBool::new(false),
            sessions: Mutex::default(),
            next_session: Handles::new(),
            object_handles: Arc::new(Handles::new()),
            waits: Cancellation::new(),
        }
    }

    /// Looks for readers and gives each new one a slot; no slot is ever removed. Without a PC/SC service there are no
    /// readers, which is no error: they appear once the service runs.
    pub fn refresh_slots(&self) {
        let readers = self.transport.readers().unwrap_or_else(|error| {
            tracing::info!(%error, "no readers");
            Vec::new()
        });
        self.enumerated.store(true, Ordering::Release);
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        for reader in readers {
            self.add_slot(&mut slots, &reader.name);
        }
    }

    fn add_slot(&self, slots: &mut Vec<Arc<Slot>>, reader: &str) {
        if slots.iter().any(|slot| slot.reader() == reader) {
            return;
        }
        let id = slots.len() as SlotId;
        let (transport, handles) = (Arc::clone(&self.transport), Arc::clone(&self.object_handles));
        slots.push(Arc::new(Slot::new(id, reader, transport, self.now, handles)));
    }

    /// The ids of all slots, or of those with a token: asks the readers, and costs no card anything.
    pub fn slot_ids(&self, with_token_only: bool) -> Vec<SlotId> {
        self.enumerate_once();
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
        // A login that ends with the last session is over before a new one opens.
        let _begins = slot.last_session.read().unwrap_or_else(PoisonError::into_inner);
        if !read_write && slot.state().login == Login::SecurityOfficer {
            return Err(ModelError::SessionReadWriteSoExists);
        }
        let handle = self.next_session.take(1);
        let session = Arc::new(Session::new(Arc::clone(&slot), token, insertion, read_write));
        let mut sessions = self.sessions();
        sessions.retain(|_, session| session.is_alive());
        sessions.insert(handle, session);
        Ok(handle)
    }

    /// Closes a session; with the last one of a slot the login ends, before another session opens or logs in.
    ///
    /// # Errors
    /// `SessionHandleInvalid`; that the login could not be ended, though the session is closed.
    pub fn close_session(&self, handle: SessionHandle) -> Result<()> {
        let slot = {
            let mut sessions = self.sessions();
            let slot = Arc::clone(&sessions.get(&handle).ok_or(ModelError::SessionHandleInvalid)?.slot);
            if open_with(&sessions, &slot) > 1 {
                return remove_session(&mut sessions, handle);
            }
            slot
        };
        // Perhaps the last one: until it is closed and logged out, no other one opens or logs in.
        let _ends = slot.last_session.write().unwrap_or_else(PoisonError::into_inner);
        let is_last = {
            let mut sessions = self.sessions();
            remove_session(&mut sessions, handle)?;
            open_with(&sessions, &slot) == 0
        };
        if is_last { slot.end_any_login() } else { Ok(()) }
    }

    /// Closes all sessions of a slot and ends its login.
    ///
    /// # Errors
    /// `SlotIdInvalid`; that the login could not be ended, though the sessions are closed.
    pub fn close_all_sessions(&self, slot: SlotId) -> Result<()> {
        let slot = self.slot(slot)?;
        let _ends = slot.last_session.write().unwrap_or_else(PoisonError::into_inner);
        self.sessions().retain(|_, session| !Arc::ptr_eq(&session.slot, &slot));
        slot.end_any_login()
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
        let slot = Arc::clone(&self.session(handle)?.slot);
        let outcome = if user == UserType::SecurityOfficer {
            // No read-only session opens between the count and the login.
            let _alone = slot.last_session.write().unwrap_or_else(PoisonError::into_inner);
            let (all, read_write) = self.session_counts(slot.id());
            if all != read_write {
                return Err(ModelError::SessionReadOnlyExists);
            }
            self.session(handle)?.login(user, pin)
        } else {
            let _begins = slot.last_session.read().unwrap_or_else(PoisonError::into_inner);
            // Closed meanwhile, perhaps as the last one: who would log out?
            self.session(handle)?.login(user, pin)
        };
        if outcome.is_ok() && self.is_shut_down() {
            // `C_Finalize` ended all logins while this one waited for the card: no one is left to log out.
            let _ = slot.shut_down();
            return Err(ModelError::ShutDown);
        }
        outcome
    }

    fn is_shut_down(&self) -> bool {
        self.waits.is_cancelled()
    }

    /// How many sessions, and how many read/write ones, are open with a slot.
    pub fn session_counts(&self, slot: SlotId) -> (usize, usize) {
        let sessions = self.sessions();
        let of_slot = sessions.values().filter(|session| session.slot.id() == slot && session.is_alive());
        of_slot.fold((0, 0), |(all, writing), session| (all + 1, writing + usize::from(session.read_write)))
    }

    /// Waits for a card that comes or goes, or reports one that did since the last call. `Ok(None)`: nothing did, with
    /// `block` for a while; who wants to wait longer asks again, and misses nothing in between.
    ///
    /// # Errors
    /// `ShutDown` when the module is finalised meanwhile.
    pub fn wait_for_slot_event(&self, block: bool) -> Result<Option<SlotId>> {
        let end_of_turn = Instant::now() + WAIT_TURN;
        loop {
            if self.is_shut_down() {
                return Err(ModelError::ShutDown);
            }
            let read_new_card = !self.enumerated.load(Ordering::Acquire);
            let before = self.slots().len();
            self.refresh_slots();
            let slots = self.slots();
            let known: Vec<ReaderStatus> = slots.iter().map(|slot| slot.poll_reader()).collect();
            for (index, slot) in slots.iter().enumerate() {
                let came_with_its_reader = index >= before && !read_new_card && has_card(&known[index]);
                if slot.take_event() || came_with_its_reader {
                    return Ok(Some(slot.id()));
                }
            }
            if !block || Instant::now() >= end_of_turn {
                return Ok(None);
            }
            let left = end_of_turn.saturating_duration_since(Instant::now());
            if let Err(error) = self.transport.wait_for_change(&known, Some(left), &self.waits) {
                tracing::debug!(%error, "waiting for a change failed");
                std::thread::sleep(REST);
            }
        }
    }

    /// `C_Finalize`: ends all waits, closes all sessions, ends all logins, disconnects from all cards.
    ///
    /// # Errors
    /// A login could not be ended; all the rest is done.
    pub fn shut_down(&self) -> Result<()> {
        self.waits.cancel();
        self.sessions().clear();
        let mut outcome = Ok(());
        for slot in self.slots() {
            outcome = slot.shut_down().and(outcome);
        }
        outcome
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

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Sessions = HashMap<SessionHandle, Arc<Session>>;

/// How many sessions are open with a slot.
fn open_with(sessions: &Sessions, slot: &Arc<Slot>) -> usize {
    sessions.values().filter(|session| Arc::ptr_eq(&session.slot, slot) && session.is_alive()).count()
}

/// Takes a session out. One whose card is gone was closed by that.
fn remove_session(sessions: &mut Sessions, handle: SessionHandle) -> Result<()> {
    let session = sessions.remove(&handle).ok_or(ModelError::SessionHandleInvalid)?;
    if session.is_alive() { Ok(()) } else { Err(ModelError::SessionHandleInvalid) }
}
