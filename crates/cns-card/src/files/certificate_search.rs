//! The certificates of a card beside the one that was found first: in the family's other places, and in those that the
//! object maps name. Which of them is for what, who reads certificates decides.

use crate::card_session::CardSession;
use crate::error::CardError;
use crate::files::certificate::{self, LocatedCertificate};
use crate::files::object_map;
use crate::profile::{CardProfile, CertificateLocation, FileReference, KeyPairLayout};

/// The most commands that the search takes: both object maps (4), the three certificates that a map can name beside the
/// first, of 2 KiB in pieces of 255 bytes (30), and three places more (30 if each of them held one).
pub(crate) const OTHERS_BUDGET: u32 = 64;

/// All certificates that can be read, but the first and copies of it. A place that the card refuses to show, or fails at,
/// holds none; when the commands are spent, the search is over.
pub(crate) fn read_others(
    session: &mut CardSession<'_>,
    profile: &CardProfile,
    first: &LocatedCertificate,
) -> Result<Vec<LocatedCertificate>, CardError> {
    let mut found = Vec::new();
    match search(session, profile, first, &mut found) {
        Ok(()) | Err(CardError::TooManyCommands { .. }) => Ok(found),
        Err(error) => Err(error),
    }
}

fn search(
    session: &mut CardSession<'_>,
    profile: &CardProfile,
    first: &LocatedCertificate,
    found: &mut Vec<LocatedCertificate>,
) -> Result<(), CardError> {
    let mut looked_at: Vec<FileReference> = vec![first.file];
    for location in profile.certificate_locations {
        for layout in layouts(session, profile, location)? {
            if looked_at.contains(&layout.certificate) {
                continue;
            }
            looked_at.push(layout.certificate);
            match certificate::read(session, profile, &layout) {
                Ok(Ok(other)) => {
                    let is_known =
                        |known: &LocatedCertificate| known.certificate.der == other.certificate.der;
                    if !is_known(first) && !found.iter().any(is_known) {
                        found.push(other);
                    }
                }
                Ok(Err(_))
                | Err(
                    CardError::Status { .. } | CardError::Malformed { .. } | CardError::CertificateNotDer,
                ) => {}
                Err(broken) => return Err(broken),
            }
        }
    }
    Ok(())
}

/// Where a certificate may be in a location, and its key.
pub(crate) fn layouts(
    session: &mut CardSession<'_>,
    profile: &CardProfile,
    location: &CertificateLocation,
) -> Result<Vec<KeyPairLayout>, CardError> {
    match location {
        CertificateLocation::Known(layout) => Ok(vec![*layout]),
        CertificateLocation::ObjectMaps => object_map::layouts(session, profile),
    }
}
