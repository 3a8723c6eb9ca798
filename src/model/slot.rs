//! A slot: one PC/SC reader, with a card or without.
//!
//! Two locks. `inside` is held during card I/O, so that operations on one card follow each other; `shown` is
//! held for a moment only, never during I/O, so that who only looks never waits. `shown` may be taken while
//! `inside` is held, never the other way round, and no thread holds locks of two slots.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cns_card::{ReaderStatus, Transport};

use super::Result;
use super::card_access::Inside;
use super::handles::Handles;
use super::mechanism::MechanismInfo;
use super::module::SlotId;
use super::pin_care::PinFlags;
use super::shown::{Known, Shown, has_card};
use super::token::Role;

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
    /// Whether a login opens anything: not on a card without a key, where it could only spend tries.
    pub login_required: bool,
    /// Whether the PIN can be typed at the reader's own keypad.
    pub keypad: bool,
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
    pub(super) role: Role,
    pub(super) reader: String,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) object_handles: Arc<Handles>,
    pub(super) inside: Mutex<Inside>,
    shown: Mutex<Shown>,
}

impl Slot {
    pub(super) fn new(
        id: SlotId,
        role: Role,
        reader: &str,
        transport: Arc<dyn Transport>,
        object_handles: Arc<Handles>,
    ) -> Self {
        Self {
            id,
            role,
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
            description: match self.role {
                Role::Login => self.reader.clone(),
                Role::Signature => format!("{} (firma)", self.reader),
            },
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
        self.refresh_tries(insertion, &token);
        let shown = self.shown();
        Ok(TokenInfo {
            label: token.label.clone(),
            manufacturer: "Carta Nazionale dei Servizi".to_owned(),
            model: token.model.clone(),
            serial: token.serial.clone(),
            login_required: token.key.is_some(),
            keypad: shown.keypad.verify,
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
        let status =
            self.transport.reader(&self.reader).unwrap_or_else(|_| ReaderStatus::absent(&self.reader));
        self.shown().observe(&status);
        status
    }

    /// Whether a card is in the reader that has, as far as is known, something for this slot's role.
    pub(super) fn has_token(&self) -> bool {
        has_card(&self.look()) && !matches!(self.shown().known, Known::Nothing)
    }

    /// Whether the card in the reader was seen to have a signature key of its own PIN.
    pub(super) fn has_signature_key(&self) -> bool {
        match &self.shown().known {
            Known::Token(token) => token.reading.files.signature_certificate.is_some(),
            _ => false,
        }
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
}
