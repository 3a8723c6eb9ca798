//! All that a command may touch: readers, terminal, outputs, the system around, the time.

use std::time::SystemTime;

use cns_card::Transport;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::console::Output;
use crate::console::interrupt;
use crate::console::messages as console_messages;
use crate::console::one_line;
use crate::console::prompt::{NoAnswer, Prompt};
use crate::exit::{Exit, Failure};
use crate::host::{CommandRunner, System, SystemCommands};
use crate::json::JsonDocument;
use crate::text::Language;

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
    /// What time it is.
    pub now: SystemTime,
    /// The person's language.
    pub language: Language,
    /// The command's name, where its result is asked for as JSON.
    pub(crate) json: Option<String>,
}

impl<'a> Context<'a> {
    /// In English until the arguments are known, and now.
    pub fn new(
        transport: &'a dyn Transport,
        prompt: &'a mut dyn Prompt,
        output: Output<'a>,
        system: System,
    ) -> Self {
        let language = Language::English;
        let (commands, now) = (&SystemCommands, SystemTime::now());
        Self { transport, prompt, output, system, commands, now, language, json: None }
    }

    /// Asks for a line that is shown. On Ctrl-C the message says that nothing was sent to the card.
    pub(crate) fn ask(&mut self, question: &str) -> Result<String, NoAnswer> {
        interrupt::while_asking(console_messages::INTERRUPTED.to(self.language), || {
            self.prompt.line(&one_line(question))
        })
    }

    /// The same for a secret.
    pub(crate) fn ask_secret(&mut self, question: &str) -> Result<Zeroizing<String>, NoAnswer> {
        interrupt::while_asking(console_messages::INTERRUPTED.to(self.language), || {
            self.prompt.secret(&one_line(question))
        })
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
}

/// A failure as JSON has it.
#[derive(Serialize)]
struct FailureDocument<'a> {
    error: &'a Failure,
}
