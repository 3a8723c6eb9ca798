//! Whose card it is.

use cns_card::{OpenedCard, PublicFiles};

use super::certificate::CertificateDetails;
use super::{messages, redact, unsupported_text};
use crate::context::Context;

/// The holder's name, if the card has it in readable form.
pub(super) fn name(files: &PublicFiles) -> Option<String> {
    let data = files.personal_data.as_ref()?;
    Some(format!("{} {}", data.name.as_ref()?, data.surname.as_ref()?))
}

/// What a person who has to choose a card must know of the one in this reader: the holder, else the tax code of the
/// certificate in part, else what kind of card it is.
pub(super) fn card_in(reader: &str, context: &Context<'_>) -> Option<String> {
    let _shown = context.output.progress(messages::READING_CARD.to(context.language));
    match cns_token::open(context.transport, reader, context.now).ok()? {
        OpenedCard::Cns(_, files) => name(&files).or_else(|| {
            let certificate = CertificateDetails::parse(&files.certificate?.der)?;
            certificate.tax_code().map(redact::tax_code)
        }),
        OpenedCard::Unsupported { what, .. } => {
            Some(unsupported_text::card(what, context.language).to_owned())
        }
    }
}
