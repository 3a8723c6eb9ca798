//! The card drivers: what each family of cards does differently.
//!
//! What this room is for: [`CardDriver`], whose default methods are the CNS Functional Specification, and one file
//! per family with its rows of [`CardProfile`] and, where a family truly differs, an override. Adding a family: one
//! file here, its drivers in [`DRIVERS`] before the more general ones, one transcript in `tests/`.
//! It may import floors 1 and 0, `profile`, `pin`, `certificate_file`, `object_map`. It must never ask which family a
//! card is (the row or the override answers that), repeat a PIN command, or begin a transaction of its own.

use zeroize::Zeroizing;

use super::security_environment::{RestorePolicy, decipher_again, reference_not_found, restore_set_decipher};
use crate::card_session::CardSession;
use crate::error::CardError;
use crate::files::certificate::{self, CertificateProblem, LocatedCertificate};
use crate::files::certificate_search;
use crate::iso7816::{Command, StatusWord};
use crate::pin::{self, Pin, PinPolicy};
use crate::profile::{CardProfile, KeyReference, Path, PathsFrom, PinReference};

/// What a family of cards does. Each method runs within one transaction; the defaults are the CNS specification.
pub(crate) trait CardDriver: Send + Sync {
    /// The family's row.
    fn profile(&self) -> &'static CardProfile;

    /// Looks for a certificate in the family's certificate_locations. A location that could not be read does not end the search; it is
    /// the result when no other location holds a certificate.
    fn find_certificate(
        &self,
        session: &mut CardSession<'_>,
    ) -> Result<Result<LocatedCertificate, CertificateProblem>, CardError> {
        let mut outcome = Ok(Err(CertificateProblem::Absent));
        for location in self.profile().certificate_locations {
            let layouts = certificate_search::layouts(session, self.profile(), location)?;
            for (number, layout) in layouts.iter().enumerate() {
                match certificate::read(session, self.profile(), layout) {
                    Ok(Ok(found)) => {
                        let map_names_others = number + 1 < layouts.len();
                        return Ok(Ok(LocatedCertificate { map_names_others, ..found }));
                    }
                    Ok(Err(CertificateProblem::Absent)) => {}
                    Ok(Err(problem)) => outcome = Ok(Err(problem)),
                    Err(error @ CardError::Status { .. }) => outcome = Err(error),
                    Err(broken) => return Err(broken),
                }
            }
        }
        outcome
    }

    /// The driver that a card without certificate may turn out to want. Only files and applications are asked for.
    fn alternative_driver(
        &self,
        _dialogue: &mut CardSession<'_>,
    ) -> Result<Option<&'static dyn CardDriver>, CardError> {
        Ok(None)
    }

    /// The driver of this name, when it is one that [`CardDriver::alternative_driver`] may come to.
    fn alternative_driver_named(&self, _name: &str) -> Option<&'static dyn CardDriver> {
        None
    }

    /// The driver for a card that holds no certificate, where that is another one.
    fn without_certificate(&self) -> Option<&'static dyn CardDriver> {
        None
    }

    /// VERIFY, exactly once (ISO/IEC 7816-4:2020, 11.6.6): `00 20 00 P2 08 PIN`.
    fn verify(&self, session: &mut CardSession<'_>, pin: &Pin) -> Result<(), CardError> {
        self.pin_command(session, "VERIFY", 0x20, &[pin])
    }

    /// CHANGE REFERENCE DATA, exactly once (11.6.7): `00 24 00 P2 10 old new`.
    fn change_pin(&self, session: &mut CardSession<'_>, old: &Pin, new: &Pin) -> Result<(), CardError> {
        self.pin_command(session, "CHANGE REFERENCE DATA", 0x24, &[old, new])
    }

    /// RESET RETRY COUNTER, exactly once (11.6.10): `00 2C 00 P2 10 PUK new`.
    fn unblock_pin(&self, session: &mut CardSession<'_>, puk: &Pin, new: &Pin) -> Result<(), CardError> {
        self.pin_command(session, "RESET RETRY COUNTER", 0x2C, &[puk, new])
    }

    /// The raw RSA operation: the key's DF, MSE RESTORE, MSE SET, PSO; or PSO alone, and all of them when that is
    /// refused. Whether the result is of this key, the caller finds out.
    ///
    /// A key that is found from the MF downwards needs no SELECT as long as no other program has moved the current
    /// DF. When it has, the card does not find environment or key, or finds others that this PIN does not open: then
    /// once more from the MF.
    fn private_key_operation(
        &self,
        session: &mut CardSession<'_>,
        key: KeyReference,
        block: &[u8],
        start: KeyState,
    ) -> Result<Zeroizing<Vec<u8>>, CardError> {
        let mut start = start;
        if start == KeyState::Retained {
            match decipher_again(session, key, block) {
                Err(CardError::NotVerified | CardError::Status { .. } | CardError::Malformed { .. }) => {}
                result => return result,
            }
            // It was moved, or is no more: from the top.
            start = KeyState::SelectMf;
        }
        let result = self.operate(session, key, block, start);
        match result {
            Err(error @ CardError::Status { status, .. }) if reference_not_found(status) => {
                Err(self.key_not_found(session, error)?)
            }
            result => result,
        }
    }

    /// The same, without a word on a key that is not found.
    fn operate(
        &self,
        session: &mut CardSession<'_>,
        key: KeyReference,
        block: &[u8],
        start: KeyState,
    ) -> Result<Zeroizing<Vec<u8>>, CardError> {
        if key.directory != Path::MF {
            select_existing(session, key.directory)?;
            return restore_set_decipher(session, key, block, RestorePolicy::Optional);
        }
        if start == KeyState::CurrentDf {
            match restore_set_decipher(session, key, block, RestorePolicy::Required) {
                Err(CardError::NotVerified) => {}
                Err(CardError::Status { status, .. }) if reference_not_found(status) => {}
                result => return result,
            }
        }
        session.select_mf()?;
        restore_set_decipher(session, key, block, RestorePolicy::Optional)
    }

    /// What it means that the key was not found: on a card with applications, that another program has selected
    /// another one, which has ended the login.
    fn key_not_found(&self, session: &mut CardSession<'_>, error: CardError) -> Result<CardError, CardError> {
        let profile = self.profile();
        if profile.application.is_none() {
            return Ok(error);
        }
        match session.select_path(profile.personal_data.path, PathsFrom::MasterFile) {
            Ok(true) => Ok(error),
            Ok(false) | Err(CardError::Status { .. }) => Ok(CardError::NotVerified),
            Err(broken) => Err(broken),
        }
    }

    /// Makes the DF current in which the PIN is found, in the application that it belongs to, with a SELECT that the card
    /// answers in this transaction: before it, another program may have moved the card to where another PIN has this P2.
    fn select_pin_df(&self, session: &mut CardSession<'_>, reference: PinReference) -> Result<(), CardError> {
        let profile = self.profile();
        if let Some(application) = session.capabilities.key_application.or(profile.application) {
            existing(session.select_application_root(application)?)?;
            if reference.directory == Path::MF {
                return Ok(());
            }
        }
        select_existing(session, reference.directory)
    }

    /// A command that carries PINs: whatever happens, it is sent at most once.
    fn pin_command(
        &self,
        session: &mut CardSession<'_>,
        name: &'static str,
        instruction: u8,
        pins: &[&Pin],
    ) -> Result<(), CardError> {
        send_pin_command(self, session, name, instruction, pins)
    }
}

/// A command that carries PINs, sent at most once.
pub(super) fn send_pin_command<D: CardDriver + ?Sized>(
    driver: &D,
    session: &mut CardSession<'_>,
    name: &'static str,
    instruction: u8,
    pins: &[&Pin],
) -> Result<(), CardError> {
    let reference = driver.profile().pin;
    driver.select_pin_df(session, reference)?;
    let command = Command::new(name, instruction, 0x00, reference.p2).with_secret(pin::coded(pins));
    if pins.iter().any(|pin| pin.is_on_pin_pad()) {
        let PinPolicy { min_length, max_length, .. } = driver.profile().pin_policy;
        let response = session.transmit_pin_pad(&command, pins.len(), (min_length, max_length))?;
        return pin::pin_pad_result(name, response.status);
    }
    pin::verification_result(name, session.transmit(&command)?.status)
}

/// Where a private-key operation starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyState {
    /// With PSO: DF and security environment are taken to be as this key's last operation left them.
    Retained,
    /// At the DF that is current, hopefully still the MF.
    CurrentDf,
    /// With a SELECT of the MF.
    SelectMf,
}

/// Selects a DF that the card must have for the operation to make sense, in the application that is current.
fn select_existing(session: &mut CardSession<'_>, directory: Path) -> Result<(), CardError> {
    existing(session.select_path(directory, PathsFrom::MasterFile)?)
}

pub(super) fn existing(found: bool) -> Result<(), CardError> {
    if found {
        return Ok(());
    }
    Err(CardError::Status { command: "SELECT", status: StatusWord::FILE_NOT_FOUND })
}
