//! Waiting for readers and cards that come or go, on one context and without waking up in between.

use std::ffi::{CStr, CString};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use pcsc::{Context, Error, ReaderState, State};

use super::super::{Cancellation, Occupancy, ReaderStatus, TransportError};
use super::context::establish;
use super::deadline::time_left;
use super::error::{service_lost, transport_error};
use super::state::occupancy;

/// How often a wait looks whether the service has been started.
const SERVICE_POLL: Duration = Duration::from_millis(250);
/// What other programs do with a card wakes a wait, too: no more rounds than this lets through.
const ROUND: Duration = Duration::from_millis(20);
/// How often a wait looks at the list of readers where the service does not notify of new ones.
const READER_POLL: Duration = Duration::from_secs(1);
/// pcsc-lite wakes itself up as often. Before 2.3 it has no counter of reader events: a reader that is plugged in between
/// the last look at the list and the wait is found after this time.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// pcsc-lite takes 16 readers in one call, and one place is for the notification of new ones.
const MOST_READERS: usize = 15;

/// Contexts of waits that have ended: a wait that goes on in several calls keeps its own.
pub(super) type IdleContexts = Mutex<Vec<Context>>;

pub(super) fn wait_for_change(
    idle: &IdleContexts,
    known: &[ReaderStatus],
    timeout: Option<Duration>,
    cancellation: &Cancellation,
) -> Result<(), TransportError> {
    let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    while let Some(left) = left(deadline, cancellation) {
        let kept = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Ok(context) = kept.map_or_else(establish, Ok) {
            let waiting = context.clone();
            let wake = move || waiting.cancel().unwrap_or_default();
            let Some(_registration) = cancellation.register(wake) else { break };
            match wait_on(&context, known, deadline, cancellation) {
                Err(error) if service_lost(error) => {
                    if known.iter().any(|reader| reader.occupancy != Occupancy::NoReader) {
                        return Ok(());
                    }
                }
                result => {
                    if result.is_ok() {
                        idle.lock().unwrap_or_else(PoisonError::into_inner).push(context);
                    }
                    return result.map_err(transport_error);
                }
            }
        }
        cancellation.sleep(left.min(SERVICE_POLL));
    }
    Ok(())
}

/// How much longer to wait; `None`: no longer.
fn left(deadline: Option<Instant>, cancellation: &Cancellation) -> Option<Duration> {
    if cancellation.is_cancelled() {
        return None;
    }
    deadline.map_or(Some(LONGEST_WAIT), time_left)
}

/// Waits until readers or cards differ from `known`, the deadline, or a cancellation.
fn wait_on(
    context: &Context,
    known: &[ReaderStatus],
    deadline: Option<Instant>,
    cancellation: &Cancellation,
) -> Result<(), Error> {
    while left(deadline, cancellation).is_some() {
        // In this order: what is plugged in after the counter of reader events was read ends the wait.
        let notification = notification(context)?;
        let names = context.list_readers_owned()?;
        let mut states: Vec<ReaderState> = names
            .iter()
            .take(MOST_READERS)
            .map(|name| ReaderState::new(name.as_c_str(), State::UNAWARE))
            .collect();
        if !states.is_empty() {
            match context.get_status_change(Duration::ZERO, &mut states) {
                Ok(()) | Err(Error::Timeout) => {}
                Err(Error::UnknownReader | Error::Cancelled) => continue,
                Err(error) => return Err(error),
            }
        }
        if differs(known, &names, &states) {
            return Ok(());
        }
        let mut states: Vec<ReaderState> = states.into_iter().map(with_known_events).collect();
        let longest = if notification.is_some() { LONGEST_WAIT } else { READER_POLL };
        if notification.as_ref().is_some_and(|state| state.event_count() == 0)
            && context.list_readers_owned()? != names
        {
            continue;
        }
        states.extend(notification);
        let Some(left) = left(deadline, cancellation) else { break };
        if states.is_empty() {
            cancellation.sleep(left.min(longest));
            continue;
        }
        match context.get_status_change(left.min(longest), &mut states) {
            Ok(()) | Err(Error::UnknownReader | Error::Cancelled) => cancellation.sleep(left.min(ROUND)),
            Err(Error::Timeout) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The reader that stands for the list of readers, as it is now. Its upper half counts reader events (pcsc-lite from
/// 2.3), or readers (Windows); 0 on older services, which compare their list at the wait's beginning with later ones.
fn notification(context: &Context) -> Result<Option<ReaderState>, Error> {
    let mut states = [ReaderState::new(pcsc::PNP_NOTIFICATION(), State::UNAWARE)];
    match context.get_status_change(Duration::ZERO, &mut states) {
        Ok(()) | Err(Error::Timeout | Error::Cancelled) => {}
        Err(Error::UnknownReader | Error::ReaderUnavailable) => return Ok(None),
        Err(error) => return Err(error),
    }
    let [mut state] = states;
    if state.event_state().contains(State::UNKNOWN) {
        return Ok(None);
    }
    state.sync_current_state();
    Ok(Some(state))
}

/// The state to wait for a change of. pcsc-lite compares how a card is shared only where the caller names it, and who
/// uses a card is no event; Windows wants the whole state, or it returns at once.
fn with_known_events(mut seen: ReaderState) -> ReaderState {
    if cfg!(windows) {
        seen.sync_current_state();
        return seen;
    }
    let events = pcsc::ffi::DWORD::from(seen.event_count()) << 16;
    let state = seen.event_state() - (State::INUSE | State::EXCLUSIVE | State::CHANGED);
    ReaderState::new(seen.name(), state | State::from_bits_retain(events))
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
