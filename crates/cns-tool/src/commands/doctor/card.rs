//! The card in a reader, and its certificate.

use std::fs;

use cns_card::{
    Card, CardError, CardId, CertificateProblem, Disposition, OpenedCard, PublicFiles, Retries, Transport,
    TransportError,
};
use cns_token::{KeyProblem, Secret};

use super::card_finding::CardFinding;
use super::examination::Examination;
use crate::card::OpenCard;
use crate::card::card_number;
use crate::card::certificate::{CNS_POLICY, CertificateDetails, Validity};
use crate::card::other_certificates::{OtherCertificate, other_certificates};
use crate::host::Host;

/// Below this length OpenSSL at its usual security level and GnuTLS refuse an RSA key.
const SHORT: usize = 2048;

/// What is in a reader that has something in it.
#[derive(Debug, Default)]
pub(crate) struct ExaminedCard {
    pub(crate) findings: Vec<CardFinding>,
    /// The holder's name, which is in no finding.
    pub(crate) holder: Option<String>,
    pub(crate) is_cns: bool,
    /// The certificate with which a CNS logs in, DER.
    pub(crate) certificate: Option<Vec<u8>>,
}

pub(crate) fn examine(examination: &Examination<'_>, reader: &str) -> ExaminedCard {
    let transport = examination.transport;
    let findings = match cns_token::open(transport, reader, examination.now.into()) {
        Ok(OpenedCard::Cns(card, files)) => {
            let family = card.family().to_owned();
            let cannot_sign = modulus_length(&files)
                .is_some_and(|length| card.check_reader(length).is_err())
                .then_some(CardFinding::ReaderCannotSign);
            let mut certificates = of_certificate(examination, &files);
            let keyset = files.signature_certificate.as_deref();
            let keyset = keyset.and_then(|der| OtherCertificate::of(der, examination.now));
            let others = other_certificates(&card, examination.now).into_iter().chain(keyset);
            certificates.extend(others.map(|certificate| CardFinding::OtherCertificate { certificate }));
            if shows_old_certificate(examination, reader, &card, &files) {
                certificates.push(CardFinding::OldCertificateShown);
            }
            let certificate = files.certificate.as_ref().map(|file| file.der.clone());
            let (pins, holder) = match OpenCard::new(reader, card, files, transport) {
                Ok(mut opened) => (pins(&mut opened, transport), opened.holder()),
                Err(error) => (Err(error), None),
            };
            let pins = pins.unwrap_or_else(|error| vec![CardFinding::CardFails { error }]);
            let contactless = is_contactless(transport, reader);
            let recognised = CardFinding::CardRecognised { family, contactless };
            let findings = std::iter::once(recognised).chain(cannot_sign).chain(certificates).chain(pins);
            return ExaminedCard { findings: findings.collect(), holder, is_cns: true, certificate };
        }
        Ok(OpenedCard::Unsupported { what, advice, .. }) => {
            vec![CardFinding::CardUnsupported { card: what, advice }]
        }
        Err(CardError::Transport(TransportError::MuteCard)) => vec![CardFinding::CardMute],
        Err(error) => vec![CardFinding::CardFails { error }],
    };
    ExaminedCard { findings, ..ExaminedCard::default() }
}

/// Whether the module, which believes what is cached of a card that proves it is that one, shows a certificate that the
/// card does not hold.
fn shows_old_certificate(
    examination: &Examination<'_>,
    reader: &str,
    card: &Card,
    files: &PublicFiles,
) -> bool {
    let Examination { transport, cached, now, .. } = examination;
    if cached.is_empty() {
        return false;
    }
    let opened = cns_token::open_with_cache(*transport, reader, cached, (*now).into());
    let Ok(OpenedCard::Cns(_, PublicFiles { certificate: Some(shown), .. })) = opened else { return false };
    files.certificate.iter().chain(card.other_certificates()).all(|held| held.der != shown.der)
}

/// The tries of PIN and PUK: by the record of this user's programs, and by the card's own count where it reports one
/// without spending a try.
fn pins(opened: &mut OpenCard, transport: &dyn Transport) -> Result<Vec<CardFinding>, CardError> {
    let pin = opened.retry_state(Secret::Pin, transport)?;
    let puk = opened.retry_state(Secret::Puk, transport)?;
    let pin = match pin.left() {
        Retries::Blocked => CardFinding::PinLocked,
        Retries::Left(1) => CardFinding::PinLastTry { protected: pin.blocks_last_retry() },
        Retries::Left(left) => CardFinding::PinTries { left },
        Retries::Unknown => CardFinding::PinTriesUnknown { wrong: pin.wrong_in_a_row() },
    };
    let puk = match puk.left() {
        Retries::Blocked => Some(CardFinding::PukLocked),
        Retries::Left(1) => Some(CardFinding::PukLastTry),
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

/// The length of the certificate's modulus, in bytes; `None` without an RSA key.
fn modulus_length(files: &PublicFiles) -> Option<usize> {
    Some(CertificateDetails::parse(&files.certificate.as_ref()?.der)?.key_bits?.div_ceil(8))
}

fn of_certificate(examination: &Examination<'_>, files: &PublicFiles) -> Vec<CardFinding> {
    let number = files.card_id.as_ref().map(CardId::as_str);
    let Some(file) = &files.certificate else {
        return vec![match files.certificate_problem.unwrap_or(CertificateProblem::Absent) {
            problem @ (CertificateProblem::Absent | CertificateProblem::SignatureOnly) => {
                let is_health_card = card_number::may_be_one(number);
                CardFinding::CertificateMissing { problem, is_health_card }
            }
            problem => CardFinding::CertificateDamaged { problem },
        }];
    };
    let Some(certificate) = CertificateDetails::parse(&file.der) else {
        return vec![CardFinding::CertificateUnreadable];
    };
    let is_health_card = card_number::may_be_one(number.or(certificate.card_id()));
    let mut findings = vec![validity(examination, &certificate, is_health_card), purpose(&certificate)];
    findings.push(match (certificate.key_problem, certificate.key_bits) {
        (None, Some(bits)) => key(examination.host, bits),
        (problem, _) => CardFinding::KeyUnusable { problem: problem.unwrap_or(KeyProblem::NotRsa) },
    });
    findings.extend(certificate.signed_with_sha1.then_some(CardFinding::CertificateSignedWithSha1));
    findings
}

fn validity(
    examination: &Examination<'_>,
    certificate: &CertificateDetails,
    is_health_card: bool,
) -> CardFinding {
    let (begin, end) = (certificate.not_before.date(), certificate.not_after.date());
    match certificate.validity(examination.now) {
        Validity::NotYet => CardFinding::CertificateNotYetValid { from: begin },
        Validity::Valid(_) => CardFinding::CertificateValid { until: end },
        Validity::Soon(days) => CardFinding::CertificateEndsSoon { until: end, days, is_health_card },
        Validity::Expired => CardFinding::CertificateExpired { since: end, is_health_card },
    }
}

/// A certificate without extended usages is for any use (RFC 5280, 4.2.1.12).
fn purpose(certificate: &CertificateDetails) -> CardFinding {
    let issuer = certificate.issuer_name.clone();
    let usages = &certificate.extended_key_usage;
    let login = |usage: &String| usage == "clientAuth" || usage == "anyExtendedKeyUsage";
    if !usages.is_empty() && !usages.iter().any(login) {
        return CardFinding::CertificateNotForLogin { issuer, usages: usages.clone() };
    }
    if certificate.policies.iter().any(|policy| policy == CNS_POLICY) {
        return CardFinding::CertificateIsCns { issuer };
    }
    CardFinding::CertificateOfOtherPolicy { issuer, policies: certificate.policies.clone() }
}

fn key(host: &Host, bits: usize) -> CardFinding {
    if bits >= SHORT {
        return CardFinding::KeyLongEnough { bits };
    }
    let configured = ["/etc/ssl/openssl.cnf", "/etc/pki/tls/openssl.cnf"];
    let lowered = |path: &&str| {
        let content = fs::read_to_string(host.at(path)).unwrap_or_default();
        let mut lines = content.lines().filter(|line| !line.trim_start().starts_with('#'));
        lines.any(|line| line.contains("@SECLEVEL=0"))
    };
    CardFinding::KeyShort { bits, allowed: configured.iter().any(lowered) }
}
