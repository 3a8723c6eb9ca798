//! PC/SC behind the traits of `transport`.
//!
//! Three kinds of contexts, because a call that waits blocks its whole context: one for quick status queries, one per
//! connection, one per wait. After the service was stopped, every old context returns `SCARD_E_NO_SERVICE` for ever,
//! also when the service runs again (pcsc-lite 1.9.9), so contexts are dropped and established again.

mod channel;
mod connection;
mod context;
mod deadline;
mod error;
mod features;
mod handle_state;
mod holds;
#[cfg_attr(unix, path = "service/unix.rs")]
#[cfg_attr(windows, path = "service/windows.rs")]
mod service;
mod stale_handles;
mod state;
mod wait;

use std::ffi::CString;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use pcsc::{Card, Context, Error, ShareMode};

use super::{Cancellation, CardConnection, ReaderStatus, Transport, TransportError};
use connection::PcscConnection;
use context::{PROTOCOLS, establish};
use deadline::{BUSY_POLL, BUSY_WAIT, time_left};
use error::{connect_error, is_held, service_lost, transport_error, was_reset};
use holds::{Attempt, Holds};
use stale_handles::StaleHandles;
use state::reader_status;

/// The PC/SC service of this machine. Making one does nothing; contexts are established when first used.
///
/// After `fork` the child must not use, nor drop, what it inherited: `std::mem::forget` it.
#[derive(Default)]
pub struct PcscTransport {
    queries: Mutex<Option<Context>>,
    holds: Arc<Holds>,
    lost: Arc<StaleHandles>,
    idle_waits: wait::IdleContexts,
}

impl PcscTransport {
    /// A transport that has not yet spoken to the service.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs a quick query on the shared context; once more on a new one when the service went away in between.
    fn query<T>(&self, ask: impl Fn(&Context) -> Result<T, Error>) -> Result<T, TransportError> {
        let mut shared = self.queries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(context) = shared.as_ref() {
            match ask(context) {
                Err(error) if service_lost(error) => *shared = None,
                result => return result.map_err(transport_error),
            }
        }
        let context = establish()?;
        let result = ask(&context);
        if !matches!(result, Err(error) if service_lost(error)) {
            *shared = Some(context);
        }
        result.map_err(transport_error)
    }

    /// Until when to wait for a card.
    fn deadline(&self, reader: &str) -> Result<Instant, TransportError> {
        let now = Instant::now();
        if !self.holds.knows(reader) {
            return Ok(now + BUSY_WAIT);
        }
        match self.holds.attempt(&self.reader(reader)?, now) {
            Attempt::No => Err(TransportError::Busy),
            Attempt::Once => Ok(now),
            Attempt::Patiently => Ok(now + BUSY_WAIT),
        }
    }

    /// `SCardConnect`, again while another program holds the card exclusively or keeps resetting it.
    fn card(&self, context: &Context, name: &CString, deadline: Instant) -> Result<Card, TransportError> {
        let last_reset = Instant::now() + BUSY_WAIT;
        loop {
            match context.connect(name, ShareMode::Shared, PROTOCOLS) {
                Err(error) if is_held(error) && time_left(deadline).is_some() => {}
                Err(error) if is_held(error) => {
                    let now = self.query(|context| reader_status(context, name))?;
                    self.holds.add(&now, Instant::now());
                    return Err(TransportError::Busy);
                }
                Err(error) if was_reset(error) && error != Error::UnpoweredCard => {
                    if time_left(last_reset).is_none() {
                        return Err(TransportError::Busy);
                    }
                }
                result => return result.map_err(connect_error),
            }
            sleep(BUSY_POLL);
        }
    }
}

impl Transport for PcscTransport {
    fn readers(&self) -> Result<Vec<ReaderStatus>, TransportError> {
        self.query(|context| {
            let names = context.list_readers_owned()?;
            names.iter().map(|name| reader_status(context, name)).collect()
        })
    }

    fn reader(&self, name: &str) -> Result<ReaderStatus, TransportError> {
        let name = c_name(name)?;
        self.query(|context| reader_status(context, &name))
    }

    fn wait_for_change(
        &self,
        known: &[ReaderStatus],
        timeout: Option<Duration>,
        cancellation: &Cancellation,
    ) -> Result<(), TransportError> {
        wait::wait_for_change(&self.idle_waits, known, timeout, cancellation)
    }

    fn service_name(&self) -> String {
        service::name()
    }

    fn service_life(&self) -> String {
        service::life()
    }

    fn connect(&self, reader: &str) -> Result<Box<dyn CardConnection>, TransportError> {
        let name = c_name(reader)?;
        self.lost.disconnect();
        let deadline = self.deadline(reader)?;
        let context = establish()?;
        let card = self.card(&context, &name, deadline)?;
        let patience = time_left(deadline).unwrap_or_default();
        let (holds, lost) = (Arc::clone(&self.holds), Arc::clone(&self.lost));
        Ok(Box::new(PcscConnection::new(context, card, name, patience, holds, lost)?))
    }
}

fn c_name(name: &str) -> Result<CString, TransportError> {
    CString::new(name).map_err(|_| TransportError::ReaderUnavailable)
}
