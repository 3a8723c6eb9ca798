//! What `cns status` finds out, told to a person.

use cns_card::{Advice, Retries};

use super::collect::{CardReport, CertificateReport, Content, ReaderReport};
use crate::commands::cert::validity_told;
use crate::health_card;
use crate::output::Verdict;
use crate::reader_choice;
use crate::unsupported_text;
use crate::world::World;

/// The width of the column of names, in characters.
const WIDTH: usize = 26;

pub(super) fn show(reports: &[ReaderReport], world: &mut World<'_>) {
    for (index, report) in reports.iter().enumerate() {
        if index > 0 {
            world.output.line("");
        }
        let text = world.text;
        world.output.title(&text.reader_title(&report.reader));
        match &report.content {
            Content::Empty => world.output.verdict(Verdict::NotApplicable, text.empty_reader()),
            Content::Mute => {
                let told = text.mute_card();
                world.output.verdict(Verdict::Problem, &told.what);
                world.output.line(&format!("  {} {}", told.why, told.next));
            }
            Content::Unsupported { what, .. } => {
                let told = reader_choice::unsupported(*what, world.language);
                world.output.verdict(Verdict::Problem, &told.what);
                world.output.line(&told.next.unwrap_or_default());
            }
            Content::Failed { error, .. } => {
                let told = reader_choice::card_failure(*error, text);
                world.output.verdict(Verdict::Problem, &told.what);
                world.output.line(&told.next.unwrap_or_default());
            }
            Content::Cns(card) => show_card(card, world),
        }
    }
}

fn show_card(card: &CardReport, world: &mut World<'_>) {
    let text = world.text;
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
        world.output.field(name, WIDTH, &value);
    }
    let (verdict, told) = verdict(card, world);
    world.output.verdict(verdict, &told);
    if card.pin_tries == Retries::Blocked {
        world.output.verdict(Verdict::Problem, text.pin_is_locked());
    }
}

fn verdict(card: &CardReport, world: &World<'_>) -> (Verdict, String) {
    let text = world.text;
    let health_card = health_card::may_be_one(card.card_id.as_deref());
    let Some(CertificateReport { validity, begins, ends, .. }) = &card.certificate else {
        let advice = match health_card {
            true => Advice::AskTheIssuer,
            false => Advice::AskWhoIssuedIt,
        };
        let advice = unsupported_text::advice(advice, world.language);
        return (Verdict::Problem, format!("{} {advice}", text.no_certificate(card.problem)));
    };
    validity_told(*validity, (begins.date(), ends.date()), health_card, text)
}
