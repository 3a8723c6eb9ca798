//! `cns cache`: what the module remembers of cards between programs, shown and forgotten.

mod messages;

use serde::Serialize;
use time::OffsetDateTime;

use crate::console::one_line;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::json;
use crate::options::JsonOption;

/// What to do with it.
#[derive(Debug, Clone, Copy, clap::Subcommand)]
pub enum CacheAction {
    /// Show which cards the module remembers: public data only, never the PIN
    Status(JsonOption),
    /// Forget everything that the module remembers
    Clear,
}

/// The result as JSON has it.
#[derive(Serialize)]
struct CacheStatus<'a> {
    directory: &'a str,
    /// Whether programs that are started from here use it.
    used: bool,
    entries: Vec<CachedEntry>,
}

#[derive(Serialize)]
struct CachedEntry {
    /// `None` of a damaged file.
    label: Option<String>,
    bytes: u64,
    #[serde(serialize_with = "json::moment")]
    last_used: OffsetDateTime,
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
        CacheAction::Status(_) => {
            let entries = cns_cache::status().map_err(unreadable)?;
            if context.wants_json() {
                let entry = |entry: cns_cache::CacheEntry| CachedEntry {
                    label: entry.label,
                    bytes: entry.bytes,
                    last_used: entry.used.into(),
                };
                let entries = entries.into_iter().map(entry).collect();
                let used = !cns_cache::is_switched_off();
                context.write_json(&CacheStatus { directory: &directory, used, entries });
                return Ok(Exit::Success);
            }
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
