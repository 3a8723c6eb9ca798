//! `cns pin`: check, change and unblock a PIN.
//!
//! What this room is for: the dialogue before and after the one PIN command. Whatever is typed is looked at first: what
//! cannot be a PIN, is typed differently the second time, or is easy to guess never reaches the card. Before the last
//! try a person must say yes, and a script must have said so on its command line. It must never send a PIN command that
//! was not confirmed by Enter, send one twice, or keep what was typed.

mod dialogue;
mod weak;

use cns_card::{CardError, Disposition, Pin, PinPolicy, Retries};

pub(crate) use self::dialogue::Dialogue;
use crate::cli::ReaderOption;
use crate::exit::{Exit, Failure};
use crate::interrupt;
use crate::reader_choice::{self, OpenCard, card_failure, explained};
use crate::text::{Secret, described};
use crate::world::World;

/// What to do with a PIN.
#[derive(Debug, clap::Subcommand)]
pub enum Action {
    /// `cns pin verify`
    #[command(about = described().verify_about(), after_help = described().two_halves())]
    Verify(Options),
    /// `cns pin change`
    #[command(about = described().change_about(), after_help = described().about_new_pins())]
    Change(Options),
    /// `cns pin unblock`
    #[command(about = described().unblock_about(), after_help = described().about_new_pins())]
    Unblock(Options),
}

/// The options of each of them.
#[derive(Debug, clap::Args)]
pub struct Options {
    #[command(flatten)]
    reader: ReaderOption,
    #[arg(long, help = described().pin_stdin_option())]
    pin_stdin: bool,
    #[arg(long, requires = "pin_stdin", help = described().last_try_option())]
    last_try: bool,
}

pub(crate) fn run(action: &Action, world: &mut World<'_>) -> Result<Exit, Failure> {
    match action {
        Action::Verify(options) => verify(options, world),
        Action::Change(options) => change(options, world),
        Action::Unblock(options) => unblock(options, world),
    }
}

fn verify(options: &Options, world: &mut World<'_>) -> Result<Exit, Failure> {
    let mut opened = open(options, world)?;
    let policy = opened.card.pin_policy();
    before(&mut opened, options, Secret::Pin, world)?;
    let pin = match at_the_reader(opened.card.keypad().verify, options, world) {
        true => Pin::typed_at_the_reader(),
        false => Dialogue::of(options, world).secret(Secret::Pin, policy)?,
    };
    send(&mut opened, Secret::Pin, world, |opened| opened.card.verify(&pin))?;
    world.output.line(world.text.pin_is_right());
    after(opened, world)
}

fn change(options: &Options, world: &mut World<'_>) -> Result<Exit, Failure> {
    let mut opened = open(options, world)?;
    let policy = opened.card.pin_policy();
    before(&mut opened, options, Secret::Pin, world)?;
    let (old, new) = if at_the_reader(opened.card.keypad().modify, options, world) {
        (Pin::typed_at_the_reader(), Pin::typed_at_the_reader())
    } else {
        let mut dialogue = Dialogue::of(options, world);
        let (old, typed) = dialogue.current(Secret::Pin, policy)?;
        (old, dialogue.new_pin(Secret::Pin, policy, &opened.files, Some(&typed))?)
    };
    send(&mut opened, Secret::Pin, world, |opened| opened.card.change_pin(&old, &new))?;
    world.output.line(world.text.pin_is_changed());
    after(opened, world)
}

fn unblock(options: &Options, world: &mut World<'_>) -> Result<Exit, Failure> {
    let mut opened = open(options, world)?;
    let policy = opened.card.pin_policy();
    before(&mut opened, options, Secret::Puk, world)?;
    let mut dialogue = Dialogue::of(options, world);
    let puk = dialogue.secret(Secret::Puk, policy)?;
    let new = dialogue.new_pin(Secret::Pin, policy, &opened.files, None)?;
    send(&mut opened, Secret::Puk, world, |opened| opened.card.unblock_pin(&puk, &new))?;
    world.output.line(world.text.pin_is_unblocked());
    after(opened, world)
}

/// Is the PIN typed at the reader's own keypad? Then the person is told. A script types nowhere but here.
fn at_the_reader(offered: bool, options: &Options, world: &mut World<'_>) -> bool {
    let there = offered && !options.pin_stdin;
    if there {
        world.output.note(world.text.type_at_the_reader());
    }
    there
}

/// The card that is meant.
fn open(options: &Options, world: &mut World<'_>) -> Result<OpenCard, Failure> {
    let opened = reader_choice::open_card(options.reader.reader.as_deref(), world)?;
    world.output.note(&world.text.card_in_hand(&opened.reader, opened.holder().as_deref()));
    Ok(opened)
}

/// Tells the tries left, and stops where there are none, or where nobody agrees to use the last.
fn before(
    opened: &mut OpenCard,
    options: &Options,
    secret: Secret,
    world: &mut World<'_>,
) -> Result<(), Failure> {
    let text = world.text;
    let tries = tries(opened, secret).map_err(|error| card_failure(error, text))?;
    world.output.note(&text.tries_before(secret, tries));
    match tries {
        Retries::Blocked => Err(explained(Exit::Locked, text.locked(secret))),
        Retries::Left(1) => Dialogue::of(options, world).agree_to_last_try(secret),
        Retries::Unknown if secret.is_puk() => Dialogue::of(options, world).agree_to_unknown_tries(secret),
        Retries::Left(_) | Retries::Unknown => Ok(()),
    }
}

fn tries(opened: &mut OpenCard, secret: Secret) -> Result<Retries, CardError> {
    match secret {
        Secret::Pin => opened.card.pin_retries(),
        Secret::Puk => opened.card.puk_retries(),
    }
}

/// The one PIN command. An interruption waits for its end.
fn send(
    opened: &mut OpenCard,
    secret: Secret,
    world: &mut World<'_>,
    command: impl FnOnce(&mut OpenCard) -> Result<(), CardError>,
) -> Result<(), Failure> {
    let text = world.text;
    if let Err(error) = opened.card.status() {
        let mut failure = card_failure(error, text);
        failure.what = format!("{} {}", failure.what, text.no_try_used());
        return Err(failure);
    }
    let result = {
        let _shown = world.output.progress(text.asking_card());
        let _whole = interrupt::uninterrupted();
        command(opened)
    };
    match result {
        Ok(()) => Ok(()),
        Err(CardError::PinIncorrect { left: Retries::Unknown }) => {
            let left = tries(opened, secret).unwrap_or(Retries::Unknown);
            Err(explained(Exit::WrongPin, text.wrong(secret, left)))
        }
        Err(CardError::PinIncorrect { left }) => Err(explained(Exit::WrongPin, text.wrong(secret, left))),
        Err(CardError::PinBlocked) => Err(explained(Exit::Locked, text.locked(secret))),
        Err(CardError::NotEntered { .. }) => Err(Failure::new(Exit::NotDone, text.not_entered())),
        Err(CardError::PinNotActivated) => Err(explained(Exit::Failed, text.not_activated())),
        Err(error) => Err(card_failure(error, text)),
    }
}

/// Locks the door, so that nobody uses the PIN that was just typed, and tells the tries that are left now.
fn after(mut opened: OpenCard, world: &mut World<'_>) -> Result<Exit, Failure> {
    let locked = opened.card.reset();
    let left = locked.and_then(|()| tries(&mut opened, Secret::Pin)).unwrap_or(Retries::Unknown);
    if left != Retries::Unknown {
        world.output.note(&world.text.tries_after(Secret::Pin, left));
    }
    opened.card.close(Disposition::Leave);
    Ok(Exit::Success)
}

/// A secret, made from what was typed; `None` when it cannot be one.
fn made(secret: Secret, policy: PinPolicy, typed: &str) -> Option<Pin> {
    let digits = typed.as_bytes();
    if secret.is_puk() { policy.puk(digits).ok() } else { policy.pin(digits).ok() }
}
