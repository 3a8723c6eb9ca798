//! What `cns cache` says.

use crate::text::{Language, Message};

pub(crate) const NO_CACHE_DIRECTORY: Message = Message::new(
    "Il driver non ricorda nulla: manca una cartella personale in cui scrivere.",
    "The driver remembers nothing: there is no personal folder to write to.",
);

/// It could not be looked at.
pub(crate) fn unreadable(language: Language, directory: &str) -> String {
    language.pick(
        format!("Non riesco a leggere o modificare {directory}."),
        format!("{directory} cannot be read or changed."),
    )
}

/// Where it is and how many cards it remembers.
pub(crate) fn location(language: Language, directory: &str, entries: usize) -> String {
    match entries {
        0 => language.pick(format!("{directory}: nessuna tessera"), format!("{directory}: no cards")),
        1 => language.pick(format!("{directory}: una tessera"), format!("{directory}: one card")),
        entries => {
            language.pick(format!("{directory}: {entries} tessere"), format!("{directory}: {entries} cards"))
        }
    }
}

pub(crate) const SWITCHED_OFF: Message = Message::new(
    "CNS_PKCS11_CACHE è impostata: i programmi avviati da qui non ricordano nulla.",
    "CNS_PKCS11_CACHE is set: programs started from here remember nothing.",
);
pub(crate) const DAMAGED: Message = Message::new("file danneggiato, non usato", "damaged file, not used");

/// An entry.
pub(crate) fn entry(language: Language, label: &str, bytes: u64, used: &str) -> String {
    language.pick(
        format!("  {label}, {bytes} byte, usata l'ultima volta: {used}"),
        format!("  {label}, {bytes} bytes, last used: {used}"),
    )
}

/// How many were forgotten.
pub(crate) fn cleared(language: Language, entries: usize) -> String {
    match entries {
        0 => language.pick("Non c'era nulla da cancellare.", "There was nothing to clear.").into(),
        1 => language.pick("Cancellata una tessera.", "One card cleared.").into(),
        entries => {
            language.pick(format!("Cancellate {entries} tessere."), format!("{entries} cards cleared."))
        }
    }
}
