//! Card I/O of a slot: one operation after the other, and what each failure means for the token, the login and the
//! sessions. With `token_discovery` the only file of this layer that talks to `cns_card::Card`.

use std::sync::{Arc, MutexGuard};
use std::time::{Duration, Instant};

use cns_card::{Card, CardError, Continuity, DataFile, Retries, StatusWord, TransportError};
use cns_token::{CardLink, RetryGuard, Secret, recorded_state};

use super::slot::Slot;
use super::slot_state::Login;
use super::slot_state::{TokenState, has_card, means_removed};
use super::token::Token;
use super::{ModelError, Result};

/// While logged in, the reader is asked at most this often whether another program reset the card.
const STATUS_INTERVAL: Duration = Duration::from_millis(500);
/// A card that reports its counters without spending a try is asked again after this time.
const RETRIES_INTERVAL: Duration = Duration::from_secs(1);
/// The longest that a call waits for another program's transaction, the wait for this process's other threads included.
const LONGEST_WAIT: Duration = Duration::from_secs(3);
/// A card that is swapped, or reset by another program, while it is read is read again, so often.
const MAX_READS: usize = 5;

impl Slot {
    /// The token in the reader, read from the card when that was not done yet.
    pub(super) fn token(&self) -> Result<(u64, Arc<Token>)> {
        for _ in 0..MAX_READS {
            if !has_card(&self.poll_reader()) {
                return Err(ModelError::TokenNotPresent);
            }
            if let Some(known) = self.known_token() {
                return known;
            }
            let mut link = self.lock_card();
            if let Some(known) = self.known_token() {
                return known;
            }
            match self.read_card(&mut link) {
                // Other programs' logouts reset the card.
                Err(ModelError::Device(CardError::Transport(TransportError::CardReset))) => {}
                read => read?,
            }
        }
        Err(ModelError::DeviceRemoved)
    }

    /// Ends whatever login there is and disconnects, in one: for `C_Finalize`.
    ///
    /// # Errors
    /// The card may still be verified.
    pub(super) fn shut_down(&self) -> Result<()> {
        let mut link = self.lock_card();
        let outcome = self.end_login(&mut link);
        link.disconnect();
        outcome
    }

    /// What is known of the card, if anything.
    fn known_token(&self) -> Option<Result<(u64, Arc<Token>)>> {
        let state = self.state();
        match &state.token {
            TokenState::Cns(token) if !token.has_certificate() && state.may_read_again() => None,
            TokenState::Cns(token) => Some(Ok((state.insertion, Arc::clone(token)))),
            TokenState::Unsupported { is_certain: false } if state.may_read_again() => None,
            TokenState::Unsupported { .. } => Some(Err(ModelError::TokenNotRecognized)),
            TokenState::Unread if state.is_paused() => {
                Some(Err(ModelError::Device(TransportError::Transmit.into())))
            }
            TokenState::Unread => None,
        }
    }

    /// Takes the I/O lock. A panic that went through card I/O left the link in an unknown state: start over. A login that
    /// was open then is ended by its lock's file (`cns_token`).
    pub(super) fn lock_card(&self) -> MutexGuard<'_, CardLink> {
        // What other threads of this process waited for another program is not waited for once more.
        let deadline = Instant::now() + LONGEST_WAIT;
        let mut link = self.link.lock().unwrap_or_else(|poisoned| {
            self.link.clear_poison();
            let mut link = poisoned.into_inner();
            tracing::error!(reader = %self.reader, "starting over after a panic");
            let _ = link.end_login(&*self.transport, &self.reader);
            *link = CardLink::default();
            self.state().card_is_gone();
            link
        });
        link.wait_until(Some(deadline));
        link
    }

    /// Makes sure that the card of this insertion is connected.
    pub(super) fn connect(&self, link: &mut CardLink, insertion: u64, token: &Token) -> Result<()> {
        if self.insertion() != insertion {
            link.disconnect();
            return Err(ModelError::SessionHandleInvalid);
        }
        if link.card_of(insertion).is_some() {
            return Ok(());
        }
        link.disconnect();
        match self.open_again(token) {
            Ok(card) => {
                link.hold(insertion, card);
                Ok(())
            }
            Err(error) => Err(self.failed(link, error)),
        }
    }

    /// Runs one operation on the card of this insertion and takes in what its failure means for the slot.
    pub(super) fn on_card<T>(
        &self,
        link: &mut CardLink,
        insertion: u64,
        token: &Token,
        operation: impl FnOnce(&mut Card) -> std::result::Result<T, CardError>,
    ) -> Result<T> {
        self.end_pending_login(link)?;
        self.connect(link, insertion, token)?;
        let Some(card) = link.card_of(insertion) else { return Err(ModelError::DeviceRemoved) };
        let outcome = operation(card);
        let is_verified = card.is_verified();
        let outcome = outcome.map_err(|error| self.failed(link, error));
        self.require_verified(link, is_verified);
        outcome
    }

    /// A login that an operation has ended on the card, as the selection of an application does, is over for every
    /// function.
    pub(super) fn require_verified(&self, link: &mut CardLink, is_verified: bool) {
        if !is_verified && self.state().login == Login::User {
            self.lose_login(link);
        }
    }

    pub(super) fn failed(&self, link: &mut CardLink, error: CardError) -> ModelError {
        let logged_in = self.state().login == Login::User;
        match error {
            CardError::PinIncorrect { left: Retries::Left(0) | Retries::Blocked } | CardError::PinBlocked => {
                ModelError::PinLocked
            }
            CardError::PinIncorrect { left } => ModelError::PinIncorrect { left },
            CardError::PinNotActivated => ModelError::UserPinNotInitialized,
            CardError::NotEntered { .. } => ModelError::PinNotEntered,
            CardError::Transport(TransportError::NoPinPad) => ModelError::NoPinPad,
            CardError::NotVerified => {
                self.lose_login(link);
                ModelError::UserNotLoggedIn
            }
            CardError::DifferentCard => {
                // A disturbed answer may have made it look like one.
                self.lose_login(link);
                link.disconnect();
                self.state().card_is_gone();
                ModelError::DeviceRemoved
            }
            CardError::Transport(TransportError::Busy) => ModelError::DeviceBusy,
            CardError::Transport(TransportError::CardReset) if logged_in => {
                self.lose_login(link);
                ModelError::UserNotLoggedIn
            }
            CardError::Transport(transport) => {
                tracing::warn!(reader = %self.reader, error = %transport, "the way to the card is broken");
                self.lose_login(link);
                link.disconnect();
                self.poll_reader();
                if means_removed(transport) { ModelError::DeviceRemoved } else { ModelError::Device(error) }
            }
            other => ModelError::Device(other),
        }
    }

    /// The content of a public file, for a data object; nothing of a file that the card turns out not to have.
    pub(super) fn read_data(&self, insertion: u64, token: &Token, file: DataFile) -> Result<Vec<u8>> {
        let mut link = self.lock_card();
        match self.on_card(&mut link, insertion, token, |card| card.read_data(file)) {
            Err(ModelError::Device(CardError::Status { status: StatusWord::FILE_NOT_FOUND, .. })) => {
                Ok(Vec::new())
            }
            read => read,
        }
    }

    /// The login is over: another program's reset, a wrong PIN given elsewhere, a broken way to the card. One answer that
    /// says so is no proof that nothing is verified: the last process that has a login resets the card all the same, now or
    /// as soon as that can be done.
    pub(super) fn lose_login(&self, link: &mut CardLink) {
        if let Err(error) = self.end_login(link) {
            tracing::warn!(reader = %self.reader, %error, "a lost login is not ended yet");
        }
    }

    /// The login as of now: while a user is logged in, asks the reader now and then whether the card was reset.
    pub(super) fn login(&self) -> Login {
        let due = {
            let mut state = self.state();
            let due = state.login == Login::User
                && state.status_asked.is_none_or(|asked| asked.elapsed() >= STATUS_INTERVAL);
            if due {
                state.status_asked = Some(Instant::now());
            }
            due
        };
        // Who signs at this moment will notice a reset by itself: this does not wait for it.
        let link = due.then(|| self.link.try_lock());
        if let Some(Ok(mut link)) = link {
            let insertion = self.insertion();
            let reset = link.card_of(insertion).map(|card| card.status());
            match reset {
                Some(Ok(Continuity::WasReset)) => self.lose_login(&mut link),
                Some(Err(error)) => drop(self.failed(&mut link, error)),
                Some(Ok(Continuity::Same)) | None => {}
            }
        }
        self.state().login
    }

    /// Takes in what is recorded of the tries, and asks a card that can report them without spending one; never waits for
    /// another operation. Asks for the PUK's only where it is about to be needed.
    pub(super) fn refresh_retries(&self, insertion: u64, token: &Token) {
        let reader = self.poll_reader();
        let name = self.card_name(token);
        let recorded = |secret| recorded_state(&name, secret, &reader);
        let (user, officer) = (recorded(Secret::Pin), recorded(Secret::Puk));
        let wants_puk = {
            let mut state = self.state();
            state.user_retries = user.unwrap_or(state.user_retries);
            state.so_retries = officer.unwrap_or(state.so_retries);
            let recent = state.retries_asked.is_some_and(|asked| asked.elapsed() < RETRIES_INTERVAL);
            if recent || state.login == Login::User {
                return;
            }
            state.retries_asked = Some(Instant::now());
            state.login == Login::SecurityOfficer || state.so_retries.is_reduced()
        };
        let Ok(mut link) = self.link.try_lock() else { return };
        link.wait_until(Some(Instant::now()));
        if self.end_pending_login(&mut link).is_err()
            || !link.card_of(insertion).is_some_and(|card| card.can_query_retries())
        {
            return;
        }
        let guard = |secret| RetryGuard { card: &name, secret, reader: &reader };
        let (mut user, mut officer) = {
            let state = self.state();
            (state.user_retries, state.so_retries)
        };
        let asked = self.on_card(&mut link, insertion, token, |card| {
            guard(Secret::Pin).refresh(card, &mut user)?;
            if wants_puk || user.is_locked() {
                guard(Secret::Puk).refresh(card, &mut officer)?;
            }
            Ok(())
        });
        if asked.is_ok() {
            let mut state = self.state();
            (state.user_retries, state.so_retries) = (user, officer);
        }
    }

    /// Before a PUK is sent: asks for its tries, unless the card has reported them or cannot. What goes wrong here, the
    /// command that follows meets again.
    pub(super) fn refresh_puk_retries(&self, link: &mut CardLink, insertion: u64, token: &Token) {
        let mut retries = self.state().so_retries;
        if !retries.is_unreported() || !link.card_of(insertion).is_some_and(|card| card.can_query_retries()) {
            return;
        }
        let (name, reader) = (self.card_name(token), self.poll_reader());
        let guard = RetryGuard { card: &name, secret: Secret::Puk, reader: &reader };
        if self.on_card(link, insertion, token, |card| guard.refresh(card, &mut retries)).is_ok() {
            self.state().so_retries = retries;
        }
    }
}
