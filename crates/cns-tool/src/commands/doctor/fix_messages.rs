//! What `cns doctor --fix` says.

use crate::host::SystemError;
use crate::text::{Language, Message};

pub(super) const RUN_IN_A_TERMINAL: Message = Message::new(
    "Esegui «cns doctor --fix» in un terminale: chiede conferma prima di ogni comando. Per i programmi c'è «cns doctor --json».",
    "Run \"cns doctor --fix\" in a terminal: it asks before each command. For programs there is \"cns doctor --json\".",
);
pub(super) const NOTHING_TO_RUN: Message = Message::new(
    "Nessuna di queste cose si sistema con un comando: segui le righe «Da fare».",
    "None of this can be fixed by a command: do what the lines \"To do\" say.",
);
pub(super) const TITLE: Message = Message::new("Correzioni", "Fixes");

/// Before a command is run.
pub(super) fn question(language: Language, command: &str) -> String {
    language.pick(
        format!("Eseguo «{command}»? Scrivi «sì» per eseguirlo, oppure Invio per saltarlo: "),
        format!("Run \"{command}\"? Type \"yes\" to run it, or press Enter to skip it: "),
    )
}

pub(super) const SKIPPED: Message = Message::new("Saltato.", "Skipped.");
pub(super) const DONE: Message = Message::new("Eseguito.", "Done.");

/// The command ended with this code, or by a signal; `by_sudo`: perhaps it did not begin.
pub(super) fn failed(language: Language, code: Option<i32>, by_sudo: bool) -> String {
    let code = code.map(|code| language.pick(format!(" (codice {code})"), format!(" (code {code})")));
    let code = code.unwrap_or_default();
    let what = language
        .pick(format!("Il comando non è riuscito{code}."), format!("The command did not succeed{code}."));
    match by_sudo {
        false => what,
        true => language.pick(
            format!("{what} Se sudo ha rifiutato la password o il permesso, chiedi all'amministratore del computer."),
            format!("{what} If sudo refused the password or the permission, ask the computer's administrator."),
        ),
    }
}

/// The program could not be started.
pub(super) fn not_started(language: Language, program: &str, error: SystemError) -> String {
    let why = error.text(language);
    language.pick(
        format!("Non riesco ad avviare {program}: {why}."),
        format!("{program} cannot be started: {why}."),
    )
}

pub(super) const AFTERWARDS: Message = Message::new("Dopo le correzioni", "After the fixes");
pub(super) const NO_CHANGE: Message = Message::new("Non è cambiato nulla.", "Nothing has changed.");
