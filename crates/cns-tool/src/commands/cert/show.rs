//! `cns cert show`.

use time::Date;

use crate::card::card_number;
use crate::card::certificate::{CNS_POLICY, Certificate, Validity};
use crate::console::Verdict;
use crate::context::Context;
use crate::text::Text;

/// The width of the column of names, in characters.
const WIDTH: usize = 18;

pub(super) fn show(reader: &str, certificate: &Certificate, context: &mut Context<'_>) {
    let text = context.text;
    context.output.title(&text.certificate_title(reader));
    let policies = certificate.policies.iter().map(|policy| match policy.as_str() {
        CNS_POLICY => format!("{policy} ({})", text.cns_policy()),
        other => other.to_owned(),
    });
    let policies: Vec<_> = policies.collect();
    let (begins, ends) = (certificate.not_before.date(), certificate.not_after.date());
    let key = match certificate.key_bits {
        Some(bits) => text.rsa_key(bits),
        None => text.unknown().to_owned(),
    };
    let rows = [
        (text.subject(), certificate.subject.clone()),
        (text.certificate_issuer(), certificate.issuer.clone()),
        (text.serial_number(), certificate.serial.clone()),
        (text.validity(), text.period(&text.date(begins), &text.date(ends))),
        (text.policies(), policies.join(", ")),
        (text.key_usage(), certificate.key_usage.join(", ")),
        (text.extended_key_usage(), certificate.extended_key_usage.join(", ")),
        (text.email(), certificate.emails.join(", ")),
        (text.key(), key),
        ("SHA-256", certificate.sha256()),
        ("SHA-1", certificate.sha1()),
    ];
    for (name, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
        context.output.field(name, WIDTH, value);
    }
    let (verdict, told) = validity(certificate, context);
    context.output.verdict(verdict, &told);
}

/// The sentence about a certificate's validity, and how bad it is.
pub(crate) fn validity(certificate: &Certificate, context: &Context<'_>) -> (Verdict, String) {
    let days = (certificate.not_before.date(), certificate.not_after.date());
    let health_card = card_number::may_be_one(certificate.card_id());
    told(certificate.validity(context.now.into()), days, health_card, context.text)
}

/// The same, from the state and the first and last day, and whether the card is a health card, which is renewed by itself.
pub(crate) fn told(
    validity: Validity,
    days: (Date, Date),
    health_card: bool,
    text: &dyn Text,
) -> (Verdict, String) {
    let (begins, ends) = (text.date(days.0), text.date(days.1));
    match validity {
        Validity::NotYet => (Verdict::Problem, text.not_yet_valid(&begins)),
        Validity::Valid(_) => (Verdict::Ok, text.valid_until(&ends)),
        Validity::Soon(days) => (Verdict::Warning, text.expires_soon(&ends, days, health_card)),
        Validity::Expired => (Verdict::Problem, text.expired(&ends, health_card)),
    }
}
