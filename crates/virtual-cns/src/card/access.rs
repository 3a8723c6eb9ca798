//! What tests and tools may see and set on a card besides sending commands. Nothing here is a command.

use super::builder::CardBuilder;
use super::{Card, Exchange, Faults, Latency, SharedCard, Traffic};
use crate::filesystem::Kind;
use crate::holders::{Authority, Holder};
use crate::personality::Personality;
use crate::security::padded;
use std::sync::{Arc, Mutex};

impl Card {
    /// A new card of a personality for the everyday holder.
    pub fn new(personality: &Personality) -> Card {
        Card::builder(personality).build()
    }

    /// A new card with options.
    pub fn builder(personality: &Personality) -> CardBuilder {
        CardBuilder::new(personality)
    }

    /// Makes it a card that a reader and a test can hold together.
    pub fn shared(self) -> SharedCard {
        Arc::new(Mutex::new(self))
    }

    /// The answer to reset.
    pub fn atr(&self) -> Vec<u8> {
        self.atr.clone()
    }

    /// The personality.
    pub fn personality(&self) -> &Personality {
        &self.personality
    }

    /// The person the card was issued to.
    pub fn holder(&self) -> Holder {
        self.holder
    }

    /// The card number in EF ID_Carta.
    pub fn card_id(&self) -> &str {
        &self.card_id
    }

    /// The login certificate as issued, without the zeros behind it in its file.
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate
    }

    /// The login certificate as PEM.
    pub fn certificate_pem(&self) -> String {
        crate::holders::pem(&self.certificate)
    }

    /// The signature certificate, where the card has a signature keyset.
    pub fn signature_certificate_der(&self) -> Option<&[u8]> {
        self.signature_certificate.as_deref()
    }

    /// The authority's certificate.
    pub fn ca_certificate_der(&self) -> &'static [u8] {
        Authority::test().certificate_der()
    }

    /// Tries left of a PIN or PUK by its number (10 PIN, 11 PUK, 1A and 1B for signatures).
    pub fn tries_left(&self, number: u8) -> Option<u8> {
        self.key_store.pins.iter().find(|pin| pin.number == number).map(|pin| pin.tries)
    }

    /// Tries left of the PIN and the PUK that a DF has of its own.
    pub fn tries_left_in(&self, path: &[u16]) -> Option<(u8, u8)> {
        let home = self.files.anywhere(path)?;
        let tries = |number| {
            let mut pins = self.key_store.pins.iter();
            pins.find(|pin| pin.number == number && pin.home == home).map(|pin| pin.tries)
        };
        Some((tries(0x10)?, tries(0x11)?))
    }

    /// Tries left of the PIN.
    pub fn pin_tries_left(&self) -> u8 {
        self.tries_left(0x10).unwrap_or(0)
    }

    /// Tries left of the PUK.
    pub fn puk_tries_left(&self) -> u8 {
        self.tries_left(0x11).unwrap_or(0)
    }

    /// Sets the tries of a PIN or PUK by its number.
    pub fn set_tries(&mut self, number: u8, tries: u8) {
        self.key_store.pins.iter_mut().filter(|pin| pin.number == number).for_each(|pin| pin.tries = tries);
        let _ = self.write_state();
    }

    /// Sets the value of a PIN or PUK by its number; its tries stay as they are.
    ///
    /// # Panics
    /// If it is longer than eight bytes.
    pub fn set_pin(&mut self, number: u8, value: &str) {
        self.key_store
            .pins
            .iter_mut()
            .filter(|pin| pin.number == number)
            .for_each(|pin| pin.value = padded(value));
        let _ = self.write_state();
    }

    /// Whether this is the value of a PIN or PUK by its number. Costs no try.
    pub fn has_pin(&self, number: u8, value: &str) -> bool {
        self.key_store.pins.iter().any(|pin| pin.number == number && pin.value == padded(value))
    }

    /// Sets the tries of the PIN.
    pub fn set_pin_tries(&mut self, tries: u8) {
        self.set_tries(0x10, tries);
    }

    /// Sets the tries of the PUK.
    pub fn set_puk_tries(&mut self, tries: u8) {
        self.set_tries(0x11, tries);
    }

    /// Whether the PIN is verified at this moment.
    pub fn is_pin_verified(&self) -> bool {
        self.key_store.pins.iter().any(|pin| pin.number == 0x10 && pin.verified)
    }

    /// VERIFY commands the card carried out, empty ones included.
    pub fn verify_count(&self) -> usize {
        self.verify_count
    }

    /// Private-key operations the card carried out.
    pub fn signature_count(&self) -> usize {
        self.signature_count
    }

    /// What crossed so far, since the card was made.
    pub fn traffic(&self) -> Traffic {
        self.traffic
    }

    /// The faults planned for this card.
    pub fn faults(&mut self) -> &mut Faults {
        &mut self.faults
    }

    /// Sets how slow the card is.
    pub fn set_latency(&mut self, latency: Latency) {
        self.latency = latency;
    }

    /// Replaces a file's body behind the card's back; the path is one of file identifiers without 3F00.
    pub fn set_file(&mut self, path: &[u16], body: &[u8]) -> bool {
        let Some(at) = self.files.anywhere(path) else { return false };
        match &mut self.files.file_mut(at).kind {
            Kind::Transparent(own) => *own = body.to_vec(),
            Kind::Dedicated { .. } => return false,
        }
        true
    }

    /// The body of a file, whatever its access conditions.
    pub fn file(&self, path: &[u16]) -> Option<&[u8]> {
        match &self.files.file(self.files.anywhere(path)?).kind {
            Kind::Transparent(body) => Some(body),
            Kind::Dedicated { .. } => None,
        }
    }

    /// Every command since the card was made or the transcript was cleared.
    pub fn transcript(&self) -> Vec<Exchange> {
        self.transcript.clone()
    }

    /// The names of the commands only.
    pub fn transcript_names(&self) -> Vec<String> {
        self.transcript.iter().map(|exchange| exchange.name.clone()).collect()
    }

    /// Forgets the transcript.
    pub fn clear_transcript(&mut self) {
        self.transcript.clear();
    }
}
