//! `cns guide [TOPIC]`: short help pages for what people do with a CNS. The pages are the files under `guides`; one that
//! lacks a language does not compile.

pub(crate) mod page;

use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser, ValueParser};

use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::text::Language;

/// `cns guide`
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The page to read (default: the list)
    #[arg(value_name = "TOPIC")]
    topic: Option<Topic>,
}

/// A page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// From the card to the site.
    FirstLogin,
    /// The way to the counter.
    Activate,
    /// PIN, PUK, CIP.
    Codes,
    /// PIN forgotten or blocked.
    Unblock,
    /// Card lost, expired or broken.
    Lost,
    /// Children and delegation.
    Minors,
    /// MyINPS.
    Inps,
    /// INAIL.
    Inail,
    /// Fascicolo Sanitario Elettronico.
    Fse,
    /// Readers.
    Readers,
    /// Browsers, those in sandboxes above all.
    Browser,
    /// The Romanian health insurance card, in Romanian too.
    Romania,
}

macro_rules! page {
    ($language:ident, $($file:literal: $topic:ident)|+) => {
        |topic| match topic {
            $(Topic::$topic => include_str!(concat!("../../../guides/", stringify!($language), "/", $file, ".txt")),)+
        }
    };
}

macro_rules! pages {
    ($language:ident) => {
        page!($language, "first-login": FirstLogin | "activate": Activate | "codes": Codes | "unblock": Unblock | "lost": Lost | "minors": Minors
            | "inps": Inps | "inail": Inail | "fse": Fse | "readers": Readers | "browser": Browser
            | "romania": Romania)
    };
}

/// Of the list's first column.
const NAME_WIDTH: usize = 13;

const ITALIAN: fn(Topic) -> &'static str = pages!(it);
const ENGLISH: fn(Topic) -> &'static str = pages!(en);
/// For those who hold the card.
pub(crate) const ROMANIAN: &str = include_str!("../../../guides/ro/romania.txt");

impl Topic {
    /// The whole page: a title, an empty line, and the text ([`page`]).
    #[must_use]
    pub fn page(self, language: Language) -> &'static str {
        match language {
            Language::Italian => ITALIAN(self),
            Language::English => ENGLISH(self),
        }
    }

    /// English and Italian; both work in both languages.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::FirstLogin => ("first-login", "primo-accesso"),
            Self::Activate => ("activate", "attivare"),
            Self::Codes => ("codes", "codici"),
            Self::Unblock => ("unblock", "sbloccare"),
            Self::Lost => ("lost", "smarrita"),
            Self::Minors => ("minors", "minori"),
            Self::Inps => ("inps", "inps"),
            Self::Inail => ("inail", "inail"),
            Self::Fse => ("fse", "fse"),
            Self::Readers => ("readers", "lettore"),
            Self::Browser => ("browser", "browser"),
            Self::Romania => ("romania", "romania"),
        }
    }

    fn value(self, language: Language) -> PossibleValue {
        let (english, italian) = self.names();
        let (own, other) = language.pick((italian, english), (english, italian));
        PossibleValue::new(own).alias(other)
    }
}

impl ValueEnum for Topic {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::FirstLogin,
            Self::Activate,
            Self::Codes,
            Self::Unblock,
            Self::Lost,
            Self::Minors,
            Self::Inps,
            Self::Inail,
            Self::Fse,
            Self::Readers,
            Self::Browser,
            Self::Romania,
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(self.value(Language::English))
    }
}

/// Reads the names of both languages, and lists those of one.
pub(crate) fn topic_parser(language: Language) -> ValueParser {
    let values = Topic::value_variants().iter().map(|topic| topic.value(language));
    let parser = PossibleValuesParser::new(values);
    parser.try_map(|name| Topic::from_str(&name, false)).into()
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let language = context.language;
    match arguments.topic {
        Some(topic) => {
            show(topic.page(language), context);
            if topic == Topic::Romania {
                context.output.line("");
                show(ROMANIAN, context);
            }
        }
        None => {
            context.output.title(language.pick("Pagine", "Pages"));
            for topic in Topic::value_variants() {
                let title = topic.page(language).lines().next().unwrap_or_default();
                context.output.field(topic.value(language).get_name(), NAME_WIDTH, title);
            }
            context
                .output
                .note(language.pick("Per leggerne una: cns guide ARGOMENTO", "To read one: cns guide TOPIC"));
        }
    }
    Ok(Exit::Success)
}

fn show(page: &str, context: &mut Context<'_>) {
    let (title, body) = page.split_once('\n').unwrap_or((page, ""));
    context.output.title(title);
    let lines = page::fill(body.trim_end(), context.output.width());
    context.output.unbroken(&lines);
}
