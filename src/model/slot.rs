//! A slot: one PC/SC reader, with a card or without.
//!
//! Two locks. `link` is held during card I/O, so that operations on one card follow each other; `state` is
//! held for a moment only, never during I/O, so that queries never wait. `state` may be taken while
//! `link` is held, never the other way round, and no thread holds locks of two slots. A third one, `last_session`,
//! keeps the end of the last session apart from the beginning of the next.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::SystemTime;

use cns_card::{ReaderStatus, Transport};
use cns_token::{CardLink, CardName, PinFlags};
use cryptoki_sys::CK_SLOT_ID;

use super::Result;
use super::handles::Handles;
use super::mechanism::MechanismInfo;
use super::slot_state::{SlotState, has_card};
use super::token::Token;

/// Names a slot for the life of the module.
pub type SlotId = CK_SLOT_ID;

/// Says what time it is, for the validity of certificates.
pub type Clock = fn() -> SystemTime;

/// What `C_GetSlotInfo` returns; every slot is a removable hardware slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotInfo {
    /// The reader's name.
    pub description: String,
    /// The maker of the reader, or of its driver.
    pub manufacturer: String,
    /// Whether a card, of whatever kind, is in it.
    pub token_present: bool,
}

/// What `C_GetTokenInfo` returns. Texts already fit their fields; session counts are the module's to add.
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
    /// Whether a login opens anything: not on a card without a key, where it could only spend tries.
    pub login_required: bool,
    /// Whether the PIN can be typed on the reader's PIN pad.
    pub pin_pad: bool,
    /// Fewest and most digits of a PIN.
    pub pin_length: (usize, usize),
    /// The user's PIN.
    pub user_pin: PinFlags,
    /// The PUK.
    pub so_pin: PinFlags,
}

/// One reader.
pub struct Slot {
    id: SlotId,
    pub(super) reader: String,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) now: Clock,
    pub(super) object_handles: Arc<Handles>,
    pub(super) link: Mutex<CardLink>,
    /// Read while a session opens or a user logs in; written while the last session closes and its login ends. Taken
    /// before every other lock, and not by a call that only looks.
    pub(super) last_session: RwLock<()>,
    state: Mutex<SlotState>,
}

impl Slot {
    pub(super) fn new(
        id: SlotId,
        reader: &str,
        transport: Arc<dyn Transport>,
        now: Clock,
        object_handles: Arc<Handles>,
    ) -> Self {
        Self {
            id,
            reader: reader.to_owned(),
            transport,
            now,
            object_handles,
            link: Mutex::default(),
            last_session: RwLock::default(),
            state: Mutex::new(SlotState::new()),
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
            token_present: self.has_token(),
        }
    }

    /// Whose card is in the reader and how its PINs stand. Reads the card's public files the first time.
    ///
    /// # Errors
    /// `TokenNotPresent`, `TokenNotRecognized`, or what went wrong with the card.
    pub fn token_info(&self) -> Result<TokenInfo> {
        let (insertion, token) = self.token()?;
        self.refresh_retries(insertion, &token);
        let state = self.state();
        Ok(TokenInfo {
            label: token.label.clone(),
            manufacturer: "Carta Nazionale dei Servizi".to_owned(),
            model: token.model.clone(),
            serial: token.serial.clone(),
            login_required: token.key.is_some(),
            pin_pad: state.pin_pad.verify,
            pin_length: (token.pin_policy.min_length, token.pin_policy.max_length),
            user_pin: state.user_retries.flags(),
            so_pin: state.so_retries.flags(),
        })
    }

    /// The token's mechanisms; none on a card without a usable key.
    ///
    /// # Errors
    /// As [`Slot::token_info`].
    pub fn mechanisms(&self) -> Result<Vec<MechanismInfo>> {
        Ok(self.token()?.1.mechanisms().collect())
    }

    /// Asks the reader what is in it: no command to the card.
    pub(super) fn poll_reader(&self) -> ReaderStatus {
        // One failure says nothing of the card; two in a row are a reader that cannot be asked.
        let status = (self.transport.reader(&self.reader))
            .or_else(|_| self.transport.reader(&self.reader))
            .unwrap_or_else(|_| ReaderStatus::absent(&self.reader));
        self.state().observe(&status);
        status
    }

    /// Whether a card, of whatever kind, is in the reader.
    pub(super) fn has_token(&self) -> bool {
        has_card(&self.poll_reader())
    }

    /// The name by which all programs call the token's card.
    pub(super) fn card_name(&self, token: &Token) -> CardName {
        CardName::new(&token.serial, &*self.transport)
    }

    /// The card of this moment: 0 APDUs, no reader I/O.
    pub(super) fn insertion(&self) -> u64 {
        self.state().insertion
    }

    /// Takes the note that something happened in this slot, if there is one.
    pub(super) fn take_event(&self) -> bool {
        std::mem::take(&mut self.state().event)
    }

    pub(super) fn state(&self) -> MutexGuard<'_, SlotState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
