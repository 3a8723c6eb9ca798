//! Reads the card in a slot, once per insertion: what it is, whose it is, and whether it is the same card after the
//! connection was lost.

use std::sync::Arc;
use std::time::Instant;

use cns_card::{
    Advice, Card, CardError, OpenedCard, PublicFiles, ReaderStatus, TransportError, UnsupportedCard,
};
use cns_token::{
    CardLink, CardName, Secret, TokenIdentity, cached_cards, open_with_cache, recorded_state,
    reset_after_crashed_login, store_card,
};

use super::slot::Slot;
use super::slot_state::{TokenState, means_removed};
use super::token::{Token, TokenContents};
use super::{ModelError, Result};

/// What a first reading of a card found.
#[allow(clippy::large_enum_variant, reason = "made once per insertion and taken apart at once")]
enum Discovery {
    Cns(Box<Card>, TokenContents),
    Unsupported { what: UnsupportedCard, advice: Advice, is_certain: bool },
}

impl Slot {
    /// Reads the card and publishes what it is, unless it was swapped meanwhile.
    pub(super) fn read_card(&self, link: &mut CardLink) -> Result<()> {
        let insertion = self.insertion();
        link.disconnect();
        self.state().puk = None;
        let looked = self.read_new_card();
        if let Ok(Discovery::Cns(_, TokenContents { identity, remembered: Some(remembered), .. })) = &looked {
            store_card(remembered, identity);
        }
        let reader = self.poll_reader();
        let defers_retries = match &looked {
            Ok(Discovery::Cns(card, reading)) => card.came_from_cache() && !self.is_reduced(reading, &reader),
            _ => false,
        };
        let mut state = self.state();
        if state.insertion != insertion {
            return Ok(());
        }
        match looked {
            Ok(Discovery::Cns(card, reading)) => {
                tracing::info!(reader = %self.reader, family = card.family(), "a CNS");
                let handle = self.object_handles.take(Token::HANDLES);
                let token = Token::new(reading, card.family(), card.pin_policy(), handle);
                state.was_read(TokenState::Cns(Arc::new(token)));
                state.pin_pad = card.pin_pad();
                if defers_retries {
                    // A second process lists a card in three commands: its counters are asked for later.
                    state.retries_asked = Some(Instant::now());
                }
                link.hold(insertion, card);
                Ok(())
            }
            Ok(Discovery::Unsupported { what, advice, is_certain }) => {
                tracing::warn!(reader = %self.reader, %what, %advice, is_certain, "not a card for this module");
                state.was_read(TokenState::Unsupported { is_certain });
                Ok(())
            }
            Err(CardError::Transport(TransportError::MuteCard)) => {
                tracing::warn!(reader = %self.reader, "the card does not answer: is it the right way up?");
                state.was_read(TokenState::Unsupported { is_certain: true });
                Ok(())
            }
            Err(error) => {
                tracing::warn!(reader = %self.reader, %error, "the card could not be read");
                // A card that another program holds is not a card that fails.
                if error != CardError::Transport(TransportError::Busy) {
                    state.reading_failed();
                }
                Err(match error {
                    CardError::Transport(gone) if means_removed(gone) => ModelError::TokenNotPresent,
                    CardError::Transport(TransportError::Busy) => ModelError::DeviceBusy,
                    other => ModelError::Device(other),
                })
            }
        }
    }

    /// Whether a try of the card's PIN is recorded as gone. Reads a file: not to be called with the state locked.
    fn is_reduced(&self, reading: &TokenContents, reader: &ReaderStatus) -> bool {
        let name = CardName::new(&reading.identity.serial, &*self.transport);
        recorded_state(&name, Secret::Pin, reader).is_some_and(|retries| retries.is_reduced())
    }

    fn read_new_card(&self) -> std::result::Result<Discovery, CardError> {
        match open_with_cache(&*self.transport, &self.reader, &cached_cards(), (self.now)())? {
            OpenedCard::Unsupported { what, advice, is_certain } => {
                Ok(Discovery::Unsupported { what, advice, is_certain })
            }
            OpenedCard::Cns(mut card, files) => {
                let identity = TokenIdentity::of(&mut card, &files)?;
                let name = CardName::new(&identity.serial, &*self.transport);
                if let Err(error) = reset_after_crashed_login(&name, || card.reset()) {
                    tracing::warn!(reader = %self.reader, %error, "the login of a program that crashed is not ended");
                }
                let remembered = card.cached_card();
                Ok(Discovery::Cns(card, TokenContents { files, identity, remembered }))
            }
        }
    }

    /// Connects again after the connection was lost; the card must be the one of the snapshot.
    pub(super) fn open_again(&self, token: &Token) -> std::result::Result<Box<Card>, CardError> {
        let remembered = token.reading.remembered.as_slice();
        match open_with_cache(&*self.transport, &self.reader, remembered, (self.now)())? {
            OpenedCard::Cns(mut card, files) => {
                let same = is_same_card(&token.reading, &mut card, &files)?;
                same.then_some(card).ok_or(CardError::DifferentCard)
            }
            OpenedCard::Unsupported { .. } => Err(CardError::DifferentCard),
        }
    }
}

/// Whether a freshly read card is the one of an earlier reading. What one of the readings missed proves nothing against
/// it; one thing at least must be there to compare.
fn is_same_card(
    before: &TokenContents,
    card: &mut Card,
    now: &PublicFiles,
) -> std::result::Result<bool, CardError> {
    match (&before.files.certificate, &now.certificate) {
        (Some(before), Some(now)) => Ok(before == now),
        _ => {
            let identity = TokenIdentity::of(card, now)?;
            Ok(identity.serial == before.identity.serial && identity.is_unique())
        }
    }
}
