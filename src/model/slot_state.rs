//! Slot state that is readable without the I/O lock, so that queries never wait for a signature.
//! Pure state behind a lock that is never held during card or reader I/O.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cns_card::{Occupancy, Pin, PinPad, ReaderStatus, TransportError};
use cns_token::RetryState;

use super::token::Token;

/// After this many failed readings in a row a card is not read for [`PAUSE`]: clients ask again at once, without end.
const FAILURES_BEFORE_PAUSE: u8 = 3;
const PAUSE: Duration = Duration::from_millis(500);
/// A CNS without a certificate, and a card that is not certainly unsupported, is read at most three times, half a second
/// apart: it may have been a bad contact.
const CONFIRMING_READS: u8 = 3;

/// Who is logged in; the same for all sessions of this process with a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    /// No user.
    Public,
    /// The holder.
    User,
    /// By the PUK.
    SecurityOfficer,
}

/// What is known of the card in the reader.
#[derive(Clone)]
pub(super) enum TokenState {
    /// Not read yet.
    Unread,
    /// A CNS.
    Cns(Arc<Token>),
    /// Not a card for this module; if that is certain, not read again until it is taken out.
    Unsupported { is_certain: bool },
}

/// The state of one slot as callers see it.
pub(super) struct SlotState {
    /// Counts the cards seen in this slot: a session belongs to one of them.
    pub(super) insertion: u64,
    pub(super) token: TokenState,
    pub(super) login: Login,
    /// The PUK between the security officer's login and `C_InitPIN`, which is one command on a CNS. Here and not beside
    /// the card, so that it ends with the login and with the card.
    pub(super) puk: Option<Pin>,
    pub(super) user_retries: RetryState,
    pub(super) so_retries: RetryState,
    /// What the reader's PIN pad can do.
    pub(super) pin_pad: PinPad,
    /// When the reader was last asked whether somebody reset the card.
    pub(super) status_asked: Option<Instant>,
    /// When the card was last asked for its counters.
    pub(super) retries_asked: Option<Instant>,
    /// Something happened that `C_WaitForSlotEvent` has not reported yet.
    pub(super) event: bool,
    failures: u8,
    readings: u8,
    last_reading: Option<Instant>,
    last_status: Option<ReaderStatus>,
}

impl SlotState {
    pub(super) fn new() -> Self {
        Self {
            insertion: 1,
            token: TokenState::Unread,
            login: Login::Public,
            puk: None,
            user_retries: RetryState::default(),
            so_retries: RetryState::default(),
            pin_pad: PinPad::default(),
            status_asked: None,
            retries_asked: None,
            event: false,
            failures: 0,
            readings: 0,
            last_reading: None,
            last_status: None,
        }
    }

    /// Takes in what the reader says now. A changed occupancy, or a changed count of insertions, is another card.
    pub(super) fn observe(&mut self, now: &ReaderStatus) {
        match self.last_status.replace(now.clone()) {
            Some(before) if before != *now => {
                self.card_is_gone();
                self.event |= has_card(&before) || has_card(now);
            }
            _ => {}
        }
    }

    /// The card of this insertion is gone, whatever the reader says.
    pub(super) fn card_is_gone(&mut self) {
        *self = Self {
            insertion: self.insertion + 1,
            last_status: self.last_status.take(),
            event: self.event,
            ..Self::new()
        };
    }

    /// The login is gone, but card and sessions stay.
    pub(super) fn lose_login(&mut self) {
        self.login = Login::Public;
        self.puk = None;
    }

    /// The card was read, with or without success.
    pub(super) fn was_read(&mut self, token: TokenState) {
        self.token = token;
        self.failures = 0;
        self.readings = self.readings.saturating_add(1);
        self.last_reading = Some(Instant::now());
    }

    /// The card could not be read.
    pub(super) fn reading_failed(&mut self) {
        self.failures = self.failures.saturating_add(1);
        self.last_reading = Some(Instant::now());
    }

    /// Whether the card failed so often that it is not read for a moment.
    pub(super) fn is_paused(&self) -> bool {
        self.failures >= FAILURES_BEFORE_PAUSE && !self.pause_is_over()
    }

    /// Whether a card of which the last reading was not certain is read again.
    pub(super) fn may_read_again(&self) -> bool {
        self.readings < CONFIRMING_READS && self.pause_is_over()
    }

    fn pause_is_over(&self) -> bool {
        self.last_reading.is_none_or(|last| last.elapsed() >= PAUSE)
    }
}

/// Whether a card, of any kind, is in the reader.
pub(super) fn has_card(reader: &ReaderStatus) -> bool {
    matches!(reader.occupancy, Occupancy::Card | Occupancy::MuteCard)
}

/// Whether a transport error means that the card (or the way to it) is not there any more.
pub(super) fn means_removed(error: TransportError) -> bool {
    matches!(error, TransportError::CardRemoved | TransportError::NoCard | TransportError::ReaderUnavailable)
}
