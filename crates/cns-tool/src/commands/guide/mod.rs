//! `cns guide [TOPIC]`: short help pages for what people do with a CNS. The pages are the files under `guides`; one that
//! lacks a language does not compile.

use clap::ValueEnum;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Topic {
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
        page!($language, "activate": Activate | "codes": Codes | "unblock": Unblock | "lost": Lost | "minors": Minors
            | "inps": Inps | "inail": Inail | "fse": Fse | "readers": Readers | "browser": Browser
            | "romania": Romania)
    };
}

const ITALIAN: fn(Topic) -> &'static str = pages!(it);
const ENGLISH: fn(Topic) -> &'static str = pages!(en);
/// For those who hold the card.
const ROMANIAN: &str = include_str!("../../../guides/ro/romania.txt");

impl Topic {
    /// The whole page: a title, an empty line, lines of at most 80 characters.
    #[must_use]
    pub fn page(self, language: Language) -> &'static str {
        match language {
            Language::Italian => ITALIAN(self),
            Language::English => ENGLISH(self),
        }
    }

    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
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
                context.output.field(&topic.name(), 8, title);
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
    context.output.line(body.trim_end());
}
