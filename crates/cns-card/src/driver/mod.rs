//! The card drivers: what each family of cards does differently.
//!
//! What this room is for: [`CardDriver`], whose default methods are the CNS Functional Specification, and one file
//! per family with its rows of [`CardProfile`] and, where a family truly differs, an override. Adding a family: one
//! file here, its drivers in [`DRIVERS`] before the more general ones, one transcript in `tests/`.
//! It may import floors 1 and 0, `profile`, `pin`, `certificate_file`. It must never ask which family a card is (the
//! row or the override answers that), repeat a PIN command, or begin a transaction of its own.

mod classic;
pub(crate) mod dialogue;
mod idemia;
mod incard;

use zeroize::Zeroizing;

use crate::atr::HistoricalFields;
use crate::certificate_file::{self, CertificateFile, CertificateProblem};
use crate::error::CardError;
use crate::iso7816::{Command, Form, StatusWord};
use crate::pin::{self, Pin, PinId, Retries};
use crate::profile::{CardProfile, EmptyVerify, KeyReference, Layout, Path, PinReference, SelectAnswer};
use dialogue::{Dialogue, LargeCommands, modulus_sized};

/// Every driver, the particular before the general; the last takes every card with a CNS mark.
const DRIVERS: &[&[&dyn CardDriver]] = &[idemia::DRIVERS, incard::DRIVERS, classic::DRIVERS];

/// The first driver whose row the historical bytes match.
pub(crate) fn for_fields(fields: &HistoricalFields) -> Option<&'static dyn CardDriver> {
    DRIVERS.iter().copied().flatten().copied().find(|driver| driver.profile().recognised_by.matches(fields))
}

/// What a family of cards does. Each method runs within one transaction; the defaults are the CNS specification.
pub(crate) trait CardDriver: Send + Sync {
    /// The family's row.
    fn profile(&self) -> &'static CardProfile;

    /// Looks for a certificate: the family's own places first, then all others that are known. A place that could not
    /// be read does not end the search; it is the result when no other place holds a certificate.
    fn find_certificate(
        &self,
        dialogue: &mut Dialogue<'_>,
    ) -> Result<Result<CertificateFile, CertificateProblem>, CardError> {
        let own = self.profile().layouts;
        let others = Layout::ALL.iter().filter(|layout| !own.contains(layout));
        let mut outcome = Ok(Err(CertificateProblem::Absent));
        for layout in own.iter().chain(others) {
            match certificate_file::read(dialogue, self.profile(), layout) {
                Ok(Ok(der)) => return Ok(Ok(CertificateFile { der, key: layout.key })),
                Ok(Err(CertificateProblem::Absent)) => {}
                Ok(Err(problem)) => outcome = Ok(Err(problem)),
                Err(error @ CardError::Status { .. }) => outcome = Err(error),
                Err(broken) => return Err(broken),
            }
        }
        outcome
    }

    /// VERIFY, exactly once (ISO/IEC 7816-4:2020, 11.6.6): `00 20 00 P2 08 PIN`.
    fn verify(&self, dialogue: &mut Dialogue<'_>, which: PinId, pin: &Pin) -> Result<(), CardError> {
        self.pin_command(dialogue, which, "VERIFY", 0x20, &[pin])
    }

    /// CHANGE REFERENCE DATA, exactly once (11.6.7): `00 24 00 P2 10 old new`.
    fn change_pin(
        &self,
        dialogue: &mut Dialogue<'_>,
        which: PinId,
        old: &Pin,
        new: &Pin,
    ) -> Result<(), CardError> {
        self.pin_command(dialogue, which, "CHANGE REFERENCE DATA", 0x24, &[old, new])
    }

    /// RESET RETRY COUNTER, exactly once (11.6.10): `00 2C 00 P2 10 PUK new`.
    fn unblock_pin(
        &self,
        dialogue: &mut Dialogue<'_>,
        which: PinId,
        puk: &Pin,
        new: &Pin,
    ) -> Result<(), CardError> {
        self.pin_command(dialogue, which, "RESET RETRY COUNTER", 0x2C, &[puk, new])
    }

    /// A VERIFY without data. The caller has made sure that it is known to be harmless.
    fn query_tries(
        &self,
        dialogue: &mut Dialogue<'_>,
        which: PinId,
        whose: Counter,
    ) -> Result<Retries, CardError> {
        if self.profile().empty_verify == EmptyVerify::MaySpendATry {
            return Ok(Retries::Unknown);
        }
        let reference = self.profile().pin_reference(which);
        self.enter_pin_directory(dialogue, reference)?;
        let p2 = match whose {
            Counter::Pin => reference.qualifier,
            Counter::Puk => reference.puk,
        };
        let status = dialogue.once(&Command::new("VERIFY (query)", 0x20, 0x00, p2))?.status;
        Ok(pin::queried_retries(status))
    }

    /// The raw RSA operation: the key's DF, MSE RESTORE, MSE SET, PSO.
    ///
    /// A key that is found from the MF downwards needs no SELECT as long as no other program has moved the current
    /// DF. When it has, the card does not find environment or key, or finds others that this PIN does not open: then
    /// once more from the MF.
    fn private_key_operation(
        &self,
        dialogue: &mut Dialogue<'_>,
        key: KeyReference,
        block: &[u8],
        start: Start,
    ) -> Result<Zeroizing<Vec<u8>>, CardError> {
        if key.directory != Path::MF {
            select_existing(dialogue, key.directory, self.profile().select)?;
            return perform(dialogue, key, block, Restore::Optional);
        }
        if start == Start::CurrentDirectory {
            match perform(dialogue, key, block, Restore::Required) {
                Err(CardError::NotVerified) => {}
                Err(CardError::Status { status, .. }) if directory_moved(status) => {}
                result => return result,
            }
        }
        dialogue.select_mf()?;
        perform(dialogue, key, block, Restore::Optional)
    }

    /// Makes the DF current in which the PIN is found.
    fn enter_pin_directory(
        &self,
        dialogue: &mut Dialogue<'_>,
        reference: PinReference,
    ) -> Result<(), CardError> {
        match reference.directory {
            Some(directory) => select_existing(dialogue, directory, self.profile().select),
            None => Ok(()),
        }
    }

    /// A command that carries PINs: whatever happens, it is sent at most once.
    fn pin_command(
        &self,
        dialogue: &mut Dialogue<'_>,
        which: PinId,
        name: &'static str,
        instruction: u8,
        pins: &[&Pin],
    ) -> Result<(), CardError> {
        let reference = self.profile().pin_reference(which);
        self.enter_pin_directory(dialogue, reference)?;
        let command =
            Command::new(name, instruction, 0x00, reference.qualifier).with_secret(pin::coded(pins));
        pin::verification_result(name, dialogue.once(&command)?.status)
    }
}

/// Whose tries are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counter {
    Pin,
    Puk,
}

/// Where a private-key operation starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// At the DF that is current, hopefully still the MF.
    CurrentDirectory,
    /// With a SELECT of the MF.
    MasterFile,
}

/// Is an MSE RESTORE that finds no environment a sign of a moved DF, or just a card without environments?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Restore {
    Required,
    Optional,
}

/// Selects a file that the card must have for the operation to make sense.
fn select_existing(dialogue: &mut Dialogue<'_>, path: Path, answer: SelectAnswer) -> Result<(), CardError> {
    if dialogue.select(path, answer)? {
        return Ok(());
    }
    Err(CardError::Status { command: "SELECT", status: StatusWord::FILE_NOT_FOUND })
}

/// MSE RESTORE, MSE SET and PSO, in the current DF. That a card does without the first is learned only from a result.
fn perform(
    dialogue: &mut Dialogue<'_>,
    key: KeyReference,
    block: &[u8],
    restore: Restore,
) -> Result<Zeroizing<Vec<u8>>, CardError> {
    let restored =
        dialogue.learned.restore_refused || restore_security_environment(dialogue, key.environment, restore)?;
    set_key(dialogue, key.reference)?;
    let result = decipher(dialogue, block)?;
    dialogue.learned.restore_refused |= !restored;
    Ok(result)
}

/// MANAGE SECURITY ENVIRONMENT, restore (ISO/IEC 7816-4:2020, 11.5.11): `00 22 F3 SE 00`. The CNS specification (13.14)
/// wants that last 00, and it is the form that cards in the field are known to take; ISO would leave it out, so a card
/// that says "wrong length" gets the four bytes. `Ok(false)`: refused, which is tolerated of cards that sign after MSE
/// SET all the same.
fn restore_security_environment(
    dialogue: &mut Dialogue<'_>,
    environment: u8,
    restore: Restore,
) -> Result<bool, CardError> {
    const NAME: &str = "MSE RESTORE";
    let bare = || Command::new(NAME, 0x22, 0xF3, environment);
    let mut status = StatusWord::WRONG_LENGTH;
    if !dialogue.learned.bare_restore {
        status = dialogue.complete(&bare().with_le(256), Form::Short)?.status;
    }
    if status == StatusWord::WRONG_LENGTH {
        status = dialogue.complete(&bare(), Form::Short)?.status;
        dialogue.learned.bare_restore = status == StatusWord::SUCCESS;
    }
    match status {
        StatusWord::SUCCESS => Ok(true),
        StatusWord::SECURITY_STATUS_NOT_SATISFIED => Err(CardError::NotVerified),
        status if restore == Restore::Required && directory_moved(status) => {
            Err(CardError::Status { command: NAME, status })
        }
        _ => Ok(false),
    }
}

/// MANAGE SECURITY ENVIRONMENT, set, confidentiality template: `00 22 F1 B8 03 83 01 key`.
fn set_key(dialogue: &mut Dialogue<'_>, reference: u8) -> Result<(), CardError> {
    const NAME: &str = "MSE SET";
    let command = Command::new(NAME, 0x22, 0xF1, 0xB8).with_data(&[0x83, 0x01, reference]);
    key_answer(NAME, dialogue.complete(&command, Form::Short)?.status)
}

/// PERFORM SECURITY OPERATION, decipher (ISO/IEC 7816-8:2021, 11.12): `00 2A 80 86 Lc 00 block Le`, Le = the exact
/// length of the modulus. On a CNS this is the raw RSA operation.
fn decipher(dialogue: &mut Dialogue<'_>, block: &[u8]) -> Result<Zeroizing<Vec<u8>>, CardError> {
    const NAME: &str = "PSO DECIPHER";
    // The padding indicator byte: 00, no further indication.
    let mut data = Zeroizing::new(Vec::with_capacity(1 + block.len()));
    data.push(0x00);
    data.extend_from_slice(block);
    let command = Command::new(NAME, 0x2A, 0x80, 0x86).with_secret(data).with_le(block.len() as u32);
    let response = if command.fits_short() {
        dialogue.complete(&command, Form::Short)?
    } else {
        send_large(dialogue, &command)?
    };
    key_answer(NAME, response.status)?;
    modulus_sized(response.data, block.len()).ok_or(CardError::Malformed { command: NAME })
}

/// A command with more than 255 bytes: as the reader is known to carry it, else as it worked before, else extended
/// first and chained after a clean refusal (docs/cards, commands: extended length and readers).
fn send_large(dialogue: &mut Dialogue<'_>, command: &Command) -> Result<crate::iso7816::Response, CardError> {
    let carried = dialogue.max_command_data.is_none_or(|most| most >= command.data.len());
    if !carried || dialogue.learned.large_commands == Some(LargeCommands::Chained) {
        return dialogue.chained(command);
    }
    dialogue.learned.extended_unanswered = true;
    let response = dialogue.complete(command, Form::Extended)?;
    dialogue.learned.extended_unanswered = false;
    if !extended_refused(response.status) {
        if response.status == StatusWord::SUCCESS {
            dialogue.learned.large_commands = Some(LargeCommands::Extended);
        }
        return Ok(response);
    }
    let response = dialogue.chained(command)?;
    if response.status == StatusWord::SUCCESS {
        dialogue.learned.large_commands = Some(LargeCommands::Chained);
    }
    Ok(response)
}

/// What MSE SET and PSO answer.
fn key_answer(command: &'static str, status: StatusWord) -> Result<(), CardError> {
    match status {
        StatusWord::SUCCESS => Ok(()),
        StatusWord::SECURITY_STATUS_NOT_SATISFIED => Err(CardError::NotVerified),
        status => Err(CardError::Status { command, status }),
    }
}

/// Does the card say that it does not find, from where it stands, what was referred to?
fn directory_moved(status: StatusWord) -> bool {
    matches!(
        status,
        StatusWord::FILE_NOT_FOUND
            | StatusWord::RECORD_NOT_FOUND
            | StatusWord::REFERENCE_DATA_NOT_FOUND
            | StatusWord::REFERENCE_DATA_NOT_USABLE
            | StatusWord::CONDITIONS_OF_USE_NOT_SATISFIED
            | StatusWord::INCORRECT_DATA
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
    )
}
