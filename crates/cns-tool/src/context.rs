//! All that a command may touch: readers, terminal, outputs, the system around, the time.

use std::time::SystemTime;

use cns_card::Transport;
use zeroize::Zeroizing;

use crate::console::Output;
use crate::console::interrupt;
use crate::console::messages as console_messages;
use crate::console::one_line;
use crate::console::prompt::{NoAnswer, Prompt};
use crate::exit::{Exit, Failure};
use crate::host::System;
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
    /// What time it is.
    pub now: SystemTime,
    /// The person's language.
    pub language: Language,
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
        Self { transport, prompt, output, system, now: SystemTime::now(), language }
    }

    /// Asks for a line that is shown. On Ctrl-C the message says that nothing was sent to the card.
    pub(crate) fn ask(&mut self, question: &str) -> Result<String, NoAnswer> {
        interrupt::while_asking(console_messages::INTERRUPTED.to(self.language), || {
            self.prompt.line(&one_line(question))
        })
    }

    /// The same for a secret, as long as `go_on` is true while the person types.
    pub(crate) fn ask_secret(
        &mut self,
        question: &str,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Zeroizing<String>, NoAnswer> {
        interrupt::while_asking(console_messages::INTERRUPTED.to(self.language), || {
            self.prompt.secret(&one_line(question), go_on)
        })
    }

    pub(crate) fn set_language(&mut self, language: Language) {
        self.language = language;
    }

    /// Writes a failure to the error output; returns its exit code.
    pub(crate) fn report(&mut self, failure: &Failure) -> Exit {
        let language = self.language;
        if failure.exit == Exit::Interrupted {
            interrupt::report(|| self.output.note(&failure.what));
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
