//! All that a command may touch: readers, terminal, outputs, the system around, the time.

mod questions;

use std::io;
use std::time::SystemTime;

use cns_card::{Cancellation, ReaderStatus, Transport};
use serde::Serialize;
use time::UtcOffset;

use crate::card::failures::card_failure;
use crate::console::Output;
use crate::console::interrupt;
use crate::console::messages as console_messages;
use crate::console::pinentry::Pinentry;
use crate::console::prompt::Prompt;
use crate::exit::{Exit, Failure};
use crate::host::{CommandRunner, System, SystemCommands, ThisWindows, WindowsSystem};
use crate::json::JsonDocument;
use crate::text::{Language, Message};

/// What a command works with.
pub struct Context<'a> {
    /// Readers and cards.
    pub transport: &'a dyn Transport,
    /// The person at the keyboard.
    pub prompt: &'a mut dyn Prompt,
    /// Where results and messages go.
    pub output: Output<'a>,
    /// The system around.
    pub system: System,
    /// Commands of the system.
    pub commands: &'a dyn CommandRunner,
    /// What only Windows has.
    pub windows: &'a dyn WindowsSystem,
    /// What time it is.
    pub now: SystemTime,
    /// How far the person's clock is from UTC.
    pub local_offset: UtcOffset,
    /// The person's language.
    pub language: Language,
    /// The command's name, where its result is asked for as JSON.
    pub(crate) json: Option<String>,
    /// Asks for secrets instead of `prompt`.
    pinentry: Option<Pinentry>,
    /// A person sees all that is written and types all that is read: the input and both outputs are a terminal. Only then
    /// a card is waited for, and a wrong PIN asked for again.
    pub on_terminal: bool,
    /// The card that the questions are about, as it was when it was opened: they end when it is taken out.
    card_in_use: Option<ReaderStatus>,
    /// Whether a PIN was sent already: then it is no longer true that no try was used up.
    pin_was_sent: bool,
    /// Those of this run.
    wrong_pins: u8,
}

impl<'a> Context<'a> {
    /// In English until the arguments are known, and now.
    pub fn new(
        transport: &'a dyn Transport,
        prompt: &'a mut dyn Prompt,
        output: Output<'a>,
        system: System,
    ) -> Self {
        let on_terminal = output.is_all_terminal() && prompt.is_interactive();
        let (now, language) = (SystemTime::now(), Language::English);
        Self {
            transport,
            prompt,
            output,
            system,
            commands: &SystemCommands,
            windows: &ThisWindows,
            now,
            local_offset: UtcOffset::UTC,
            language,
            json: None,
            pinentry: None,
            on_terminal,
            card_in_use: None,
            pin_was_sent: false,
            wrong_pins: 0,
        }
    }

    /// Says what the person shall do, and waits for readers and cards to become others than these.
    pub(crate) fn wait_for_change(
        &mut self,
        invitation: Option<&str>,
        known: &[ReaderStatus],
    ) -> Result<(), Failure> {
        let changed = interrupt::while_asking(self.interrupted(), || {
            if let Some(invitation) = invitation {
                self.output.note(invitation);
            }
            Ok(self.transport.wait_for_change(known, None, &Cancellation::new()))
        });
        match changed {
            Ok(Err(error)) => Err(card_failure(error.into(), self.language)),
            _ => Ok(()),
        }
    }

    /// From now on it is not said that no try was used up.
    pub(crate) fn pin_was_sent(&mut self) {
        self.pin_was_sent = true;
    }

    /// One more PIN of this run was wrong.
    pub(crate) fn pin_was_wrong(&mut self) {
        self.wrong_pins = self.wrong_pins.saturating_add(1);
    }

    /// How many PINs of this run were wrong.
    pub(crate) fn wrong_pins(&self) -> u8 {
        self.wrong_pins
    }

    /// How the run ends: "nothing was sent" ([`Exit::NotDone`]) is not said of one in which a PIN was wrong.
    pub(crate) fn final_exit(&self, exit: Exit) -> Exit {
        if exit == Exit::NotDone && self.wrong_pins > 0 { Exit::WrongPin } else { exit }
    }

    /// A failure before the PIN was sent.
    pub(crate) fn nothing_was_sent(&self, mut failure: Failure) -> Failure {
        let tries = self.first_or_later(console_messages::NO_TRY_USED, console_messages::NO_OTHER_TRY_USED);
        failure.what = format!("{} {tries}", failure.what);
        failure
    }

    fn interrupted(&self) -> &'static str {
        self.first_or_later(console_messages::INTERRUPTED, console_messages::INTERRUPTED_LATER)
    }

    /// What is said of a question for the first PIN of this run; or of a `later` one, after a PIN that was sent.
    pub(crate) fn first_or_later(&self, first: Message, later: Message) -> &'static str {
        if self.pin_was_sent { later.to(self.language) } else { first.to(self.language) }
    }

    pub(crate) fn set_language(&mut self, language: Language) {
        self.language = language;
    }

    /// Whether a program reads the result.
    pub(crate) fn wants_json(&self) -> bool {
        self.json.is_some()
    }

    /// The result of a command that [`Self::wants_json`].
    pub(crate) fn write_json(&mut self, content: &impl Serialize) {
        let command = self.json.as_deref().unwrap_or_default();
        self.output.json(&JsonDocument::new(command, content));
    }

    /// The same on one line, for results that come one after another.
    pub(crate) fn write_json_line(&mut self, content: &impl Serialize) {
        let command = self.json.as_deref().unwrap_or_default();
        self.output.json_line(&JsonDocument::new(command, content));
    }

    /// Writes a failure to the error output, or as JSON to the standard output where that was asked for; returns its
    /// exit code. After Ctrl-C nobody waits for a result: that is a note in either case.
    pub(crate) fn report(&mut self, failure: &Failure) -> Exit {
        let language = self.language;
        if failure.exit == Exit::Interrupted {
            interrupt::report(|| self.output.note(&failure.what));
        } else if self.wants_json() {
            self.write_json_line(&FailureDocument { error: failure });
        } else if [console_messages::DECLINED, console_messages::DECLINED_LATER]
            .iter()
            .any(|declined| failure.what == declined.to(language))
        {
            // A person who says no has made no error.
            self.output.note(&failure.what);
        } else {
            self.output.error(language.pick("Errore", "Error"), &failure.what);
            let why = (language.pick("Perché", "Why"), &failure.why);
            let next = (language.pick("Che cosa fare", "What to do"), &failure.next);
            for (label, sentence) in [why, next] {
                if let Some(sentence) = sentence {
                    self.output.error_detail(label, sentence);
                }
            }
        }
        failure.exit
    }

    /// The result is not there, or not whole. Says why on the error output; what was done well did not succeed
    /// either.
    pub(crate) fn report_lost_result(&mut self, error: io::Error, exit: Exit) -> Exit {
        let language = self.language;
        let failure = Failure::new(Exit::Failed, console_messages::RESULT_NOT_WRITTEN.to(language))
            .because_of(error, language);
        self.json = None;
        self.report(&failure);
        if exit == Exit::Success { failure.exit } else { exit }
    }
}

/// A failure as JSON has it.
#[derive(Serialize)]
struct FailureDocument<'a> {
    error: &'a Failure,
}
