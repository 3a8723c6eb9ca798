//! A PC/SC connection: whether its card is the same and unreset, and the way into a transaction.
//!
//! What was found out about pcsc-lite 1.9.9 (docs/decisions): `SCardBeginTransaction` and `SCardStatus` poll inside the
//! client library for as long as another program holds a transaction, without bound; `SCardGetAttrib` answers
//! `SCARD_E_SHARING_VIOLATION` at once. It also answers `SCARD_W_RESET_CARD` until the handle is reconnected and
//! `SCARD_W_REMOVED_CARD` for ever. So it is asked first, and the calls that wait are made when they need not.

use std::ffi::CString;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use pcsc::{Card, Context, ShareMode};
use tracing::{debug, warn};
use zeroize::Zeroizing;

use super::super::{
    CardChannel, CardConnection, Continuity, Disposition, Occupancy, PinPad, TransmissionProtocol,
    TransportError,
};
use super::channel::PcscChannel;
use super::context::PROTOCOLS;
use super::deadline::{BUSY_POLL, BUSY_WAIT, time_left};
use super::error::{is_gone, is_held, transport_error, was_reset};
use super::features::Features;
use super::handle_state::{TransactionState, transaction_state, transmission_protocol};
use super::holds::Holds;
use super::stale_handles::StaleHandles;
use super::state::{CardPosition, ReaderSnapshot, snapshot};

/// The longest answer that PC/SC carries: 64 KiB and the status word.
const MAX_RESPONSE_BUFFER: usize = 65_536 + 2;

/// An open connection. Dropping it leaves the card as it is, on every path.
pub(super) struct PcscConnection {
    /// `None` only while it is being taken apart.
    card: Option<Card>,
    context: Context,
    reader: CString,
    atr: Vec<u8>,
    /// The service's counter of insertions and removals when the connection was made.
    events: u32,
    /// A reset that the service has reported and [`CardConnection::begin`] has not.
    reset_unreported: bool,
    /// The end of a transaction failed: it may go on, and ends with the connection only.
    may_go_on: bool,
    /// Until when a transaction may wait, if somebody said so.
    deadline: Option<Instant>,
    /// How long the first one may wait otherwise: what connecting left of [`BUSY_WAIT`]. `None`: it has begun, and each
    /// later one may wait as long again.
    first_wait: Option<Duration>,
    holds: Arc<Holds>,
    lost: Arc<StaleHandles>,
    /// `None` until the first transaction, where the reader is asked.
    features: Option<Features>,
    /// `None` until the first transaction: outside one `SCardStatus` may wait without bound.
    protocol: Option<TransmissionProtocol>,
    /// Space for one response, wiped after each use.
    buffer: Zeroizing<Vec<u8>>,
}

impl PcscConnection {
    /// `first_wait`: how long the first transaction may wait.
    pub(super) fn new(
        context: Context,
        card: Card,
        reader: CString,
        first_wait: Duration,
        holds: Arc<Holds>,
        lost: Arc<StaleHandles>,
    ) -> Result<Self, TransportError> {
        let mut connection = Self {
            card: Some(card),
            context,
            reader,
            atr: Vec::new(),
            events: 0,
            reset_unreported: false,
            may_go_on: false,
            deadline: None,
            first_wait: Some(first_wait),
            holds,
            lost,
            features: None,
            protocol: None,
            buffer: Zeroizing::new(Vec::new()),
        };
        let ReaderSnapshot { status, atr } =
            snapshot(&connection.context, &connection.reader).map_err(transport_error)?;
        if status.occupancy != Occupancy::Card {
            return Err(TransportError::CardRemoved);
        }
        (connection.atr, connection.events) = (atr, status.events);
        Ok(connection)
    }

    /// Resets the card, which clears its security status, and reports whether that was done.
    fn reset(&mut self) -> Result<(), TransportError> {
        // Within a transaction no other program uses the card while the reset is under way.
        let failed = match self.begin() {
            Ok((channel, _)) => match channel.end(Disposition::Reset) {
                Ok(()) => return Ok(()),
                Err(error) => error,
            },
            Err(TransportError::CardRemoved | TransportError::NoCard) => return Ok(()),
            Err(TransportError::Busy) => return Err(TransportError::Busy),
            Err(error) => error,
        };
        warn!("the card was not reset in a transaction: {failed}");
        // `SCardDisconnect` succeeds in any case (pcscd 1.9.9); this one reports the failure.
        match self
            .card
            .as_mut()
            .map(|card| card.reconnect(ShareMode::Shared, PROTOCOLS, pcsc::Disposition::ResetCard))
        {
            Some(Ok(())) => Ok(()),
            Some(Err(error)) if is_gone(error) => {
                match self.position().confirm_removal(transport_error(error)) {
                    TransportError::CardRemoved | TransportError::NoCard => Ok(()),
                    _ => Err(failed),
                }
            }
            Some(Err(_)) | None => Err(failed),
        }
    }
}

impl PcscConnection {
    fn position(&self) -> CardPosition<'_> {
        CardPosition { context: &self.context, reader: &self.reader, events: self.events }
    }
}

impl CardConnection for PcscConnection {
    fn atr(&self) -> &[u8] {
        &self.atr
    }

    fn pin_pad(&self) -> PinPad {
        self.features.map(|features| features.pin_pad()).unwrap_or_default()
    }

    fn status(&mut self) -> Result<Continuity, TransportError> {
        let card = self.card.as_ref().ok_or(TransportError::CardRemoved)?;
        match transaction_state(card).map_err(|error| self.position().confirm_removal(error))? {
            TransactionState::WasReset => Ok(Continuity::WasReset),
            _ if self.reset_unreported => Ok(Continuity::WasReset),
            TransactionState::Free => Ok(Continuity::Same),
            TransactionState::Held => {
                let ReaderSnapshot { status, .. } =
                    snapshot(&self.context, &self.reader).map_err(transport_error)?;
                let same = status.occupancy == Occupancy::Card && status.events == self.events;
                if same { Ok(Continuity::Same) } else { Err(TransportError::CardRemoved) }
            }
        }
    }

    fn wait_until(&mut self, deadline: Option<Instant>) {
        self.deadline = deadline;
    }

    fn begin(&mut self) -> Result<(Box<dyn CardChannel + '_>, Continuity), TransportError> {
        if self.buffer.is_empty() {
            self.buffer.resize(MAX_RESPONSE_BUFFER, 0);
        }
        // Others may reset the card again and again; that is not waited out longer than one who holds it.
        let now = Instant::now();
        let bound = now + BUSY_WAIT;
        let deadline = self.deadline.unwrap_or(now + self.first_wait.unwrap_or(BUSY_WAIT)).min(bound);
        // A first look at a card: the next one need not wait for the same program again.
        let is_look = self.deadline.is_none() && self.first_wait.is_some();
        let Self {
            card: Some(card),
            context,
            reader,
            atr,
            events,
            reset_unreported,
            may_go_on,
            features,
            protocol,
            buffer,
            holds,
            ..
        } = self
        else {
            return Err(TransportError::CardRemoved);
        };
        let mut card: &mut Card = card;
        let place = CardPosition { context, reader, events: *events };
        // Between any two calls somebody else may begin a transaction, or reset the card.
        let transaction = loop {
            let outcome = match transaction_state(card).map_err(|error| place.confirm_removal(error))? {
                TransactionState::Held if time_left(deadline).is_some() => {
                    sleep(BUSY_POLL);
                    continue;
                }
                TransactionState::Held => {
                    if is_look {
                        let now = snapshot(context, reader).map_err(transport_error)?.status;
                        holds.add(&now, Instant::now());
                    }
                    return Err(TransportError::Busy);
                }
                TransactionState::WasReset => {
                    *reset_unreported = true;
                    // What is agreed on is agreed on anew.
                    *protocol = None;
                    card.reconnect(ShareMode::Shared, PROTOCOLS, pcsc::Disposition::LeaveCard)
                }
                TransactionState::Free => match card.transaction2() {
                    Ok(transaction) => break transaction,
                    Err((same, error)) => {
                        card = same;
                        Err(error)
                    }
                },
            };
            match outcome {
                Ok(()) => *atr = snapshot(context, reader).map_err(transport_error)?.atr,
                Err(error) if was_reset(error) => *reset_unreported = true,
                Err(error) if is_held(error) => {}
                Err(error) if is_gone(error) => {
                    return Err(place.confirm_removal(TransportError::CardRemoved));
                }
                Err(error) => return Err(transport_error(error)),
            }
            if time_left(bound).is_none() {
                return Err(TransportError::Busy);
            }
        };
        holds.remove(&reader.to_string_lossy());
        self.first_wait = None;
        let features = *features.get_or_insert_with(|| Features::query(&transaction));
        let protocol = *protocol.get_or_insert_with(|| transmission_protocol(&transaction));
        let continuity = match std::mem::take(reset_unreported) {
            true => Continuity::WasReset,
            false => Continuity::Same,
        };
        Ok((
            Box::new(PcscChannel {
                transaction,
                buffer,
                features,
                protocol,
                reset_unreported,
                may_go_on,
                place,
            }),
            continuity,
        ))
    }

    fn disconnect(mut self: Box<Self>, disposition: Disposition) -> Result<(), TransportError> {
        let outcome = match disposition {
            Disposition::Leave => Ok(()),
            Disposition::Reset => self.reset(),
        };
        self.release();
        outcome
    }
}

impl PcscConnection {
    fn release(&mut self) {
        let Some(card) = self.card.take() else { return };
        if let Err((card, error)) = card.disconnect(pcsc::Disposition::LeaveCard) {
            debug!("disconnecting failed: {error}");
            self.lost.add(card);
        }
    }
}

impl Drop for PcscConnection {
    fn drop(&mut self) {
        self.release();
    }
}
