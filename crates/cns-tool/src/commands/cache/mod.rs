//! `cns cache`: what the module remembers of cards between programs, shown and forgotten.

mod messages;

use crate::console::one_line;
use crate::context::Context;
use crate::exit::{Exit, Failure};

/// What to do with it.
#[derive(Debug, Clone, Copy, clap::Subcommand)]
pub enum CacheAction {
    /// Show which cards the module remembers: public data only, never the PIN
    Status,
    /// Forget everything that the module remembers
    Clear,
}

pub(crate) fn run(action: CacheAction, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let language = context.language;
    let Some(directory) = cns_cache::directory() else {
        return Err(Failure::new(Exit::Failed, messages::NO_CACHE_DIRECTORY.to(language)));
    };
    let directory = directory.display().to_string();
    let unreadable = |error: std::io::Error| {
        Failure::new(Exit::Failed, messages::unreadable(language, &directory)).because_of(error, language)
    };
    match action {
        CacheAction::Status => {
            let entries = cns_cache::status().map_err(unreadable)?;
            context.output.line(&messages::location(language, &directory, entries.len()));
            if cns_cache::is_switched_off() {
                context.output.line(messages::SWITCHED_OFF.to(language));
            }
            for entry in entries {
                let used = time::OffsetDateTime::from(entry.used).date();
                let label = entry.label.as_deref().unwrap_or(messages::DAMAGED.to(language));
                context.output.line(&messages::entry(
                    language,
                    &one_line(label),
                    entry.bytes,
                    &language.date(used),
                ));
            }
        }
        CacheAction::Clear => {
            let cleared = cns_cache::clear().map_err(unreadable)?;
            context.output.line(&messages::cleared(language, cleared));
        }
    }
    Ok(Exit::Success)
}
