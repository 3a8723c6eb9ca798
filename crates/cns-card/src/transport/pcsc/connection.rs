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

use super::super::{CardChannel, CardConnection, Continuity, Disposition, Occupancy, TransportError};
use super::{BUSY_POLL, BUSY_WAIT, occupancy, time_left, transport_error};

/// The longest answer that PC/SC carries: 64 KiB and the status word.
const LONGEST_ANSWER: usize = 65_536 + 2;

/// `CM_IOCTL_GET_FEATURE_REQUEST` (PC/SC part 10, 2.2), by the platform's own numbering.
const GET_FEATURE_REQUEST: u32 = 3400;
/// `FEATURE_GET_TLV_PROPERTIES` and, among the properties, `dwMaxAPDUDataSize` (PC/SC part 10, 2.6).
const FEATURE_TLV_PROPERTIES: u8 = 0x12;
const MAX_APDU_DATA_SIZE: u8 = 0x0A;
/// What every reader carries.
const SHORT_DATA: usize = 255;

/// An open connection. Dropping it leaves the card as it is, on every path.
pub(super) struct PcscConnection {
    /// `None` only while it is being taken apart.
    card: Option<Card>,
    context: Context,
    reader: CString,
    atr: Vec<u8>,
    /// The service's counter of insertions and removals when the connection was made.
    events: u32,
    max_command_data: Asked,
    /// One answer's room, wiped after each use.
    buffer: Zeroizing<Vec<u8>>,
}

/// What the reader said about `dwMaxAPDUDataSize`.
#[derive(Clone, Copy)]
enum Asked {
    NotYet,
    Said(Option<usize>),
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
            max_command_data: Asked::NotYet,
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

    /// PC/SC part 10: asked once, within a transaction, where nobody makes it wait.
    fn ask_max_command_data(transaction: &Transaction<'_>) -> Option<usize> {
        let mut room = [0; 264];
        let features =
            transaction.control(pcsc::ctl_code(GET_FEATURE_REQUEST.into()), &[], &mut room).ok()?;
        let code = tlv(features, FEATURE_TLV_PROPERTIES)?;
        let code = u32::from_be_bytes(code.try_into().ok()?);
        let mut room = [0; 264];
        let properties = transaction.control(code.into(), &[], &mut room).ok()?;
        let size = tlv(properties, MAX_APDU_DATA_SIZE)?;
        let size = u32::from_le_bytes(size.try_into().ok()?);
        Some(usize::try_from(size).ok()?.max(SHORT_DATA))
    }
}

/// The value of a tag in a list of one-byte tags and lengths (PC/SC part 10).
fn tlv(mut list: &[u8], tag: u8) -> Option<&[u8]> {
    while let [found, length, rest @ ..] = list {
        let (value, rest) = rest.split_at_checked(usize::from(*length))?;
        if *found == tag {
            return Some(value);
        }
        list = rest;
    }
    None
}

fn reconnect(card: &mut Card) -> Result<(), TransportError> {
    card.reconnect(ShareMode::Shared, Protocols::T0 | Protocols::T1, pcsc::Disposition::LeaveCard)
        .map_err(transport_error)
}

impl CardConnection for PcscConnection {
    fn atr(&self) -> &[u8] {
        &self.atr
    }

    fn max_command_data(&self) -> Option<usize> {
        match self.max_command_data {
            Asked::NotYet => None,
            Asked::Said(size) => size,
        }
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
        let Self { card: Some(card), buffer, max_command_data, .. } = self else {
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
        if matches!(max_command_data, Asked::NotYet) {
            *max_command_data = Asked::Said(Self::ask_max_command_data(&transaction));
        }
        Ok((Box::new(PcscChannel { transaction, buffer }), continuity))
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
}

impl CardChannel for PcscChannel<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        let length = match self.transaction.transmit(command, self.buffer) {
            Ok(answer) => answer.len(),
            // Here it is the exchange with the card that failed, not the one with the service.
            Err(Error::CommError) => return Err(TransportError::Transmit),
            Err(error) => return Err(transport_error(error)),
        };
        let used = &mut self.buffer[..length];
        let answer = Zeroizing::new(used.to_vec());
        used.zeroize();
        Ok(answer)
    }

    fn end(self: Box<Self>, disposition: Disposition) -> Result<(), TransportError> {
        let Self { transaction, .. } = *self;
        transaction.end(disposition.into()).map_err(|(_, error)| transport_error(error))
    }
}

#[cfg(test)]
mod tests {
    use hex_literal::hex;

    use super::*;

    #[test]
    fn properties_come_as_tags_and_lengths() {
        // What the CCID driver answers for a reader with extended APDUs, shortened.
        let list = hex!("0701 00 0A04 00000100 0B02 1234");
        assert_eq!(tlv(&list, MAX_APDU_DATA_SIZE), Some(&hex!("00000100")[..]));
        assert_eq!(tlv(&list, 0x0C), None);
        assert_eq!(tlv(&hex!("0A04 0000"), MAX_APDU_DATA_SIZE), None);
        assert_eq!(tlv(&hex!("0A"), MAX_APDU_DATA_SIZE), None);
        assert_eq!(tlv(&[], MAX_APDU_DATA_SIZE), None);
    }
}
