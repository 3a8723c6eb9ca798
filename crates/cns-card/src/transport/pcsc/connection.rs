//! A PC/SC connection and its transactions.
//!
//! What was found out about pcsc-lite 1.9.9 (docs/decisions): `SCardBeginTransaction` and `SCardStatus` poll inside the
//! client library for as long as another program holds a transaction, without bound; `SCardGetAttrib` answers
//! `SCARD_E_SHARING_VIOLATION` at once. It also answers `SCARD_W_RESET_CARD` until the handle is reconnected and
//! `SCARD_W_REMOVED_CARD` for ever. So it is asked first, and the calls that wait are made when they need not.

use std::ffi::CString;
use std::thread::sleep;
use std::time::{Duration, Instant};

use pcsc::{Attribute, Card, Context, Error, Protocols, ReaderState, ShareMode, State, Transaction};
use tracing::{debug, warn};
use zeroize::{Zeroize, Zeroizing};

use super::super::{
    CardChannel, CardConnection, Continuity, Disposition, Keypad, KeypadEntry, Occupancy, TransportError,
};
use super::features::Features;
use super::{BUSY_POLL, BUSY_WAIT, occupancy, time_left, transport_error};

/// The longest answer that PC/SC carries: 64 KiB and the status word.
const LONGEST_ANSWER: usize = 65_536 + 2;

/// An open connection. Dropping it leaves the card as it is, on every path.
pub(super) struct PcscConnection {
    /// `None` only while it is being taken apart.
    card: Option<Card>,
    context: Context,
    reader: CString,
    atr: Vec<u8>,
    /// The service's counter of insertions and removals when the connection was made.
    events: u32,
    /// `None` until the first transaction, where the reader is asked.
    features: Option<Features>,
    /// One answer's room, wiped after each use.
    buffer: Zeroizing<Vec<u8>>,
}

/// What `SCardGetAttrib` tells about a connection.
enum Hold {
    Free,
    /// Another program holds a transaction.
    Held,
    WasReset,
}

impl PcscConnection {
    pub(super) fn new(context: Context, card: Card, reader: CString) -> Result<Self, TransportError> {
        let mut connection = Self {
            card: Some(card),
            context,
            reader,
            atr: Vec::new(),
            events: 0,
            features: None,
            buffer: Zeroizing::new(Vec::new()),
        };
        let (occupancy, events) = connection.look()?;
        if occupancy != Occupancy::Card {
            return Err(TransportError::CardRemoved);
        }
        connection.events = events;
        Ok(connection)
    }

    fn card(&self) -> Result<&Card, TransportError> {
        self.card.as_ref().ok_or(TransportError::CardRemoved)
    }

    /// What the service knows about the reader; takes the ATR along. Never waits.
    fn look(&mut self) -> Result<(Occupancy, u32), TransportError> {
        let mut states = [ReaderState::new(self.reader.as_c_str(), State::UNAWARE)];
        self.context.get_status_change(Duration::ZERO, &mut states).map_err(transport_error)?;
        self.atr = states[0].atr().to_vec();
        Ok((occupancy(states[0].event_state()), states[0].event_count()))
    }

    /// Asks without waiting. Which attribute it is does not matter, nor whether the reader has it.
    fn probe(&self) -> Result<Hold, TransportError> {
        let mut room = [0; 264];
        match self.card()?.get_attribute(Attribute::AtrString, &mut room) {
            Err(Error::SharingViolation) => Ok(Hold::Held),
            Err(Error::ResetCard) => Ok(Hold::WasReset),
            Err(Error::RemovedCard | Error::NoSmartcard) => Err(TransportError::CardRemoved),
            Err(
                error @ (Error::NoService
                | Error::ServiceStopped
                | Error::InvalidHandle
                | Error::CommError
                | Error::ReaderUnavailable
                | Error::UnknownReader
                | Error::InvalidValue),
            ) => Err(transport_error(error)),
            Ok(_) | Err(_) => Ok(Hold::Free),
        }
    }

    /// Waits, at most [`BUSY_WAIT`], until no other program holds a transaction.
    fn wait_until_free(&self) -> Result<Continuity, TransportError> {
        let deadline = Instant::now() + BUSY_WAIT;
        loop {
            match self.probe()? {
                Hold::Free => return Ok(Continuity::Same),
                Hold::WasReset => return Ok(Continuity::WasReset),
                Hold::Held if time_left(deadline).is_some() => sleep(BUSY_POLL),
                Hold::Held => return Err(TransportError::Busy),
            }
        }
    }
}

fn reconnect(card: &mut Card) -> Result<(), TransportError> {
    card.reconnect(ShareMode::Shared, Protocols::T0 | Protocols::T1, pcsc::Disposition::LeaveCard)
        .map_err(transport_error)
}

impl CardConnection for PcscConnection {
    fn atr(&self) -> &[u8] {
        &self.atr
    }

    fn keypad(&self) -> Keypad {
        self.features.map(|features| features.keypad()).unwrap_or_default()
    }

    fn status(&mut self) -> Result<Continuity, TransportError> {
        match self.probe()? {
            Hold::Free => Ok(Continuity::Same),
            Hold::WasReset => Ok(Continuity::WasReset),
            Hold::Held => match self.look()? {
                (Occupancy::Card, events) if events == self.events => Ok(Continuity::Same),
                _ => Err(TransportError::CardRemoved),
            },
        }
    }

    fn begin(&mut self) -> Result<(Box<dyn CardChannel + '_>, Continuity), TransportError> {
        let mut continuity = self.wait_until_free()?;
        if continuity == Continuity::WasReset {
            reconnect(self.card.as_mut().ok_or(TransportError::CardRemoved)?)?;
            self.look()?;
        }
        if self.buffer.is_empty() {
            self.buffer.resize(LONGEST_ANSWER, 0);
        }
        let Self { card: Some(card), buffer, features, .. } = self else {
            return Err(TransportError::CardRemoved);
        };
        // Between the probe and this call somebody else may have begun, or reset the card.
        let transaction = match card.transaction2() {
            Ok(transaction) => transaction,
            Err((card, Error::ResetCard)) => {
                reconnect(card)?;
                continuity = Continuity::WasReset;
                card.transaction().map_err(transport_error)?
            }
            Err((_, error)) => return Err(transport_error(error)),
        };
        let features = *features.get_or_insert_with(|| Features::ask(&transaction));
        Ok((Box::new(PcscChannel { transaction, buffer, features }), continuity))
    }

    fn disconnect(mut self: Box<Self>, mut disposition: Disposition) {
        // A reset would wait for another program's transaction without bound.
        if disposition == Disposition::Reset
            && let Err(error) = self.wait_until_free()
        {
            warn!("the card was not reset: {error}");
            disposition = Disposition::Leave;
        }
        self.release(disposition);
    }
}

impl PcscConnection {
    fn release(&mut self, disposition: Disposition) {
        let Some(card) = self.card.take() else { return };
        if let Err((card, error)) = card.disconnect(disposition.into()) {
            debug!("disconnecting failed: {error}");
            match transport_error(error) {
                // No card can be reached through this handle any more, so the drop's reset harms nobody.
                TransportError::ServiceUnavailable | TransportError::ReaderUnavailable => drop(card),
                // It could be: rather lose the handle.
                _ => std::mem::forget(card),
            }
        }
    }
}

impl Drop for PcscConnection {
    fn drop(&mut self) {
        self.release(Disposition::Leave);
    }
}

impl From<Disposition> for pcsc::Disposition {
    fn from(disposition: Disposition) -> Self {
        match disposition {
            Disposition::Leave => Self::LeaveCard,
            Disposition::Reset => Self::ResetCard,
        }
    }
}

/// A transaction; its drop ends it and leaves the card.
struct PcscChannel<'a> {
    transaction: Transaction<'a>,
    buffer: &'a mut Zeroizing<Vec<u8>>,
    features: Features,
}

impl PcscChannel<'_> {
    /// The first `length` bytes of the buffer, which is wiped.
    fn take(&mut self, length: usize) -> Zeroizing<Vec<u8>> {
        let used = &mut self.buffer[..length];
        let answer = Zeroizing::new(used.to_vec());
        used.zeroize();
        answer
    }
}

impl CardChannel for PcscChannel<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        let length = match self.transaction.transmit(command, self.buffer) {
            Ok(answer) => answer.len(),
            // Here it is the exchange with the card that failed, not the one with the service.
            Err(Error::CommError) => return Err(TransportError::Transmit),
            Err(error) => return Err(transport_error(error)),
        };
        Ok(self.take(length))
    }

    fn max_command_data(&self) -> Option<usize> {
        self.features.max_command_data
    }

    fn enter_pin(&mut self, entry: &KeypadEntry<'_>) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        let (code, request) = self.features.request(entry).ok_or(TransportError::NoKeypad)?;
        let length = match self.transaction.control(code.into(), &request, self.buffer) {
            Ok(answer) => answer.len(),
            Err(Error::CommError | Error::NotTransacted) => return Err(TransportError::Transmit),
            Err(error) => return Err(transport_error(error)),
        };
        Ok(self.take(length))
    }

    fn end(self: Box<Self>, disposition: Disposition) -> Result<(), TransportError> {
        let Self { transaction, .. } = *self;
        transaction.end(disposition.into()).map_err(|(_, error)| transport_error(error))
    }
}
