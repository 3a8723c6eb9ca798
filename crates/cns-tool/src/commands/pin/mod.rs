//! `cns pin`: check, change and unblock a PIN.
//!
//! One PIN command for each PIN that was typed, through the retry guard of `cns_token`. A PIN of wrong form, typed
//! differently the second time, or easy to guess is never sent. At a terminal a wrong PIN is asked for again while more
//! than one try is left; the last needs a yes, or `--last-try` in a script. A PIN command is never sent twice, and what
//! was typed is not kept.

pub(crate) mod messages;
mod prompts;
mod retry;
mod weak_pin;

use cns_card::{Card, CardError, Pin, PinPad, PinPolicy, Retries};
use cns_token::{LastRetry, PinCommandError, Secret};

pub(crate) use self::prompts::PinPrompts;
pub(crate) use self::retry::RetryAfterWrongPin;
use crate::card::OpenCard;
use crate::card::failures::card_failure;
use crate::card::messages as card_messages;
use crate::card::open_card;
use crate::console::interrupt;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::options::{PinOptions, ReaderOption};

const TWO_PARTS: &str = "Often the PIN comes in two parts: one is on the form you got at the office, the other \
                          comes by e-mail or SMS. Type them one after the other, without spaces. The same goes \
                          for the PUK. A dot stands for each digit that you type.";

const NEW_PIN: &str = "Often the PIN comes in two parts: one is on the form you got at the office, the other \
                       comes by e-mail or SMS. Type them one after the other, without spaces. The same goes for \
                       the PUK. A dot stands for each digit that you type.\n\nThe new PIN has 5 to 8 digits. \
                       The digits cannot be all the same or in sequence (like 1234), nor your date of birth.";

/// What to do with a PIN.
#[derive(Debug, clap::Subcommand)]
pub enum PinAction {
    /// Check whether the PIN is right (a wrong PIN costs a try)
    #[command(after_help = TWO_PARTS)]
    Verify(Options),
    /// Change the PIN: asks for the current one, and twice for the new one
    #[command(after_help = NEW_PIN)]
    Change(Options),
    /// Unblock the PIN with the PUK: asks for the PUK, and twice for the new PIN
    #[command(after_help = NEW_PIN)]
    Unblock(Options),
}

/// The options of each of them.
#[derive(Debug, clap::Args)]
pub struct Options {
    #[command(flatten)]
    reader: ReaderOption,
    #[command(flatten)]
    pin: PinOptions,
}

pub(crate) fn run(action: &PinAction, context: &mut Context<'_>) -> Result<Exit, Failure> {
    match action {
        PinAction::Verify(options) => verify(options, context),
        PinAction::Change(options) => change(options, context),
        PinAction::Unblock(options) => unblock(options, context),
    }
}

/// `cns pin verify` with the card in this reader; for `cns start`.
pub(crate) fn verify_in(reader: &str, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let reader = ReaderOption { reader: Some(reader.to_owned()) };
    verify(&Options { reader, pin: PinOptions::default() }, context)
}

fn verify(options: &Options, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let mut opened = open(options, context)?;
    let (policy, pin_pad) = pins_of(&mut opened, context)?;
    until_right(&mut opened, options, context, |opened, last, context| {
        let pin = match uses_pin_pad(pin_pad.verify, options, context) {
            true => Pin::on_pin_pad(),
            false => PinPrompts::new(&options.pin, context).secret(Secret::Pin, policy)?,
        };
        send(opened, options, (Secret::Pin, last), context, |card| card.verify(&pin))
    })?;
    context.output.line(messages::PIN_IS_RIGHT.to(context.language));
    report_retries(opened, context)
}

fn change(options: &Options, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let mut opened = open(options, context)?;
    let (policy, pin_pad) = pins_of(&mut opened, context)?;
    until_right(&mut opened, options, context, |opened, last, context| {
        let (old, new) = if uses_pin_pad(pin_pad.modify, options, context) {
            (Pin::on_pin_pad(), Pin::on_pin_pad())
        } else {
            let mut prompts = PinPrompts::new(&options.pin, context);
            let (old, typed) = prompts.current(Secret::Pin, policy)?;
            (old, prompts.new_pin(Secret::Pin, policy, &opened.files, Some(&typed))?)
        };
        send(opened, options, (Secret::Pin, last), context, |card| card.change_pin(&old, &new))
    })?;
    context.output.line(messages::PIN_IS_CHANGED.to(context.language));
    report_retries(opened, context)
}

fn unblock(options: &Options, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let mut opened = open(options, context)?;
    let (policy, _) = pins_of(&mut opened, context)?;
    let last = check_retries(&mut opened, options, Secret::Puk, context)?;
    let mut prompts = PinPrompts::new(&options.pin, context);
    let puk = prompts.secret(Secret::Puk, policy)?;
    let new = prompts.new_pin(Secret::Pin, policy, &opened.files, None)?;
    send(&mut opened, options, (Secret::Puk, last), context, |card| card.unblock_pin(&puk, &new))?;
    context.output.line(messages::PIN_IS_UNBLOCKED.to(context.language));
    report_retries(opened, context)
}

/// What PINs of the card look like, and where they can be typed.
fn pins_of(opened: &mut OpenCard, context: &Context<'_>) -> Result<(PinPolicy, PinPad), Failure> {
    let card = opened.card().map_err(|error| card_failure(error, context.language))?;
    Ok((card.pin_policy(), card.pin_pad()))
}

/// Whether the PIN is typed on the reader's PIN pad; says so. Scripts give the PIN on the standard input only.
fn uses_pin_pad(offered: bool, options: &Options, context: &mut Context<'_>) -> bool {
    let there = offered && !options.pin.pin_stdin;
    if there {
        context.output.note(messages::TYPE_AT_THE_READER.to(context.language));
    }
    there
}

/// The card that is meant.
fn open(options: &Options, context: &mut Context<'_>) -> Result<OpenCard, Failure> {
    context.choose_pinentry(&options.pin);
    let opened = open_card::open_card(options.reader.reader.as_deref(), context)?;
    context.use_card_in(&opened.reader);
    context.output.note(&messages::which_card(context.language, &opened.reader, opened.holder().as_deref()));
    Ok(opened)
}

/// One PIN command, and at a terminal others after a wrong PIN.
fn until_right(
    opened: &mut OpenCard,
    options: &Options,
    context: &mut Context<'_>,
    mut command: impl FnMut(&mut OpenCard, LastRetry, &mut Context<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut last = check_retries(opened, options, Secret::Pin, context)?;
    let mut retry = RetryAfterWrongPin::default();
    loop {
        let Err(failure) = command(opened, last, context) else { return Ok(()) };
        let left = match failure.exit {
            Exit::WrongPin if context.on_terminal => opened.retry_state(Secret::Pin, context.transport).ok(),
            _ => None,
        };
        let left = left.map_or(Retries::Blocked, |state| state.left());
        retry.offer(failure, left, context)?;
        last = LastRetry::Withheld;
    }
}

/// Says how many tries are left; stops if there are none, or without consent to use the last.
fn check_retries(
    opened: &mut OpenCard,
    options: &Options,
    secret: Secret,
    context: &mut Context<'_>,
) -> Result<LastRetry, Failure> {
    let state = opened.retry_state(secret, context.transport);
    let state = state.map_err(|error| card_failure(error, context.language))?;
    announce_retries(secret, state.left(), &mut PinPrompts::new(&options.pin, context))
}

/// The same with a known count; used by `cns sign` and `cns test-login` too.
pub(crate) fn announce_retries(
    secret: Secret,
    left: Retries,
    prompts: &mut PinPrompts<'_, '_>,
) -> Result<LastRetry, Failure> {
    let language = prompts.context().language;
    let left = if secret.is_puk() { left } else { retry::left_in_this_run(left, prompts.context()) };
    prompts.context().output.note(&messages::tries_before(language, secret, left));
    match left {
        Retries::Blocked => Err(messages::secret_locked(language, secret).with(Exit::Locked)),
        Retries::Left(1) => prompts.agree_to_last_try(secret).map(|()| LastRetry::Agreed),
        Retries::Unknown if secret.is_puk() => {
            prompts.agree_to_unknown_tries(secret).map(|()| LastRetry::Withheld)
        }
        Retries::Left(_) | Retries::Unknown => Ok(LastRetry::Withheld),
    }
}

/// The one PIN command. An interruption waits for its end.
fn send(
    opened: &mut OpenCard,
    options: &Options,
    (secret, last): (Secret, LastRetry),
    context: &mut Context<'_>,
    command: impl Fn(&mut Card) -> Result<(), CardError>,
) -> Result<(), Failure> {
    let language = context.language;
    if let Err(error) = opened.card().and_then(Card::status) {
        return Err(context.nothing_was_sent(card_failure(error, language)));
    }
    let (result, ended) = {
        let _shown = context.output.progress(card_messages::ASKING_CARD.to(language));
        let _whole = interrupt::uninterrupted();
        opened.pin_command(secret, last, context.transport, &command)
    };
    if ended.is_err() {
        context.output.warning(messages::PIN_STAYS_VERIFIED.to(language));
    }
    // Also where no answer came: a try may be gone.
    let nothing_compared = matches!(
        result,
        Err(PinCommandError::LastRetryProtected | PinCommandError::Card(CardError::NotEntered { .. }))
    );
    if !nothing_compared {
        context.pin_was_sent();
    }
    let Err(error) = result else { return Ok(()) };
    match error {
        // Another program has used one since the tries were announced.
        PinCommandError::LastRetryProtected => {
            PinPrompts::new(&options.pin, context).agree_to_last_try(secret)?;
            send(opened, options, (secret, LastRetry::Agreed), context, command)
        }
        PinCommandError::Card(CardError::PinIncorrect { .. }) => {
            let left =
                opened.retry_state(secret, context.transport).map_or(Retries::Unknown, |state| state.left());
            Err(messages::wrong_secret(language, secret, left).with(Exit::WrongPin))
        }
        PinCommandError::Card(CardError::PinBlocked) => {
            Err(messages::secret_locked(language, secret).with(Exit::Locked))
        }
        PinCommandError::Card(CardError::NotEntered { .. }) => {
            let text = context.first_or_later(messages::NOT_ENTERED, messages::NOT_ENTERED_LATER);
            Err(Failure::new(Exit::NotDone, text))
        }
        PinCommandError::Card(CardError::PinNotActivated) => {
            Err(messages::not_activated(language).with(Exit::Failed))
        }
        PinCommandError::Card(error) => Err(card_failure(error, language)),
    }
}

/// Says how many tries there are now, where the card reports it.
fn report_retries(mut opened: OpenCard, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let left =
        opened.retry_state(Secret::Pin, context.transport).map_or(Retries::Unknown, |state| state.left());
    if left != Retries::Unknown {
        context.output.note(&messages::tries_after(context.language, Secret::Pin, left));
    }
    Ok(Exit::Success)
}
