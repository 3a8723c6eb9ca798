//! All that a command may touch: readers, terminal, outputs, the system around, the time.

use std::time::SystemTime;

use cns_card::{Cancellation, ReaderStatus, Transport, TransportError};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::card::failures::{card_failure, pinentry_failure};
use crate::console::Output;
use crate::console::interrupt;
use crate::console::messages as console_messages;
use crate::console::one_line;
use crate::console::pinentry::Pinentry;
use crate::console::prompt::{NoAnswer, Prompt};
use crate::exit::{ErrorCode, Exit, Failure};
use crate::host::{CommandRunner, System, SystemCommands};
use crate::json::JsonDocument;
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
    /// Commands of the system.
    pub commands: &'a dyn CommandRunner,
    /// What time it is.
    pub now: SystemTime,
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
            now,
            language,
            json: None,
            pinentry: None,
            on_terminal,
            card_in_use: None,
            pin_was_sent: false,
        }
    }

    /// Asks for a line that is shown. On Ctrl-C the message says that nothing was sent to the card.
    pub(crate) fn ask(&mut self, question: &str) -> Result<String, NoAnswer> {
        let (transport, card) = (self.transport, self.card_in_use.clone());
        self.ask_while(question, &mut || is_there(transport, card.as_ref()))
    }

    /// The same, ended with [`NoAnswer::Stopped`] as soon as `go_on` is false.
    pub(crate) fn ask_while(
        &mut self,
        question: &str,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<String, NoAnswer> {
        let question = self.output.question(question);
        interrupt::while_asking(self.interrupted(), || self.prompt.line_while(&question, go_on))
    }

    /// Asks for PINs in a window from now on, if that is wanted or there is no terminal.
    pub(crate) fn choose_pinentry(&mut self, options: &PinOptions) {
        // A script waits for nothing and is asked once.
        self.on_terminal &= !options.pin_stdin;
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
        match self.pinentry {
            Some(_) => self.ask_person(|person| person.confirm(&one_line(question), is_yes)),
            None => Ok(is_yes(&self.ask(question)?)),
        }
    }

    /// Asks for a secret, as long as the card in use is in its reader.
    pub(crate) fn ask_secret(&mut self, question: &str) -> Result<Zeroizing<String>, NoAnswer> {
        let (transport, card) = (self.transport, self.card_in_use.clone());
        let mut go_on = || is_there(transport, card.as_ref());
        self.ask_person(|person| person.secret(&one_line(question), &mut go_on))
    }

    /// The same for a new one; says whether it was typed `again` already.
    pub(crate) fn ask_new_secret(
        &mut self,
        question: &str,
        again: &str,
    ) -> Result<(Zeroizing<String>, bool), NoAnswer> {
        let (transport, card) = (self.transport, self.card_in_use.clone());
        let mut go_on = || is_there(transport, card.as_ref());
        self.ask_person(|person| person.new_secret(&one_line(question), &one_line(again), &mut go_on))
    }

    fn ask_person<T>(
        &mut self,
        ask: impl FnOnce(&mut dyn Prompt) -> Result<T, NoAnswer>,
    ) -> Result<T, NoAnswer> {
        let interrupted = self.interrupted();
        let person: &mut dyn Prompt = match &mut self.pinentry {
            Some(pinentry) => {
                pinentry.tell(self.output.take_told());
                pinentry
            }
            None => self.prompt,
        };
        interrupt::while_asking(interrupted, || ask(person))
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

    /// From now on questions are about the card in this reader.
    pub(crate) fn use_card_in(&mut self, reader: &str) {
        self.card_in_use = self.transport.reader(reader).ok();
    }

    /// From now on questions are about no card.
    pub(crate) fn use_no_card(&mut self) {
        self.card_in_use = None;
    }

    /// From now on it is not said that no try was used up.
    pub(crate) fn pin_was_sent(&mut self) {
        self.pin_was_sent = true;
    }

    /// Why a question has no answer.
    pub(crate) fn no_answer(&self, none: NoAnswer) -> Failure {
        let language = self.language;
        match none {
            NoAnswer::Interrupted => Failure::new(Exit::Interrupted, self.interrupted()),
            NoAnswer::Stopped => {
                self.nothing_was_sent(card_failure(TransportError::CardRemoved.into(), language))
            }
            NoAnswer::Declined => Failure::new(Exit::NotDone, console_messages::DECLINED.to(language)),
            NoAnswer::TimedOut => Failure::new(Exit::NotDone, console_messages::TIMED_OUT.to(language)),
            NoAnswer::Pinentry(error) => pinentry_failure(error, language),
            NoAnswer::NoTerminal => {
                console_messages::no_terminal(language).with(Exit::NotDone).with_code(ErrorCode::NoTerminal)
            }
            NoAnswer::Io(error) => Failure::new(Exit::Failed, console_messages::INPUT_FAILED.to(language))
                .because_of(error, language),
        }
    }

    /// A failure before the PIN was sent.
    pub(crate) fn nothing_was_sent(&self, mut failure: Failure) -> Failure {
        let tries = match self.pin_was_sent {
            true => console_messages::NO_OTHER_TRY_USED,
            false => console_messages::NO_TRY_USED,
        };
        failure.what = format!("{} {}", failure.what, tries.to(self.language));
        failure
    }

    fn interrupted(&self) -> &'static str {
        let text = match self.pin_was_sent {
            true => console_messages::INTERRUPTED_LATER,
            false => console_messages::INTERRUPTED,
        };
        text.to(self.language)
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
        } else if failure.what == console_messages::DECLINED.to(language) {
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
}

/// Whether this card is still in its reader; a service that does not answer now is asked again later.
fn is_there(transport: &dyn Transport, card: Option<&ReaderStatus>) -> bool {
    let Some(card) = card else { return true };
    transport.reader(&card.name).map_or(true, |now| now == *card)
}

/// A failure as JSON has it.
#[derive(Serialize)]
struct FailureDocument<'a> {
    error: &'a Failure,
}
