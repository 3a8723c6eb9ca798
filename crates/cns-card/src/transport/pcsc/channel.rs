//! A PC/SC transaction.

use pcsc::{ShareMode, Transaction};
use tracing::debug;
use zeroize::{Zeroize, Zeroizing};

use super::super::{CardChannel, Disposition, KeypadEntry, TransportError};
use super::PROTOCOLS;
use super::error::{exchange_error, transport_error, was_reset};
use super::features::Features;

/// A transaction; its drop ends it and leaves the card.
pub(super) struct PcscChannel<'a> {
    pub(super) transaction: Transaction<'a>,
    pub(super) buffer: &'a mut Zeroizing<Vec<u8>>,
    pub(super) features: Features,
    pub(super) reset_unreported: &'a mut bool,
    /// The transaction may still be open.
    pub(super) in_doubt: &'a mut bool,
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
            Err(error) => return Err(exchange_error(error)),
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
            Err(error) => return Err(exchange_error(error)),
        };
        Ok(self.take(length))
    }

    fn end(self: Box<Self>, disposition: Disposition) -> Result<(), TransportError> {
        let Self { transaction, reset_unreported, in_doubt, .. } = *self;
        let Err((mut transaction, error)) = transaction.end(disposition.into()) else { return Ok(()) };
        *in_doubt = true;
        if was_reset(error) {
            // pcscd says so before it has ended the transaction, and goes on saying so: first the handle is made good
            // again, then the drop ends the transaction.
            *reset_unreported = true;
            let again = transaction.reconnect(ShareMode::Shared, PROTOCOLS, pcsc::Disposition::LeaveCard);
            debug!(?again, "the card was reset within a transaction");
        }
        // That the card was reset by somebody, or is out, one answer does not prove: the caller looks at the reader.
        Err(transport_error(error))
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
