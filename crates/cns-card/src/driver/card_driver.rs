//! What a family of cards does differently: its row of [`CardProfile`], and an override where a row is not enough. The
//! default methods are the CNS Functional Specification.

use super::pin_command::{self, PinCommand};
use crate::card_session::CardSession;
use crate::error::CardError;
use crate::files::certificate::{self, CertificateProblem, LocatedCertificate};
use crate::files::certificate_search;
use crate::profile::{CardProfile, PathsFrom};

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

    /// A command that carries PINs: whatever happens, it is sent at most once.
    fn pin_command(&self, session: &mut CardSession<'_>, command: PinCommand<'_>) -> Result<(), CardError> {
        pin_command::send(session, self.profile(), command)
    }
}
