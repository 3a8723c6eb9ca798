//! One reader: its card, its handles, who holds it. All of it under the service's lock; never a command.
//!
//! Taking a card's own lock here is only tried: a command may be running on it, and the caller that runs it cleans up.

use super::error::ReaderError;
use crate::card::{Card, SharedCard};
use std::sync::{Arc, MutexGuard, TryLockError};

/// How a handle shares the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// With others.
    Shared,
    /// With no other handle.
    Exclusive,
}

/// What happens to the card at the end of a transaction or connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// Nothing.
    Leave,
    /// A reset.
    Reset,
    /// Power off.
    Unpower,
}

/// A reader as PC/SC shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderState {
    /// The reader's name.
    pub name: String,
    /// Whether a card is in it.
    pub present: bool,
    /// Whether that card has no answer to reset.
    pub mute: bool,
    /// Whether a handle is connected.
    pub in_use: bool,
    /// Whether a handle holds it exclusively.
    pub exclusive: bool,
    /// Insertions and removals since the reader was plugged in (the upper half of `dwEventState`).
    pub events: u32,
    /// The answer to reset of the card in it; empty without one.
    pub atr: Vec<u8>,
}

/// What a handle learns at its next call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notice {
    Removed,
    WasReset,
}

#[derive(Debug)]
struct Handle {
    id: u64,
    notice: Option<Notice>,
}

#[derive(Debug)]
pub(super) struct Reader {
    pub(super) name: String,
    pub(super) limit: Option<(usize, bool)>,
    /// The handle whose transaction it is, and how deep.
    pub(super) transaction: Option<(u64, usize)>,
    /// Whether a command is on its way.
    pub(super) busy: bool,
    /// A reset came while a command was on its way; the caller that runs the command carries it out.
    pub(super) reset_due: bool,
    card: Option<SharedCard>,
    atr: Vec<u8>,
    powered: bool,
    exclusive: Option<u64>,
    events: u32,
    handles: Vec<Handle>,
}

impl Reader {
    pub(super) fn new(name: &str) -> Reader {
        Reader {
            name: name.into(),
            limit: None,
            transaction: None,
            busy: false,
            reset_due: false,
            card: None,
            atr: Vec::new(),
            powered: false,
            exclusive: None,
            events: 0,
            handles: Vec::new(),
        }
    }

    pub(super) fn state(&self) -> ReaderState {
        ReaderState {
            name: self.name.clone(),
            present: self.card.is_some(),
            mute: self.card.is_some() && self.atr.is_empty(),
            in_use: !self.handles.is_empty(),
            exclusive: self.exclusive.is_some(),
            events: self.events,
            atr: self.atr.clone(),
        }
    }

    pub(super) fn holds(&self, card: &SharedCard) -> bool {
        self.card.as_ref().is_some_and(|own| Arc::ptr_eq(own, card))
    }

    pub(super) fn insert(&mut self, card: SharedCard) {
        self.remove();
        self.atr = lock_card(&card).atr();
        self.card = Some(card);
        self.powered = false;
        self.events += 1;
    }

    pub(super) fn remove(&mut self) -> Option<SharedCard> {
        let card = self.card.take()?;
        if let Some(mut card) = try_lock_card(&card) {
            card.power_off();
        }
        self.atr.clear();
        self.events += 1;
        self.transaction = None;
        self.exclusive = None;
        self.notify(Notice::Removed, None);
        Some(card)
    }

    /// Resets the card; every handle but `own` learns of it.
    pub(super) fn reset(&mut self, own: Option<u64>) {
        match self.card.as_ref().map(try_lock_card) {
            Some(Some(mut card)) => card.reset(),
            Some(None) => self.reset_due = true,
            None => {}
        }
        self.powered = true;
        self.notify(Notice::WasReset, own);
    }

    /// Takes the power away; every handle but `own` learns of it.
    pub(super) fn unpower(&mut self, own: Option<u64>) {
        match self.card.as_ref().map(try_lock_card) {
            Some(Some(mut card)) => card.power_off(),
            Some(None) => self.reset_due = true,
            None => {}
        }
        self.powered = false;
        self.notify(Notice::WasReset, own);
    }

    pub(super) fn save_power(&mut self) {
        if self.handles.is_empty() {
            self.unpower(None);
        }
    }

    /// The service stopped.
    pub(super) fn abandon(&mut self) {
        self.handles.clear();
        self.busy = false;
        self.transaction = None;
        self.exclusive = None;
        self.unpower(None);
        self.events = 0;
    }

    pub(super) fn notify(&mut self, notice: Notice, except: Option<u64>) {
        for handle in self.handles.iter_mut().filter(|handle| Some(handle.id) != except) {
            if handle.notice != Some(Notice::Removed) {
                handle.notice = Some(notice);
            }
        }
    }

    pub(super) fn connect(&mut self, id: u64, sharing: Sharing) -> Result<Vec<u8>, ReaderError> {
        self.admit(id, sharing)?;
        let atr = self.power()?;
        self.handles.push(Handle { id, notice: None });
        Ok(atr)
    }

    /// Gives an old handle the card that is in the reader now.
    pub(super) fn reconnect(&mut self, id: u64, sharing: Sharing) -> Result<Vec<u8>, ReaderError> {
        self.admit(id, sharing)?;
        let atr = self.power()?;
        if let Some(handle) = self.handles.iter_mut().find(|handle| handle.id == id) {
            handle.notice = None;
        }
        Ok(atr)
    }

    fn admit(&mut self, id: u64, sharing: Sharing) -> Result<(), ReaderError> {
        if self.card.is_none() {
            return Err(ReaderError::NoCard);
        }
        let others = self.handles.iter().any(|handle| handle.id != id);
        if self.exclusive.is_some_and(|holder| holder != id) || (sharing == Sharing::Exclusive && others) {
            return Err(ReaderError::SharingViolation);
        }
        self.exclusive = Some(id).filter(|_| sharing == Sharing::Exclusive);
        Ok(())
    }

    fn power(&mut self) -> Result<Vec<u8>, ReaderError> {
        let card = self.card.as_ref().ok_or(ReaderError::NoCard)?;
        if self.atr.is_empty() {
            return Err(ReaderError::Unresponsive);
        }
        if !self.powered {
            lock_card(card).power_on();
            self.powered = true;
        }
        Ok(self.atr.clone())
    }

    /// Whether a handle may go on, and the card it goes on with.
    pub(super) fn check_handle(&self, id: u64) -> Result<SharedCard, ReaderError> {
        let handle = self.handles.iter().find(|handle| handle.id == id).ok_or(ReaderError::InvalidHandle)?;
        match handle.notice {
            Some(Notice::Removed) => Err(ReaderError::Removed),
            Some(Notice::WasReset) => Err(ReaderError::WasReset),
            None => self.card.clone().ok_or(ReaderError::Removed),
        }
    }

    /// Whether another handle's transaction is going on.
    pub(super) fn is_held_by_other(&self, id: u64) -> bool {
        self.transaction.is_some_and(|(holder, _)| holder != id)
    }

    /// Forgets a handle and what it held.
    pub(super) fn forget(&mut self, id: u64) {
        self.handles.retain(|handle| handle.id != id);
        if self.transaction.is_some_and(|(holder, _)| holder == id) {
            self.transaction = None;
        }
        if self.exclusive == Some(id) {
            self.exclusive = None;
        }
    }
}

pub(super) fn lock_card(card: &SharedCard) -> MutexGuard<'_, Card> {
    card.lock().unwrap_or_else(|broken| broken.into_inner())
}

fn try_lock_card(card: &SharedCard) -> Option<MutexGuard<'_, Card>> {
    match card.try_lock() {
        Ok(card) => Some(card),
        Err(TryLockError::Poisoned(broken)) => Some(broken.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}
