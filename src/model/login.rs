//! Login, logout, change and unblock of the PIN: everything of a slot that has to do with secrets.
//!
//! One PIN command per call at most, none for something that cannot be a PIN, none that spends the last try of an
//! insertion (`cns_token::RetryGuard`). No PIN outlives the call; the PUK waits for `C_InitPIN` because a CNS checks it
//! and sets the new PIN in one command (RESET RETRY COUNTER, ISO 7816-4 section 11.6.10).

use cns_card::{Card, CardError, Pin, PinFormatError, Retries};
use cns_token::{CardLink, LastRetry, PinCommandError, RetryGuard, RetryState, Secret};

use super::slot::Slot;
use super::slot_state::Login;
use super::slot_state::SlotState;
use super::token::Token;
use super::{ModelError, Result};

impl Slot {
    /// `C_Login` of the user: one VERIFY.
    pub(super) fn login_user(&self, insertion: u64, token: &Token, pin: Option<&[u8]>) -> Result<()> {
        let mut link = self.lock_card();
        self.require_public(insertion, Login::User)?;
        let pin = self.pin_or_pin_pad(token, pin)?;
        self.pin_command(&mut link, insertion, token, Secret::Pin, true, |card| card.verify(&pin))?;
        // Taken out at this moment, or the reader's state was lost: no logout would ever end that login.
        if self.insertion() != insertion {
            self.lose_login(&mut link);
            return Err(ModelError::SessionHandleInvalid);
        }
        self.state().login = Login::User;
        Ok(())
    }

    /// `C_Login` of the security officer: keeps the PUK for the one `C_InitPIN` that follows.
    pub(super) fn login_security_officer(
        &self,
        insertion: u64,
        token: &Token,
        puk: Option<&[u8]>,
    ) -> Result<()> {
        let _link = self.lock_card();
        self.require_public(insertion, Login::SecurityOfficer)?;
        let puk = puk.ok_or(ModelError::NoPinPad)?;
        let puk = token.pin_policy.puk(puk).map_err(not_a_pin)?;
        let mut state = self.state();
        if state.insertion != insertion {
            return Err(ModelError::SessionHandleInvalid);
        }
        state.puk = Some(puk);
        state.login = Login::SecurityOfficer;
        Ok(())
    }

    /// `C_InitPIN`: unblocks the PIN with the PUK and sets a new one. A wrong PUK ends the officer's login.
    pub(super) fn unblock_pin(&self, insertion: u64, token: &Token, new: &[u8]) -> Result<()> {
        let mut link = self.lock_card();
        if self.state().login != Login::SecurityOfficer {
            return Err(ModelError::UserNotLoggedIn);
        }
        let new = token.pin_policy.pin(new).map_err(not_a_new_pin)?;
        let puk = self.state().puk.take().ok_or(ModelError::UserNotLoggedIn)?;
        self.refresh_puk_retries(&mut link, insertion, token);
        let outcome = self.pin_command(&mut link, insertion, token, Secret::Puk, false, |card| {
            card.unblock_pin(&puk, &new)
        });
        match outcome {
            Ok(()) => {
                let (card, reader) = (self.card_name(token), self.poll_reader());
                let mut retries = RetryState::default();
                RetryGuard { card: &card, secret: Secret::Pin, reader: &reader }.forget(&mut retries);
                self.state().user_retries = retries;
            }
            Err(_) => self.state().lose_login(),
        }
        outcome.map_err(pin_change_error)
    }

    /// `C_SetPIN`: changes the PIN; the old one counts as a try. After a wrong one cards forget an earlier login.
    pub(super) fn change_pin(
        &self,
        insertion: u64,
        token: &Token,
        old: Option<&[u8]>,
        new: Option<&[u8]>,
    ) -> Result<()> {
        let mut link = self.lock_card();
        let login = self.state().login;
        if login == Login::SecurityOfficer {
            return Err(ModelError::NotSupported);
        }
        let (old, new) = match (old, new) {
            (Some(old), Some(new)) => (
                token.pin_policy.pin(old).map_err(not_a_pin)?,
                token.pin_policy.pin(new).map_err(not_a_new_pin)?,
            ),
            (None, None) if self.state().pin_pad.modify => (Pin::on_pin_pad(), Pin::on_pin_pad()),
            _ => return Err(ModelError::NoPinPad),
        };
        let logged_in = login == Login::User;
        let outcome = self.pin_command(&mut link, insertion, token, Secret::Pin, logged_in, |card| {
            card.change_pin(&old, &new)
        });
        // A wrong PIN ends an earlier login, and so does the SELECT of an application on cards that have several.
        if logged_in && !link.card_of(insertion).is_some_and(|card| card.is_verified()) {
            self.lose_login(&mut link);
        }
        let is_verified = link.card_of(insertion).is_some_and(|card| card.is_verified());
        self.require_verified(&mut link, is_verified);
        outcome.map_err(pin_change_error)
    }

    /// The caller's PIN, or, where the caller has none, the mark that it is typed on the reader's PIN pad.
    fn pin_or_pin_pad(&self, token: &Token, pin: Option<&[u8]>) -> Result<Pin> {
        match pin {
            Some(digits) => token.pin_policy.pin(digits).map_err(not_a_pin),
            None if self.state().pin_pad.verify => Ok(Pin::on_pin_pad()),
            None => Err(ModelError::NoPinPad),
        }
    }

    /// `C_Logout`. An error says that the card may still be verified: another program holds it, or the way to it is broken.
    pub(super) fn logout(&self) -> Result<()> {
        let mut link = self.lock_card();
        if self.state().login == Login::Public {
            self.end_pending_login(&mut link)?;
            return Err(ModelError::UserNotLoggedIn);
        }
        self.end_login(&mut link)
    }

    /// Ends the login if there is one: with the last session.
    ///
    /// # Errors
    /// As [`Slot::logout`], but without a login it succeeds.
    pub(super) fn end_any_login(&self) -> Result<()> {
        match self.logout() {
            Err(ModelError::UserNotLoggedIn) => Ok(()),
            outcome => outcome,
        }
    }

    /// Ends whatever login there is; the last process that has one resets the card.
    pub(super) fn end_login(&self, link: &mut CardLink) -> Result<()> {
        self.state().lose_login();
        Ok(link.end_login(&*self.transport, &self.reader)?)
    }

    /// Tries again to end a login that could not be ended when that was due.
    ///
    /// # Errors
    /// It cannot be ended now, either.
    pub(super) fn end_pending_login(&self, link: &mut CardLink) -> Result<()> {
        if link.has_login() && self.state().login != Login::User {
            link.end_login(&*self.transport, &self.reader)?;
        }
        Ok(())
    }

    fn require_public(&self, insertion: u64, wanted: Login) -> Result<()> {
        let state = self.state();
        match state.login {
            _ if state.insertion != insertion => Err(ModelError::SessionHandleInvalid),
            Login::Public => Ok(()),
            same if same == wanted => Err(ModelError::UserAlreadyLoggedIn),
            _ => Err(ModelError::UserAnotherAlreadyLoggedIn),
        }
    }

    /// Sends one PIN command, or none, under the retry guard and the login lock. `logs_in`: whether the login that comes
    /// of it is wanted; otherwise it is ended at once.
    fn pin_command(
        &self,
        link: &mut CardLink,
        insertion: u64,
        token: &Token,
        secret: Secret,
        logs_in: bool,
        command: impl FnOnce(&mut Card) -> std::result::Result<(), CardError>,
    ) -> Result<()> {
        self.end_pending_login(link)?;
        self.connect(link, insertion, token)?;
        // After connecting: of an insertion before that the connection is dead.
        let reader = self.poll_reader();
        // The PIN was meant for the insertion that its session belongs to: another one's retry state would allow more.
        if self.insertion() != insertion {
            return Err(ModelError::SessionHandleInvalid);
        }
        let name = self.card_name(token);
        let is_new = link.prepare_login(&name, &reader).map_err(|error| self.failed(link, error.into()))?;
        let mut retries = *self.retries(secret, &mut self.state());
        let guard = RetryGuard { card: &name, secret, reader: &reader };
        let outcome = match link.card_of(insertion) {
            Some(card) => guard.send(card, &mut retries, LastRetry::Protected, command),
            None => Err(CardError::DifferentCard.into()),
        };
        *self.retries(secret, &mut self.state()) = retries;
        if is_new {
            let concluded = link.conclude_pin_command(&outcome, logs_in, &*self.transport, &self.reader);
            if let Err(error) = concluded {
                tracing::warn!(reader = %self.reader, %error, "after a PIN command");
            }
        }
        outcome.map_err(|error| match error {
            PinCommandError::LastRetryProtected => ModelError::LastRetryProtected,
            PinCommandError::Card(error) => self.failed(link, error),
        })
    }

    fn retries<'a>(&self, secret: Secret, state: &'a mut SlotState) -> &'a mut RetryState {
        match secret {
            Secret::Pin => &mut state.user_retries,
            Secret::Puk => &mut state.so_retries,
        }
    }
}

/// The standard names "not initialised" for a login only: to a change, a PIN that the card has not activated is a card
/// that refuses.
fn pin_change_error(error: ModelError) -> ModelError {
    match error {
        ModelError::UserPinNotInitialized => ModelError::Device(CardError::PinNotActivated),
        other => other,
    }
}

/// Something that cannot be this card's PIN never reaches it. Not `PinLenRange`: the standard does not list it
/// for `C_Login`, and browsers ask again only after "incorrect".
fn not_a_pin(_: PinFormatError) -> ModelError {
    ModelError::PinIncorrect { left: Retries::Unknown }
}

fn not_a_new_pin(error: PinFormatError) -> ModelError {
    match error {
        PinFormatError::Length { .. } => ModelError::PinLenRange,
        PinFormatError::NotDigits | PinFormatError::TwoPlaces => ModelError::PinInvalid,
    }
}
