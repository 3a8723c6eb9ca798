//! A CNS of a lot that is not described yet; its mark may be anywhere in the ATR (FirmaQUI). The places in
//! its row are searched for a certificate, and everything else is as in the specification. A card without certificate
//! gets no PIN command.

use super::ace2025::{self, ESIGN};
use super::pin_command::PinCommand;
use super::{CardDriver, infocamere};
use crate::card_session::CardSession;
use crate::error::CardError;
use crate::profile::{CardProfile, CertificateLocation, KeyPairLayout};

/// Takes every CNS.
pub(super) const DRIVERS: &[&dyn CardDriver] = &[&Unknown];

struct Unknown;

impl CardDriver for Unknown {
    fn profile(&self) -> &'static CardProfile {
        &PROFILE
    }

    /// A card with the eSign application is of family E behind another ATR.
    fn alternative_driver(
        &self,
        session: &mut CardSession<'_>,
    ) -> Result<Option<&'static dyn CardDriver>, CardError> {
        match session.select_application(&ESIGN) {
            Ok(true) => Ok(Some(ace2025::DRIVER)),
            Ok(false) | Err(CardError::Status { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn alternative_driver_named(&self, name: &str) -> Option<&'static dyn CardDriver> {
        Some(ace2025::DRIVER).filter(|driver| driver.profile().name == name)
    }

    fn without_certificate(&self) -> Option<&'static dyn CardDriver> {
        Some(&Undescribed)
    }
}

/// A lot on which none of the known layouts was found. Reference and padding of its PIN are not known, and neither is a key
/// that it opens: a PIN command could only decrement the retry counter.
struct Undescribed;

impl CardDriver for Undescribed {
    fn profile(&self) -> &'static CardProfile {
        &PROFILE
    }

    fn pin_command(&self, _: &mut CardSession<'_>, _: PinCommand<'_>) -> Result<(), CardError> {
        Err(CardError::PinNotActivated)
    }
}

const PROFILE: CardProfile = CardProfile {
    certificate_locations: &[
        CertificateLocation::Known(KeyPairLayout::CLASSIC),
        CertificateLocation::Known(KeyPairLayout::IDEMIA),
        CertificateLocation::ObjectMaps,
        CertificateLocation::Known(infocamere::CONTAINER),
    ],
    ..CardProfile::SPECIFICATION
};
