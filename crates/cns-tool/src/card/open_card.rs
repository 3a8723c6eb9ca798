//! A CNS in a reader, open: its public files, retry state and PIN commands.

use cns_card::{Card, CardError, OpenedCard, PublicFiles, Transport, TransportError};
use cns_token::{
    CardLink, CardName, LastRetry, PinCommandError, RetryGuard, RetryState, Secret, SecurityStatusNotCleared,
    TokenIdentity, reset_after_crashed_login,
};

use super::failures::{card_failure, unsupported};
use super::reader_selection::select_reader;
use super::{holder, messages};
use crate::context::Context;
use crate::exit::Failure;

/// A CNS in a reader, open.
pub(crate) struct OpenCard {
    /// The reader's name.
    pub(crate) reader: String,
    /// What anybody may read of it.
    pub(crate) files: PublicFiles,
    /// The name by which all programs call it.
    pub(crate) name: CardName,
    link: CardLink,
}

/// The command opens a card once.
const INSERTION: u64 = 0;

impl OpenCard {
    /// A card that was just opened. A login that a program left behind when it crashed is ended.
    pub(crate) fn new(
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

    /// The holder's name, if the card has it in readable form.
    pub(crate) fn holder(&self) -> Option<String> {
        holder::name(&self.files)
    }

    /// The card.
    pub(crate) fn card(&mut self) -> Result<&mut Card, CardError> {
        self.link.card_of(INSERTION).ok_or(CardError::Transport(TransportError::CardRemoved))
    }

    /// The tries of PIN or PUK: as recorded for all of this user's programs, and by the card's own count where it reports
    /// one without spending a try.
    pub(crate) fn retry_state(
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
    pub(crate) fn pin_command(
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
pub(crate) fn open_card(wanted: Option<&str>, context: &mut Context<'_>) -> Result<OpenCard, Failure> {
    let reader = select_reader(wanted, context)?;
    open_in(&reader, context)
}

/// Opens the card in this reader.
pub(crate) fn open_in(reader: &str, context: &Context<'_>) -> Result<OpenCard, Failure> {
    let _shown = context.output.progress(messages::READING_CARD.to(context.language));
    match cns_token::open(context.transport, reader, context.now) {
        Ok(OpenedCard::Cns(card, files)) => OpenCard::new(reader, card, files, context.transport)
            .map_err(|error| card_failure(error, context.language)),
        Ok(OpenedCard::Unsupported { what, .. }) => Err(unsupported(what, context.language)),
        Err(error) => Err(card_failure(error, context.language)),
    }
}
