//! PINs: authentication, change, and unblocking with the PUK, each at most one PIN command under the retry guard that all
//! programs share (`cns_token::RetryGuard`, decisions 3 and 27). No PIN outlives its call.

use cns_card::{Card, CardError, PinFormatError, Retries, TransportError};
use cns_token::{LastRetry, RetryGuard, RetryState, Secret};

use crate::context::{CardContext, ContextState};
use crate::error::{Error, Result};

/// How a PIN command ended, and how many tries are left for its secret, as well as that is known.
pub(crate) struct PinOutcome {
    pub(crate) result: Result<()>,
    pub(crate) left: Retries,
}

impl PinOutcome {
    /// Nothing was sent.
    pub(crate) fn refused(error: Error) -> Self {
        Self { result: Err(error), left: Retries::Unknown }
    }
}

impl CardContext {
    /// One VERIFY. What cannot be a PIN of this card never reaches it and is a wrong one: Windows asks again then.
    pub(crate) fn authenticate(&self, handles: (usize, usize), pin: &[u8]) -> PinOutcome {
        self.with_secret(handles, Secret::Pin, |context, state| {
            let pin = context.token.policy.pin(pin).map_err(wrong)?;
            context.pin_command(state, Secret::Pin, true, |card| card.verify(&pin))?;
            state.authenticated = true;
            Ok(())
        })
    }

    /// One CHANGE REFERENCE DATA. A login there is stays one; none comes of it.
    pub(crate) fn change_pin(&self, handles: (usize, usize), old: &[u8], new: &[u8]) -> PinOutcome {
        self.with_secret(handles, Secret::Pin, |context, state| {
            let new = context.token.policy.pin(new).map_err(impossible)?;
            let old = context.token.policy.pin(old).map_err(wrong)?;
            let is_wanted = state.is_authenticated();
            context.pin_command(state, Secret::Pin, is_wanted, |card| card.change_pin(&old, &new))
        })
    }

    /// One RESET RETRY COUNTER. Nobody is authenticated after it.
    pub(crate) fn unblock_pin(&self, handles: (usize, usize), puk: &[u8], new: &[u8]) -> PinOutcome {
        self.with_secret(handles, Secret::Puk, |context, state| {
            let new = context.token.policy.pin(new).map_err(impossible)?;
            let puk = context.token.policy.puk(puk).map_err(wrong)?;
            context.refresh_puk_retries(state)?;
            context.pin_command(state, Secret::Puk, false, |card| card.unblock_pin(&puk, &new))?;
            let (name, reader) = (context.card_name(), state.reader.clone());
            let guard = RetryGuard { card: &name, secret: Secret::Pin, reader: &reader };
            guard.forget(&mut state.pin_retries);
            Ok(())
        })
    }

    /// Whether the PIN is verified on the card through this context, as far as is known. No command.
    pub(crate) fn is_authenticated(&self, handles: (usize, usize)) -> Result<bool> {
        Ok(self.lock_card(handles)?.is_authenticated())
    }

    fn with_secret(
        &self,
        handles: (usize, usize),
        secret: Secret,
        send: impl FnOnce(&Self, &mut ContextState) -> Result<()>,
    ) -> PinOutcome {
        let mut state = match self.lock_card_for_pin(handles) {
            Ok(state) => state,
            Err(error) => return PinOutcome::refused(error),
        };
        // A card without a key has nothing that a PIN opens: a PIN could only spend a try.
        if self.token.key.is_none() {
            return PinOutcome::refused(Error::NoKeyContainer);
        }
        let result = send(self, &mut state);
        if let Err(Error::Card(error)) = result {
            self.take_failure(&mut state, error);
        }
        let left = match result {
            Err(Error::Card(CardError::PinBlocked)) => Retries::Blocked,
            _ => state.retries(secret).left(),
        };
        PinOutcome { result, left }
    }

    /// Sends one PIN command, or none, under the retry guard and the login lock. `logs_in`: whether the login that comes of
    /// it is wanted; otherwise it is ended at once.
    fn pin_command(
        &self,
        state: &mut ContextState,
        secret: Secret,
        logs_in: bool,
        command: impl FnOnce(&mut Card) -> std::result::Result<(), CardError>,
    ) -> Result<()> {
        let (name, reader) = (self.card_name(), state.reader.clone());
        let is_new = state.link.prepare_login(&name, &reader)?;
        let mut retries = *state.retries(secret);
        let guard = RetryGuard { card: &name, secret, reader: &reader };
        let outcome = guard.send(state.card()?, &mut retries, LastRetry::Protected, command);
        *state.retries(secret) = retries;
        let concluded = match is_new {
            true => state.link.conclude_pin_command(&outcome, logs_in, &self.transport, &reader.name),
            false => Ok(()),
        };
        if let Err(error) = concluded {
            tracing::warn!(%error, "after a PIN command");
        }
        Ok(outcome?)
    }

    /// Before a PUK is sent: asks for its tries, unless the card has reported them or cannot.
    fn refresh_puk_retries(&self, state: &mut ContextState) -> Result<()> {
        let mut retries = state.puk_retries;
        if !retries.is_unreported() || !state.card()?.can_query_retries() {
            return Ok(());
        }
        let (name, reader) = (self.card_name(), state.reader.clone());
        let guard = RetryGuard { card: &name, secret: Secret::Puk, reader: &reader };
        guard.refresh(state.card()?, &mut retries)?;
        state.puk_retries = retries;
        Ok(())
    }

    /// What a failure means for the login.
    pub(crate) fn take_failure(&self, state: &mut ContextState, error: CardError) {
        let is_verified = state.card().is_ok_and(|card| card.is_verified());
        match error {
            CardError::DifferentCard => {
                self.end_login(state);
                state.link.disconnect();
            }
            // The caller connects again, and asks for the PIN again; a card that is out needs no reset.
            CardError::Transport(TransportError::Busy) => {}
            CardError::Transport(_) => self.leave_login(state),
            _ if !is_verified && state.link.has_login() => self.end_login(state),
            _ => {}
        }
    }
}

impl ContextState {
    fn retries(&mut self, secret: Secret) -> &mut RetryState {
        match secret {
            Secret::Pin => &mut self.pin_retries,
            Secret::Puk => &mut self.puk_retries,
        }
    }
}

/// Something that cannot be this card's PIN or PUK.
fn wrong(_: PinFormatError) -> Error {
    CardError::PinIncorrect { left: Retries::Unknown }.into()
}

/// A new PIN that the card's policy does not allow.
fn impossible(_: PinFormatError) -> Error {
    Error::InvalidParameter
}
