//! A slot: one PC/SC reader, with a card or without.
//!
//! Two locks. `inside` is held during card I/O, so that operations on one card follow each other; `shown` is
//! held for a moment only, never during I/O, so that who only looks never waits. `shown` may be taken while
//! `inside` is held, never the other way round, and no thread holds locks of two slots.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cns_card::{
    Card, CardError, Continuity, Disposition, Occupancy, Pin, ReaderStatus, Recognised, Retries, Transport,
    TransportError,
};
use zeroize::Zeroizing;

use super::mechanism::MechanismInfo;
use super::module::SlotId;
use super::pin_care::PinFlags;
use super::presence::PresenceLock;
use super::session::Login;
use super::shown::{Known, Shown, has_card, means_removed};
use super::token::Token;
use super::{ModelError, Result};

/// While logged in, the reader is asked at most this often whether another program reset the card.
const STATUS_INTERVAL: Duration = Duration::from_millis(500);
/// A card that tells its counters without spending a try is asked again after this time.
const TRIES_INTERVAL: Duration = Duration::from_secs(1);
/// A card that is swapped while it is read is read again, so often.
const READINGS: usize = 3;

/// What `C_GetSlotInfo` tells; every slot is a removable hardware slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotInfo {
    /// The reader's name.
    pub description: String,
    /// Who answers for the reader.
    pub manufacturer: String,
    /// Whether a card, of whatever kind, is in it.
    pub token_present: bool,
}

/// What `C_GetTokenInfo` tells. Texts already fit their fields; session counts are the module's to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenInfo {
    /// `CNS NOME COGNOME`, at most 32 bytes of UTF-8, no colon.
    pub label: String,
    /// At most 32 bytes.
    pub manufacturer: String,
    /// The card's family, at most 16 bytes.
    pub model: String,
    /// The 16-digit card id.
    pub serial: String,
    /// Fewest and most digits of a PIN.
    pub pin_length: (usize, usize),
    /// The user's PIN.
    pub user_pin: PinFlags,
    /// The PUK.
    pub so_pin: PinFlags,
}

/// What stands behind the lock that is held during card I/O.
#[derive(Default)]
pub(super) struct Inside {
    /// The connection to the card, and the insertion it belongs to.
    card: Option<(u64, Box<Card>)>,
    /// Held while this process has a user on the card.
    pub(super) presence: Option<PresenceLock>,
    /// The PUK between the security officer's login and `C_InitPIN`, which is one command on a CNS.
    pub(super) puk: Option<Pin>,
}

/// One reader.
pub struct Slot {
    id: SlotId,
    reader: String,
    transport: Arc<dyn Transport>,
    object_handles: Arc<AtomicU64>,
    inside: Mutex<Inside>,
    shown: Mutex<Shown>,
}

impl Slot {
    pub(super) fn new(
        id: SlotId,
        reader: &str,
        transport: Arc<dyn Transport>,
        object_handles: Arc<AtomicU64>,
    ) -> Self {
        Self {
            id,
            reader: reader.to_owned(),
            transport,
            object_handles,
            inside: Mutex::default(),
            shown: Mutex::new(Shown::new()),
        }
    }

    /// The id it keeps for the life of the module.
    pub fn id(&self) -> SlotId {
        self.id
    }

    /// The reader's name.
    pub(super) fn reader(&self) -> &str {
        &self.reader
    }

    /// What the slot is and whether a card is in it: asks the reader, not the card.
    pub fn info(&self) -> SlotInfo {
        SlotInfo {
            description: self.reader.clone(),
            manufacturer: "PC/SC".to_owned(),
            token_present: has_card(&self.look()),
        }
    }

    /// Whose card is in the reader and how its PINs stand. Reads the card's public files the first time.
    ///
    /// # Errors
    /// `TokenNotPresent`, `TokenNotRecognized`, or what went wrong with the card.
    pub fn token_info(&self) -> Result<TokenInfo> {
        let (insertion, token) = self.token()?;
        self.refresh_tries(insertion, &token);
        let shown = self.shown();
        Ok(TokenInfo {
            label: token.label.clone(),
            manufacturer: "Carta Nazionale dei Servizi".to_owned(),
            model: token.model.clone(),
            serial: token.serial.clone(),
            pin_length: (token.pin_policy.min_length, token.pin_policy.max_length),
            user_pin: shown.user_tries.flags(),
            so_pin: shown.so_tries.flags(),
        })
    }

    /// The token's mechanisms; none on a card without a usable key.
    ///
    /// # Errors
    /// As [`Slot::token_info`].
    pub fn mechanisms(&self) -> Result<Vec<MechanismInfo>> {
        Ok(self.token()?.1.mechanisms())
    }

    /// Asks the reader what is in it: no command to the card.
    pub(super) fn look(&self) -> ReaderStatus {
        let status = self.transport.reader(&self.reader).unwrap_or_else(|_| ReaderStatus {
            name: self.reader.clone(),
            occupancy: Occupancy::NoReader,
            events: 0,
        });
        self.shown().observe(&status);
        status
    }

    /// The card of this moment: 0 APDUs, no reader I/O.
    pub(super) fn insertion(&self) -> u64 {
        self.shown().insertion
    }

    /// Takes the note that something happened in this slot, if there is one.
    pub(super) fn take_event(&self) -> bool {
        std::mem::take(&mut self.shown().event)
    }

    pub(super) fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

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

    /// Lets go of the card, for `C_Finalize`.
    pub(super) fn let_go(&self) {
        self.enter().leave_card();
    }

    /// What is known of the card, if anything.
    fn known(&self) -> Option<Result<(u64, Arc<Token>)>> {
        let shown = self.shown();
        match &shown.known {
            Known::Token(token) => Some(Ok((shown.insertion, Arc::clone(token)))),
            Known::Foreign => Some(Err(ModelError::TokenNotRecognized)),
            Known::Unread if shown.is_resting() => {
                Some(Err(ModelError::Device(TransportError::Transmit.into())))
            }
            Known::Unread => None,
        }
    }

    /// Reads the card and publishes what it is, unless it was swapped meanwhile.
    fn read_card(&self, inside: &mut Inside) -> Result<()> {
        let insertion = self.insertion();
        inside.leave_card();
        let opened = cns_card::open(&*self.transport, &self.reader);
        self.look();
        let mut shown = self.shown();
        if shown.insertion != insertion {
            return Ok(());
        }
        match opened {
            Ok(Recognised::Cns(card, files)) => {
                let handle = self.object_handles.fetch_add(Token::HANDLES, Ordering::Relaxed);
                let token = Token::new(files, card.family(), card.pin_policy(), handle);
                shown.known = Known::Token(Arc::new(token));
                inside.card = Some((insertion, card));
                Ok(())
            }
            Ok(Recognised::Unsupported { what, advice }) => {
                tracing::warn!(reader = %self.reader, %what, %advice, "not a card for this module");
                shown.known = Known::Foreign;
                Ok(())
            }
            Err(CardError::Transport(TransportError::MuteCard)) => {
                tracing::warn!(reader = %self.reader, "the card does not answer: is it the right way up?");
                shown.known = Known::Foreign;
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
            None => self.reopen(inside, insertion, token).and_then(operation),
        };
        outcome.map_err(|error| self.failed(inside, error))
    }

    /// Connects again after the connection was lost; the card must be the one of the snapshot.
    fn reopen<'a>(
        &self,
        inside: &'a mut Inside,
        insertion: u64,
        token: &Token,
    ) -> std::result::Result<&'a mut Card, CardError> {
        inside.leave_card();
        match cns_card::open(&*self.transport, &self.reader)? {
            Recognised::Cns(card, files) if token.is_same_card(&files) => {
                Ok(&mut inside.card.insert((insertion, card)).1)
            }
            _ => Err(CardError::DifferentCard),
        }
    }

    fn failed(&self, inside: &mut Inside, error: CardError) -> ModelError {
        let logged_in = self.shown().login == Login::User;
        match error {
            CardError::PinIncorrect { left: Retries::Left(0) | Retries::Blocked } | CardError::PinBlocked => {
                ModelError::PinLocked
            }
            CardError::PinIncorrect { left } => ModelError::PinIncorrect { left },
            CardError::PinNotActivated => ModelError::UserPinNotInitialized,
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
                self.look();
                if means_removed(transport) { ModelError::DeviceRemoved } else { ModelError::Device(error) }
            }
            other => ModelError::Device(other),
        }
    }

    /// Another program's reset, or a wrong PIN given elsewhere, took the verified state.
    pub(super) fn lose_login(&self, inside: &mut Inside) {
        inside.presence = None;
        inside.puk = None;
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

    /// Asks a card that can tell without a try how many tries are left; never waits for another operation.
    fn refresh_tries(&self, insertion: u64, token: &Token) {
        {
            let mut shown = self.shown();
            let recent = shown.tries_asked.is_some_and(|asked| asked.elapsed() < TRIES_INTERVAL);
            if recent || shown.login == Login::User {
                return;
            }
            shown.tries_asked = Some(Instant::now());
        }
        let Ok(mut inside) = self.inside.try_lock() else { return };
        if !inside.card_of(insertion).is_some_and(|card| card.can_query_tries()) {
            return;
        }
        let told =
            self.on_card(&mut inside, insertion, token, |card| Ok((card.pin_tries()?, card.puk_tries()?)));
        if let Ok((pin, puk)) = told {
            let mut shown = self.shown();
            shown.user_tries.told(pin);
            shown.so_tries.told(puk);
        }
    }

    /// The private key's raw operation for a logged-in user.
    pub(super) fn private_key_operation(
        &self,
        insertion: u64,
        token: &Token,
        block: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>> {
        let key = token.key.as_ref().ok_or(ModelError::KeyHandleInvalid)?;
        let mut inside = self.enter();
        if self.shown().login != Login::User {
            return Err(ModelError::UserNotLoggedIn);
        }
        let result = self.on_card(&mut inside, insertion, token, |card| {
            card.private_key_operation(key.reference, block)
        })?;
        drop(inside);
        if key.public.raw(&result) == block {
            Ok(result)
        } else {
            tracing::error!("the card answered with another key's signature: thrown away");
            Err(ModelError::SignatureNotConfirmed)
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

    /// Lets go of a card that is gone or must be opened anew, without touching its state; forgets the PUK.
    fn leave_card(&mut self) {
        self.presence = None;
        self.puk = None;
        if let Some((_, card)) = self.card.take() {
            card.close(Disposition::Leave);
        }
    }

    /// Ends the verified state of the card for everybody.
    pub(super) fn lock_the_door(&mut self) {
        if let Some((_, card)) = self.card.take() {
            card.close(Disposition::Reset);
        }
    }
}
