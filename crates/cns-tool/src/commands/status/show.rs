//! The output of `cns status` for people.

use cns_card::Retries;

use super::collect::{CardStatus, CertificateReport, ReaderContent, ReaderReport};
use super::messages;
use crate::card::card_number;
use crate::card::certificate_messages;
use crate::commands::cert::validity_text;
use crate::console::Verdict;
use crate::context::Context;
use crate::text::UNKNOWN;

/// The width of the column of names, in characters.
const WIDTH: usize = 26;

pub(super) fn show(reports: &[ReaderReport], context: &mut Context<'_>) {
    for (index, report) in reports.iter().enumerate() {
        if index > 0 {
            context.output.line("");
        }
        let language = context.language;
        context.output.title(&messages::reader_title(language, &report.reader));
        match &report.content {
            ReaderContent::Empty => {
                context.output.verdict(Verdict::NotApplicable, messages::EMPTY_READER.to(language))
            }
            ReaderContent::Mute { error } => {
                context.output.verdict(Verdict::Problem, &error.what);
                let advice = [&error.why, &error.next].map(|text| text.as_deref().unwrap_or_default());
                context.output.line(&format!("  {}", advice.join(" ")));
            }
            ReaderContent::Unsupported { error, .. } | ReaderContent::Failed { error } => {
                context.output.verdict(Verdict::Problem, &error.what);
                context.output.line(error.next.as_deref().unwrap_or_default());
            }
            ReaderContent::Cns { card } => show_card(card, context),
        }
    }
}

fn show_card(card: &CardStatus, context: &mut Context<'_>) {
    let language = context.language;
    let unknown = || UNKNOWN.to(language).to_owned();
    let family = match card.printed_codes {
        Some(codes) => format!("{} ({})", card.family, messages::printed_codes(language, codes)),
        None => card.family.to_owned(),
    };
    let mut rows = vec![
        (messages::FAMILY.to(language), family),
        (messages::MAKERS.to(language), card.makers.clone().unwrap_or_else(unknown)),
        (messages::HOLDER.to(language), card.holder.clone().unwrap_or_else(unknown)),
        (messages::TAX_CODE.to(language), card.tax_code.clone().unwrap_or_else(unknown)),
        (messages::CARD_NUMBER.to(language), card.card_id.clone().unwrap_or_else(unknown)),
    ];
    // Only health cards have it. Without a number in the chip, the user reads it on the card.
    match (&card.number_on_the_back, &card.card_id) {
        (Some(back), _) => rows.push((messages::NUMBER_ON_THE_BACK.to(language), back.clone())),
        (None, None) => rows.push((
            messages::NUMBER_ON_THE_BACK.to(language),
            messages::READ_IT_OFF_THE_BACK.to(language).to_owned(),
        )),
        (None, Some(_)) => {}
    }
    rows.extend(card.lombardia_user_id.clone().map(|user| (messages::LOMBARDIA_USER.to(language), user)));
    if let Some(certificate) = &card.certificate {
        rows.push((messages::ISSUER.to(language), certificate.issuer_name.clone()));
    }
    rows.push((messages::PIN_TRIES.to(language), messages::tries(language, card.pin_tries)));
    rows.push((messages::PUK_TRIES.to(language), messages::tries(language, card.puk_tries)));
    if card.signature_keyset {
        rows.push((messages::SIGNATURE_KEYSET.to(language), messages::NOT_USED_HERE.to(language).to_owned()));
    }
    for other in &card.other_certificates {
        let text = certificate_messages::other_certificate(language, other);
        rows.push((messages::OTHER_CERTIFICATE.to(language), text));
    }
    for (name, value) in rows {
        context.output.field(name, WIDTH, &value);
    }
    let (verdict, text) = verdict(card, context);
    context.output.verdict(verdict, &text);
    if card.pin_tries == Retries::Blocked {
        context.output.verdict(Verdict::Problem, messages::PIN_IS_LOCKED.to(language));
    }
}

fn verdict(card: &CardStatus, context: &Context<'_>) -> (Verdict, String) {
    let language = context.language;
    let is_health_card = card_number::may_be_one(card.card_id.as_deref());
    let Some(CertificateReport { validity, begins, ends, .. }) = &card.certificate else {
        let what = certificate_messages::no_certificate(language, card.problem);
        let advice = certificate_messages::advice_without_certificate(language, card.problem, is_health_card);
        return (Verdict::Problem, format!("{what} {advice}"));
    };
    validity_text(*validity, (begins.date(), ends.date()), is_health_card, language)
}
