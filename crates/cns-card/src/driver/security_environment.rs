//! MSE RESTORE, MSE SET and PSO DECIPHER in the current DF, and what their status words mean (ISO/IEC 7816-4 and 7816-8).
//! Selects nothing. Sends each PSO once, or, after a clean refusal of extended length, once more as a chain.

use zeroize::Zeroizing;

use crate::card_session::CardSession;
use crate::error::CardError;
use crate::iso7816::{ChainForm, CommandApdu, LengthFields, ResponseApdu, StatusWord, commands};
use crate::profile::KeyReference;

/// Whether MSE RESTORE must find the security environment. If it finds none, either another DF is current (`Required`) or the
/// card has no environment to restore (`Optional`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RestorePolicy {
    Required,
    Optional,
}

/// PSO alone, for a security environment that is as this key's last operation left it.
pub(super) fn decipher_again(
    session: &mut CardSession<'_>,
    key: KeyReference,
    block: &[u8],
) -> Result<Zeroizing<Vec<u8>>, CardError> {
    decipher(session, key.chain_form, block)
}

/// MSE RESTORE, MSE SET and PSO, in the current DF.
pub(super) fn restore_set_decipher(
    session: &mut CardSession<'_>,
    key: KeyReference,
    block: &[u8],
    restore: RestorePolicy,
) -> Result<Zeroizing<Vec<u8>>, CardError> {
    restore_security_environment(session, key.environment, restore)?;
    set_decipher(session, key.reference)?;
    decipher(session, key.chain_form, block)
}

/// MSE RESTORE with Le = 00: the CNS specification (13.14) wants it, and cards in the field take it. ISO/IEC 7816-4 has no
/// Le there, so a card that refuses the form gets the command without. `Ok(false)`: refused, which is tolerated, because
/// there are cards that refuse it and sign after MSE SET.
pub(super) fn restore_security_environment(
    session: &mut CardSession<'_>,
    environment: u8,
    restore: RestorePolicy,
) -> Result<bool, CardError> {
    let command = commands::mse_restore(environment);
    let with_le = commands::mse_restore(environment).with_le(256);
    let mut status = session.transmit_and_collect(&with_le, LengthFields::Short)?.status;
    if form_refused(status) {
        status = session.transmit_and_collect(&command, LengthFields::Short)?.status;
    }
    match status {
        StatusWord::SUCCESS | StatusWord::SUCCESS_MEMORY_WEAK => Ok(true),
        StatusWord::SECURITY_STATUS_NOT_SATISFIED => Err(CardError::NotVerified),
        status if restore == RestorePolicy::Required && reference_not_found(status) => {
            Err(CardError::Status { command: command.name, status })
        }
        _ => Ok(false),
    }
}

/// Does the card refuse the coding of the command?
fn form_refused(status: StatusWord) -> bool {
    matches!(status, StatusWord::WRONG_LENGTH | StatusWord::INCORRECT_P1_P2 | StatusWord::WRONG_P1_P2)
        || status.exact_le().is_some()
}

/// MSE SET of the key for PSO DECIPHER.
pub(super) fn set_decipher(session: &mut CardSession<'_>, reference: u8) -> Result<(), CardError> {
    let command = commands::mse_set_decipher(reference);
    key_result(command.name, session.transmit_and_collect(&command, LengthFields::Short)?.status)
}

/// PSO DECIPHER, which on a CNS is the raw RSA operation.
fn decipher(
    session: &mut CardSession<'_>,
    chain_form: ChainForm,
    block: &[u8],
) -> Result<Zeroizing<Vec<u8>>, CardError> {
    let command = commands::pso_decipher(block);
    let response = if command.fits_short() {
        session.transmit_and_collect(&command, LengthFields::Short)?
    } else {
        send_large(session, &command, chain_form)?
    };
    key_result(command.name, response.status)?;
    modulus_sized(response.data, block.len()).ok_or(CardError::Malformed { command: command.name })
}

/// A command with more than 255 bytes: in extended form unless reader or card is known to need a chain, and as a chain after
/// a clean refusal (docs/cards/README.md, section 3, "Extended length and chaining").
fn send_large(
    session: &mut CardSession<'_>,
    command: &CommandApdu,
    chain_form: ChainForm,
) -> Result<ResponseApdu, CardError> {
    let carried = session.capabilities.max_command_data.is_none_or(|most| most >= command.data.len());
    if !carried || session.capabilities.chain_wanted {
        return session.chained(command, chain_form);
    }
    session.capabilities.extended_without_response = true;
    let response = session.transmit_and_collect(command, LengthFields::Extended)?;
    session.capabilities.extended_without_response = false;
    if !extended_refused(response.status) {
        return Ok(response);
    }
    let response = session.chained(command, chain_form)?;
    session.capabilities.chain_wanted = response.status.is_success();
    Ok(response)
}

/// The status words of MSE SET and PSO.
fn key_result(command: &'static str, status: StatusWord) -> Result<(), CardError> {
    match status {
        StatusWord::SUCCESS | StatusWord::SUCCESS_MEMORY_WEAK => Ok(()),
        StatusWord::SECURITY_STATUS_NOT_SATISFIED => Err(CardError::NotVerified),
        status => Err(CardError::Status { command, status }),
    }
}

/// Does the card not find the reference from the current DF?
pub(super) fn reference_not_found(status: StatusWord) -> bool {
    matches!(
        status,
        StatusWord::FILE_NOT_FOUND
            | StatusWord::RECORD_NOT_FOUND
            | StatusWord::REFERENCE_DATA_NOT_FOUND
            | StatusWord::REFERENCE_DATA_NOT_USABLE
            | StatusWord::CONDITIONS_OF_USE_NOT_SATISFIED
            | StatusWord::INCORRECT_DATA
            | StatusWord::KEY_OBJECT_NOT_FOUND
    )
}

/// Does the card refuse extended length, having done nothing?
fn extended_refused(status: StatusWord) -> bool {
    matches!(
        status,
        StatusWord::WRONG_LENGTH
            | StatusWord::CLASS_NOT_SUPPORTED
            | StatusWord::INSTRUCTION_NOT_SUPPORTED
            | StatusWord::CHAINING_NOT_SUPPORTED
            | StatusWord::FUNCTION_NOT_SUPPORTED
    )
}

/// Brings the result of a raw RSA operation to the length of the modulus.
///
/// RFC 8017 (I2OSP) makes it exactly as long. A card may drop leading zero bytes: up to 8 are added (more are missing by
/// chance once in 2^64 times) when the first byte is not zero. The caller checks the result with the public key, so a
/// wrong guess cannot become a signature.
fn modulus_sized(data: Zeroizing<Vec<u8>>, length: usize) -> Option<Zeroizing<Vec<u8>>> {
    const MOST_MISSING: usize = 8;
    let missing = length.checked_sub(data.len())?;
    if missing == 0 {
        return Some(data);
    }
    if missing > MOST_MISSING || *data.first()? == 0 {
        return None;
    }
    let mut padded = Zeroizing::new(Vec::with_capacity(length));
    padded.resize(missing, 0);
    padded.extend_from_slice(&data);
    Some(padded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_a_raw_operation() {
        let sized = |bytes: &[u8]| modulus_sized(Zeroizing::new(bytes.to_vec()), 128).map(|d| d.to_vec());
        assert_eq!(sized(&[0; 128]), Some(vec![0; 128]));
        assert_eq!(sized(&[5; 127]), Some([&[0][..], &[5; 127]].concat()));
        assert_eq!(sized(&[5; 120]).map(|d| d.len()), Some(128));
        assert_eq!(sized(&[5; 119]), None);
        assert_eq!(sized(&[0; 127]), None);
        assert_eq!(sized(&[5; 129]), None);
        assert_eq!(sized(&[]), None);
    }
}
