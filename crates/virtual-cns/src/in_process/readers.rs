//! The service and its readers: what is plugged in and put in, and waiting for a change of it.

use super::error::ReaderError;
use super::reader::{Reader, ReaderState};
use crate::card::SharedCard;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// A PC/SC service with readers. Clones are the same service.
#[derive(Debug, Clone)]
pub struct Readers {
    pub(super) service: Arc<Service>,
}

#[derive(Debug)]
pub(super) struct Service {
    /// Unlike that of any other service of any process.
    name: String,
    pub(super) state: Mutex<State>,
    pub(super) changed: Condvar,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) running: bool,
    pub(super) life: u64,
    pub(super) changes: u64,
    pub(super) cancels: u64,
    pub(super) next_handle: u64,
    pub(super) readers: Vec<Reader>,
}

impl State {
    pub(super) fn unplug(&mut self, name: &str) {
        self.readers.iter_mut().filter(|reader| reader.name == name).for_each(|reader| drop(reader.remove()));
        self.readers.retain(|reader| reader.name != name);
        self.changes += 1;
    }

    pub(super) fn stop(&mut self) {
        self.running = false;
        self.life += 1;
        self.changes += 1;
        self.readers.iter_mut().for_each(Reader::abandon);
    }
}

impl Readers {
    /// A running service with these readers, all empty.
    pub fn new(names: &[&str]) -> Readers {
        let readers = names.iter().map(|name| Reader::new(name)).collect();
        let state = State { running: true, life: 0, changes: 0, cancels: 0, next_handle: 0, readers };
        // By chance: the number of a process comes back, and what programs record of a card outlives it.
        let chance = || RandomState::new().build_hasher().finish();
        let name = format!("in process {:016x}{:016x}", chance(), chance());
        Readers { service: Arc::new(Service { name, state: Mutex::new(state), changed: Condvar::new() }) }
    }

    /// The service's name: two services' cards of one number are two cards.
    pub fn service_name(&self) -> &str {
        &self.service.name
    }

    /// A running service with one reader and a card in it.
    pub fn with_card(name: &str, card: SharedCard) -> Readers {
        let readers = Readers::new(&[name]);
        readers.insert(name, card);
        readers
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.service.state.lock().unwrap_or_else(|broken| broken.into_inner())
    }

    /// Changes a reader, counts the change and wakes the threads that wait.
    pub(super) fn change<T>(&self, name: &str, change: impl FnOnce(&mut Reader) -> T) -> Option<T> {
        let mut state = self.state();
        let answer = state.readers.iter_mut().find(|reader| reader.name == name).map(change);
        state.changes += 1;
        self.service.changed.notify_all();
        answer
    }

    /// Puts a card in. A card that is in there is pulled first. Not for a hook of that same card, which is busy: see
    /// `Effect::Reinsert`.
    pub fn insert(&self, reader: &str, card: SharedCard) {
        self.change(reader, |reader| reader.insert(card));
    }

    /// Whether it is this very card that is in a reader.
    pub fn holds(&self, name: &str, card: &SharedCard) -> bool {
        self.state().readers.iter().any(|reader| reader.name == name && reader.holds(card))
    }

    /// Pulls the card out.
    pub fn remove(&self, reader: &str) -> Option<SharedCard> {
        self.change(reader, Reader::remove).flatten()
    }

    /// Pulls the card and puts another one in, faster than anybody looks.
    pub fn swap(&self, reader: &str, card: SharedCard) -> Option<SharedCard> {
        self.change(reader, |reader| {
            let before = reader.remove();
            reader.insert(card);
            before
        })
        .flatten()
    }

    /// Another program resets the card: every handle learns of it.
    pub fn reset(&self, reader: &str) {
        self.change(reader, |reader| reader.reset(None));
    }

    /// What pcscd does some seconds after the last handle is gone: the card loses power, no handle learns of it.
    pub fn save_power(&self, reader: &str) {
        self.change(reader, Reader::save_power);
    }

    /// Plugs a reader in.
    pub fn plug_in(&self, name: &str) {
        let mut state = self.state();
        if state.readers.iter().all(|reader| reader.name != name) {
            state.readers.push(Reader::new(name));
        }
        state.changes += 1;
        self.service.changed.notify_all();
    }

    /// Unplugs a reader with whatever is in it.
    pub fn unplug(&self, name: &str) {
        self.state().unplug(name);
        self.service.changed.notify_all();
    }

    /// Sets how many bytes of command data a reader carries, and whether it says so (PC/SC part 10). Longer commands
    /// are not exchanged.
    pub fn limit(&self, reader: &str, bytes: usize, announced: bool) {
        self.change(reader, |reader| reader.limit = Some((bytes, announced)));
    }

    /// Stops the service: cards lose power, all handles are void for ever.
    pub fn stop_service(&self) {
        self.state().stop();
        self.service.changed.notify_all();
    }

    /// Starts the service again, with the cards that are in the readers.
    pub fn start_service(&self) {
        let mut state = self.state();
        state.running = true;
        state.changes += 1;
        self.service.changed.notify_all();
    }

    /// All readers.
    pub fn states(&self) -> Result<Vec<ReaderState>, ReaderError> {
        let state = self.state();
        if !state.running {
            return Err(ReaderError::NoService);
        }
        Ok(state.readers.iter().map(Reader::state).collect())
    }

    /// One reader.
    pub fn reader(&self, name: &str) -> Result<ReaderState, ReaderError> {
        let state = self.states()?.into_iter().find(|reader| reader.name == name);
        state.ok_or(ReaderError::UnknownReader)
    }

    /// A number that grows with every change, to wait from.
    pub fn changes(&self) -> u64 {
        self.state().changes
    }

    /// Waits until more than `known` changes have happened.
    pub fn wait_for_change(&self, known: u64, timeout: Duration) -> Result<u64, ReaderError> {
        let end = Instant::now() + timeout;
        let mut state = self.state();
        let cancels = state.cancels;
        while state.changes <= known {
            if state.cancels != cancels {
                return Err(ReaderError::Cancelled);
            }
            state = self.wait(state, Some(end)).ok_or(ReaderError::Timeout)?;
        }
        Ok(state.changes)
    }

    /// Ends all waits for a change.
    pub fn cancel_waits(&self) {
        self.state().cancels += 1;
        self.service.changed.notify_all();
    }

    /// Sleeps until something changes; `None` when the time is over.
    pub(super) fn wait<'a>(
        &self,
        state: MutexGuard<'a, State>,
        end: Option<Instant>,
    ) -> Option<MutexGuard<'a, State>> {
        let changed = &self.service.changed;
        match end {
            None => Some(changed.wait(state).unwrap_or_else(|broken| broken.into_inner())),
            Some(end) => {
                let left = end.checked_duration_since(Instant::now())?;
                Some(changed.wait_timeout(state, left).unwrap_or_else(|broken| broken.into_inner()).0)
            }
        }
    }
}
