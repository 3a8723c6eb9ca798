//! PC/SC behind the traits of this floor.
//!
//! Three kinds of contexts, because a call that waits blocks its whole context: one for quick status queries, one per
//! connection, one per wait. After the service was stopped, every old context answers `SCARD_E_NO_SERVICE` for ever,
//! also when the service runs again (pcsc-lite 1.9.9), so contexts are thrown away and established anew.

mod connection;
mod features;
#[cfg_attr(unix, path = "service/unix.rs")]
#[cfg_attr(windows, path = "service/windows.rs")]
mod service;

use std::ffi::{CStr, CString};
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use pcsc::{Context, Error, Protocols, ReaderState, Scope, ShareMode, State};

use super::{CardConnection, Occupancy, ReaderStatus, Transport, TransportError};
use connection::PcscConnection;

/// How long to wait for another program that holds the card.
const BUSY_WAIT: Duration = Duration::from_secs(3);
/// How often to look whether it still does.
const BUSY_POLL: Duration = Duration::from_millis(20);
/// How often a wait looks at the list of readers again: a reader that is plugged in between two calls is not an event.
const READER_POLL: Duration = Duration::from_secs(1);
/// How often a wait looks whether the service has been started.
const SERVICE_POLL: Duration = Duration::from_millis(250);
/// pcsc-lite takes 16 readers in one call, and one place is for the notification of new ones.
const MOST_READERS: usize = 15;

/// The PC/SC service of this machine. Making one does nothing; contexts are established when first used.
///
/// After `fork` the child must not use, nor drop, what it inherited: `std::mem::forget` it.
#[derive(Default)]
pub struct PcscTransport {
    queries: Mutex<Option<Context>>,
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

    fn wait_for_change(&self, known: &[ReaderStatus], timeout: Duration) -> Result<(), TransportError> {
        let deadline = Instant::now() + timeout;
        while let Some(left) = time_left(deadline) {
            let Ok(context) = establish() else {
                sleep(left.min(SERVICE_POLL));
                continue;
            };
            match wait_on(&context, known, deadline) {
                Err(error) if service_lost(error) => return Ok(()),
                result => return result.map_err(transport_error),
            }
        }
        Ok(())
    }

    fn service_name(&self) -> String {
        service::name()
    }

    fn service_life(&self) -> String {
        service::life()
    }

    fn connect(&self, reader: &str) -> Result<Box<dyn CardConnection>, TransportError> {
        let name = c_name(reader)?;
        let deadline = Instant::now() + BUSY_WAIT;
        let context = establish()?;
        loop {
            match context.connect(&name, ShareMode::Shared, Protocols::T0 | Protocols::T1) {
                Ok(card) => return Ok(Box::new(PcscConnection::new(context, card, name)?)),
                Err(Error::SharingViolation) if time_left(deadline).is_some() => sleep(BUSY_POLL),
                // A card whose protocols the reader cannot agree on is as good as mute.
                Err(Error::ProtoMismatch) => return Err(TransportError::MuteCard),
                Err(error) => return Err(transport_error(error)),
            }
        }
    }
}

fn establish() -> Result<Context, TransportError> {
    Context::establish(Scope::User).map_err(transport_error)
}

fn c_name(name: &str) -> Result<CString, TransportError> {
    CString::new(name).map_err(|_| TransportError::ReaderUnavailable)
}

fn time_left(deadline: Instant) -> Option<Duration> {
    deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
}

/// What is in a reader, without waiting: `SCardGetStatusChange` with no timeout looks at what the service knows.
fn reader_status(context: &Context, name: &CStr) -> Result<ReaderStatus, Error> {
    let mut states = [ReaderState::new(name, State::UNAWARE)];
    let (occupancy, events) = match context.get_status_change(Duration::ZERO, &mut states) {
        Ok(()) | Err(Error::Timeout) => (occupancy(states[0].event_state()), states[0].event_count()),
        Err(Error::UnknownReader | Error::ReaderUnavailable) => (Occupancy::NoReader, 0),
        Err(error) => return Err(error),
    };
    Ok(ReaderStatus { name: name.to_string_lossy().into_owned(), occupancy, events })
}

fn occupancy(state: State) -> Occupancy {
    if state.intersects(State::UNKNOWN | State::UNAVAILABLE) {
        Occupancy::NoReader
    } else if state.contains(State::MUTE) {
        Occupancy::MuteCard
    } else if state.contains(State::PRESENT) {
        Occupancy::Card
    } else {
        Occupancy::Empty
    }
}

/// Waits until readers or cards differ from `known`, or the deadline.
fn wait_on(context: &Context, known: &[ReaderStatus], deadline: Instant) -> Result<(), Error> {
    while let Some(left) = time_left(deadline) {
        let names = context.list_readers_owned()?;
        let mut states: Vec<ReaderState> = names
            .iter()
            .take(MOST_READERS)
            .map(|name| ReaderState::new(name.as_c_str(), State::UNAWARE))
            .collect();
        if !states.is_empty() {
            match context.get_status_change(Duration::ZERO, &mut states) {
                Ok(()) | Err(Error::Timeout) => {}
                Err(Error::UnknownReader) => continue,
                Err(error) => return Err(error),
            }
        }
        if differs(known, &names, &states) {
            return Ok(());
        }
        states.iter_mut().for_each(ReaderState::sync_current_state);
        states.push(ReaderState::new(pcsc::PNP_NOTIFICATION(), State::UNAWARE));
        match context.get_status_change(left.min(READER_POLL), &mut states) {
            Ok(()) | Err(Error::Timeout | Error::UnknownReader | Error::Cancelled) => {}
            Err(error) => return Err(error),
        }
        // Another program's coming and going is a change, too, but not ours: no more than so many rounds a second.
        sleep(left.min(BUSY_POLL));
    }
    Ok(())
}

fn differs(known: &[ReaderStatus], names: &[CString], states: &[ReaderState]) -> bool {
    let known: Vec<_> = known.iter().filter(|reader| reader.occupancy != Occupancy::NoReader).collect();
    if known.len() != names.len() {
        return true;
    }
    let known_as = |name: &CStr| known.iter().find(|reader| reader.name == name.to_string_lossy());
    names.iter().any(|name| known_as(name).is_none())
        || states.iter().any(|state| {
            known_as(state.name()).is_none_or(|reader| {
                reader.occupancy != occupancy(state.event_state())
                    || (reader.events != 0 && reader.events != state.event_count())
            })
        })
}

/// Is the context of no more use? (`SCARD_E_INVALID_HANDLE` from a context that a new service never gave out.)
fn service_lost(error: Error) -> bool {
    transport_error(error) == TransportError::ServiceUnavailable
}

fn transport_error(error: Error) -> TransportError {
    match error {
        Error::NoService
        | Error::ServiceStopped
        | Error::InvalidHandle
        | Error::CommError
        | Error::Shutdown
        | Error::SystemCancelled => TransportError::ServiceUnavailable,
        // pcsc-lite answers "invalid value" to a handle whose reader is gone.
        Error::UnknownReader | Error::ReaderUnavailable | Error::NoReadersAvailable | Error::InvalidValue => {
            TransportError::ReaderUnavailable
        }
        Error::NoSmartcard => TransportError::NoCard,
        Error::RemovedCard => TransportError::CardRemoved,
        Error::ResetCard => TransportError::CardReset,
        Error::UnresponsiveCard
        | Error::UnpoweredCard
        | Error::UnsupportedCard
        | Error::CardUnsupported
        | Error::InvalidAtr => TransportError::MuteCard,
        Error::SharingViolation | Error::ServerTooBusy => TransportError::Busy,
        Error::NotTransacted
        | Error::CommDataLost
        | Error::InsufficientBuffer
        | Error::ProtoMismatch
        | Error::InvalidParameter => TransportError::Transmit,
        Error::Timeout | Error::WaitedTooLong => TransportError::Timeout,
        other => TransportError::Service { code: other as u32 },
    }
}
