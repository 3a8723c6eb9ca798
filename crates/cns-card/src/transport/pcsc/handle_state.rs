//! What the service says of a handle without a command to the card.

use pcsc::{Attribute, Card, Error, Protocol};

use super::super::{TransmissionProtocol, TransportError};
use super::error::{is_gone, is_held, service_lost, transport_error, was_reset};

/// Whether a connection can begin a transaction, by `SCardGetAttrib`.
pub(super) enum TransactionState {
    Free,
    /// Another program holds a transaction.
    Held,
    WasReset,
}

/// Asks without waiting. Which attribute it is does not matter, nor whether the reader has it.
pub(super) fn transaction_state(card: &Card) -> Result<TransactionState, TransportError> {
    let mut attribute = [0; 264];
    match card.get_attribute(Attribute::AtrString, &mut attribute) {
        Err(error) if is_held(error) => Ok(TransactionState::Held),
        Err(error) if was_reset(error) => Ok(TransactionState::WasReset),
        Err(error) if is_gone(error) => Err(TransportError::CardRemoved),
        Err(error) if service_lost(error) => Err(transport_error(error)),
        Err(error @ (Error::ReaderUnavailable | Error::UnknownReader | Error::InvalidValue)) => {
            Err(transport_error(error))
        }
        Ok(_) | Err(_) => Ok(TransactionState::Free),
    }
}

/// T=1 where the service does not say: all CNS cards with contacts speak it.
pub(super) fn transmission_protocol(card: &Card) -> TransmissionProtocol {
    match card.status2_owned().map(|status| status.protocol2()) {
        Ok(Some(Protocol::T0)) => TransmissionProtocol::T0,
        _ => TransmissionProtocol::T1,
    }
}
