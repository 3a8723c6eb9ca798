//! A virtual card and the reader it lies in.
//!
//! The card lives in this process (the library, not the binary), so a check can ask it afterwards what it was told:
//! its transcript and counters are the witness that no client can talk its way around.

use std::fmt::Write as _;
use std::sync::{Arc, MutexGuard, PoisonError};

use anyhow::{Context as _, Result, anyhow};
use virtual_cns::holders::CertificateOptions;
use virtual_cns::vpcd::Insertion;
use virtual_cns::{Card, DEFAULT_PIN, DEFAULT_PUK, Exchange, Latency, Personality, SharedCard, Traffic};

use crate::testbed::pcscd::{Pcscd, Reader};

/// What a demonstration shows: a card as many people got it lately.
pub const DEFAULT: &str = "st2021";

/// Direct convention, T=0, five historical bytes that mean nothing.
const FOREIGN_ATR: &[u8] = &[0x3B, 0x65, 0x00, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05];

/// The names of all kinds of card that the module supports, families D to H included.
pub fn supported() -> Vec<&'static str> {
    Personality::all().iter().chain(Personality::further()).map(Personality::name).collect()
}

/// Those, and the lots that no row of a driver names.
pub fn every_cns() -> Vec<&'static str> {
    supported().into_iter().chain(Personality::other_lots().iter().map(Personality::name)).collect()
}

/// The names of cards that are no usable CNS.
pub fn unsupported() -> Vec<&'static str> {
    Personality::foreign().iter().map(Personality::name).collect()
}

/// The names of all kinds of cards.
pub fn personalities() -> Vec<&'static str> {
    Personality::all().iter().map(Personality::name).collect()
}

/// Those with the classic file system, which older programs know too.
pub fn classic_personalities() -> Vec<&'static str> {
    let classic = Personality::all().iter().filter(|personality| matches!(personality.family(), 'A' | 'B'));
    classic.map(Personality::name).collect()
}

/// A virtual card, in a reader or not.
#[derive(Debug)]
pub struct InsertedCard {
    card: SharedCard,
    title: &'static str,
    insertion: Option<(Insertion, Reader)>,
}

impl InsertedCard {
    /// A new card of this kind, not inserted yet.
    pub fn new(personality: &str) -> Result<Self> {
        let personality = Personality::by_name(personality).with_context(|| {
            format!("no card is called {personality:?}; there are: {}", personalities().join(", "))
        })?;
        let (title, certificate) = (personality.title, personality.certificate.clone().valid_now());
        let card = Card::builder(&personality).certificate(certificate).build().shared();
        Ok(Self { card, title, insertion: None })
    }

    /// A card of this kind with a certificate of this length.
    pub fn with_certificate_length(personality: &str, length: usize) -> Result<Self> {
        let mut card = Self::new(personality)?;
        let personality = card.card().personality().clone();
        let options =
            CertificateOptions { length: Some(length), ..personality.certificate.clone().valid_now() };
        card.card = Card::builder(&personality).certificate(options).build().shared();
        Ok(card)
    }

    /// A card that is no CNS: a bank's, a company's badge.
    pub fn foreign() -> Result<Self> {
        let personality = Personality::by_name(DEFAULT).context("a personality")?;
        let card = Card::builder(&personality).atr(FOREIGN_ATR).build().shared();
        Ok(Self { card, title: "a card of another kind", insertion: None })
    }

    /// An everyday card whose certificate is not as it should be: expired, or without the CNS policy.
    pub fn with_certificate(options: CertificateOptions) -> Result<Self> {
        let personality = Personality::by_name(DEFAULT).context("a personality")?;
        let card = Card::builder(&personality).certificate(options).build().shared();
        Ok(Self { card, title: "a card with another certificate", insertion: None })
    }

    /// Puts the card into `reader` and waits until pcscd has seen it.
    pub fn insert(&mut self, pcscd: &Pcscd, reader: Reader) -> Result<()> {
        let before = pcscd.reader_events(reader)?;
        let insertion = Insertion::start(Arc::clone(&self.card), pcscd.address(reader).as_str())
            .map_err(|error| anyhow!("cannot insert the card: {error}"))?;
        self.insertion = Some((insertion, reader));
        pcscd.wait_for_insertion(reader, before)
    }

    /// Pulls the card and waits until pcscd has seen that.
    pub fn remove(&mut self, pcscd: &Pcscd) -> Result<()> {
        let (insertion, reader) = self.insertion.take().context("the card is in no reader")?;
        let before = pcscd.reader_events(reader)?;
        insertion.remove();
        pcscd.wait_for_removal(reader, before)
    }

    fn card(&self) -> MutexGuard<'_, Card> {
        self.card.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What kind of card it is, for people.
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// The name of its kind.
    pub fn kind(&self) -> &'static str {
        self.card().personality().name()
    }

    /// The holder's tax code and the card's number.
    pub fn identity(&self) -> (String, String) {
        let card = self.card();
        (card.holder().tax_code.to_owned(), card.card_id().to_owned())
    }

    /// The holder's name as printed on the card.
    pub fn holder(&self) -> String {
        let card = self.card();
        format!("{} {}", card.holder().given_name, card.holder().surname)
    }

    pub fn pin(&self) -> String {
        DEFAULT_PIN.to_owned()
    }

    pub fn puk(&self) -> String {
        DEFAULT_PUK.to_owned()
    }

    pub fn certificate(&self) -> Vec<u8> {
        self.card().certificate_der().to_vec()
    }

    pub fn ca_certificate(&self) -> Vec<u8> {
        self.card().ca_certificate_der().to_vec()
    }

    /// How often a PIN was sent. An empty VERIFY, which only asks for the tries left, is none; where it costs a try
    /// the tries tell.
    pub fn verify_count(&self) -> usize {
        self.card().transcript().iter().filter(|exchange| exchange.ins == 0x20 && exchange.lc > 0).count()
    }

    /// How many signatures were made.
    pub fn signature_count(&self) -> usize {
        self.card().signature_count()
    }

    pub fn pin_tries_left(&self) -> u8 {
        self.card().pin_tries_left()
    }

    pub fn puk_tries_left(&self) -> u8 {
        self.card().puk_tries_left()
    }

    /// Whether it lies in a reader.
    pub fn is_inserted(&self) -> bool {
        self.insertion.is_some()
    }

    /// What crossed so far, in numbers.
    pub fn traffic(&self) -> Traffic {
        self.card().traffic()
    }

    /// Makes the card slow, or as fast as the computer.
    pub fn set_latency(&self, latency: Latency) {
        self.card().set_latency(latency);
    }

    /// Every command so far with its answer.
    pub fn transcript(&self) -> Vec<Exchange> {
        self.card().transcript()
    }

    /// The transcript as a person reads it.
    pub fn transcript_text(&self) -> String {
        let mut text = String::new();
        for exchange in self.transcript() {
            let _ = writeln!(text, "{exchange}");
        }
        text
    }
}
