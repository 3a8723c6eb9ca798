//! `cns cache`: what the module remembers of cards between programs, shown and forgotten.

use crate::console::one_line;
use crate::context::Context;
use crate::exit::{Exit, Failure};

/// What to do with it.
#[derive(Debug, Clone, Copy, clap::Subcommand)]
pub enum Action {
    /// Show which cards the module remembers: public data only, never the PIN
    Status,
    /// Forget everything that the module remembers
    Clear,
}

pub(crate) fn run(action: Action, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let text = context.text;
    let Some(directory) = cns_cache::directory() else {
        return Err(Failure::new(Exit::Failed, text.no_cache_directory()));
    };
    let directory = directory.display().to_string();
    let unreadable = |error: std::io::Error| {
        Failure::new(Exit::Failed, text.cache_unreadable(&directory)).because_of(error, text)
    };
    match action {
        Action::Status => {
            let entries = cns_cache::status().map_err(unreadable)?;
            context.output.line(&text.cache_at(&directory, entries.len()));
            if cns_cache::is_switched_off() {
                context.output.line(text.cache_is_off());
            }
            for entry in entries {
                let used = time::OffsetDateTime::from(entry.used).date();
                let label = entry.label.as_deref().unwrap_or(text.cache_damaged());
                context.output.line(&text.cache_entry(&one_line(label), entry.bytes, &text.date(used)));
            }
        }
        Action::Clear => {
            let cleared = cns_cache::clear().map_err(unreadable)?;
            context.output.line(&text.cache_cleared(cleared));
        }
    }
    Ok(Exit::Success)
}
