//! What `SCardGetStatusChange` says of readers.

use std::ffi::CStr;
use std::time::Duration;

use pcsc::{Context, Error, ReaderState, State};

use super::super::{Occupancy, ReaderStatus, TransportError};

/// A reader and its card.
pub(super) struct ReaderSnapshot {
    pub(super) status: ReaderStatus,
    /// Empty without a card.
    pub(super) atr: Vec<u8>,
}

/// What is in a reader, without waiting: `SCardGetStatusChange` with no timeout looks at what the service knows.
pub(super) fn snapshot(context: &Context, name: &CStr) -> Result<ReaderSnapshot, Error> {
    let mut states = [ReaderState::new(name, State::UNAWARE)];
    let name = name.to_string_lossy().into_owned();
    match context.get_status_change(Duration::ZERO, &mut states) {
        Ok(()) => {}
        // Nothing changed is an answer only where the state came along.
        Err(Error::Timeout) if !states[0].event_state().is_empty() => {}
        Err(Error::UnknownReader | Error::ReaderUnavailable) => {
            return Ok(ReaderSnapshot { status: ReaderStatus::absent(&name), atr: Vec::new() });
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
    Ok(ReaderSnapshot { status, atr: state.atr().to_vec() })
}

/// Where a connection's card is.
#[derive(Clone, Copy)]
pub(super) struct CardPosition<'a> {
    pub(super) context: &'a Context,
    pub(super) reader: &'a CStr,
    /// The service's counter of insertions and removals when the connection was made.
    pub(super) events: u32,
}

impl CardPosition<'_> {
    /// An error as it may be believed: that a card is gone shows in the reader's state, too.
    pub(super) fn confirm_removal(self, error: TransportError) -> TransportError {
        if !matches!(error, TransportError::NoCard | TransportError::CardRemoved) {
            return error;
        }
        match snapshot(self.context, self.reader) {
            Ok(ReaderSnapshot { status, .. })
                if status.occupancy != Occupancy::Card || status.events != self.events =>
            {
                error
            }
            _ => TransportError::Transmit,
        }
    }
}

pub(super) fn reader_status(context: &Context, name: &CStr) -> Result<ReaderStatus, Error> {
    snapshot(context, name).map(|snapshot| snapshot.status)
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
