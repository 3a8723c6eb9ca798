//! Which certificate of a card is the one to log in with: by purpose, by a key that can be used, by validity, then the
//! newest. Decision 0029.
//!
//! Certificates for signatures only are never chosen. What is read for the choice, `cns_card` knows; nothing here sends a
//! PIN command.

use std::time::SystemTime;

use cns_card::{
    CachedCard, Card, CardError, CertificateFile, CertificateProblem, OpenedCard, PublicFiles, Transport,
    TransportError,
};

use crate::certificate::{Certificate, CertificatePurpose};

/// Opens what is in a reader and reads all that anybody may read, the other certificates included:
/// [`Card::other_certificates`] has those that were not chosen.
///
/// # Errors
/// Those of [`cns_card::open`].
pub fn open(transport: &dyn Transport, reader: &str, now: SystemTime) -> Result<OpenedCard, CardError> {
    with_login_certificate(cns_card::open(transport, reader)?, now, |_, _| true)
}

/// Opens what is in a reader for a listing. Other certificates are looked for when the first one is not clearly the one to
/// log in with now; of a cached card, which was chosen when it was read, only when it is not valid now.
///
/// # Errors
/// Those of [`cns_card::open_with_cache`].
pub fn open_with_cache(
    transport: &dyn Transport,
    reader: &str,
    cached: &[CachedCard],
    now: SystemTime,
) -> Result<OpenedCard, CardError> {
    let opened = cns_card::open_with_cache(transport, reader, cached)?;
    with_login_certificate(opened, now, |card, first| match Certificate::parse(&first.der) {
        Some(certificate) if card.came_from_cache() => !certificate.is_valid_at(now),
        None if card.came_from_cache() => false,
        Some(certificate) => {
            Rank::of(&certificate, now).is_below_the_best() || card.names_other_certificates()
        }
        None => true,
    })
}

fn with_login_certificate(
    mut opened: OpenedCard,
    now: SystemTime,
    wants_others: impl FnOnce(&Card, &CertificateFile) -> bool,
) -> Result<OpenedCard, CardError> {
    if let OpenedCard::Cns(card, files) = &mut opened {
        if files.certificate.as_ref().is_some_and(|first| wants_others(card, first)) {
            look_for_others(card)?;
        }
        choose(card, files, now);
    }
    Ok(opened)
}

/// Looks for other certificates, and once more where the way to the card fails at it. Where it fails again, the card is
/// still one with the certificates that were read: a reader or a card that cannot answer there is no reason to show none.
pub(crate) fn look_for_others(card: &mut Card) -> Result<(), CardError> {
    for _ in 0..2 {
        match card.read_other_certificates() {
            Err(
                error @ (CardError::Malformed { .. }
                | CardError::Transport(
                    TransportError::Transmit | TransportError::Timeout | TransportError::Service { .. },
                )),
            ) => tracing::warn!(%error, "the search for other certificates failed"),
            outcome => return outcome,
        }
    }
    Ok(())
}

/// Puts the best of the certificates that were read in the place of the first.
fn choose(card: &mut Card, files: &mut PublicFiles, now: SystemTime) {
    let Some(first) = files.certificate.take() else { return };
    let chosen = best(std::iter::once(&first).chain(card.other_certificates()), now).cloned();
    if chosen.as_ref() != Some(&first) {
        card.set_login_certificate(chosen.as_ref());
    }
    if chosen.is_none() {
        files.certificate_problem = Some(CertificateProblem::SignatureOnly);
    }
    files.certificate = chosen;
}

/// Of equals the first.
fn best<'a>(
    certificates: impl Iterator<Item = &'a CertificateFile>,
    now: SystemTime,
) -> Option<&'a CertificateFile> {
    let mut best: Option<(Rank, &CertificateFile)> = None;
    for file in certificates {
        let rank = match Certificate::parse(&file.der) {
            Some(certificate) if certificate.purpose == CertificatePurpose::Signature => continue,
            Some(certificate) => Rank::of(&certificate, now),
            None => Rank::DAMAGED,
        };
        if best.as_ref().is_none_or(|(highest, _)| rank > *highest) {
            best = Some((rank, file));
        }
    }
    best.map(|(_, file)| file)
}

/// How good a certificate is for logging in; the first field that differs decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    is_for_login: bool,
    has_usable_key: bool,
    is_valid: bool,
    not_before: i64,
}

impl Rank {
    /// Of something that cannot be read: shown when there is nothing else, so that the person learns of it.
    const DAMAGED: Self =
        Self { is_for_login: false, has_usable_key: false, is_valid: false, not_before: i64::MIN };

    fn of(certificate: &Certificate, now: SystemTime) -> Self {
        Self {
            is_for_login: certificate.is_for_login(),
            has_usable_key: certificate.rsa_key.is_some(),
            is_valid: certificate.is_valid_at(now),
            not_before: certificate.not_before(),
        }
    }

    /// Whether another certificate may be better than this one in more than its date of issue.
    fn is_below_the_best(self) -> bool {
        !(self.is_for_login && self.has_usable_key && self.is_valid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEST: Rank = Rank { is_for_login: true, has_usable_key: true, is_valid: true, not_before: 0 };

    /// Each line is better than the next, whatever the fields behind say.
    #[test]
    fn purpose_then_key_then_validity_then_age() {
        let ranks = [
            Rank { not_before: 1, ..BEST },
            BEST,
            Rank { is_valid: false, not_before: 9, ..BEST },
            Rank { has_usable_key: false, not_before: 9, ..BEST },
            Rank { is_for_login: false, not_before: 9, ..BEST },
            Rank { is_for_login: false, is_valid: false, ..BEST },
            Rank { is_for_login: false, has_usable_key: false, is_valid: false, not_before: i64::MIN + 1 },
            Rank::DAMAGED,
        ];
        assert!(ranks.is_sorted_by(|better, worse| better > worse));
        let settled = ranks.map(|rank| !rank.is_below_the_best());
        assert_eq!(settled, [true, true, false, false, false, false, false, false]);
    }
}
