//! The way from a slot to the card in it: one operation after the other, and what each failure means for the token, the
//! login and the sessions. With `reading` the only room of this floor that talks to `cns_card::Card`.

use std::sync::{Arc, MutexGuard};
use std::time::{Duration, Instant};

use cns_card::{Card, CardError, Continuity, DataFile, Disposition, Retries, StatusWord, TransportError};

use super::presence::PresenceLock;
use super::session::Login;
use super::shown::{Known, has_card, means_removed};
use super::slot::Slot;
use super::token::Token;
use super::{ModelError, Result};

/// While logged in, the reader is asked at most this often whether another program reset the card.
const STATUS_INTERVAL: Duration = Duration::from_millis(500);
/// A card that tells its counters without spending a try is asked again after this time.
const TRIES_INTERVAL: Duration = Duration::from_secs(1);
/// A card that is swapped while it is read is read again, so often.
const READINGS: usize = 3;

/// What stands behind the lock that is held during card I/O.
#[derive(Default)]
pub(super) struct Inside {
    /// The connection to the card, and the insertion it belongs to.
    card: Option<(u64, Box<Card>)>,
    /// Held while this process has a user on the card.
    pub(super) presence: Option<PresenceLock>,
}

impl Slot {
    /// The token in the reader, read from the card when nobody has yet.
    pub(super) fn token(&self) -> Result<(u64, Arc<Token>)> {
        for _ in 0..READINGS {
            if !has_card(&self.look()) {
                return Err(ModelError::TokenNotPresent);
            }
            if let Some(known) = self.known() {
                return known;
            }
            let mut inside = self.enter();
            if let Some(known) = self.known() {
                return known;
            }
            self.read_card(&mut inside)?;
        }
        Err(ModelError::DeviceRemoved)
    }

    /// Ends whatever login there is and lets go of the card, in one: for `C_Finalize`.
    pub(super) fn let_go(&self) {
        let mut inside = self.enter();
        self.end_login(&mut inside);
        inside.leave_card();
    }

    /// What is known of the card, if anything.
    fn known(&self) -> Option<Result<(u64, Arc<Token>)>> {
        let shown = self.shown();
        match &shown.known {
            Known::Token(token) if !token.has_certificate() && shown.may_read_again() => None,
            Known::Token(token) => Some(Ok((shown.insertion, Arc::clone(token)))),
            Known::Foreign { is_certain: false } if shown.may_read_again() => None,
            Known::Foreign { .. } => Some(Err(ModelError::TokenNotRecognized)),
            Known::Unread if shown.is_resting() => {
                Some(Err(ModelError::Device(TransportError::Transmit.into())))
            }
            Known::Unread => None,
        }
    }

    /// Enters the room where the card is. Whoever panicked in there left it in an unknown state: start over.
    pub(super) fn enter(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(|poisoned| {
            self.inside.clear_poison();
            let mut inside = poisoned.into_inner();
            tracing::error!(reader = %self.reader, "starting over after a panic");
            *inside = Inside::default();
            self.shown().card_is_gone();
            inside
        })
    }

    /// Runs one operation on the card of this insertion and takes in what its failure means for the slot.
    pub(super) fn on_card<T>(
        &self,
        inside: &mut Inside,
        insertion: u64,
        token: &Token,
        operation: impl FnOnce(&mut Card) -> std::result::Result<T, CardError>,
    ) -> Result<T> {
        if self.insertion() != insertion {
            inside.leave_card();
            return Err(ModelError::SessionHandleInvalid);
        }
        let outcome = match inside.card_of(insertion) {
            Some(card) => operation(card),
            None => {
                inside.leave_card();
                self.open_again(token).and_then(|card| operation(inside.hold(insertion, card)))
            }
        };
        outcome.map_err(|error| self.failed(inside, error))
    }

    fn failed(&self, inside: &mut Inside, error: CardError) -> ModelError {
        let logged_in = self.shown().login == Login::User;
        match error {
            CardError::PinIncorrect { left: Retries::Left(0) | Retries::Blocked } | CardError::PinBlocked => {
                ModelError::PinLocked
            }
            CardError::PinIncorrect { left } => ModelError::PinIncorrect { left },
            CardError::PinNotActivated => ModelError::UserPinNotInitialized,
            CardError::NotEntered { .. } => ModelError::PinNotEntered,
            CardError::Transport(TransportError::NoKeypad) => ModelError::NoKeypad,
            CardError::NotVerified => {
                self.lose_login(inside);
                ModelError::UserNotLoggedIn
            }
            CardError::DifferentCard => {
                inside.leave_card();
                self.shown().card_is_gone();
                ModelError::DeviceRemoved
            }
            CardError::Transport(TransportError::Busy) => ModelError::DeviceBusy,
            CardError::Transport(TransportError::CardReset) if logged_in => {
                self.lose_login(inside);
                ModelError::UserNotLoggedIn
            }
            CardError::Transport(transport) => {
                tracing::warn!(reader = %self.reader, error = %transport, "the way to the card is broken");
                inside.leave_card();
                self.shown().puk = None;
                self.look();
                if means_removed(transport) { ModelError::DeviceRemoved } else { ModelError::Device(error) }
            }
            other => ModelError::Device(other),
        }
    }

    /// The content of a public file, for a data object; nothing of a file that the card turns out not to have.
    pub(super) fn read_data(&self, insertion: u64, token: &Token, file: DataFile) -> Result<Vec<u8>> {
        let mut inside = self.enter();
        match self.on_card(&mut inside, insertion, token, |card| card.read_data(file)) {
            Err(ModelError::Device(CardError::Status { status: StatusWord::FILE_NOT_FOUND, .. })) => {
                Ok(Vec::new())
            }
            read => read,
        }
    }

    /// Another program's reset, or a wrong PIN given elsewhere, took the verified state.
    pub(super) fn lose_login(&self, inside: &mut Inside) {
        inside.leave_presence();
        self.shown().lose_login();
    }

    /// The login as of now: while a user is logged in, asks the reader now and then whether the card was reset.
    pub(super) fn login(&self) -> Login {
        let due = {
            let mut shown = self.shown();
            let due = shown.login == Login::User
                && shown.status_asked.is_none_or(|asked| asked.elapsed() >= STATUS_INTERVAL);
            if due {
                shown.status_asked = Some(Instant::now());
            }
            due
        };
        // Whoever signs at this moment will notice a reset by itself: nobody waits here.
        if due && let Ok(mut inside) = self.inside.try_lock() {
            let insertion = self.insertion();
            let reset = inside.card_of(insertion).map(|card| card.status());
            match reset {
                Some(Ok(Continuity::WasReset)) => self.lose_login(&mut inside),
                Some(Err(error)) => drop(self.failed(&mut inside, error)),
                Some(Ok(Continuity::Same)) | None => {}
            }
        }
        self.shown().login
    }

    /// Asks a card that can tell without a try how many tries are left; never waits for another operation. Of the PUK's
    /// only where somebody is about to need it.
    pub(super) fn refresh_tries(&self, insertion: u64, token: &Token) {
        let puk_matters = {
            let mut shown = self.shown();
            let recent = shown.tries_asked.is_some_and(|asked| asked.elapsed() < TRIES_INTERVAL);
            if recent || shown.login == Login::User {
                return;
            }
            shown.tries_asked = Some(Instant::now());
            let officer = shown.login == Login::SecurityOfficer;
            officer || shown.so_tries.are_missing()
        };
        let Ok(mut inside) = self.inside.try_lock() else { return };
        if !inside.card_of(insertion).is_some_and(|card| card.can_query_tries()) {
            return;
        }
        let told = self.on_card(&mut inside, insertion, token, |card| {
            let pin = card.pin_retries()?;
            let puk = match puk_matters || pin == Retries::Blocked {
                true => card.puk_retries()?,
                false => Retries::Unknown,
            };
            Ok((pin, puk))
        });
        if let Ok((pin, puk)) = told {
            let mut shown = self.shown();
            shown.user_tries.told(pin);
            shown.so_tries.told(puk);
        }
    }

    /// Before a PUK is sent: asks for its tries, unless the card has told them or cannot. What goes wrong here, the
    /// command that follows meets again.
    pub(super) fn ask_for_puk_tries(&self, inside: &mut Inside, insertion: u64, token: &Token) {
        if !self.shown().so_tries.are_untold()
            || !inside.card_of(insertion).is_some_and(|card| card.can_query_tries())
        {
            return;
        }
        if let Ok(left) = self.on_card(inside, insertion, token, |card| card.puk_retries()) {
            self.shown().so_tries.told(left);
        }
    }
}

impl Inside {
    /// The open card, if it is the one of this insertion.
    pub(super) fn card_of(&mut self, insertion: u64) -> Option<&mut Card> {
        match &mut self.card {
            Some((of, card)) if *of == insertion => Some(card),
            _ => None,
        }
    }

    /// Takes the open card of an insertion in.
    pub(super) fn hold(&mut self, insertion: u64, card: Box<Card>) -> &mut Card {
        &mut self.card.insert((insertion, card)).1
    }

    /// Lets go of a card that is gone or must be opened anew, without touching its state.
    pub(super) fn leave_card(&mut self) {
        self.leave_presence();
        if let Some((_, card)) = self.card.take() {
            card.close(Disposition::Leave);
        }
    }

    /// The card is verified no more, or gone: there is no door to lock.
    fn leave_presence(&mut self) {
        if let Some(presence) = self.presence.take() {
            presence.leave(|| {});
        }
    }

    /// After a login without a verdict the card may be verified, and nobody would log out. Where it cannot be reached,
    /// the file stays behind and tells the next one who opens the card to lock the door.
    pub(super) fn leave_unsure(&mut self, presence: PresenceLock) {
        if self.card.is_some() {
            presence.leave(|| self.lock_the_door());
        }
    }

    /// Ends the verified state of the card for everybody. A card that cannot be reached for it is let go with a
    /// reset, which is the last that can be asked of the reader.
    pub(super) fn lock_the_door(&mut self) {
        let Some((_, card)) = &mut self.card else { return };
        if let Err(error) = card.reset() {
            tracing::warn!(%error, "the card could not be locked in a transaction");
            if let Some((_, card)) = self.card.take() {
                card.close(Disposition::Reset);
            }
        }
    }
}
