//! Reading the card in a slot, once per insertion: what it is, whose it is, and that it is still the same after the
//! connection was lost.

use std::sync::Arc;
use std::time::Instant;

use cns_card::{Advice, Card, CardError, PublicFiles, Recognised, TransportError, UnsupportedCard};

use super::card_access::Inside;
use super::owner::Owner;
use super::presence::lock_behind_the_dead;
use super::remembering;
use super::shown::{Known, means_removed};
use super::slot::Slot;
use super::token::{Reading, Token, name_of};
use super::{ModelError, Result};

/// What a first look came to.
#[allow(clippy::large_enum_variant, reason = "made once per insertion and taken apart at once")]
enum Looked {
    Cns(Box<Card>, Reading),
    Unsupported { what: UnsupportedCard, advice: Advice, is_certain: bool },
}

impl Slot {
    /// Reads the card and publishes what it is, unless it was swapped meanwhile.
    pub(super) fn read_card(&self, inside: &mut Inside) -> Result<()> {
        let insertion = self.insertion();
        inside.leave_card();
        self.shown().puk = None;
        let looked = self.first_look();
        if let Ok(Looked::Cns(_, Reading { owner, remembered: Some(remembered), .. })) = &looked {
            remembering::keep(remembered, &owner.serial, &name_of(owner, "CNS"));
        }
        self.look();
        let mut shown = self.shown();
        if shown.insertion != insertion {
            return Ok(());
        }
        match looked {
            Ok(Looked::Cns(card, reading)) => {
                tracing::info!(reader = %self.reader, family = card.family(), "a CNS");
                let handle = self.object_handles.take(Token::HANDLES);
                let token = Token::new(reading, card.family(), card.pin_policy(), handle);
                shown.was_read(Known::Token(Arc::new(token)));
                shown.keypad = card.keypad();
                if card.was_recalled() {
                    // A second process lists a card with what tells it from others, and asks for its counters later.
                    shown.tries_asked = Some(Instant::now());
                }
                inside.hold(insertion, card);
                Ok(())
            }
            Ok(Looked::Unsupported { what, advice, is_certain }) => {
                tracing::warn!(reader = %self.reader, %what, %advice, is_certain, "not a card for this module");
                shown.was_read(Known::Foreign { is_certain });
                Ok(())
            }
            Err(CardError::Transport(TransportError::MuteCard)) => {
                tracing::warn!(reader = %self.reader, "the card does not answer: is it the right way up?");
                shown.was_read(Known::Foreign { is_certain: true });
                Ok(())
            }
            Err(error) => {
                tracing::warn!(reader = %self.reader, %error, "the card could not be read");
                shown.reading_failed();
                Err(match error {
                    CardError::Transport(gone) if means_removed(gone) => ModelError::TokenNotPresent,
                    CardError::Transport(TransportError::Busy) => ModelError::DeviceBusy,
                    other => ModelError::Device(other),
                })
            }
        }
    }

    fn first_look(&self) -> std::result::Result<Looked, CardError> {
        match cns_card::open_for_listing(&*self.transport, &self.reader, &remembering::cards())? {
            Recognised::Unsupported { what, advice, is_certain } => {
                Ok(Looked::Unsupported { what, advice, is_certain })
            }
            Recognised::Cns(mut card, files) => {
                let owner = Owner::of(&mut card, &files)?;
                lock_behind_the_dead(&owner.serial, || {
                    let _ = card.reset();
                });
                let remembered = card.remembered();
                Ok(Looked::Cns(card, Reading { files, owner, remembered }))
            }
        }
    }

    /// Connects again after the connection was lost; the card must be the one of the snapshot.
    pub(super) fn open_again(&self, token: &Token) -> std::result::Result<Box<Card>, CardError> {
        let remembered = token.reading.remembered.as_slice();
        match cns_card::open_for_listing(&*self.transport, &self.reader, remembered)? {
            Recognised::Cns(mut card, files) => {
                let same = is_same_card(&token.reading, &mut card, &files)?;
                same.then_some(card).ok_or(CardError::DifferentCard)
            }
            Recognised::Unsupported { .. } => Err(CardError::DifferentCard),
        }
    }
}

/// Whether a freshly read card is the one of an earlier reading. What one of the readings missed proves nothing against
/// it; one thing at least must be there to compare.
fn is_same_card(
    before: &Reading,
    card: &mut Card,
    now: &PublicFiles,
) -> std::result::Result<bool, CardError> {
    match (&before.files.certificate, &now.certificate) {
        (Some(before), Some(now)) => Ok(before == now),
        _ => {
            let owner = Owner::of(card, now)?;
            Ok(owner.serial == before.owner.serial && owner.is_told_from_others())
        }
    }
}
