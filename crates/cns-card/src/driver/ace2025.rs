//! Family E: ACe/ACx/ACj 2025 (Actalis; docs/cards, ace-2025): two applications instead of one file system.
//!
//! The CNS application, current after a reset, holds the personal data; the eSign application certificate and number.
//! Where PIN and key are is not public. The strategy, which never spends a try on finding out:
//!
//! 1. Before the first PIN command the CNS application is asked for the key (MSE SET, which needs no PIN). When it knows
//!    none and the eSign application does, PIN and key are taken to be there. A PIN command is sent once, to one of the
//!    two; one that answers that it has no such PIN (6A88) makes the other the place for the person's next try.
//! 2. When a PIN was verified and the card says that there is no key beside it, the other application is the place:
//!    remembered for this card, and answered [`CardError::NotVerified`], so that the person is asked for the PIN again.
//! 3. When the key is in neither, the card's answer is the result.

use super::CardDriver;
use super::pin_command::{self, PinCommand};
use super::security_environment::{RestorePolicy, restore_security_environment, set_decipher};
use crate::atr::{IcMaker, MaskMaker};
use crate::card_session::{CardSession, must_exist};
use crate::error::CardError;
use crate::iso7816::StatusWord;
use crate::profile::{
    Application, AtrRule, CardIdCoding, CardIdFile, CardProfile, CertificateForm, CertificateLocation,
    FileReference, KeyPairLayout, KeyReference, Path, PathsFrom, Pattern,
};

pub(super) const DRIVER: &dyn CardDriver = &Ace2025;
pub(super) const DRIVERS: &[&dyn CardDriver] = &[DRIVER];

struct Ace2025;

impl CardDriver for Ace2025 {
    fn profile(&self) -> &'static CardProfile {
        &PROFILE
    }

    fn pin_command(&self, session: &mut CardSession<'_>, command: PinCommand<'_>) -> Result<(), CardError> {
        if session.capabilities.key_application.is_none() {
            find_key_application(session)?;
        }
        let name = command.name();
        let result = pin_command::send(session, self.profile(), command);
        if result == Err(CardError::Status { command: name, status: StatusWord::REFERENCE_DATA_NOT_FOUND }) {
            session.capabilities.key_application = Some(other_than(key_application(session)));
        }
        result
    }

    fn key_not_found(&self, session: &mut CardSession<'_>, error: CardError) -> Result<CardError, CardError> {
        let here = key_application(session);
        let witness = if *here == ESIGN { CERTIFICATE } else { PERSONAL_DATA };
        match session.select_path(witness.path, here.paths) {
            Ok(true) => {}
            // Another program has selected another application, and so ended the login.
            Ok(false) | Err(CardError::Status { .. }) => return Ok(CardError::NotVerified),
            Err(broken) => return Err(broken),
        }
        let denied = matches!(&error, CardError::Status { status, .. } if denies_the_key(*status));
        if !denied || session.capabilities.application_without_key.is_some_and(|other| other != here) {
            return Ok(error);
        }
        session.capabilities.application_without_key = Some(here);
        session.capabilities.key_application = Some(other_than(here));
        Ok(CardError::NotVerified)
    }
}

/// Finds the application of the key, without a PIN. It is the CNS application unless that clearly has no key (6A88, also
/// with its security environment restored) and the eSign application, which might have a PIN of its own, clearly has one.
/// Any other refusal may be due to the order of commands and says nothing.
fn find_key_application(session: &mut CardSession<'_>) -> Result<(), CardError> {
    must_exist(session.select_application(&CNS)?)?;
    let elsewhere = has_key(session)? == Some(false)
        && session.select_application(&ESIGN)?
        && has_key(session)? == Some(true);
    session.capabilities.key_application = Some(if elsewhere { &ESIGN } else { &CNS });
    Ok(())
}

/// Does the current application have the key, with its security environment restored if needed? `None`: its status words
/// do not say.
fn has_key(session: &mut CardSession<'_>) -> Result<Option<bool>, CardError> {
    let found = query_key(session)?;
    if found == Some(true) {
        return Ok(found);
    }
    match restore_security_environment(session, KeyReference::LOGIN.environment, RestorePolicy::Optional) {
        Ok(true) => query_key(session),
        Ok(false) | Err(CardError::NotVerified) => Ok(found),
        Err(broken) => Err(broken),
    }
}

fn query_key(session: &mut CardSession<'_>) -> Result<Option<bool>, CardError> {
    match set_decipher(session, KEY) {
        Ok(()) => Ok(Some(true)),
        Err(CardError::Status { status: StatusWord::REFERENCE_DATA_NOT_FOUND, .. }) => Ok(Some(false)),
        Err(CardError::Status { .. } | CardError::NotVerified) => Ok(None),
        // Unknown: it is queried again the next time.
        Err(broken) => Err(broken),
    }
}

/// Does the card have no such key, as opposed to not letting it be used now?
fn denies_the_key(status: StatusWord) -> bool {
    matches!(
        status,
        StatusWord::REFERENCE_DATA_NOT_FOUND | StatusWord::FILE_NOT_FOUND | StatusWord::RECORD_NOT_FOUND
    )
}

/// The application that PIN and key are assumed to be in.
fn key_application(session: &CardSession<'_>) -> &'static Application {
    session.capabilities.key_application.unwrap_or(&CNS)
}

fn other_than(application: &Application) -> &'static Application {
    if *application == CNS { &ESIGN } else { &CNS }
}

/// The number of the key, as on classic cards *(inferred)*.
const KEY: u8 = 0x01;

pub(crate) const CNS: Application = Application {
    name: &[0xA0, 0x00, 0x00, 0x05, 0x30, 0x00, 0x0B, 0x10, 0x40, 0x01, 0x02, 0x1A],
    paths: PathsFrom::CurrentDirectory,
};
pub(crate) const ESIGN: Application = Application {
    name: &[0xA0, 0x00, 0x00, 0x05, 0x30, 0x45, 0x53, 0x49, 0x47, 0x4E],
    paths: PathsFrom::CurrentDirectory,
};

const PERSONAL_DATA: FileReference =
    FileReference { application: Some(&CNS), path: Path::new(&[0x1100, 0x1102]) };
const CERTIFICATE: FileReference =
    FileReference { application: Some(&ESIGN), path: Path::new(&[0xDA01, 0xC001]) };

const PROFILE: CardProfile = CardProfile {
    name: "CNS ACe 2025",
    atr_rule: AtrRule::Fields(Pattern {
        ic_maker: Some(IcMaker::NXP),
        mask_maker: Some(MaskMaker::GIESECKE_DEVRIENT),
        os_major: (0xB8, 0xB8),
        ..Pattern::ANY_CNS
    }),
    application: Some(&CNS),
    card_id: &[
        CardIdFile {
            file: FileReference { application: Some(&ESIGN), path: Path::new(&[0xD003]) },
            coding: CardIdCoding::PackedFromTwo,
        },
        CardIdFile::SPECIFICATION,
    ],
    personal_data: PERSONAL_DATA,
    certificate_locations: &[
        CertificateLocation::Known(KeyPairLayout {
            certificate: CERTIFICATE,
            form: CertificateForm::Der,
            key: KeyReference { directory: Path::MF, reference: KEY, ..KeyReference::LOGIN },
        }),
        CertificateLocation::Known(KeyPairLayout::CLASSIC),
    ],
    read_length: 256,
    ..CardProfile::SPECIFICATION
};
