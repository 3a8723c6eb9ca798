//! Asking for PINs: of a person until the form is right, of a script once.

use cns_card::{Pin, PinPolicy, PublicFiles};
use cns_token::Secret;
use zeroize::Zeroizing;

use super::messages;
use super::weak_pin;
use crate::console::messages as console_messages;
use crate::console::prompt::NoAnswer;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::options::PinOptions;
use crate::text::Message;

/// The questions of one PIN command.
pub(crate) struct PinPrompts<'d, 'w> {
    context: &'d mut Context<'w>,
    options: &'d PinOptions,
}

impl<'d, 'w> PinPrompts<'d, 'w> {
    pub(crate) fn new(options: &'d PinOptions, context: &'d mut Context<'w>) -> Self {
        Self { context, options }
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
        let question = messages::ask_secret(self.context.language, secret, policy);
        Ok(self.existing(&question, secret, policy)?.1)
    }

    /// A PIN or PUK that exists.
    pub(super) fn secret(&mut self, secret: Secret, policy: PinPolicy) -> Result<Pin, Failure> {
        let question = messages::ask_secret(self.context.language, secret, policy);
        Ok(self.existing(&question, secret, policy)?.0)
    }

    /// A PIN that is to be changed, and what was typed.
    pub(super) fn current(
        &mut self,
        secret: Secret,
        policy: PinPolicy,
    ) -> Result<(Pin, Zeroizing<String>), Failure> {
        let question = messages::ask_current(self.context.language, secret, policy);
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
            match parse_secret(secret, policy, &typed) {
                Some(pin) => Ok(Ok((pin, typed))),
                None => Ok(Err(messages::not_this_form(prompts.context.language, secret, policy))),
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
        let language = self.context.language;
        let (first, again) =
            (messages::ask_new(language, secret, policy), messages::ask_again(language, secret));
        if !self.options.pin_stdin {
            let rules = match old {
                Some(_) => messages::RULES_OF_NEW_PINS,
                None => messages::RULES_WITHOUT_CURRENT_PIN,
            };
            self.context.output.note(rules.to(language));
        }
        self.until_accepted(|prompts| {
            let (typed, twice) = prompts.typed_new(&first, &again)?;
            let Some(pin) = parse_secret(secret, policy, &typed) else {
                return Ok(Err(messages::not_this_form(language, secret, policy)));
            };
            if old.is_some_and(|old| *old == typed) {
                return Ok(Err(messages::SAME_AS_BEFORE.to(language).to_owned()));
            }
            if let Some(weakness) = weak_pin::weakness(&typed, files) {
                return Ok(Err(messages::weakness(language, weakness).to_owned()));
            }
            if !twice && prompts.typed(&again)? != typed {
                return Ok(Err(messages::TYPED_DIFFERENTLY.to(language).to_owned()));
            }
            Ok(Ok(pin))
        })
    }

    /// Before the last try.
    pub(crate) fn agree_to_last_try(&mut self, secret: Secret) -> Result<(), Failure> {
        let language = self.context.language;
        if self.options.pin_stdin {
            return match self.options.last_try {
                true => Ok(()),
                false => Err(messages::script_at_last_try(language, secret).with(Exit::NotDone)),
            };
        }
        self.context.output.warning(messages::last_try_warning(language, secret));
        self.agree(messages::USE_THE_LAST_TRY)
    }

    /// Before a PUK whose retry counter is unknown.
    pub(super) fn agree_to_unknown_tries(&mut self, secret: Secret) -> Result<(), Failure> {
        if self.options.pin_stdin {
            return Ok(());
        }
        let warning = messages::unknown_tries_warning(self.context.language, secret);
        self.context.output.warning(&warning);
        self.agree(messages::GO_ON)
    }

    fn agree(&mut self, question: Message) -> Result<(), Failure> {
        let language = self.context.language;
        let is_yes = |answer: &str| messages::means_yes(language, answer);
        let agreed = self.context.confirm(question.to(language), &is_yes);
        if agreed.map_err(|none| self.no_answer(none))? {
            Ok(())
        } else {
            let cancelled =
                self.context.first_or_later(console_messages::DECLINED, console_messages::DECLINED_LATER);
            Err(Failure::new(Exit::NotDone, cancelled))
        }
    }

    /// Asks until the answer is valid, and says each time why it is not. A person ends it with Ctrl-C: after a limit, the
    /// digits that are typed next would go to the shell. A script is asked once.
    fn until_accepted<T>(
        &mut self,
        mut ask: impl FnMut(&mut Self) -> Result<Result<T, String>, Failure>,
    ) -> Result<T, Failure> {
        loop {
            match ask(self)? {
                Ok(accepted) => return Ok(accepted),
                Err(why) if self.options.pin_stdin => {
                    let nothing_sent = console_messages::NOTHING_SENT.to(self.context.language);
                    return Err(Failure::new(Exit::NotDone, format!("{why} {nothing_sent}")));
                }
                Err(why) => self.context.output.warning(&why),
            }
        }
    }

    fn typed(&mut self, question: &str) -> Result<Zeroizing<String>, Failure> {
        let answer = match self.options.pin_stdin {
            true => self.context.prompt.script_line(),
            false => self.context.ask_secret(question),
        };
        answer.map_err(|none| self.no_answer(none))
    }

    /// A new secret, and whether it need not be asked for again.
    fn typed_new(&mut self, first: &str, again: &str) -> Result<(Zeroizing<String>, bool), Failure> {
        let answer = match self.options.pin_stdin {
            true => self.context.prompt.script_line().map(|typed| (typed, true)),
            false => self.context.ask_new_secret(first, again),
        };
        answer.map_err(|none| self.no_answer(none))
    }

    fn no_answer(&self, none: NoAnswer) -> Failure {
        match none {
            NoAnswer::Interrupted if self.options.pin_stdin => {
                Failure::new(Exit::NotDone, console_messages::SCRIPT_ENDED.to(self.context.language))
            }
            none => self.context.no_answer(none),
        }
    }
}

/// A secret, made from what was typed; `None` when it cannot be one.
fn parse_secret(secret: Secret, policy: PinPolicy, typed: &str) -> Option<Pin> {
    let digits = typed.as_bytes();
    if secret.is_puk() { policy.puk(digits).ok() } else { policy.pin(digits).ok() }
}
