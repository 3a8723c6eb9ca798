//! One question in a window.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::assuan::{Refusal, Reply, command};
use super::connection::{Connection, ConnectionError};
use super::search;
use crate::console::messages;
use crate::console::output::Told;
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
/// Where a program that draws on a terminal finds the person's.
const CONTROLLING_TERMINAL: &str = "/dev/tty";

/// What is wrong with a pinentry.
#[derive(Debug)]
pub enum PinentryError {
    /// There is none; it was asked for.
    NotFound,
    /// There is none, and no terminal either.
    NotFoundInstead,
    /// The connection to it is of no use.
    Connection(ConnectionError),
    /// It does not answer.
    Silent,
    /// It cannot ask, and says this number.
    Refused(u32),
    /// It was asked too often.
    TooOften,
}

/// A person who is asked in windows.
#[derive(Debug)]
pub(crate) struct Pinentry {
    programs: Vec<PathBuf>,
    /// Without `--pinentry`.
    instead_of_terminal: bool,
    options: Vec<(&'static str, String)>,
    language: Language,
    told: Told,
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
enum Question<'q> {
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
            options: process_options(system),
            language,
            told: Told::default(),
            description: String::new(),
            questions: 0,
            patience: Patience { step: STEP, answer: ANSWER + STEP },
        })
    }

    /// What was told since the last question: the person sees no terminal.
    pub(crate) fn tell(&mut self, told: Told) {
        if !told.notes.is_empty() {
            self.description = told.notes.join("\n");
        }
        self.told = told;
    }

    /// Asks with the first program that can ask.
    fn ask(&mut self, question: Question<'_>, go_on: &mut dyn FnMut() -> bool) -> Result<Answer, NoAnswer> {
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
        question: Question<'_>,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Answer, NoAnswer> {
        let mut connection = Connection::open(program)?;
        step(&mut connection, self.patience.step)?;
        for line in self.setting(question) {
            connection.send(&line)?;
            step(&mut connection, self.patience.step)?;
        }
        connection.send(match question {
            Question::Secret { .. } => "GETPIN\n",
            Question::Confirmation => "CONFIRM\n",
        })?;
        let answer = answer(&mut connection, self.patience.answer, go_on)?;
        connection.bid_farewell();
        Ok(answer)
    }

    /// The commands before the question. A program that does not know one refuses it, and asks without.
    fn setting(&self, question: Question<'_>) -> Vec<String> {
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
            Question::Secret { prompt, again } => {
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
            Question::Confirmation => {
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
        let question = Question::Secret { prompt: question, again: None };
        Ok(text(&self.ask(question, go_on)?.typed))
    }

    fn new_secret(
        &mut self,
        question: &str,
        again: &str,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<(Zeroizing<String>, bool), NoAnswer> {
        let question = Question::Secret { prompt: question, again: Some(again) };
        let answer = self.ask(question, go_on)?;
        Ok((text(&answer.typed), answer.twice))
    }

    /// The windows have no lines that show.
    fn line(&mut self, _: &str) -> Result<String, NoAnswer> {
        Err(NoAnswer::NoTerminal)
    }

    /// By buttons; what it is about was told.
    fn confirm(&mut self, _: &str, _: &dyn Fn(&str) -> bool) -> Result<bool, NoAnswer> {
        match self.ask(Question::Confirmation, &mut || true) {
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

/// Where a program finds the person's terminal, and how their locale is called.
fn process_options(system: &System) -> Vec<(&'static str, String)> {
    let mut options = Vec::new();
    if cfg!(unix) && File::options().read(true).write(true).open(CONTROLLING_TERMINAL).is_ok() {
        options.push(("ttyname", CONTROLLING_TERMINAL.to_owned()));
        if let Some(kind) = system.variable("TERM") {
            options.push(("ttytype", kind.to_string_lossy().into_owned()));
        }
    }
    for (option, variable) in [("lc-ctype", "LC_CTYPE"), ("lc-messages", "LC_MESSAGES")] {
        let locale = ["LC_ALL", variable, "LANG"].into_iter().find_map(|name| system.variable(name));
        options.extend(locale.map(|locale| (option, locale.to_string_lossy().into_owned())));
    }
    options
}

/// An underscore in a label makes the next letter a key.
fn label(text: &str) -> String {
    text.replace('_', "__")
}

/// Waits until a command is done. Whether the program knows it does not matter.
fn step(connection: &mut Connection, limit: Duration) -> Result<(), NoAnswer> {
    match connection.receive_within(limit)? {
        Some(Reply::Ok | Reply::Refused(_)) => Ok(()),
        Some(_) => Err(ConnectionError::Malformed.into()),
        None => Err(PinentryError::Silent.into()),
    }
}

fn answer(
    connection: &mut Connection,
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
            Some(Reply::Refused(Refusal::Cancelled)) => return Err(NoAnswer::Declined),
            Some(Reply::Refused(Refusal::TimedOut)) => return Err(NoAnswer::TimedOut),
            Some(Reply::Refused(Refusal::Error(code))) => return Err(PinentryError::Refused(code).into()),
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
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::host::OperatingSystem;

    fn pinentry(folder: &Path, script: &str) -> Pinentry {
        let (source, program) = (folder.join("source"), folder.join("pinentry"));
        std::fs::write(&source, format!("#!/bin/sh\n{script}")).expect("written");
        // By another process: a file that this one wrote may still be open for writing in a child of another test.
        let mut install = std::process::Command::new("install");
        assert!(install.arg(&source).arg(&program).status().expect("install").success());
        let system =
            System { root: "/".into(), variables: BTreeMap::new(), operating_system: OperatingSystem::HERE };
        let options = PinOptions { pin_stdin: false, last_try: false, pinentry: Some(Some(program)) };
        Pinentry::wanted(&options, true, &system, Language::English).expect("wanted")
    }

    /// What does not answer is not waited for without end, and is gone afterwards; what is watched ends it at once.
    #[test]
    fn who_does_not_answer_is_ended() {
        let folder = tempfile::tempdir().expect("a folder");
        let pid_file = folder.path().join("pid").display().to_string();
        let write_pid = format!("echo $$ > '{pid_file}'\n");
        let deaf = "trap '' TERM\n";
        let asked = "echo OK; while read -r line; do case $line in GETPIN) break;; *) echo OK;; esac; done\n";
        let talks = "while :; do echo '# still thinking'; done\n";
        let waits = "while :; do sleep 0.1; done\n";
        for (script, go_on) in [
            ([&write_pid, "", waits], true),
            ([&write_pid, deaf, waits], true),
            ([&write_pid, "", talks], true),
            ([&write_pid, asked, waits], true),
            ([&write_pid, asked, talks], true),
            ([&write_pid, asked, waits], false),
        ] {
            let script = script.concat();
            let mut pinentry = pinentry(folder.path(), &script);
            // On a busy computer a shell takes a while to start.
            pinentry.patience = match script.contains(asked) {
                true => Patience { step: STEP, answer: Duration::from_millis(400) },
                false => Patience { step: Duration::from_secs(2), answer: ANSWER },
            };
            let no = pinentry.secret("PIN: ", &mut || go_on).expect_err("no answer");
            let expected = match (script.contains(asked), go_on) {
                (false, _) => matches!(no, NoAnswer::Pinentry(PinentryError::Silent)),
                (true, true) => matches!(no, NoAnswer::TimedOut),
                (true, false) => matches!(no, NoAnswer::Stopped),
            };
            assert!(expected, "{no:?} for {script}");
            let pid = std::fs::read_to_string(&pid_file).expect("its number");
            assert!(!Path::new("/proc").join(pid.trim()).exists(), "left behind: {script}");
        }
    }
}
