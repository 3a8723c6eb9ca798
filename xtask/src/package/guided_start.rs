//! `cns start` as the READMEs have it, in a terminal of the clean system: from nothing set up to the sites.

use std::path::Path;

use anyhow::{Result, ensure};
use interop::clients::terminal::{Terminal, quoted};
use interop::testbed::Testbed;

use super::account;

/// A README with the language that its reader has, and what tells a question in it.
pub struct Words {
    pub document: &'static str,
    pub locale: &'static str,
    /// After a question that Enter answers with yes.
    pub enter_is_yes: &'static str,
    /// After a question that wants a word, and the word.
    pub wants_a_word: &'static str,
    pub yes: &'static str,
    pub pin: &'static str,
}

pub const ITALIAN: Words = Words {
    document: "README.it.md",
    locale: "it_IT.UTF-8",
    enter_is_yes: "[S/n]",
    wants_a_word: "[s/n]",
    yes: "sì",
    pin: "PIN (da 5 a 8 cifre):",
};
pub const ENGLISH: Words = Words {
    document: "README.md",
    locale: "en_GB.UTF-8",
    enter_is_yes: "[Y/n]",
    wants_a_word: "[y/n]",
    yes: "yes",
    pin: "PIN (5 to 8 digits):",
};

/// The last of the sites that are offered.
pub const LAST_SITE: &str = "https://www.fascicolosanitario.gov.it/";

/// A person answers: the browsers are set up, for all users too, one PIN is sent for a login inside the computer.
pub fn answer(root: &Path, testbed: &mut Testbed, words: &Words) -> Result<String> {
    let pins = testbed.card.verify_count();
    let mut command = account::shell(root, &account::block_of(words.document, "start")?);
    command.env("LC_ALL", words.locale);
    let line: Vec<String> = account::words(&command).iter().map(quoted).collect();
    let terminal = Terminal::start(&testbed.client, &line.join(" "))?;
    for question in 1..=2 {
        terminal.shows(words.enter_is_yes, question)?;
        terminal.types("")?;
    }
    terminal.shows(words.wants_a_word, 1)?;
    terminal.types(words.yes)?;
    terminal.shows(words.pin, 1)?;
    let pin = testbed.card.pin();
    terminal.types(&pin)?;
    terminal.shows(LAST_SITE, 1)?;
    terminal.types("")?;
    let screen = terminal.ended_with(0)?;
    let sent = testbed.card.verify_count() - pins;
    ensure!(sent == 1 && !screen.contains(&pin), "{sent} PINs\n{screen}");
    Ok(format!("{}: five answers, one PIN", words.document))
}
