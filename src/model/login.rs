//! Login, logout, change and unblock of the PIN: everything of a slot that has to do with secrets.
//!
//! One PIN command per call at most, none for something that cannot be a PIN, none that spends the last try of an
//! insertion (`pin_care`). No PIN outlives the call; the PUK waits for `C_InitPIN` because a CNS checks it
//! and sets the new PIN in one command (RESET RETRY COUNTER, ISO 7816-4 section 11.6.10).

use std::cell::Cell;

use cns_card::{Card, CardError, Pin, PinFormatError, Retries};

use super::card_access::Inside;
use super::pin_care::Tries;
use super::presence::PresenceLock;
use super::session::Login;
use super::shared_tries::{Secret, SharedTries};
use super::shown::Shown;
use super::slot::Slot;
use super::token::Token;
use super::{ModelError, Result};

impl Slot {
    /// `C_Login` of the user: one VERIFY.
    pub(super) fn login_user(&self, insertion: u64, token: &Token, pin: Option<&[u8]>) -> Result<()> {
        let mut inside = self.enter();
        self.expect_public(insertion, Login::User)?;
        let pin = self.typed(token, pin)?;
        let presence = PresenceLock::enter(&token.serial);
        let sent = TrySent::default();
        let outcome = self.spend_a_try(Secret::Pin, token, &sent, || {
            self.on_card(&mut inside, insertion, token, |card| sent.by(card, |card| card.verify(&pin)))
        });
        match (&outcome, presence) {
            (Ok(()), presence) => {
                inside.presence = presence;
                self.shown().login = Login::User;
            }
            (Err(error), Some(presence)) if sent.without_verdict(error) => inside.leave_unsure(presence),
            (Err(_), presence) => drop(presence.map(|presence| presence.leave(|| {}))),
        }
        outcome
    }

    /// `C_Login` of the security officer: remembers the PUK for the one `C_InitPIN` that follows.
    pub(super) fn login_security_officer(
        &self,
        insertion: u64,
        token: &Token,
        puk: Option<&[u8]>,
    ) -> Result<()> {
        let _inside = self.enter();
        self.expect_public(insertion, Login::SecurityOfficer)?;
        let puk = puk.ok_or(ModelError::NoKeypad)?;
        let puk = token.pin_policy.puk(puk).map_err(not_a_pin)?;
        let mut shown = self.shown();
        if shown.insertion != insertion {
            return Err(ModelError::SessionHandleInvalid);
        }
        shown.puk = Some(puk);
        shown.login = Login::SecurityOfficer;
        Ok(())
    }

    /// `C_InitPIN`: unblocks the PIN with the PUK and sets a new one. A wrong PUK ends the officer's login.
    pub(super) fn unblock_pin(&self, insertion: u64, token: &Token, new: &[u8]) -> Result<()> {
        let mut inside = self.enter();
        if self.shown().login != Login::SecurityOfficer {
            return Err(ModelError::UserNotLoggedIn);
        }
        let new = token.pin_policy.pin(new).map_err(not_a_new_pin)?;
        let puk = self.shown().puk.take().ok_or(ModelError::UserNotLoggedIn)?;
        self.ask_for_puk_tries(&mut inside, insertion, token);
        let sent = TrySent::default();
        let outcome = self.spend_a_try(Secret::Puk, token, &sent, || {
            self.on_card(&mut inside, insertion, token, |card| {
                sent.by(card, |card| card.unblock_pin(&puk, &new))
            })
        });
        match outcome {
            Ok(()) => self.forget_tries(Secret::Pin, token),
            Err(_) => self.shown().lose_login(),
        }
        outcome.map_err(as_of_a_change)
    }

    /// `C_SetPIN`: changes the PIN; the old one counts as a try. After a wrong one cards forget an earlier login.
    pub(super) fn change_pin(
        &self,
        insertion: u64,
        token: &Token,
        old: Option<&[u8]>,
        new: Option<&[u8]>,
    ) -> Result<()> {
        let mut inside = self.enter();
        if self.shown().login == Login::SecurityOfficer {
            return Err(ModelError::NotSupported);
        }
        let (old, new) = match (old, new) {
            (Some(old), Some(new)) => (
                token.pin_policy.pin(old).map_err(not_a_pin)?,
                token.pin_policy.pin(new).map_err(not_a_new_pin)?,
            ),
            (None, None) if self.shown().keypad.modify => {
                (Pin::typed_at_the_reader(), Pin::typed_at_the_reader())
            }
            _ => return Err(ModelError::NoKeypad),
        };
        let sent = TrySent::default();
        let outcome = self.spend_a_try(Secret::Pin, token, &sent, || {
            self.on_card(&mut inside, insertion, token, |card| {
                sent.by(card, |card| card.change_pin(&old, &new))
            })
        });
        if matches!(outcome, Err(ModelError::PinIncorrect { .. } | ModelError::PinLocked)) {
            self.end_login(&mut inside);
        }
        outcome.map_err(as_of_a_change)
    }

    /// The PIN as the caller has it, or the word that it will be typed at the reader's keypad.
    fn typed(&self, token: &Token, pin: Option<&[u8]>) -> Result<Pin> {
        match pin {
            Some(digits) => token.pin_policy.pin(digits).map_err(not_a_pin),
            None if self.shown().keypad.verify => Ok(Pin::typed_at_the_reader()),
            None => Err(ModelError::NoKeypad),
        }
    }

    /// `C_Logout`.
    pub(super) fn logout(&self) -> Result<()> {
        let mut inside = self.enter();
        if self.shown().login == Login::Public {
            return Err(ModelError::UserNotLoggedIn);
        }
        self.end_login(&mut inside);
        Ok(())
    }

    /// Ends whatever login there is; the last process out resets the card.
    pub(super) fn end_login(&self, inside: &mut Inside) {
        let was = {
            let mut shown = self.shown();
            let was = shown.login;
            shown.lose_login();
            was
        };
        if was != Login::User {
            return;
        }
        match inside.presence.take() {
            Some(presence) => presence.leave(|| inside.lock_the_door()),
            None => inside.lock_the_door(),
        }
    }

    fn expect_public(&self, insertion: u64, wanted: Login) -> Result<()> {
        let shown = self.shown();
        match shown.login {
            _ if shown.insertion != insertion => Err(ModelError::SessionHandleInvalid),
            Login::Public => Ok(()),
            same if same == wanted => Err(ModelError::UserAlreadyLoggedIn),
            _ => Err(ModelError::UserAnotherAlreadyLoggedIn),
        }
    }

    /// Sends one command that costs a try when its secret is wrong, unless the last one is to be kept; notes what came
    /// of it, for this process and the user's others, which wait meanwhile.
    fn spend_a_try(
        &self,
        secret: Secret,
        token: &Token,
        sent: &TrySent,
        send: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        let mut shared = SharedTries::of(token, secret, &self.look());
        let here = *self.tries(secret, &mut self.shown());
        let mut tries = match shared.as_mut().and_then(SharedTries::read) {
            Some(of_all) => of_all.at_most(here),
            None => here,
        };
        if tries.last_is_kept() {
            tracing::warn!("one try is left and is kept: take the card out and put it back to use it");
            *self.tries(secret, &mut self.shown()) = tries;
            return Err(ModelError::LastTryKept);
        }
        let outcome = send();
        match &outcome {
            Ok(()) => tries.right(),
            Err(ModelError::PinIncorrect { left }) => tries.wrong(*left),
            Err(ModelError::PinLocked) => tries.wrong(Retries::Blocked),
            Err(error) if sent.without_verdict(error) => tries.unsure(),
            Err(_) => return outcome,
        }
        if let Some(shared) = &mut shared {
            shared.write(&tries);
        }
        *self.tries(secret, &mut self.shown()) = tries;
        outcome
    }

    /// A new PIN begins with all tries.
    fn forget_tries(&self, secret: Secret, token: &Token) {
        *self.tries(secret, &mut self.shown()) = Tries::default();
        if let Some(mut shared) = SharedTries::of(token, secret, &self.look()) {
            shared.write(&Tries::default());
        }
    }

    fn tries<'a>(&self, secret: Secret, shown: &'a mut Shown) -> &'a mut Tries {
        match secret {
            Secret::Pin => &mut shown.user_tries,
            Secret::Puk => &mut shown.so_tries,
        }
    }
}

/// Whether a command that can spend a try left for the card.
#[derive(Default)]
struct TrySent(Cell<bool>);

impl TrySent {
    fn by(
        &self,
        card: &mut Card,
        command: impl FnOnce(&mut Card) -> std::result::Result<(), CardError>,
    ) -> std::result::Result<(), CardError> {
        let outcome = command(card);
        self.0.set(card.try_was_sent());
        outcome
    }

    /// Whether it failed in a way that leaves open what the card made of the secret. Where nobody typed at the keypad, or
    /// the card keeps no such PIN, nothing was compared.
    fn without_verdict(&self, error: &ModelError) -> bool {
        let verdict = matches!(
            error,
            ModelError::PinIncorrect { .. }
                | ModelError::PinLocked
                | ModelError::UserPinNotInitialized
                | ModelError::PinNotEntered
        );
        self.0.get() && !verdict
    }
}

/// The standard names "not initialised" for a login only: to a change, a PIN that the card has not activated is a card
/// that refuses.
fn as_of_a_change(error: ModelError) -> ModelError {
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
