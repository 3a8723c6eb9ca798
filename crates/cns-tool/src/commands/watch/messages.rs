//! What `cns watch` says.

use cns_card::UnsupportedCard;
use serde::Serialize;

use crate::card::service::ServiceFailure;
use crate::card::{as_json, unsupported_text};
use crate::exit::Failure;
use crate::text::{Language, Message};

/// Something that happened to readers and cards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub(crate) enum Event {
    /// The PC/SC service cannot be used, from the beginning or from now on.
    ServiceGone {
        #[serde(flatten)]
        failure: ServiceFailure,
    },
    /// It is back.
    ServiceBack,
    /// A reader is there.
    Reader { reader: String },
    /// It is not there any more.
    ReaderGone { reader: String },
    /// A CNS was put in.
    Cns { reader: String, family: &'static str, certificate: bool },
    /// Another card was put in.
    OtherCard {
        reader: String,
        #[serde(serialize_with = "as_json::kind")]
        kind: UnsupportedCard,
    },
    /// A card that does not answer.
    MuteCard { reader: String },
    /// A CNS that could not be read.
    UnreadableCard { reader: String, error: Failure },
    /// The card was taken out.
    CardGone { reader: String },
}

pub(crate) const WATCHING: Message = Message::new(
    "In attesa di lettori e tessere; premi Ctrl-C per finire.",
    "Waiting for readers and cards; press Ctrl-C to stop.",
);

/// What happened.
pub(crate) fn event(language: Language, event: &Event) -> String {
    match event {
        Event::ServiceGone { failure } => {
            let (what, next) = failure.texts(language);
            format!("{what} {next}")
        }
        Event::ServiceBack => language
            .pick(
                "Il servizio delle smart card (PC/SC) risponde di nuovo.",
                "The smart card service (PC/SC) answers again.",
            )
            .into(),
        Event::Reader { reader } => language.pick(format!("Lettore: {reader}"), format!("Reader: {reader}")),
        Event::ReaderGone { reader } => {
            language.pick(format!("Lettore scollegato: {reader}"), format!("Reader unplugged: {reader}"))
        }
        Event::Cns { reader, family, certificate: true } => language.pick(
            format!("Tessera inserita: {family}, con certificato ({reader})"),
            format!("Card inserted: {family}, with certificate ({reader})"),
        ),
        Event::Cns { reader, family, certificate: false } => language.pick(
            format!("Tessera inserita: {family}, senza certificato ({reader})"),
            format!("Card inserted: {family}, without certificate ({reader})"),
        ),
        Event::OtherCard { reader, kind } => {
            let what = unsupported_text::card(*kind, language);
            language.pick(format!("Inserita {what} ({reader})"), format!("Card inserted: {what} ({reader})"))
        }
        Event::MuteCard { reader } => language.pick(
            format!("Inserita una tessera che non risponde ({reader})"),
            format!("Card inserted that does not answer ({reader})"),
        ),
        Event::UnreadableCard { reader, error } => language.pick(
            format!("Inserita una tessera che non si può leggere ({reader}). {}", error.what),
            format!("Card inserted that cannot be read ({reader}). {}", error.what),
        ),
        Event::CardGone { reader } => {
            language.pick(format!("Tessera tolta ({reader})"), format!("Card removed ({reader})"))
        }
    }
}
