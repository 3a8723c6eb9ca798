//! What `cns cache` says.

use crate::text::{Language, Message};

pub(crate) const NO_CACHE_DIRECTORY: Message = Message::new(
    "Il modulo non ricorda nulla: non c'è una cartella personale dove scrivere.",
    "The module remembers nothing: there is no folder of your own to write to.",
);

/// It could not be looked at.
pub(crate) fn unreadable(language: Language, directory: &str) -> String {
    language.pick(
        format!("Non riesco a leggere o cambiare {directory}."),
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
pub(crate) const DAMAGED: Message = Message::new("file rovinato, non usato", "damaged file, not used");

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
        0 => language.pick("Non c'era nulla da cancellare.", "There was nothing to forget.").into(),
        1 => language.pick("Cancellata una tessera.", "One card forgotten.").into(),
        entries => {
            language.pick(format!("Cancellate {entries} tessere."), format!("{entries} cards forgotten."))
        }
    }
}
