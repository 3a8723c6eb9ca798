//! The service: contexts, handles, readers, and what pcscd 1.9 and its client library do with them together.
//!
//! Where the library asks again and again while another handle has a transaction (`SCardConnect`, `SCardReconnect`,
//! `SCardBeginTransaction`, `SCardStatus`, `SCardTransmit`, and `SCardDisconnect` with a reset), so does this, without
//! bound; `SCardGetAttrib` and `SCardControl` answer `SCARD_E_SHARING_VIOLATION` at once. Here a call that has waited for
//! [`FOREVER`] answers `SCARD_F_WAITED_TOO_LONG`, and the plan counts it: a test can go on and say that a program hangs.

use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use virtual_cns::{Card, Personality, SharedCard};

use crate::codes::*;
use crate::faults::{Event, Plan};
use crate::reader::{Disposition, Reader, Share, Sharing};
use crate::state::State;

/// How often a call that waits looks again (`PCSCLITE_LOCK_POLL_RATE` is 100 ms).
const POLL: Duration = Duration::from_millis(10);

/// Nobody in a test holds a transaction for so long.
const FOREVER: Duration = Duration::from_secs(60);

/// The one service of this process.
#[derive(Debug)]
pub struct Service {
    state: Mutex<State>,
}

static SERVICE: Service = Service { state: Mutex::new(State::new()) };

/// The service of this process.
pub fn service() -> &'static Service {
    &SERVICE
}

impl Service {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new service with this one reader and card, as after a restart: no context, no handle, no fault, no record.
    pub fn begin(&self, reader: &str, card: &SharedCard) {
        self.state().begin(reader, card);
    }

    /// Faults and the record of calls.
    pub fn plan<T>(&self, change: impl FnOnce(&mut Plan) -> T) -> T {
        change(&mut self.state().plan)
    }

    /// The card is pulled out of a reader.
    pub fn remove(&self, reader: &str) -> Option<SharedCard> {
        self.state().remove(reader)
    }

    /// A card is put into a reader.
    pub fn insert(&self, reader: &str, card: SharedCard) {
        let mut state = self.state();
        if state.reader(reader).is_err() {
            state.readers.push(Reader::new(reader));
        }
        if let Ok(reader) = state.reader(reader) {
            reader.insert(card);
        }
    }

    /// All programs end: the service releases what they left.
    pub fn end_programs(&self) {
        let contexts = self.state().contexts();
        for context in contexts {
            let _ = self.release(context);
        }
    }

    /// What happens beside a program happens to every reader.
    pub fn happens(&self, event: Event) {
        match event {
            Event::Reset => self.state().reset(),
            Event::Restarted => {
                self.stop();
                self.start();
            }
            Event::Reinserted => {
                let mut state = self.state();
                let names: Vec<String> = state.readers.iter().map(|reader| reader.name.clone()).collect();
                for name in names {
                    let Some(card) = state.remove(&name) else { continue };
                    if let Ok(reader) = state.reader(&name) {
                        reader.insert(card);
                    }
                }
            }
        }
    }

    /// The service dies: cards lose their power, contexts and handles are void.
    pub fn stop(&self) {
        self.state().stop();
    }

    /// The service is started again.
    pub fn start(&self) {
        self.state().running = true;
    }

    /// Whether some handle has a transaction on the card in a reader.
    pub fn is_held(&self, reader: &str) -> bool {
        self.state().reader(reader).is_ok_and(|reader| reader.in_transaction())
    }

    /// Asks again and again for as long as another handle has a transaction.
    pub(crate) fn retry_while_held<T>(
        &self,
        mut ask: impl FnMut(&mut State) -> Result<T, Code>,
    ) -> Result<T, Code> {
        let began = Instant::now();
        loop {
            let asked = ask(&mut self.state());
            match asked {
                Err(E_SHARING_VIOLATION) => self.wait_for_next_try(began)?,
                other => return other,
            }
        }
    }

    fn wait_for_next_try(&self, began: Instant) -> Result<(), Code> {
        if began.elapsed() > FOREVER {
            self.plan(Plan::note_hang);
            return Err(F_WAITED_TOO_LONG);
        }
        sleep(POLL);
        Ok(())
    }

    /// `SCardConnect`, which waits for a transaction, but not for an exclusive handle.
    pub(crate) fn connect(&self, context: i64, name: &str, share: Share) -> Result<i64, Code> {
        let began = Instant::now();
        loop {
            let mut state = self.state();
            state.context(context)?;
            let reader = state.reader(name).map_err(|_| E_UNKNOWN_READER)?;
            if matches!(reader.sharing, Sharing::Exclusive(_)) {
                return Err(E_SHARING_VIOLATION);
            }
            if !reader.in_transaction() {
                return state.connect(context, name, share);
            }
            drop(state);
            self.wait_for_next_try(began)?;
        }
    }

    /// `SCardDisconnect`.
    pub(crate) fn disconnect(&self, handle: i64, disposition: Disposition) -> Result<(), Code> {
        let began = Instant::now();
        loop {
            let mut state = self.state();
            let reader = match state.reader_of(handle) {
                // The removal of a reader is no error.
                Err(E_READER_UNAVAILABLE) => return state.forget(handle),
                other => other?,
            };
            if disposition == Disposition::Leave || reader.free_for(handle).is_ok() {
                return state.disconnect(handle, disposition);
            }
            drop(state);
            self.wait_for_next_try(began)?;
        }
    }

    /// `SCardReleaseContext`, or the death of a program: its cards are reset, unless its handle had been told of a reset
    /// or a removal already.
    pub(crate) fn release(&self, context: i64) -> Result<(), Code> {
        let mut state = self.state();
        state.context(context)?;
        let own = state.handles_of(context);
        for (handle, notice) in own {
            let free = state.reader_of(handle).is_ok_and(|reader| reader.free_for(handle).is_ok());
            let disposition = if notice.is_none() && free { Disposition::Reset } else { Disposition::Leave };
            state.disconnect(handle, disposition)?;
        }
        state.forget_context(context);
        Ok(())
    }

    /// Waits for a change that `look` finds; it is asked at least once.
    pub(crate) fn wait(
        &self,
        context: i64,
        timeout: Option<Duration>,
        mut look: impl FnMut(&State) -> Result<bool, Code>,
    ) -> Result<(), Code> {
        let deadline = timeout.map(|timeout| Instant::now() + timeout);
        loop {
            let mut state = self.state();
            let cancelled = std::mem::take(state.context(context)?);
            if look(&state)? {
                return Ok(());
            }
            if cancelled {
                return Err(E_CANCELLED);
            }
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return Err(E_TIMEOUT);
            }
            drop(state);
            sleep(POLL);
        }
    }
}

/// The reader of a card that the environment names.
pub const READER: &str = "Virtual PCD 00 00";

const VARIABLE: &str = "VIRTUAL_PCSC_CARD";

/// Puts it in, before the first context. Without the variable nothing is done.
pub(crate) fn insert_card() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let named = std::env::var(VARIABLE).ok().and_then(|name| Personality::by_name(&name));
        if let Some(personality) = named {
            service().insert(READER, Card::new(&personality).shared());
        }
    });
}
