//! What a family of cards does differently: its row of [`CardProfile`], and an override where a row is not enough. The
//! default methods are the CNS Functional Specification.

use super::pin_command::{self, PinCommand};
use crate::card_session::CardSession;
use crate::error::CardError;
use crate::profile::{CardProfile, PathsFrom};

/// What a family of cards does. Each method runs within one transaction; the defaults are the CNS specification.
pub(crate) trait CardDriver: Send + Sync {
    /// The family's row.
    fn profile(&self) -> &'static CardProfile;

    /// The driver of another family that a card without certificate may be of. Sends SELECT only.
    fn alternative_driver(
        &self,
        _session: &mut CardSession<'_>,
    ) -> Result<Option<&'static dyn CardDriver>, CardError> {
        Ok(None)
    }

    /// The driver of this name, if [`CardDriver::alternative_driver`] may return it.
    fn alternative_driver_named(&self, _name: &str) -> Option<&'static dyn CardDriver> {
        None
    }

    /// The driver for a card of this family that holds no certificate, if that is another one.
    fn without_certificate(&self) -> Option<&'static dyn CardDriver> {
        None
    }

    /// The error for a key that was not found. On a card with applications, another program may have selected another
    /// one, which clears the security status.
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

    /// Sends a PIN command, at most once.
    fn pin_command(&self, session: &mut CardSession<'_>, command: PinCommand<'_>) -> Result<(), CardError> {
        pin_command::send(session, self.profile(), command)
    }
}
