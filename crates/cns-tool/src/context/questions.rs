//! Questions to the person: about the card in use, at the terminal or in a window, and why one has no answer.

use cns_card::{ReaderStatus, Transport, TransportError};
use zeroize::Zeroizing;

use super::Context;
use crate::card::failures::{card_failure, pinentry_failure};
use crate::console::interrupt;
use crate::console::messages as console_messages;
use crate::console::one_line;
use crate::console::pinentry::Pinentry;
use crate::console::prompt::{NoAnswer, Prompt};
use crate::exit::{ErrorCode, Exit, Failure};
use crate::options::PinOptions;

impl Context<'_> {
    /// Asks for a line that is shown. On Ctrl-C the message says that nothing was sent to the card.
    pub(crate) fn ask(&mut self, question: &str) -> Result<String, NoAnswer> {
        let (transport, card) = (self.transport, self.card_in_use.clone());
        let answer = self.ask_while(question, &mut || is_there(transport, card.as_ref()));
        self.of_card_in_use(answer)
    }

    /// The same for a number of a list that was shown.
    pub(crate) fn ask_number(&mut self, question: &str) -> Result<String, NoAnswer> {
        let (transport, card) = (self.transport, self.card_in_use.clone());
        let mut go_on = || is_there(transport, card.as_ref());
        let question = self.output.question(question);
        let answer =
            interrupt::while_asking(self.interrupted(), || self.prompt.number_while(&question, &mut go_on));
        self.of_card_in_use(answer)
    }

    /// An answer, if it was given while the card that it is about was in its reader: also what happened after the
    /// question's last look counts.
    fn of_card_in_use<T>(&self, answer: Result<T, NoAnswer>) -> Result<T, NoAnswer> {
        let answer = answer?;
        if self.card_in_use_is_there() { Ok(answer) } else { Err(NoAnswer::Stopped) }
    }

    /// Whether the card that the questions are about is in its reader; no other, and not put in again.
    pub(crate) fn card_in_use_is_there(&self) -> bool {
        is_there(self.transport, self.card_in_use.as_ref())
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

    /// Whether secrets are asked for in windows.
    pub(crate) fn asks_in_window(&self) -> bool {
        self.pinentry.is_some()
    }

    /// Asks for a yes to what was told.
    pub(crate) fn confirm(
        &mut self,
        question: &str,
        is_yes: &dyn Fn(&str) -> bool,
    ) -> Result<bool, NoAnswer> {
        match self.pinentry {
            Some(_) => {
                let (transport, card) = (self.transport, self.card_in_use.clone());
                let mut go_on = || is_there(transport, card.as_ref());
                self.ask_person(|person| person.confirm(&one_line(question), is_yes, &mut go_on))
            }
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
        let answer = interrupt::while_asking(interrupted, || ask(person));
        self.of_card_in_use(answer)
    }

    /// From now on questions are about the card in this reader.
    pub(crate) fn use_card_in(&mut self, reader: &str) {
        self.card_in_use = self.transport.reader(reader).ok();
    }

    /// From now on questions are about no card.
    pub(crate) fn use_no_card(&mut self) {
        self.card_in_use = None;
    }

    /// Why a question has no answer.
    pub(crate) fn no_answer(&self, none: NoAnswer) -> Failure {
        let language = self.language;
        match none {
            NoAnswer::Interrupted => Failure::new(Exit::Interrupted, self.interrupted()),
            NoAnswer::Stopped => {
                self.nothing_was_sent(card_failure(TransportError::CardRemoved.into(), language))
            }
            NoAnswer::Declined => Failure::new(
                Exit::NotDone,
                self.first_or_later(console_messages::DECLINED, console_messages::DECLINED_LATER),
            ),
            NoAnswer::TimedOut => Failure::new(
                Exit::NotDone,
                self.first_or_later(console_messages::TIMED_OUT, console_messages::TIMED_OUT_LATER),
            ),
            NoAnswer::Pinentry(error) => pinentry_failure(error, self.pin_was_sent, language),
            NoAnswer::NoTerminal => {
                console_messages::no_terminal(language).with(Exit::NotDone).with_code(ErrorCode::NoTerminal)
            }
            NoAnswer::Io(error) => Failure::new(Exit::Failed, console_messages::INPUT_FAILED.to(language))
                .because_of(error, language),
        }
    }
}

/// Whether this card is still in its reader; a service that does not answer now is asked again later.
fn is_there(transport: &dyn Transport, card: Option<&ReaderStatus>) -> bool {
    let Some(card) = card else { return true };
    transport.reader(&card.name).map_or(true, |now| now == *card)
}
