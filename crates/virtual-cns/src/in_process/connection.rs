//! A handle to a card in a reader: transactions, commands, and what other programs did meanwhile.
//!
//! Dropping a connection is a program that died: as pcscd does, the card is reset, unless this handle had not yet
//! learnt of a reset or removal.

use super::error::ReaderError;
use super::reader::{Disposition, Notice, Reader, Sharing, lock_card};
use super::readers::{Readers, State};
use crate::card::{Incident, Protocol, SharedCard};
use std::sync::{Arc, MutexGuard};
use std::time::{Duration, Instant};

/// One program's handle. Methods take `&self`: a program may share it between threads.
#[derive(Debug)]
pub struct Connection {
    readers: Readers,
    name: String,
    handle: u64,
    life: u64,
    atr: Vec<u8>,
    open: bool,
}

impl Readers {
    /// Connects to the card in a reader and powers it if it is not.
    pub fn connect(&self, name: &str, sharing: Sharing) -> Result<Connection, ReaderError> {
        let mut state = self.state();
        if !state.running {
            return Err(ReaderError::NoService);
        }
        state.next_handle += 1;
        let (handle, life) = (state.next_handle, state.life);
        let reader = state.readers.iter_mut().find(|reader| reader.name == name);
        let reader = reader.ok_or(ReaderError::UnknownReader)?;
        let atr = reader.connect(handle, sharing)?;
        Ok(Connection::new(self.clone(), name, handle, life, atr))
    }
}

impl Connection {
    pub(super) fn new(readers: Readers, name: &str, handle: u64, life: u64, atr: Vec<u8>) -> Connection {
        Connection { readers, name: name.into(), handle, life, atr, open: true }
    }

    /// The answer to reset of the latest (re)connection.
    pub fn atr(&self) -> &[u8] {
        &self.atr
    }

    /// The protocol that reader and card have agreed on.
    pub fn protocol(&self) -> Protocol {
        let card = self
            .state()
            .ok()
            .and_then(|mut state| self.reader(&mut state).ok()?.check_handle(self.handle).ok());
        card.map_or(Protocol::T1, |card| lock_card(&card).protocol())
    }

    /// How many bytes of command data the reader says it carries.
    pub fn announced_limit(&self) -> Option<usize> {
        let mut state = self.state().ok()?;
        self.reader(&mut state).ok()?.limit.filter(|(_, announced)| *announced).map(|(bytes, _)| bytes)
    }

    /// Whether all is as it was: SCardStatus.
    pub fn status(&self) -> Result<(), ReaderError> {
        let mut state = self.state()?;
        self.reader(&mut state)?.check_handle(self.handle).map(drop)
    }

    /// Begins a transaction; waits for other programs without end.
    pub fn begin(&self) -> Result<(), ReaderError> {
        self.begin_until(None)
    }

    /// Begins a transaction; `SharingViolation` when others held the card all the time.
    pub fn begin_within(&self, time: Duration) -> Result<(), ReaderError> {
        self.begin_until(Some(Instant::now() + time))
    }

    fn begin_until(&self, end: Option<Instant>) -> Result<(), ReaderError> {
        let mut state = self.state()?;
        loop {
            let reader = self.reader(&mut state)?;
            reader.check_handle(self.handle)?;
            if !reader.is_held_by_other(self.handle) {
                let depth = reader.transaction.map_or(0, |(_, depth)| depth);
                reader.transaction = Some((self.handle, depth + 1));
                return Ok(());
            }
            state = self.readers.wait(state, end).ok_or(ReaderError::SharingViolation)?;
            self.alive(&state)?;
        }
    }

    /// Ends a transaction. All handles learn of a reset or power off, this one too.
    pub fn end(&self, disposition: Disposition) -> Result<(), ReaderError> {
        let mut state = self.state()?;
        let reader = self.reader(&mut state)?;
        match reader.transaction {
            Some((holder, 1)) if holder == self.handle => reader.transaction = None,
            Some((holder, depth)) if holder == self.handle => reader.transaction = Some((holder, depth - 1)),
            _ => return Err(reader.check_handle(self.handle).err().unwrap_or(ReaderError::NotTransacted)),
        }
        dispose(reader, disposition, None);
        self.readers.service.changed.notify_all();
        Ok(())
    }

    /// Sends one command and takes the answer.
    pub fn transmit(&self, command: &[u8]) -> Result<Vec<u8>, ReaderError> {
        let card = self.take_turn(command)?;
        let (answer, incident) = {
            let mut card = lock_card(&card);
            let answer = card.transmit(command);
            (answer, card.faults().take_incident())
        };
        let mut state = self.state()?;
        match incident {
            Some(Incident::Unplugged) => state.unplug(&self.name),
            Some(Incident::ServiceStopped) => state.stop(),
            _ => {}
        }
        let outcome = self.alive(&state).and_then(|()| self.reader(&mut state)).and_then(|reader| {
            reader.busy = false;
            self.act_on(reader, &card, incident)
        });
        state.changes += u64::from(outcome.is_err());
        self.readers.service.changed.notify_all();
        let told = outcome?;
        if answer.is_empty() { Err(told.unwrap_or(ReaderError::NotTransacted)) } else { Ok(answer) }
    }

    /// Waits until the reader is free for a command of this handle.
    fn take_turn(&self, command: &[u8]) -> Result<SharedCard, ReaderError> {
        let mut state = self.state()?;
        loop {
            let reader = self.reader(&mut state)?;
            let card = reader.check_handle(self.handle)?;
            if reader.is_held_by_other(self.handle) {
                return Err(ReaderError::SharingViolation);
            }
            if reader.limit.is_some_and(|(bytes, _)| !carries(bytes, command)) {
                return Err(ReaderError::NotTransacted);
            }
            if !reader.busy {
                reader.busy = true;
                return Ok(card);
            }
            state = self.readers.wait(state, None).ok_or(ReaderError::Timeout)?;
            self.alive(&state)?;
        }
    }

    /// What happened while the command was on its way. A reset does not spoil an answer that came.
    fn act_on(
        &self,
        reader: &mut Reader,
        card: &SharedCard,
        incident: Option<Incident>,
    ) -> Result<Option<ReaderError>, ReaderError> {
        match incident {
            None | Some(Incident::Unplugged | Incident::ServiceStopped) => {}
            Some(Incident::TimedOut) => return Err(ReaderError::Timeout),
            Some(Incident::Reset) => reader.notify(Notice::WasReset, None),
            Some(Incident::Removed) => drop(reader.remove()),
            Some(Incident::Reinserted) => reader.insert(Arc::clone(card)),
            Some(Incident::Replaced(other)) => reader.insert(other),
        }
        if std::mem::take(&mut reader.reset_due) {
            lock_card(card).reset();
        }
        match reader.check_handle(self.handle) {
            Ok(now) if Arc::ptr_eq(&now, card) => Ok(None),
            Ok(_) => Err(ReaderError::Removed),
            Err(ReaderError::WasReset) => Ok(Some(ReaderError::WasReset)),
            Err(error) => {
                // Pulled by another thread in the middle of the command, which could not cut the power.
                lock_card(card).power_off();
                Err(error)
            }
        }
    }

    /// Makes the handle good again, for the card that is in the reader now.
    pub fn reconnect(&mut self, sharing: Sharing, disposition: Disposition) -> Result<(), ReaderError> {
        let mut state = self.state()?;
        let reader = self.reader(&mut state)?;
        if reader.is_held_by_other(self.handle) {
            return Err(ReaderError::SharingViolation);
        }
        dispose(reader, disposition, Some(self.handle));
        let atr = reader.reconnect(self.handle, sharing)?;
        drop(state);
        self.atr = atr;
        Ok(())
    }

    /// Ends the connection.
    pub fn disconnect(mut self, disposition: Disposition) {
        self.close(Some(disposition));
    }

    fn close(&mut self, disposition: Option<Disposition>) {
        if !std::mem::take(&mut self.open) {
            return;
        }
        let Ok(mut state) = self.state() else { return };
        if let Ok(reader) = self.reader(&mut state) {
            let unaware = reader.check_handle(self.handle).is_err();
            let disposition = disposition.unwrap_or(match unaware {
                true => Disposition::Leave,
                false => Disposition::Reset,
            });
            if !unaware && !reader.is_held_by_other(self.handle) {
                dispose(reader, disposition, Some(self.handle));
            }
            reader.forget(self.handle);
        }
        drop(state);
        self.readers.service.changed.notify_all();
    }

    fn state(&self) -> Result<MutexGuard<'_, State>, ReaderError> {
        let state = self.readers.state();
        self.alive(&state)?;
        Ok(state)
    }

    fn alive(&self, state: &State) -> Result<(), ReaderError> {
        if !state.running {
            return Err(ReaderError::NoService);
        }
        if state.life != self.life { Err(ReaderError::InvalidHandle) } else { Ok(()) }
    }

    fn reader<'a>(&self, state: &'a mut State) -> Result<&'a mut Reader, ReaderError> {
        let reader = state.readers.iter_mut().find(|reader| reader.name == self.name);
        reader.ok_or(ReaderError::ReaderUnavailable)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.close(None);
    }
}

fn dispose(reader: &mut Reader, disposition: Disposition, own: Option<u64>) {
    match disposition {
        Disposition::Leave => {}
        Disposition::Reset => reader.reset(own),
        Disposition::Unpower => reader.unpower(own),
    }
}

/// The bytes of data a command carries, as a reader counts them: everything behind header and length.
/// A reader for short commands carries no extended one, however short its data.
fn carries(bytes: usize, command: &[u8]) -> bool {
    let extended = matches!(command, [_, _, _, _, 0, _, _, ..]);
    data_length(command) <= bytes && (bytes > 255 || !extended)
}

fn data_length(command: &[u8]) -> usize {
    match command {
        [_, _, _, _, 0, _, _, rest @ ..] => rest.len(),
        [_, _, _, _, _, rest @ ..] => rest.len().min(255),
        _ => 0,
    }
}
