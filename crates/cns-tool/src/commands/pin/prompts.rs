//! Asking for PINs: of a person until the form is right, of a script once.

use cns_card::{Pin, PinPolicy, PublicFiles};
use zeroize::Zeroizing;

use super::{Options, made, weak};
use crate::card::reader_selection::{explained, unanswered};
use crate::console::prompt::NoAnswer;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::text::Secret;

/// The dialogue about one PIN command.
pub(crate) struct PinPrompts<'d, 'w> {
    context: &'d mut Context<'w>,
    script: bool,
    last_try: bool,
}

impl<'d, 'w> PinPrompts<'d, 'w> {
    pub(super) fn of(options: &Options, context: &'d mut Context<'w>) -> Self {
        Self { context, script: options.pin_stdin, last_try: options.last_try }
    }

    /// For other commands that ask a person, or a script, for a PIN.
    pub(crate) fn new(context: &'d mut Context<'w>, script: bool, last_try: bool) -> Self {
        Self { context, script, last_try }
    }

    pub(super) fn context(&mut self) -> &mut Context<'w> {
        self.context
    }

    /// A PIN that exists, as it was typed; its form is right.
    pub(crate) fn typed_pin(
        &mut self,
        secret: Secret,
        policy: PinPolicy,
    ) -> Result<Zeroizing<String>, Failure> {
        let question = self.context.text.ask(secret, policy);
        Ok(self.existing(&question, secret, policy)?.1)
    }

    /// A PIN or PUK that exists.
    pub(super) fn secret(&mut self, secret: Secret, policy: PinPolicy) -> Result<Pin, Failure> {
        let question = self.context.text.ask(secret, policy);
        Ok(self.existing(&question, secret, policy)?.0)
    }

    /// A PIN that is to be changed, and what was typed.
    pub(super) fn current(
        &mut self,
        secret: Secret,
        policy: PinPolicy,
    ) -> Result<(Pin, Zeroizing<String>), Failure> {
        let question = self.context.text.ask_current(secret, policy);
        self.existing(&question, secret, policy)
    }

    fn existing(
        &mut self,
        question: &str,
        secret: Secret,
        policy: PinPolicy,
    ) -> Result<(Pin, Zeroizing<String>), Failure> {
        self.until_accepted(|prompts| {
            let typed = prompts.typed(question)?;
            match made(secret, policy, &typed) {
                Some(pin) => Ok(Ok((pin, typed))),
                None => Ok(Err(prompts.context.text.not_this_form(secret, policy))),
            }
        })
    }

    /// A new PIN: by a person twice, and not one that others guess first.
    pub(super) fn new_pin(
        &mut self,
        secret: Secret,
        policy: PinPolicy,
        files: &PublicFiles,
        old: Option<&Zeroizing<String>>,
    ) -> Result<Pin, Failure> {
        let text = self.context.text;
        let (first, again) = (text.ask_new(secret, policy), text.ask_again(secret));
        if !self.script {
            self.context.output.note(text.rules_of_new_pins());
        }
        self.until_accepted(|prompts| {
            let typed = prompts.typed(&first)?;
            let Some(pin) = made(secret, policy, &typed) else {
                return Ok(Err(text.not_this_form(secret, policy)));
            };
            if old.is_some_and(|old| *old == typed) {
                return Ok(Err(text.same_as_before().to_owned()));
            }
            if let Some(weakness) = weak::weakness(&typed, files) {
                return Ok(Err(text.weak(weakness).to_owned()));
            }
            if !prompts.script && prompts.typed(&again)? != typed {
                return Ok(Err(text.typed_differently().to_owned()));
            }
            Ok(Ok(pin))
        })
    }

    /// Before the last try.
    pub(crate) fn agree_to_last_try(&mut self, secret: Secret) -> Result<(), Failure> {
        let text = self.context.text;
        if self.script {
            return if self.last_try {
                Ok(())
            } else {
                Err(explained(Exit::NotDone, text.script_at_last_try(secret)))
            };
        }
        self.context.output.warning(&text.last_try_warning(secret));
        self.agree()
    }

    /// Before a PUK of which nobody knows how many tries it has.
    pub(super) fn agree_to_unknown_tries(&mut self, secret: Secret) -> Result<(), Failure> {
        if self.script {
            return Ok(());
        }
        let warning = self.context.text.unknown_tries_warning(secret);
        self.context.output.warning(&warning);
        self.agree()
    }

    fn agree(&mut self) -> Result<(), Failure> {
        let text = self.context.text;
        let answer = self.context.ask(text.go_on()).map_err(|none| self.unanswered(none))?;
        if text.means_yes(&answer) { Ok(()) } else { Err(Failure::new(Exit::NotDone, text.nothing_sent())) }
    }

    /// Asks until the answer will do; why it will not is told each time. A person ends it with Ctrl-C: after a limit, the
    /// digits that are typed next would go to the shell. A script is asked once.
    fn until_accepted<T>(
        &mut self,
        mut ask: impl FnMut(&mut Self) -> Result<Result<T, String>, Failure>,
    ) -> Result<T, Failure> {
        loop {
            match ask(self)? {
                Ok(accepted) => return Ok(accepted),
                Err(why) if self.script => {
                    let nothing_sent = self.context.text.nothing_sent();
                    return Err(Failure::new(Exit::NotDone, format!("{why} {nothing_sent}")));
                }
                Err(why) => self.context.output.warning(&why),
            }
        }
    }

    fn typed(&mut self, question: &str) -> Result<Zeroizing<String>, Failure> {
        let answer = match self.script {
            true => self.context.prompt.script_line(),
            false => self.context.ask_secret(question),
        };
        answer.map_err(|none| self.unanswered(none))
    }

    fn unanswered(&self, none: NoAnswer) -> Failure {
        match none {
            NoAnswer::Interrupted if self.script => {
                Failure::new(Exit::NotDone, self.context.text.script_ended())
            }
            none => unanswered(none, self.context.text),
        }
    }
}
