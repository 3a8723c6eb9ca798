//! One `CARD_DATA` of a caller: its card, and what keeps its calls apart.
//!
//! A context belongs to the card for which it was acquired. Another card in its place, or the same one with another
//! certificate, answers as a card that was removed, so that the caller acquires a context anew.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::SystemTime;

use cns_card::{Card, CardError, ReaderStatus};
use cns_token::{CardLink, CardName, RetryState, reset_after_crashed_login};

use crate::error::Result;
use crate::token::CardToken;
use crate::transport::{CallerTransport, ResourceManager};

/// Says what time it is, for the validity of certificates.
pub(crate) type Clock = fn() -> SystemTime;

/// What lies behind one `CARD_DATA`.
pub(crate) struct CardContext {
    pub(crate) token: CardToken,
    pub(crate) transport: CallerTransport,
    now: Clock,
    state: Mutex<ContextState>,
}

/// What one call after the other uses.
pub(crate) struct ContextState {
    pub(crate) link: CardLink,
    /// The reader as it was at the last call.
    pub(crate) reader: ReaderStatus,
    /// Counts the cards seen in it.
    pub(crate) insertion: u64,
    /// The card handle over which the card was last seen to be that of the context.
    handle: usize,
    /// The PIN was verified through this context, and nothing is known that ended that. The card alone would not do: it is
    /// reset by its caller, over the handle that is used here.
    pub(crate) authenticated: bool,
    pub(crate) pin_retries: RetryState,
    pub(crate) puk_retries: RetryState,
}

impl CardContext {
    /// Reads the card behind these handles.
    ///
    /// # Errors
    /// [`Error::UnknownCard`](crate::error::Error::UnknownCard), and those of the exchange.
    pub(crate) fn acquire(
        manager: Arc<dyn ResourceManager>,
        handles: (usize, usize),
        atr: &[u8],
        now: Clock,
    ) -> Result<Self> {
        let transport = CallerTransport::new(manager, atr);
        transport.set_handles(handles.0, handles.1);
        let reader = transport.current_reader()?;
        let (token, card) = CardToken::read(&transport, &reader.name, now())?;
        let mut link = CardLink::default();
        link.hold(FIRST, card);
        let (pin_retries, puk_retries) = Default::default();
        let state = ContextState {
            link,
            reader,
            insertion: FIRST,
            handle: handles.1,
            authenticated: false,
            pin_retries,
            puk_retries,
        };
        let context = Self { token, transport, now, state: Mutex::new(state) };
        context.reset_after_crash(context.lock(handles).card()?);
        Ok(context)
    }

    /// The name by which all programs call the card.
    pub(crate) fn card_name(&self) -> CardName {
        CardName::new(&self.token.identity.serial, &self.transport)
    }

    /// Begins a call with these handles, one after the other. A panic that went through an earlier one left the card in an
    /// unknown state: start over.
    pub(crate) fn lock(&self, (context, card): (usize, usize)) -> MutexGuard<'_, ContextState> {
        let mut state = self.state.lock().unwrap_or_else(|poisoned| {
            self.state.clear_poison();
            let mut state = poisoned.into_inner();
            state.link = CardLink::default();
            state.authenticated = false;
            state
        });
        // With the lock: handles of two calls must not be mixed.
        self.transport.set_handles(context, card);
        state.link.wait_until(None);
        state
    }

    /// The same, for a call that needs the card: it is in the reader, and is the one of this context.
    ///
    /// # Errors
    /// [`CardError::DifferentCard`], and those of the exchange.
    pub(crate) fn lock_card(&self, handles: (usize, usize)) -> Result<MutexGuard<'_, ContextState>> {
        let mut state = self.lock(handles);
        let keeps_login = state.authenticated;
        self.connect_over(handles.1, &mut state, keeps_login)?;
        Ok(state)
    }

    /// The same, before a PIN is sent: over a new handle the card is looked at again, though a login ends with that.
    ///
    /// # Errors
    /// As [`CardContext::lock_card`].
    pub(crate) fn lock_card_for_pin(&self, handles: (usize, usize)) -> Result<MutexGuard<'_, ContextState>> {
        let mut state = self.lock(handles);
        self.connect_over(handles.1, &mut state, false)?;
        Ok(state)
    }

    /// A caller connects again after whatever happened, and the service may have begun to count insertions anew: another
    /// card in the same reader then differs in the handle alone.
    fn connect_over(&self, handle: usize, state: &mut ContextState, keeps_login: bool) -> Result<()> {
        if handle != state.handle && !keeps_login {
            state.link.disconnect();
        }
        let outcome = self.connect(handle, state);
        if outcome.is_err() {
            state.link.disconnect();
        }
        Ok(outcome?)
    }

    fn connect(&self, handle: usize, state: &mut ContextState) -> std::result::Result<(), CardError> {
        let reader = self.transport.current_reader()?;
        if reader != state.reader {
            state.link.disconnect();
            state.insertion += 1;
            state.authenticated = false;
            (state.pin_retries, state.puk_retries) = Default::default();
            // The card of the login has left the reader: no reset comes of this.
            if let Err(error) = state.link.end_login(&self.transport, &reader.name) {
                tracing::warn!(%error, "a login is not ended");
            }
            state.reader = reader;
        }
        if state.link.card_of(state.insertion).is_none() {
            let card = self.token.open_again(&self.transport, &state.reader.name, (self.now)())?;
            state.authenticated = false;
            state.handle = handle;
            let card = state.link.hold(state.insertion, card);
            self.reset_after_crash(card);
        }
        Ok(())
    }

    /// Browsers end without a word: a login that nobody ended is ended by the user's next program.
    fn reset_after_crash(&self, card: &mut Card) {
        if let Err(error) = reset_after_crashed_login(&self.card_name(), || card.reset()) {
            tracing::warn!(%error, "the login of a program that crashed is not ended");
        }
    }

    /// The login is over: the card says so, or another program reset it. The last program that has one resets the card.
    pub(crate) fn end_login(&self, state: &mut ContextState) {
        state.authenticated = false;
        let reader = state.reader.name.clone();
        if let Err(error) = state.link.end_login(&self.transport, &reader) {
            tracing::warn!(%error, "a login is not ended");
        }
    }

    /// `CardDeauthenticateEx`: the caller resets the card when it is told that nothing less ends an authentication.
    pub(crate) fn release_login(&self, handles: (usize, usize)) {
        let mut state = self.lock(handles);
        state.authenticated = false;
        state.link.release_login();
    }

    /// The way to the card is broken, or the context ends: what a login of this context left, the user's next program ends.
    /// No command: at the end of a context the caller may hold no transaction.
    pub(crate) fn leave_login(&self, state: &mut ContextState) {
        state.authenticated = false;
        state.link.disconnect();
        state.link = CardLink::default();
    }
}

impl ContextState {
    /// Whether the PIN is verified on the card through this context, as far as is known.
    pub(crate) fn is_authenticated(&mut self) -> bool {
        self.authenticated && self.card().is_ok_and(|card| card.is_verified())
    }

    /// The card of this context, after [`CardContext::lock_card`].
    pub(crate) fn card(&mut self) -> std::result::Result<&mut Card, CardError> {
        self.link.card_of(self.insertion).ok_or(CardError::DifferentCard)
    }
}

/// The number of the insertion in which a context is acquired.
const FIRST: u64 = 1;
