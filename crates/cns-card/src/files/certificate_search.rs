//! Finds certificates: the first one in the family's places, and on demand those in its other places and in the places that
//! object maps name. What each is for, `cns-token` reads from them.

use crate::card_session::CardSession;
use crate::error::CardError;
use crate::files::certificate::{self, CertificateProblem, LocatedCertificate};
use crate::files::object_map;
use crate::profile::{CardProfile, CertificateLocation, FileReference, KeyPairLayout};

/// The most commands that the search takes: both object maps (4), the three certificates that a map can name beside the
/// first, of 2 KiB in pieces of 255 bytes (30), and three places more (30 if each of them held one).
pub(crate) const OTHERS_BUDGET: u32 = 64;

/// The first certificate in the family's places. A place that could not be read does not end the search: it is the result
/// when no other place holds a certificate.
pub(crate) fn find(
    session: &mut CardSession<'_>,
    profile: &CardProfile,
) -> Result<Result<LocatedCertificate, CertificateProblem>, CardError> {
    let mut outcome = Ok(Err(CertificateProblem::Absent));
    for location in profile.certificate_locations {
        let layouts = layouts(session, profile, location)?;
        for (number, layout) in layouts.iter().enumerate() {
            match certificate::read(session, profile, layout) {
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

/// All certificates that can be read, but the first and copies of it. A place that the card refuses to show, or fails at,
/// holds none; when the commands are spent, the search is over. `found` has those before an error, too.
pub(crate) fn read_others(
    session: &mut CardSession<'_>,
    profile: &CardProfile,
    first: &LocatedCertificate,
    found: &mut Vec<LocatedCertificate>,
) -> Result<(), CardError> {
    match search(session, profile, first, found) {
        Ok(()) | Err(CardError::TooManyCommands { .. }) => Ok(()),
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
fn layouts(
    session: &mut CardSession<'_>,
    profile: &CardProfile,
    location: &CertificateLocation,
) -> Result<Vec<KeyPairLayout>, CardError> {
    match location {
        CertificateLocation::Known(layout) => Ok(vec![*layout]),
        CertificateLocation::ObjectMaps => object_map::layouts(session, profile),
    }
}
