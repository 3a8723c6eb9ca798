//! One reader with one card that may answer anything: the module's `Transport`, without PC/SC.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cns_card::{
    Cancellation, CardChannel, CardConnection, Continuity, Disposition, Occupancy, ReaderStatus, Transport,
    TransportError,
};
use zeroize::Zeroizing;

/// Its name.
pub const READER: &str = "Fuzz 00 00";

/// The most commands of one input, more than any operation may send.
const MOST_COMMANDS: usize = 4096;

/// A card.
pub trait Responder: Send {
    /// The answer to a command, status word and all, or what became of it instead.
    fn answer(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError>;

    /// The card was reset.
    fn reset(&mut self) {}

    /// Was it reset since the last call of this?
    fn was_reset(&mut self) -> bool {
        false
    }
}

/// A reader with a card in it. Clones are the same reader.
#[derive(Clone)]
pub struct OneReader {
    atr: Vec<u8>,
    state: Arc<Mutex<State>>,
}

struct State {
    card: Box<dyn Responder>,
    events: u32,
    commands: usize,
    sent: Vec<Vec<u8>>,
}

/// Insertions of the whole process: a record of an earlier input's card does not hold for this one's.
static EVENTS: AtomicU32 = AtomicU32::new(1);

impl OneReader {
    /// This card, just inserted.
    pub fn with(atr: &[u8], card: impl Responder + 'static) -> Self {
        let events = EVENTS.fetch_add(2, Ordering::Relaxed);
        let state = State { card: Box::new(card), events, commands: 0, sent: Vec::new() };
        Self { atr: atr.to_vec(), state: Arc::new(Mutex::new(state)) }
    }

    /// The commands since the last call of this.
    #[must_use]
    pub fn sent(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.state().sent)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many of these commands carry data and this instruction byte.
#[must_use]
pub fn count(sent: &[Vec<u8>], instruction: u8) -> usize {
    sent.iter().filter(|command| command.get(1) == Some(&instruction) && command.len() > 5).count()
}

/// How many of these commands carry a PIN or PUK.
#[must_use]
pub fn pin_commands(sent: &[Vec<u8>]) -> usize {
    [0x20, 0x24, 0x2C].into_iter().map(|instruction| count(sent, instruction)).sum()
}

impl Transport for OneReader {
    fn readers(&self) -> Result<Vec<ReaderStatus>, TransportError> {
        self.reader(READER).map(|reader| vec![reader])
    }

    fn reader(&self, name: &str) -> Result<ReaderStatus, TransportError> {
        let events = self.state().events;
        let name = name.to_owned();
        Ok(ReaderStatus { name, occupancy: Occupancy::Card, events, held_exclusively: false })
    }

    fn wait_for_change(
        &self,
        _: &[ReaderStatus],
        _: Option<Duration>,
        _: &Cancellation,
    ) -> Result<(), TransportError> {
        Ok(())
    }

    fn connect(&self, _: &str) -> Result<Box<dyn CardConnection>, TransportError> {
        Ok(Box::new(self.clone()))
    }
}

impl CardConnection for OneReader {
    fn atr(&self) -> &[u8] {
        &self.atr
    }

    fn status(&mut self) -> Result<Continuity, TransportError> {
        Ok(self.continuity())
    }

    fn begin(&mut self) -> Result<(Box<dyn CardChannel + '_>, Continuity), TransportError> {
        let continuity = self.continuity();
        Ok((Box::new(self.clone()), continuity))
    }

    fn disconnect(self: Box<Self>, disposition: Disposition) -> Result<(), TransportError> {
        self.leave(disposition);
        Ok(())
    }
}

impl CardChannel for OneReader {
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        let mut state = self.state();
        state.commands += 1;
        assert!(state.commands <= MOST_COMMANDS, "more than {MOST_COMMANDS} commands");
        state.sent.push(command.to_vec());
        let answer = state.card.answer(command);
        if answer == Err(TransportError::CardRemoved) {
            // Out, and in again before the next query.
            state.events = EVENTS.fetch_add(2, Ordering::Relaxed);
            state.card.reset();
        }
        answer.map(Zeroizing::new)
    }

    fn end(self: Box<Self>, disposition: Disposition) -> Result<(), TransportError> {
        self.leave(disposition);
        Ok(())
    }
}

impl OneReader {
    fn continuity(&self) -> Continuity {
        if self.state().card.was_reset() { Continuity::WasReset } else { Continuity::Same }
    }

    fn leave(&self, disposition: Disposition) {
        if disposition == Disposition::Reset {
            self.state().card.reset();
        }
    }
}
