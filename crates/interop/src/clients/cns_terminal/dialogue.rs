//! Whole dialogues in a terminal; none of what is typed may be on the screen.

use anyhow::{Result, ensure};

use crate::clients::cns_command::program;
use crate::clients::terminal::Terminal;
pub(super) use crate::clients::terminal::quoted;
use crate::testbed::Testbed;

/// A command as a line of shell.
pub fn line(language: &str, arguments: &str) -> Result<String> {
    Ok(format!("{} --lang {language} {arguments}", quoted(program()?)))
}

/// The question, in Italian, as it ends on the screen.
pub(super) const PIN: &str = "PIN (da 5 a 8 cifre):";
pub(super) const WRONG_PIN: &str = "99182";

/// Holds a whole dialogue and answers the screen; none of the secrets may be on it.
pub(super) fn dialogue(
    testbed: &Testbed,
    arguments: &str,
    answers: &[(&str, &str)],
    code: i32,
) -> Result<String> {
    let terminal = Terminal::start(&testbed.client, &line("it", arguments)?)?;
    for (question, answer) in answers {
        terminal.shows(question, 1)?;
        terminal.types(answer)?;
    }
    let screen = terminal.ended_with(code)?;
    for (_, secret) in answers.iter().filter(|(_, answer)| answer.len() >= 5) {
        ensure!(!screen.contains(secret), "a PIN is on the screen:\n{screen}");
    }
    Ok(screen)
}

/// The PIN, asked for again and again.
pub(super) fn again(testbed: &Testbed, arguments: &str, pins: &[&str], code: i32) -> Result<String> {
    let terminal = Terminal::start(&testbed.client, &line("it", arguments)?)?;
    for (before, pin) in pins.iter().enumerate() {
        terminal.shows(PIN, before + 1)?;
        terminal.types(pin)?;
    }
    let screen = terminal.ended_with(code)?;
    ensure!(screen.matches(PIN).count() == pins.len(), "{screen}");
    ensure!(pins.iter().all(|pin| !screen.contains(pin)), "a PIN is on the screen:\n{screen}");
    Ok(screen)
}
