//! `cns cert show`.

use serde::Serialize;
use time::{Date, OffsetDateTime};

use super::messages;
use crate::card::card_number;
use crate::card::certificate::{CNS_POLICY, CertificateDetails, Validity};
use crate::console::Verdict;
use crate::context::Context;
use crate::json::as_text;
use crate::text::{Language, UNKNOWN};

/// The width of the column of names, in characters.
const WIDTH: usize = 18;

/// The result as JSON has it.
#[derive(Serialize)]
struct ShownCertificate<'a> {
    reader: &'a str,
    certificate: CertificateFacts<'a>,
}

#[derive(Serialize)]
struct CertificateFacts<'a> {
    state: &'static str,
    days_left: Option<i64>,
    #[serde(serialize_with = "as_text")]
    not_before: Date,
    #[serde(serialize_with = "as_text")]
    not_after: Date,
    subject: &'a str,
    issuer: &'a str,
    serial_number: &'a str,
    policies: &'a [String],
    key_usage: &'a [&'static str],
    extended_key_usage: &'a [String],
    emails: &'a [String],
    key_bits: Option<usize>,
    sha256: String,
    sha1: String,
}

impl<'a> CertificateFacts<'a> {
    fn of(certificate: &'a CertificateDetails, now: OffsetDateTime) -> Self {
        let validity = certificate.validity(now);
        Self {
            state: validity.name(),
            days_left: validity.days_left(),
            not_before: certificate.not_before.date(),
            not_after: certificate.not_after.date(),
            subject: &certificate.subject,
            issuer: &certificate.issuer,
            serial_number: &certificate.serial,
            policies: &certificate.policies,
            key_usage: &certificate.key_usage,
            extended_key_usage: &certificate.extended_key_usage,
            emails: &certificate.emails,
            key_bits: certificate.key_bits,
            sha256: certificate.sha256(),
            sha1: certificate.sha1(),
        }
    }
}

pub(super) fn show(reader: &str, certificate: &CertificateDetails, context: &mut Context<'_>) {
    let language = context.language;
    if context.wants_json() {
        let now = context.now.into();
        return context
            .write_json(&ShownCertificate { reader, certificate: CertificateFacts::of(certificate, now) });
    }
    context.output.title(&messages::certificate_title(language, reader));
    let policies = certificate.policies.iter().map(|policy| match policy.as_str() {
        CNS_POLICY => format!("{policy} ({})", messages::CNS_POLICY.to(language)),
        other => other.to_owned(),
    });
    let policies: Vec<_> = policies.collect();
    let (begins, ends) = (certificate.not_before.date(), certificate.not_after.date());
    let key = match certificate.key_bits {
        Some(bits) => messages::rsa_key(language, bits),
        None => UNKNOWN.to(language).to_owned(),
    };
    let rows = [
        (messages::SUBJECT.to(language), certificate.subject.clone()),
        (messages::CERTIFICATE_ISSUER.to(language), certificate.issuer.clone()),
        (messages::SERIAL_NUMBER.to(language), certificate.serial.clone()),
        (
            messages::VALIDITY.to(language),
            messages::period(language, &language.date(begins), &language.date(ends)),
        ),
        (messages::POLICIES.to(language), policies.join(", ")),
        (messages::KEY_USAGE.to(language), certificate.key_usage.join(", ")),
        (messages::EXTENDED_KEY_USAGE.to(language), certificate.extended_key_usage.join(", ")),
        (messages::EMAIL.to(language), certificate.emails.join(", ")),
        (messages::KEY.to(language), key),
        ("SHA-256", certificate.sha256()),
        ("SHA-1", certificate.sha1()),
    ];
    for (name, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
        context.output.field(name, WIDTH, value);
    }
    let (verdict, text) = validity(certificate, context);
    context.output.verdict(verdict, &text);
}

/// Before a PIN is asked for: the person may not want to type it for a certificate that has expired.
pub(crate) fn warn_of_expiry(certificate: &CertificateDetails, context: &mut Context<'_>) {
    if !matches!(certificate.validity(context.now.into()), Validity::Valid(_)) {
        let (_, text) = validity(certificate, context);
        context.output.warning(&text);
    }
}

/// The sentence about a certificate's validity, and how bad it is.
pub(crate) fn validity(certificate: &CertificateDetails, context: &Context<'_>) -> (Verdict, String) {
    let days = (certificate.not_before.date(), certificate.not_after.date());
    let is_health_card = card_number::may_be_one(certificate.card_id());
    validity_text(certificate.validity(context.now.into()), days, is_health_card, context.language)
}

/// The same, from the state and the first and last day, and whether the card is a health card, which is renewed by itself.
pub(crate) fn validity_text(
    validity: Validity,
    days: (Date, Date),
    is_health_card: bool,
    language: Language,
) -> (Verdict, String) {
    let (begins, ends) = (language.date(days.0), language.date(days.1));
    match validity {
        Validity::NotYet => (Verdict::Problem, messages::not_yet_valid(language, &begins)),
        Validity::Valid(_) => (Verdict::Ok, messages::valid_until(language, &ends)),
        Validity::Soon(days) => {
            (Verdict::Warning, messages::expires_soon(language, &ends, days, is_health_card))
        }
        Validity::Expired => (Verdict::Problem, messages::expired(language, &ends, is_health_card)),
    }
}
