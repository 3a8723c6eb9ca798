//! The retry guard: every command that can cost a try, of every front end, goes through here.
//!
//! One count for all programs of a user, the card's own where it reports one; the last try is spent only where a person
//! agreed to it. One PIN command per call at most.

use cns_card::{Card, CardError, ReaderStatus, Retries, RetryQuery, StatusWord, TransportError};

use crate::card_name::CardName;
use crate::retry_state::{RetryState, Secret};
use crate::shared_retry_state::{Record, SharedRetryState, read_without_waiting};

/// What may be done with the last try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastRetry {
    /// It is not spent after wrong attempts in this insertion: for programs that ask for a PIN without showing a count.
    Protected,
    /// It is not spent: no person has agreed to it yet.
    Withheld,
    /// A person agreed to spend it.
    Agreed,
}

/// Why a PIN command did not succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PinCommandError {
    /// One try is left; no command was sent.
    #[error("one try is left, and nobody agreed to spend it")]
    LastRetryProtected,
    /// What the card or the way to it answered.
    #[error(transparent)]
    Card(#[from] CardError),
}

/// The retry guard of one secret of one card.
#[derive(Debug, Clone, Copy)]
pub struct RetryGuard<'a> {
    /// The card.
    pub card: &'a CardName,
    /// Whose tries.
    pub secret: Secret,
    /// The reader it is in, as it is now.
    pub reader: &'a ReaderStatus,
}

impl RetryGuard<'_> {
    /// Sends one command that costs a try when its secret is wrong, or none; records the outcome for this process (in
    /// `local`) and the user's others, which wait meanwhile.
    ///
    /// # Errors
    /// [`PinCommandError::LastRetryProtected`] and [`CardError::PinBlocked`] without a PIN command when no try may be
    /// spent; [`TransportError::Busy`] while another process keeps the record; those of `command`.
    pub fn send(
        &self,
        card: &mut Card,
        local: &mut RetryState,
        last: LastRetry,
        command: impl FnOnce(&mut Card) -> Result<(), CardError>,
    ) -> Result<(), PinCommandError> {
        let mut shared = SharedRetryState::open(self.card, self.secret, self.reader)
            .map_err(|_| CardError::Transport(TransportError::Busy))?;
        let mut record = match &mut shared {
            Some(shared) => shared.read(),
            None => Record { state: *local, allowed: None },
        };
        let before = record;
        if (record.state.is_reduced() || local.is_reduced()) && card.can_query_retries() {
            query_card(card, self.secret, &mut record.state)?;
        }
        let outcome = match refusal(card, &record, last) {
            Some(refusal) => Err(refusal),
            None => {
                if let Some(shared) = &mut shared {
                    // Should this process end before the outcome is written, a try may be gone all the same.
                    let mut pending = record.state;
                    pending.unsure(card.can_query_retries());
                    shared.write(Record { state: pending, allowed: None });
                }
                let outcome = command(card);
                match outcome {
                    Ok(()) => record.state.right(),
                    Err(CardError::PinIncorrect { left }) => record.state.wrong(left),
                    Err(CardError::PinBlocked) => record.state.wrong(Retries::Blocked),
                    Err(error) if has_no_verdict(card, error) => {
                        record.state.unsure(card.can_query_retries())
                    }
                    Err(_) => {}
                }
                outcome.map_err(PinCommandError::from)
            }
        };
        let was_sent = !matches!(outcome, Err(PinCommandError::LastRetryProtected));
        record.allowed = None;
        if let (Some(shared), true) = (&mut shared, was_sent || record != before) {
            shared.write(record);
        }
        *local = record.state;
        drop(shared);
        match (self.secret, outcome) {
            (Secret::Puk, Err(PinCommandError::Card(error))) if has_no_verdict(card, error) => {
                self.unblocking_is_unsure();
            }
            _ => {}
        }
        outcome
    }

    /// A new PIN begins with all tries: after RESET RETRY COUNTER.
    pub fn forget(&self, local: &mut RetryState) {
        *local = RetryState::default();
        if let Ok(Some(mut shared)) = SharedRetryState::open(self.card, self.secret, self.reader) {
            shared.write(Record::default());
        }
    }

    /// Queries a card whose counter can be read without spending a try, and records what that changes.
    ///
    /// # Errors
    /// Those of the exchange.
    pub fn refresh(&self, card: &mut Card, local: &mut RetryState) -> Result<(), CardError> {
        if let Some(record) = read_without_waiting(self.card, self.secret, self.reader) {
            *local = record.state;
        }
        if !card.can_query_retries() {
            return Ok(());
        }
        let before = *local;
        query_card(card, self.secret, local)?;
        if *local != before && (before.is_reduced() || local.is_reduced()) {
            self.share(before, *local);
        }
        Ok(())
    }

    /// Leaves what the card reported for all processes: fewer tries than it has when new, or that a right PIN was given by
    /// a program that is none of ours. Not where another process has changed the record meanwhile: it knows more.
    fn share(&self, before: RetryState, after: RetryState) {
        let Ok(Some(mut shared)) = SharedRetryState::open(self.card, self.secret, self.reader) else {
            return;
        };
        let record = shared.read();
        if record.state == before {
            let state = if after.is_reduced() { after } else { RetryState::default() };
            shared.write(Record { state, ..record });
        }
    }

    /// An unblocking was sent and its answer lost. A PIN that was locked still is, or has all its tries again: either way
    /// nothing can be lost by the next one, and that it is locked is no longer known. The count of one that was not locked
    /// stays.
    fn unblocking_is_unsure(&self) {
        let Ok(Some(mut pin)) = SharedRetryState::open(self.card, Secret::Pin, self.reader) else { return };
        if pin.read().state.is_locked() {
            pin.write(Record::default());
        }
    }
}

/// Why no PIN command may be sent now, if there is a reason.
fn refusal(card: &Card, record: &Record, last: LastRetry) -> Option<PinCommandError> {
    if record.state.is_locked() && card.can_query_retries() {
        return Some(CardError::PinBlocked.into());
    }
    let allowed = record.allowed == Some(std::process::id());
    let protected = match last {
        LastRetry::Protected => record.state.blocks_last_retry() && !allowed,
        LastRetry::Withheld => record.state.is_last(),
        LastRetry::Agreed => false,
    };
    protected.then(|| {
        tracing::warn!("one try is left and is not spent");
        PinCommandError::LastRetryProtected
    })
}

/// Whether a PIN command that failed with this error was sent and came back without a verdict on the PIN. Where nobody
/// typed at the reader's PIN pad, or the card has no such PIN (`6A88`, ISO/IEC 7816-4:2020, table 6), nothing was compared.
#[must_use]
pub(crate) fn has_no_verdict(card: &Card, error: CardError) -> bool {
    let verdict = matches!(
        error,
        CardError::PinIncorrect { .. }
            | CardError::PinBlocked
            | CardError::PinNotActivated
            | CardError::NotEntered { .. }
            | CardError::Status { status: StatusWord::REFERENCE_DATA_NOT_FOUND, .. }
    );
    card.pin_command_was_sent() && !verdict
}

/// VERIFY without data; only for families where that is known not to decrement the counter.
fn query_card(card: &mut Card, secret: Secret, state: &mut RetryState) -> Result<(), CardError> {
    match secret {
        Secret::Pin => match card.pin_retries()? {
            // 9000: the PIN is verified, so the counter is at its full value (ISO/IEC 7816-4, 11.6.6).
            RetryQuery::Verified => state.right(),
            RetryQuery::Counter(retries) => state.report(retries),
        },
        Secret::Puk => state.report(card.puk_retries()?.retries()),
    }
    Ok(())
}

/// What is recorded of a card's secret, without a command and without waiting. `None`: a PIN command is under way, or
/// the system offers no place for records.
#[must_use]
pub fn recorded_state(card: &CardName, secret: Secret, reader: &ReaderStatus) -> Option<RetryState> {
    read_without_waiting(card, secret, reader).map(|record| record.state)
}

/// Lets this process spend the last try of the PIN through the PKCS#11 module, after a person agreed: the module's guard
/// makes an exception for the process that is recorded. It ends with the next PIN command, or when it is dropped.
#[must_use]
pub fn allow_last_retry(card: &CardName, reader: &ReaderStatus) -> Option<LastRetryPermit> {
    let mut shared = SharedRetryState::open(card, Secret::Pin, reader).ok()??;
    let record = shared.read();
    shared.write(Record { allowed: Some(std::process::id()), ..record });
    Some(LastRetryPermit { card: card.clone(), reader: reader.clone() })
}

/// The permission, until it is used or dropped.
#[derive(Debug)]
pub struct LastRetryPermit {
    card: CardName,
    reader: ReaderStatus,
}

impl Drop for LastRetryPermit {
    fn drop(&mut self) {
        if let Ok(Some(mut shared)) = SharedRetryState::open(&self.card, Secret::Pin, &self.reader) {
            let record = shared.read();
            if record.allowed.is_some() {
                shared.write(Record { allowed: None, ..record });
            }
        }
    }
}
