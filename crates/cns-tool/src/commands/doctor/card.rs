//! The card in a reader, and its certificate.

use std::fs;

use cns_card::{
    Card, CardError, CardId, Disposition, OpenedCard, PublicFiles, Retries, Transport, TransportError,
};
use cns_token::{Secret, cached_cards};

use super::examination::Examination;
use super::finding::Finding;
use crate::card::OpenCard;
use crate::card::card_number;
use crate::card::certificate::{CNS_POLICY, Certificate, Validity};
use crate::card::other_certificates::other_certificates;
use crate::host::Host;

/// Below this length OpenSSL at its usual security level and GnuTLS refuse an RSA key.
const SHORT: usize = 2048;

/// What is in a reader that has something in it.
pub(super) fn examine(examination: &Examination<'_>, reader: &str) -> Vec<Finding> {
    let transport = examination.transport;
    let name = reader.to_owned();
    match cns_token::open(transport, reader, examination.now.into()) {
        Ok(OpenedCard::Cns(card, files)) => {
            let family = card.family().to_owned();
            let mut certificates = certificate(examination, &files);
            let others = other_certificates(&card, examination.now).into_iter();
            certificates.extend(others.map(|certificate| Finding::OtherCertificate { certificate }));
            if shows_old_certificate(examination, reader, &card, &files) {
                certificates.push(Finding::OldCertificateShown);
            }
            let pins = OpenCard::new(reader, card, files, transport)
                .and_then(|mut opened| pins(&mut opened, transport));
            let pins = pins.unwrap_or_else(|error| vec![Finding::CardFails { reader: name.clone(), error }]);
            let contactless = is_contactless(transport, reader);
            let recognised = Finding::CardRecognised { reader: name, family, contactless };
            [vec![recognised], certificates, pins].concat()
        }
        Ok(OpenedCard::Unsupported { what, advice, .. }) => {
            vec![Finding::CardUnsupported { reader: name, card: what, advice }]
        }
        Err(CardError::Transport(TransportError::MuteCard)) => vec![Finding::CardMute { reader: name }],
        Err(error) => vec![Finding::CardFails { reader: name, error }],
    }
}

/// Whether the module, which believes what is cached of a card that proves it is that one, shows a certificate that the
/// card does not hold.
fn shows_old_certificate(
    examination: &Examination<'_>,
    reader: &str,
    card: &Card,
    files: &PublicFiles,
) -> bool {
    let (cached, now) = (cached_cards(), examination.now.into());
    if cached.is_empty() {
        return false;
    }
    let opened = cns_token::open_with_cache(examination.transport, reader, &cached, now);
    let Ok(OpenedCard::Cns(_, PublicFiles { certificate: Some(shown), .. })) = opened else { return false };
    files.certificate.iter().chain(card.other_certificates()).all(|held| held.der != shown.der)
}

/// The tries of PIN and PUK: by the record of this user's programs, and by the card's own count where it reports one
/// without spending a try.
fn pins(opened: &mut OpenCard, transport: &dyn Transport) -> Result<Vec<Finding>, CardError> {
    let pin = opened.retry_state(Secret::Pin, transport)?;
    let puk = opened.retry_state(Secret::Puk, transport)?;
    let pin = match pin.left() {
        Retries::Blocked => Finding::PinLocked,
        Retries::Left(1) => Finding::PinLastTry { protected: pin.blocks_last_retry() },
        Retries::Left(left) => Finding::PinTries { left },
        Retries::Unknown => Finding::PinTriesUnknown { wrong: pin.wrong_in_a_row() },
    };
    let puk = match puk.left() {
        Retries::Blocked => Some(Finding::PukLocked),
        Retries::Left(1) => Some(Finding::PukLastTry),
        Retries::Left(_) | Retries::Unknown => None,
    };
    Ok([pin].into_iter().chain(puk).collect())
}

/// PC/SC part 3, 3.1.3.2.3: the ATR that a reader makes for a card by radio begins 3B 8n 80 01.
fn is_contactless(transport: &dyn Transport, reader: &str) -> bool {
    let Ok(connection) = transport.connect(reader) else { return false };
    let contactless = matches!(connection.atr(), [0x3B, second, 0x80, 0x01, ..] if second & 0xF0 == 0x80);
    let _ = connection.disconnect(Disposition::Leave);
    contactless
}

fn certificate(examination: &Examination<'_>, files: &PublicFiles) -> Vec<Finding> {
    let number = files.card_id.as_ref().map(CardId::as_str);
    let Some(file) = &files.certificate else {
        let problem = files.certificate_problem.unwrap_or(cns_card::CertificateProblem::Absent);
        let health_card = card_number::may_be_one(number);
        return vec![Finding::CertificateMissing { problem, health_card }];
    };
    let Some(certificate) = Certificate::parse(&file.der) else {
        return vec![Finding::CertificateUnreadable];
    };
    let health_card = card_number::may_be_one(number.or(certificate.card_id()));
    let mut findings = vec![validity(examination, &certificate, health_card), purpose(&certificate)];
    let is_usable = cns_token::Certificate::parse(&file.der).is_some_and(|read| read.rsa_key.is_some());
    findings.push(match certificate.key_bits {
        Some(bits) if is_usable => key(examination.host, bits),
        _ => Finding::KeyUnusable,
    });
    findings
}

fn validity(examination: &Examination<'_>, certificate: &Certificate, health_card: bool) -> Finding {
    let (begin, end) = (certificate.not_before.date(), certificate.not_after.date());
    match certificate.validity(examination.now) {
        Validity::NotYet => Finding::CertificateNotYetValid { from: begin },
        Validity::Valid(_) => Finding::CertificateValid { until: end },
        Validity::Soon(days) => Finding::CertificateEndsSoon { until: end, days, health_card },
        Validity::Expired => Finding::CertificateExpired { since: end, health_card },
    }
}

/// A certificate without extended usages is for any use (RFC 5280, 4.2.1.12).
fn purpose(certificate: &Certificate) -> Finding {
    let issuer = certificate.issuer_name.clone();
    let usages = &certificate.extended_key_usage;
    let login = |usage: &String| usage == "clientAuth" || usage == "anyExtendedKeyUsage";
    if !usages.is_empty() && !usages.iter().any(login) {
        return Finding::CertificateNotForLogin { issuer, usages: usages.clone() };
    }
    if certificate.policies.iter().any(|policy| policy == CNS_POLICY) {
        return Finding::CertificateIsCns { issuer };
    }
    Finding::CertificateOfOtherPolicy { issuer, policies: certificate.policies.clone() }
}

fn key(host: &Host, bits: usize) -> Finding {
    if bits >= SHORT {
        return Finding::KeyLongEnough { bits };
    }
    let configured = ["/etc/ssl/openssl.cnf", "/etc/pki/tls/openssl.cnf"];
    let lowered = |path: &&str| {
        let content = fs::read_to_string(host.at(path)).unwrap_or_default();
        let mut lines = content.lines().filter(|line| !line.trim_start().starts_with('#'));
        lines.any(|line| line.contains("@SECLEVEL=0"))
    };
    Finding::KeyShort { bits, allowed: configured.iter().any(lowered) }
}
