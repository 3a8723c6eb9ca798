//! What `SCardGetStatusChange` says of readers.

use std::ffi::CStr;
use std::time::Duration;

use pcsc::{Context, Error, ReaderState, State};

use super::super::{Occupancy, ReaderStatus};

/// A reader and its card.
pub(super) struct Look {
    pub(super) status: ReaderStatus,
    /// Empty without a card.
    pub(super) atr: Vec<u8>,
}

/// What is in a reader, without waiting: `SCardGetStatusChange` with no timeout looks at what the service knows.
pub(super) fn look(context: &Context, name: &CStr) -> Result<Look, Error> {
    let mut states = [ReaderState::new(name, State::UNAWARE)];
    let name = name.to_string_lossy().into_owned();
    match context.get_status_change(Duration::ZERO, &mut states) {
        Ok(()) | Err(Error::Timeout) => {}
        Err(Error::UnknownReader | Error::ReaderUnavailable) => {
            return Ok(Look { status: ReaderStatus::absent(&name), atr: Vec::new() });
        }
        Err(error) => return Err(error),
    }
    let [state] = states;
    let status = ReaderStatus {
        name,
        occupancy: occupancy(state.event_state()),
        events: state.event_count(),
        held_exclusively: state.event_state().contains(State::EXCLUSIVE),
    };
    Ok(Look { status, atr: state.atr().to_vec() })
}

pub(super) fn reader_status(context: &Context, name: &CStr) -> Result<ReaderStatus, Error> {
    look(context, name).map(|look| look.status)
}

pub(super) fn occupancy(state: State) -> Occupancy {
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
