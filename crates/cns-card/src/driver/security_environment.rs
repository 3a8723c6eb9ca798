//! The security environment and its one operation: MSE RESTORE, MSE SET and PSO (ISO/IEC 7816-4 and 7816-8).
//!
//! What this room is for: those commands, in the current DF, and what their answers mean. It must never select a file or
//! repeat what a PIN was given for.

use zeroize::Zeroizing;

use crate::card_session::{CardSession, modulus_sized};
use crate::error::CardError;
use crate::iso7816::{ChainForm, Command, LengthFields, Response, StatusWord};
use crate::profile::KeyReference;

/// Is an MSE RESTORE that finds no environment a sign of a moved DF, or just a card without environments?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RestorePolicy {
    Required,
    Optional,
}

/// PSO alone, where the security environment is taken to be as it was left.
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

/// MANAGE SECURITY ENVIRONMENT, restore (ISO/IEC 7816-4:2020, 11.5.11): `00 22 F3 SE 00`. The CNS specification (13.14)
/// wants that last 00, and it is the form that cards in the field are known to take; ISO would leave it out, so a card
/// that finds fault with the form gets the four bytes. `Ok(false)`: refused, which is tolerated of cards that sign after MSE
/// SET all the same.
pub(super) fn restore_security_environment(
    session: &mut CardSession<'_>,
    environment: u8,
    restore: RestorePolicy,
) -> Result<bool, CardError> {
    const NAME: &str = "MSE RESTORE";
    let bare = || Command::new(NAME, 0x22, 0xF3, environment);
    let mut status = session.transmit_and_collect(&bare().with_le(256), LengthFields::Short)?.status;
    if form_refused(status) {
        status = session.transmit_and_collect(&bare(), LengthFields::Short)?.status;
    }
    match status {
        StatusWord::SUCCESS | StatusWord::SUCCESS_MEMORY_WEAK => Ok(true),
        StatusWord::SECURITY_STATUS_NOT_SATISFIED => Err(CardError::NotVerified),
        status if restore == RestorePolicy::Required && reference_not_found(status) => {
            Err(CardError::Status { command: NAME, status })
        }
        _ => Ok(false),
    }
}

/// Does the card say that the command is coded otherwise than it likes?
fn form_refused(status: StatusWord) -> bool {
    matches!(status, StatusWord::WRONG_LENGTH | StatusWord::INCORRECT_P1_P2 | StatusWord::WRONG_P1_P2)
        || status.exact_le().is_some()
}

/// MANAGE SECURITY ENVIRONMENT, set, confidentiality template: `00 22 F1 B8 03 83 01 key`.
pub(super) fn set_decipher(session: &mut CardSession<'_>, reference: u8) -> Result<(), CardError> {
    const NAME: &str = "MSE SET";
    let command = Command::new(NAME, 0x22, 0xF1, 0xB8).with_data(&[0x83, 0x01, reference]);
    key_result(NAME, session.transmit_and_collect(&command, LengthFields::Short)?.status)
}

/// PERFORM SECURITY OPERATION, decipher (ISO/IEC 7816-8:2021, 11.12): `00 2A 80 86 Lc 00 block Le`, Le = the exact
/// length of the modulus. On a CNS this is the raw RSA operation.
fn decipher(
    session: &mut CardSession<'_>,
    chain_form: ChainForm,
    block: &[u8],
) -> Result<Zeroizing<Vec<u8>>, CardError> {
    const NAME: &str = "PSO DECIPHER";
    // The padding indicator byte: 00, no further indication.
    let mut data = Zeroizing::new(Vec::with_capacity(1 + block.len()));
    data.push(0x00);
    data.extend_from_slice(block);
    let command = Command::new(NAME, 0x2A, 0x80, 0x86).with_secret(data).with_le(block.len() as u32);
    let response = if command.fits_short() {
        session.transmit_and_collect(&command, LengthFields::Short)?
    } else {
        send_large(session, &command, chain_form)?
    };
    key_result(NAME, response.status)?;
    modulus_sized(response.data, block.len()).ok_or(CardError::Malformed { command: NAME })
}

/// A command with more than 255 bytes: extended where reader and card are not known to want a chain, and chained after a
/// clean refusal (docs/cards, commands: extended length and readers).
fn send_large(
    session: &mut CardSession<'_>,
    command: &Command,
    chain_form: ChainForm,
) -> Result<Response, CardError> {
    let carried = session.max_command_data.is_none_or(|most| most >= command.data.len());
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

/// What MSE SET and PSO answer.
fn key_result(command: &'static str, status: StatusWord) -> Result<(), CardError> {
    match status {
        StatusWord::SUCCESS | StatusWord::SUCCESS_MEMORY_WEAK => Ok(()),
        StatusWord::SECURITY_STATUS_NOT_SATISFIED => Err(CardError::NotVerified),
        status => Err(CardError::Status { command, status }),
    }
}

/// Does the card say that it does not find, from where it stands, what was referred to?
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

/// Does the card refuse extended length, without having done anything?
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
