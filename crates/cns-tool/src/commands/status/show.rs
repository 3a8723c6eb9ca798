//! What `cns status` finds out, told to a person.

use cns_card::{Advice, Retries};

use super::collect::{CardReport, CertificateReport, Content, ReaderReport};
use crate::card::card_number;
use crate::card::reader_selection;
use crate::commands::cert::validity_told;
use crate::console::Verdict;
use crate::context::Context;

/// The width of the column of names, in characters.
const WIDTH: usize = 26;

pub(super) fn show(reports: &[ReaderReport], context: &mut Context<'_>) {
    for (index, report) in reports.iter().enumerate() {
        if index > 0 {
            context.output.line("");
        }
        let text = context.text;
        context.output.title(&text.reader_title(&report.reader));
        match &report.content {
            Content::Empty => context.output.verdict(Verdict::NotApplicable, text.empty_reader()),
            Content::Mute => {
                let told = text.mute_card();
                context.output.verdict(Verdict::Problem, &told.what);
                context.output.line(&format!("  {} {}", told.why, told.next));
            }
            Content::Unsupported { what, .. } => {
                let told = reader_selection::unsupported(*what, context.language);
                context.output.verdict(Verdict::Problem, &told.what);
                context.output.line(&told.next.unwrap_or_default());
            }
            Content::Failed { error, .. } => {
                let told = reader_selection::card_failure(*error, text);
                context.output.verdict(Verdict::Problem, &told.what);
                context.output.line(&told.next.unwrap_or_default());
            }
            Content::Cns(card) => show_card(card, context),
        }
    }
}

fn show_card(card: &CardReport, context: &mut Context<'_>) {
    let text = context.text;
    let unknown = || text.unknown().to_owned();
    let family = match card.printed_codes {
        Some(codes) => format!("{} ({})", card.family, text.printed_codes(codes)),
        None => card.family.to_owned(),
    };
    let mut rows = vec![
        (text.family(), family),
        (text.makers(), card.makers.clone().unwrap_or_else(unknown)),
        (text.holder(), card.holder.clone().unwrap_or_else(unknown)),
        (text.tax_code(), card.tax_code.clone().unwrap_or_else(unknown)),
        (text.card_number(), card.card_id.clone().unwrap_or_else(unknown)),
    ];
    // Only a health card has them; of a card that tells no number they may be read off.
    match (&card.number_on_the_back, &card.card_id) {
        (Some(back), _) => rows.push((text.number_on_the_back(), back.clone())),
        (None, None) => rows.push((text.number_on_the_back(), text.read_it_off_the_back().to_owned())),
        (None, Some(_)) => {}
    }
    rows.extend(card.lombardia_user_id.clone().map(|user| (text.lombardia_user(), user)));
    if let Some(certificate) = &card.certificate {
        rows.push((text.issuer(), certificate.issuer_name.clone()));
    }
    rows.push((text.pin_tries(), text.tries(card.pin_tries)));
    rows.push((text.puk_tries(), text.tries(card.puk_tries)));
    if card.signature_keyset {
        rows.push((text.signature_keyset(), text.not_used_here().to_owned()));
    }
    for (name, value) in rows {
        context.output.field(name, WIDTH, &value);
    }
    let (verdict, told) = verdict(card, context);
    context.output.verdict(verdict, &told);
    if card.pin_tries == Retries::Blocked {
        context.output.verdict(Verdict::Problem, text.pin_is_locked());
    }
}

fn verdict(card: &CardReport, context: &Context<'_>) -> (Verdict, String) {
    let text = context.text;
    let health_card = card_number::may_be_one(card.card_id.as_deref());
    let Some(CertificateReport { validity, begins, ends, .. }) = &card.certificate else {
        let advice = match health_card {
            true => Advice::AskTheIssuer,
            false => Advice::AskWhoIssuedIt,
        };
        let advice = advice.in_language(context.language.into());
        return (Verdict::Problem, format!("{} {advice}", text.no_certificate(card.problem)));
    };
    validity_told(*validity, (begins.date(), ends.date()), health_card, text)
}
