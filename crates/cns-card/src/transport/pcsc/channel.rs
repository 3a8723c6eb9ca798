//! A PC/SC transaction.

use pcsc::{ShareMode, Transaction};
use tracing::debug;
use zeroize::{Zeroize, Zeroizing};

use super::super::{CardChannel, Disposition, PinPadCommand, TransmissionProtocol, TransportError};
use super::context::PROTOCOLS;
use super::error::{exchange_error, transport_error, was_reset};
use super::features::Features;
use super::state::CardPosition;

/// A transaction; its drop ends it and leaves the card.
pub(super) struct PcscChannel<'a> {
    pub(super) transaction: Transaction<'a>,
    pub(super) buffer: &'a mut Zeroizing<Vec<u8>>,
    pub(super) features: Features,
    pub(super) protocol: TransmissionProtocol,
    pub(super) reset_unreported: &'a mut bool,
    /// Set when the service did not say that the transaction is over.
    pub(super) may_go_on: &'a mut bool,
    pub(super) place: CardPosition<'a>,
}

impl PcscChannel<'_> {
    /// The first `length` bytes of the buffer, which is wiped.
    fn take(&mut self, length: usize) -> Zeroizing<Vec<u8>> {
        let used = &mut self.buffer[..length];
        let response = Zeroizing::new(used.to_vec());
        used.zeroize();
        response
    }
}

impl CardChannel for PcscChannel<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        let length = match self.transaction.transmit(command, self.buffer) {
            Ok(response) => response.len(),
            Err(error) => return Err(self.place.confirm_removal(exchange_error(error))),
        };
        Ok(self.take(length))
    }

    fn protocol(&self) -> TransmissionProtocol {
        self.protocol
    }

    fn max_command_data(&self) -> Option<usize> {
        self.features.max_command_data
    }

    fn send_on_pin_pad(&mut self, entry: &PinPadCommand<'_>) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        let (code, request) = self.features.request(entry).ok_or(TransportError::NoPinPad)?;
        let length = match self.transaction.control(code.into(), &request, self.buffer) {
            Ok(response) => response.len(),
            Err(error) => return Err(self.place.confirm_removal(exchange_error(error))),
        };
        Ok(self.take(length))
    }

    fn end(self: Box<Self>, disposition: Disposition) -> Result<(), TransportError> {
        let Self { transaction, reset_unreported, may_go_on, place, .. } = *self;
        let (mut transaction, error) = match transaction.end(disposition.into()) {
            // An earlier one goes on: only the end of the connection ends that.
            Ok(()) if *may_go_on && disposition == Disposition::Reset => {
                return Err(TransportError::Transmit);
            }
            Ok(()) => return Ok(()),
            Err(failed) => failed,
        };
        *may_go_on = true;
        if was_reset(error) {
            // pcscd says so before it has ended the transaction, and goes on saying so: first the handle is made good
            // again, then the transaction is ended.
            *reset_unreported = true;
            let again = transaction.reconnect(ShareMode::Shared, PROTOCOLS, pcsc::Disposition::LeaveCard);
            debug!(?again, "the card was reset within a transaction");
            if again.is_ok() && transaction.end(pcsc::Disposition::LeaveCard).is_ok() {
                *may_go_on = false;
                // No command of ours was sent after that reset.
                return if disposition == Disposition::Reset { Ok(()) } else { Err(transport_error(error)) };
            }
            return Err(transport_error(error));
        }
        match (disposition, place.confirm_removal(transport_error(error))) {
            // A card that is out has no power.
            (Disposition::Reset, TransportError::CardRemoved | TransportError::NoCard) => Ok(()),
            // No other program can hold it: this transaction does.
            (_, TransportError::Busy) => Err(TransportError::Transmit),
            (_, error) => Err(error),
        }
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
