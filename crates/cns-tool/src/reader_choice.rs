//! Which reader, which card: from `--reader`, from the one card there is, or from the person.

use cns_card::{
    Card, CardError, Occupancy, OpenedCard, PublicFiles, ReaderStatus, Transport, TransportError,
    UnsupportedCard,
};

use cns_token::{
    CardLink, CardName, LastRetry, PinCommandError, RetryGuard, RetryState, Secret, SecurityStatusNotCleared,
    TokenIdentity, reset_after_crashed_login,
};

use crate::exit::{Exit, Failure};
use crate::foreign::one_line;
use crate::prompt::NoAnswer;
use crate::text::{Explained, Language, Text};
use crate::unsupported_text;
use crate::world::World;

/// A CNS in a reader, open.
pub struct OpenCard {
    /// The reader's name.
    pub reader: String,
    /// What anybody may read of it.
    pub files: PublicFiles,
    /// The name by which all programs call it.
    pub name: CardName,
    link: CardLink,
}

/// The command opens a card once.
const INSERTION: u64 = 0;

impl OpenCard {
    /// A card that was just opened. A login that a program left behind when it crashed is ended.
    ///
    /// # Errors
    /// Those of the exchange.
    pub fn new(
        reader: &str,
        mut card: Box<Card>,
        files: PublicFiles,
        transport: &dyn Transport,
    ) -> Result<Self, CardError> {
        let identity = TokenIdentity::of(&mut card, &files)?;
        let name = CardName::new(&identity.serial, transport);
        // What cannot be reset now is left to the next program.
        let _ = reset_after_crashed_login(&name, || card.reset());
        let mut link = CardLink::default();
        link.hold(INSERTION, card);
        Ok(Self { reader: reader.to_owned(), files, name, link })
    }

    /// Whose card it is, as far as it tells.
    #[must_use]
    pub fn holder(&self) -> Option<String> {
        let data = self.files.personal_data.as_ref()?;
        Some(format!("{} {}", data.name.as_ref()?, data.surname.as_ref()?))
    }

    /// The card.
    ///
    /// # Errors
    /// The connection was given up.
    pub fn card(&mut self) -> Result<&mut Card, CardError> {
        self.link.card_of(INSERTION).ok_or(CardError::Transport(TransportError::CardRemoved))
    }

    /// The tries of PIN or PUK: as recorded for all of this user's programs, and by the card's own count where it reports
    /// one without spending a try.
    ///
    /// # Errors
    /// Those of the exchange.
    pub fn retry_state(
        &mut self,
        secret: Secret,
        transport: &dyn Transport,
    ) -> Result<RetryState, CardError> {
        let reader = transport.reader(&self.reader)?;
        let mut state = RetryState::default();
        let card = self.link.card_of(INSERTION).ok_or(CardError::Transport(TransportError::CardRemoved))?;
        RetryGuard { card: &self.name, secret, reader: &reader }.refresh(card, &mut state)?;
        Ok(state)
    }

    /// One PIN command, or none; the login that comes of it is ended. The second value says whether that was possible.
    pub fn pin_command(
        &mut self,
        secret: Secret,
        last: LastRetry,
        transport: &dyn Transport,
        command: impl FnOnce(&mut Card) -> Result<(), CardError>,
    ) -> (Result<(), PinCommandError>, Result<(), SecurityStatusNotCleared>) {
        let reader = match transport.reader(&self.reader) {
            Ok(reader) => reader,
            Err(error) => return (Err(CardError::from(error).into()), Ok(())),
        };
        if let Err(error) = self.link.prepare_login(&self.name, &reader) {
            return (Err(CardError::from(error).into()), Ok(()));
        }
        let mut state = RetryState::default();
        let guard = RetryGuard { card: &self.name, secret, reader: &reader };
        let outcome = match self.link.card_of(INSERTION) {
            Some(card) => guard.send(card, &mut state, last, command),
            None => Err(CardError::Transport(TransportError::CardRemoved).into()),
        };
        let ended = self.link.conclude_pin_command(&outcome, false, transport, &self.reader);
        if outcome.is_ok() && secret == Secret::Puk {
            RetryGuard { secret: Secret::Pin, ..guard }.forget(&mut state);
        }
        (outcome, ended)
    }
}

/// Opens the card that the person means.
///
/// # Errors
/// A [`Failure`] that says why there is none, with the exit code that goes with it.
pub fn open_card(wanted: Option<&str>, world: &mut World<'_>) -> Result<OpenCard, Failure> {
    let reader = choose(wanted, world)?;
    open_in(&reader, world)
}

/// Opens the card in this reader.
///
/// # Errors
/// As [`open_card`].
pub fn open_in(reader: &str, world: &World<'_>) -> Result<OpenCard, Failure> {
    let _shown = world.output.progress(world.text.reading_card());
    match cns_card::open(world.transport, reader) {
        Ok(OpenedCard::Cns(card, files)) => OpenCard::new(reader, card, files, world.transport)
            .map_err(|error| card_failure(error, world.text)),
        Ok(OpenedCard::Unsupported { what, .. }) => Err(unsupported(what, world.language)),
        Err(error) => Err(card_failure(error, world.text)),
    }
}

/// The name of the reader that the person means, with a card in it.
///
/// # Errors
/// As [`open_card`].
pub fn choose(wanted: Option<&str>, world: &mut World<'_>) -> Result<String, Failure> {
    let text = world.text;
    let meant = meant(wanted, world)?;
    let cards: Vec<&ReaderStatus> =
        meant.iter().filter(|reader| reader.occupancy == Occupancy::Card).collect();
    match cards[..] {
        [one] => Ok(one.name.clone()),
        [] if meant.iter().any(|reader| reader.occupancy == Occupancy::MuteCard) => {
            Err(explained(Exit::UnusableCard, text.mute_card()))
        }
        [] => Err(explained(Exit::NoCard, text.no_card())),
        _ => pick(&cards, world),
    }
}

/// The readers that the person means: all, or those named; at least one.
///
/// # Errors
/// No service, no reader, or none of that name.
pub fn meant(wanted: Option<&str>, world: &World<'_>) -> Result<Vec<ReaderStatus>, Failure> {
    let text = world.text;
    let readers = readers(world.transport, text)?;
    match wanted {
        Some(wanted) => named(&readers, wanted)
            .map_err(|all| explained(Exit::NoReader, text.unknown_reader(wanted, &list(all.iter())))),
        None => Ok(readers),
    }
}

/// All readers; at least one.
///
/// # Errors
/// No service, or no reader.
pub fn readers(transport: &dyn Transport, text: &dyn Text) -> Result<Vec<ReaderStatus>, Failure> {
    let readers = transport.readers().map_err(|error| card_failure(error.into(), text))?;
    if readers.is_empty() {
        return Err(explained(Exit::NoReader, text.no_reader()));
    }
    Ok(readers)
}

/// Readers of that very name, else those whose name contains it; all readers when there is none.
fn named<'r>(readers: &'r [ReaderStatus], wanted: &str) -> Result<Vec<ReaderStatus>, &'r [ReaderStatus]> {
    if let Some(exact) = readers.iter().find(|reader| reader.name == wanted) {
        return Ok(vec![exact.clone()]);
    }
    let wanted = wanted.to_lowercase();
    let like: Vec<_> =
        readers.iter().filter(|reader| reader.name.to_lowercase().contains(&wanted)).cloned().collect();
    if like.is_empty() || wanted.is_empty() { Err(readers) } else { Ok(like) }
}

fn pick(cards: &[&ReaderStatus], world: &mut World<'_>) -> Result<String, Failure> {
    let text = world.text;
    let list = list(cards.iter().copied());
    if !world.prompt.is_interactive() {
        return Err(explained(Exit::NotDone, text.several_cards(&list)));
    }
    world.output.note(text.which_reader());
    for reader in list.lines() {
        world.output.note(reader);
    }
    loop {
        let answer = world.ask(&text.reader_number(cards.len())).map_err(|none| unanswered(none, text))?;
        let number = answer.trim().parse::<usize>().ok();
        if let Some(reader) = number.and_then(|number| cards.get(number.checked_sub(1)?)) {
            return Ok(reader.name.clone());
        }
        world.output.warning(&text.no_such_number(cards.len()));
    }
}

/// One a line, numbered from 1.
fn list<'r>(readers: impl Iterator<Item = &'r ReaderStatus>) -> String {
    let lines: Vec<_> = readers
        .enumerate()
        .map(|(index, reader)| format!("  {}. {}", index + 1, one_line(&reader.name)))
        .collect();
    lines.join("\n")
}

/// What to tell about a card that is not for this program. The holder of a Romanian card may read Romanian best.
pub fn unsupported(what: UnsupportedCard, language: Language) -> Failure {
    let text = language.text();
    let mut next = unsupported_text::advice(what.advice(), language).to_owned();
    if what == UnsupportedCard::RomanianHealthCard {
        next.push_str(&format!("\n\nRomână: {}", unsupported_text::ROMANIAN_HEALTH_CARD_IN_ROMANIAN));
    }
    Failure::new(Exit::UnusableCard, text.unsupported_card(unsupported_text::card(what, language))).then(next)
}

/// What to tell about an error of the card that is no answer to a PIN.
pub fn card_failure(error: CardError, text: &dyn Text) -> Failure {
    explained(exit_of(error), text.card_failed(error))
}

/// The exit code that goes with an error of the card.
pub fn exit_of(error: CardError) -> Exit {
    match error {
        CardError::Transport(TransportError::ServiceUnavailable | TransportError::ReaderUnavailable) => {
            Exit::NoReader
        }
        CardError::Transport(TransportError::NoCard | TransportError::CardRemoved) => Exit::NoCard,
        CardError::Transport(TransportError::MuteCard) => Exit::UnusableCard,
        CardError::PinIncorrect { .. } => Exit::WrongPin,
        CardError::PinBlocked => Exit::Locked,
        CardError::PinFormat(_) => Exit::NotDone,
        _ => Exit::Failed,
    }
}

/// Why a question has no answer.
pub fn unanswered(none: NoAnswer, text: &dyn Text) -> Failure {
    match none {
        NoAnswer::Interrupted => Failure::interrupted(text),
        NoAnswer::NoTerminal => explained(Exit::NotDone, text.no_terminal()),
        NoAnswer::Io(error) => Failure::new(Exit::Failed, text.input_failed()).because_of(error, text),
    }
}

/// A failure from its sentences.
pub fn explained(exit: Exit, sentences: Explained) -> Failure {
    let some = |sentence: &str| (!sentence.is_empty()).then(|| sentence.to_owned());
    Failure { exit, what: sentences.what, why: some(sentences.why), next: some(sentences.next) }
}
