//! One question in a window.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::assuan::{AssuanError, Reply, command};
use super::connection::PinentryConnection;
use super::pinentry_error::{ConnectionError, PinentryError};
use super::search;
use crate::console::messages;
use crate::console::output::RecentMessages;
use crate::console::prompt::{NoAnswer, Prompt};
use crate::console::terminal::LOOK_AROUND;
use crate::host::System;
use crate::options::PinOptions;
use crate::text::Language;

/// For every step but the person's.
const STEP: Duration = Duration::from_secs(20);
/// For the person; the program is told, and is given a little longer.
const ANSWER: Duration = Duration::from_secs(300);
/// Nobody is asked more often by one command: a program that answers nonsense by itself comes to an end.
const MOST_QUESTIONS: usize = 20;

/// A person who is asked in windows.
#[derive(Debug)]
pub(crate) struct Pinentry {
    programs: Vec<PathBuf>,
    /// Without `--pinentry`.
    instead_of_terminal: bool,
    options: Vec<(&'static str, String)>,
    language: Language,
    told: RecentMessages,
    /// What the window says above the question; stays until something else is to be said.
    description: String,
    questions: usize,
    patience: Patience,
}

/// How long to wait.
#[derive(Debug, Clone, Copy)]
struct Patience {
    step: Duration,
    answer: Duration,
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
enum PinentryQuestion<'q> {
    Secret { prompt: &'q str, again: Option<&'q str> },
    Confirmation,
}

/// What was answered.
#[derive(Debug)]
struct Answer {
    typed: Zeroizing<Vec<u8>>,
    twice: bool,
}

impl Pinentry {
    /// Who is to be asked in windows, if anybody: as the options want, or where there is a display and no terminal.
    pub(crate) fn wanted(
        options: &PinOptions,
        has_terminal: bool,
        system: &System,
        language: Language,
    ) -> Option<Self> {
        let named = match &options.pinentry {
            _ if options.pin_stdin => return None,
            Some(named) => named.as_deref(),
            None if has_terminal || !search::has_display(system) => return None,
            None => None,
        };
        Some(Self {
            programs: search::programs(named, system),
            instead_of_terminal: options.pinentry.is_none(),
            options: search::process_options(system),
            language,
            told: RecentMessages::default(),
            description: String::new(),
            questions: 0,
            patience: Patience { step: STEP, answer: ANSWER + STEP },
        })
    }

    /// What was told since the last question: the person sees no terminal.
    pub(crate) fn tell(&mut self, told: RecentMessages) {
        if !told.notes.is_empty() {
            self.description = told.notes.join("\n");
        }
        self.told = told;
    }

    /// Asks with the first program that can ask.
    fn ask(
        &mut self,
        question: PinentryQuestion<'_>,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Answer, NoAnswer> {
        self.questions += 1;
        if self.questions > MOST_QUESTIONS {
            return Err(PinentryError::TooOften.into());
        }
        let mut error = match self.instead_of_terminal {
            true => PinentryError::NotFoundInstead,
            false => PinentryError::NotFound,
        };
        while let Some(program) = self.programs.first() {
            match self.ask_with(program, question, go_on) {
                // It has no display, or no terminal; another may.
                Err(NoAnswer::Pinentry(
                    other @ (PinentryError::Refused(_)
                    | PinentryError::Connection(ConnectionError::NotStarted(_))),
                )) => error = other,
                answer => return answer,
            }
            self.programs.remove(0);
        }
        Err(error.into())
    }

    fn ask_with(
        &self,
        program: &Path,
        question: PinentryQuestion<'_>,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Answer, NoAnswer> {
        let mut connection = PinentryConnection::open(program)?;
        step(&mut connection, self.patience.step)?;
        for line in self.setting(question) {
            connection.send(&line)?;
            step(&mut connection, self.patience.step)?;
        }
        connection.send(match question {
            PinentryQuestion::Secret { .. } => "GETPIN\n",
            PinentryQuestion::Confirmation => "CONFIRM\n",
        })?;
        let answer = answer(&mut connection, self.patience.answer, go_on)?;
        connection.bid_farewell();
        Ok(answer)
    }

    /// The commands before the question. A program that does not know one refuses it, and asks without.
    fn setting(&self, question: PinentryQuestion<'_>) -> Vec<String> {
        let pick = |message: crate::text::Message| message.to(self.language).to_owned();
        let mut lines: Vec<String> =
            self.options.iter().map(|(name, value)| command("OPTION", &format!("{name}={value}"))).collect();
        let mut set = |name: &str, text: &str| lines.push(command(name, text));
        set("OPTION", &format!("default-tt-visi={}", pick(messages::SHOW_PIN)));
        set("OPTION", &format!("default-tt-hide={}", pick(messages::HIDE_PIN)));
        set("SETTIMEOUT", &ANSWER.as_secs().to_string());
        set("SETTITLE", &pick(messages::WINDOW_TITLE));
        set("SETCANCEL", &label(&pick(messages::CANCEL)));
        let warnings = self.told.warnings.join("\n");
        match question {
            PinentryQuestion::Secret { prompt, again } => {
                set("SETDESC", &self.description);
                set("SETPROMPT", &label(prompt.trim()));
                set("SETOK", "OK");
                if !warnings.is_empty() {
                    set("SETERROR", &warnings);
                }
                if let Some(again) = again {
                    set("SETREPEAT", &label(again.trim()));
                    set("SETREPEATERROR", &pick(messages::REPEATED_DIFFERENTLY));
                }
            }
            PinentryQuestion::Confirmation => {
                let texts = [self.description.as_str(), &warnings];
                set("SETDESC", &texts.join("\n\n"));
                set("SETOK", &label(&pick(messages::GO_ON)));
            }
        }
        lines
    }
}

impl Prompt for Pinentry {
    fn is_interactive(&self) -> bool {
        true
    }

    fn secret(
        &mut self,
        question: &str,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Zeroizing<String>, NoAnswer> {
        let question = PinentryQuestion::Secret { prompt: question, again: None };
        Ok(text(&self.ask(question, go_on)?.typed))
    }

    fn new_secret(
        &mut self,
        question: &str,
        again: &str,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<(Zeroizing<String>, bool), NoAnswer> {
        let question = PinentryQuestion::Secret { prompt: question, again: Some(again) };
        let answer = self.ask(question, go_on)?;
        Ok((text(&answer.typed), answer.twice))
    }

    /// The windows have no lines that show.
    fn line(&mut self, _: &str) -> Result<String, NoAnswer> {
        Err(NoAnswer::NoTerminal)
    }

    /// By buttons; what it is about was told.
    fn confirm(
        &mut self,
        _: &str,
        _: &dyn Fn(&str) -> bool,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<bool, NoAnswer> {
        match self.ask(PinentryQuestion::Confirmation, go_on) {
            Ok(_) => Ok(true),
            Err(NoAnswer::Declined) => Ok(false),
            Err(other) => Err(other),
        }
    }

    fn script_line(&mut self) -> Result<Zeroizing<String>, NoAnswer> {
        Err(NoAnswer::NoTerminal)
    }
}

impl From<PinentryError> for NoAnswer {
    fn from(error: PinentryError) -> Self {
        Self::Pinentry(error)
    }
}

impl From<ConnectionError> for NoAnswer {
    fn from(error: ConnectionError) -> Self {
        match error {
            ConnectionError::Interrupted => Self::Interrupted,
            other => Self::Pinentry(PinentryError::Connection(other)),
        }
    }
}

/// An underscore in a label makes the next letter a key.
fn label(text: &str) -> String {
    text.replace('_', "__")
}

/// Waits until a command is done. Whether the program knows it does not matter.
fn step(connection: &mut PinentryConnection, limit: Duration) -> Result<(), NoAnswer> {
    match connection.receive_within(limit)? {
        Some(Reply::Ok | Reply::Refused(_)) => Ok(()),
        Some(_) => Err(ConnectionError::Malformed.into()),
        None => Err(PinentryError::Silent.into()),
    }
}

fn answer(
    connection: &mut PinentryConnection,
    limit: Duration,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<Answer, NoAnswer> {
    let end = Instant::now() + limit;
    let mut typed = Zeroizing::new(Vec::with_capacity(super::assuan::LONGEST_LINE));
    let mut twice = false;
    loop {
        match connection.receive(LOOK_AROUND)? {
            Some(Reply::Ok) => return Ok(Answer { typed, twice }),
            Some(Reply::Data(part)) if typed.len() + part.len() <= typed.capacity() => {
                typed.extend_from_slice(&part);
            }
            Some(Reply::Data(_)) => return Err(ConnectionError::Malformed.into()),
            Some(Reply::Repeated) => twice = true,
            Some(Reply::Refused(AssuanError::Cancelled)) => return Err(NoAnswer::Declined),
            Some(Reply::Refused(AssuanError::TimedOut)) => return Err(NoAnswer::TimedOut),
            Some(Reply::Refused(AssuanError::Error(code))) => return Err(PinentryError::Refused(code).into()),
            Some(Reply::Other) | None => {}
        }
        if !go_on() {
            return Err(NoAnswer::Stopped);
        }
        if Instant::now() > end {
            return Err(NoAnswer::TimedOut);
        }
    }
}

/// What was typed; a sign that is in no PIN where it is not UTF-8.
fn text(typed: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(typed.len().max(4)));
    text.push_str(std::str::from_utf8(typed).unwrap_or("\u{fffd}"));
    text
}

#[cfg(all(test, unix))]
mod tests;
