//! All that a command may touch: readers, terminal, outputs, the system around, the time.

use std::time::SystemTime;

use cns_card::Transport;
use zeroize::Zeroizing;

use crate::console::Output;
use crate::console::interrupt;
use crate::console::messages as console_messages;
use crate::console::one_line;
use crate::console::pinentry::Pinentry;
use crate::console::prompt::{NoAnswer, Prompt};
use crate::exit::{Exit, Failure};
use crate::host::System;
use crate::options::PinOptions;
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
    /// Asks for secrets instead of `prompt`.
    pinentry: Option<Pinentry>,
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
        Self { transport, prompt, output, system, now: SystemTime::now(), language, pinentry: None }
    }

    /// Asks for a line that is shown. On Ctrl-C the message says that nothing was sent to the card.
    pub(crate) fn ask(&mut self, question: &str) -> Result<String, NoAnswer> {
        interrupt::while_asking(console_messages::INTERRUPTED.to(self.language), || {
            self.prompt.line(&one_line(question))
        })
    }

    /// Asks for PINs in a window from now on, if that is wanted or there is no terminal.
    pub(crate) fn choose_pinentry(&mut self, options: &PinOptions) {
        let has_terminal = self.prompt.is_interactive();
        self.pinentry = Pinentry::wanted(options, has_terminal, &self.system, self.language);
        if self.pinentry.is_some() {
            self.output.keep_told();
        }
    }

    /// Asks for a yes to what was told.
    pub(crate) fn confirm(
        &mut self,
        question: &str,
        is_yes: &dyn Fn(&str) -> bool,
    ) -> Result<bool, NoAnswer> {
        self.ask_person(|person| person.confirm(&one_line(question), is_yes))
    }

    /// Asks for a secret, as long as `go_on` is true while the person types.
    pub(crate) fn ask_secret(
        &mut self,
        question: &str,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Zeroizing<String>, NoAnswer> {
        self.ask_person(|person| person.secret(&one_line(question), go_on))
    }

    /// The same for a new one; says whether it was typed `again` already.
    pub(crate) fn ask_new_secret(
        &mut self,
        question: &str,
        again: &str,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<(Zeroizing<String>, bool), NoAnswer> {
        self.ask_person(|person| person.new_secret(&one_line(question), &one_line(again), go_on))
    }

    fn ask_person<T>(
        &mut self,
        ask: impl FnOnce(&mut dyn Prompt) -> Result<T, NoAnswer>,
    ) -> Result<T, NoAnswer> {
        let person: &mut dyn Prompt = match &mut self.pinentry {
            Some(pinentry) => {
                pinentry.tell(self.output.take_told());
                pinentry
            }
            None => self.prompt,
        };
        interrupt::while_asking(console_messages::INTERRUPTED.to(self.language), || ask(person))
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
