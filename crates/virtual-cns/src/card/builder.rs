//! How a card is made: a personality, a person, and whatever a test wants to be different.

use super::protocol::{self, Protocol};
use super::{Card, Faults, Latency, SharedCard, Traffic};
use crate::holders::{self, CertificateOptions, Holder, Purpose, personal_data_file, private_key};
use crate::personality::{Behaviour, LayoutInput, Personality, SignatureKeyset};
use crate::security::{Key, Pin, padded};

/// Options for a new card.
#[derive(Debug, Clone)]
pub struct CardBuilder {
    personality: Personality,
    holder: Holder,
    card_id: Option<String>,
    certificate: Option<CertificateOptions>,
    personal_data: Option<Vec<u8>>,
    atr: Option<Vec<u8>>,
    protocol: Protocol,
    pin: String,
    puk: String,
    signature_keyset: bool,
    further_pairs: Vec<CertificateOptions>,
    second_key: Option<u8>,
    pin_of_directory: Option<(Vec<u16>, String)>,
    files: Vec<(Vec<u16>, Option<Vec<u8>>)>,
    without_size: Vec<Vec<u16>>,
    latency: Latency,
}

impl CardBuilder {
    pub(super) fn new(personality: &Personality) -> CardBuilder {
        CardBuilder {
            personality: personality.clone(),
            holder: Holder::ROSSI,
            card_id: None,
            certificate: None,
            personal_data: None,
            atr: None,
            protocol: Protocol::T1,
            pin: holders::DEFAULT_PIN.into(),
            puk: holders::DEFAULT_PUK.into(),
            signature_keyset: false,
            further_pairs: Vec::new(),
            second_key: None,
            pin_of_directory: None,
            files: Vec::new(),
            without_size: Vec::new(),
            latency: Latency::default(),
        }
    }

    /// Whose card it is.
    pub fn holder(mut self, holder: Holder) -> Self {
        self.holder = holder;
        self
    }

    /// The size of the login key: 1024 to 4096.
    pub fn key_bits(mut self, bits: usize) -> Self {
        self.personality.key_bits = bits;
        self
    }

    /// How the login certificate looks.
    pub fn certificate(mut self, options: CertificateOptions) -> Self {
        self.certificate = Some(options);
        self
    }

    /// The card number, also in the certificate.
    pub fn card_id(mut self, card_id: &str) -> Self {
        self.card_id = Some(card_id.into());
        self
    }

    /// The whole body of EF Dati_personali, any bytes.
    pub fn personal_data(mut self, body: &[u8]) -> Self {
        self.personal_data = Some(body.to_vec());
        self
    }

    /// Another answer to reset.
    pub fn atr(mut self, atr: &[u8]) -> Self {
        self.atr = Some(atr.to_vec());
        self
    }

    /// A card that speaks T=0 only, with an answer to reset that says so.
    pub fn t0(mut self) -> Self {
        self.protocol = Protocol::T0;
        self
    }

    /// The PIN, 5 to 8 digits.
    pub fn pin(mut self, pin: &str) -> Self {
        self.pin = pin.into();
        self
    }

    /// The PUK, 8 digits.
    pub fn puk(mut self, puk: &str) -> Self {
        self.puk = puk.into();
        self
    }

    /// Tries of the PIN when new.
    pub fn pin_tries(mut self, tries: u8) -> Self {
        self.personality.pin_tries = tries;
        self
    }

    /// Tries of the PUK when new.
    pub fn puk_tries(mut self, tries: u8) -> Self {
        self.personality.puk_tries = tries;
        self
    }

    /// A second certificate and key with their own PIN (classic layouts: 1400/9010, key 10, PIN 1A).
    pub fn signature_keyset(mut self) -> Self {
        self.signature_keyset = true;
        self
    }

    /// Another certificate and key beside the login pair, under the same PIN: 1400/9001/20xx, key xx, and named in the object
    /// maps where the card has some. May be asked for again.
    pub fn another_pair(mut self, options: CertificateOptions) -> Self {
        self.further_pairs.push(options);
        self
    }

    /// A second private key of this number beside the login key, opened by the same PIN; no certificate speaks of it.
    pub fn second_key(mut self, number: u8) -> Self {
        self.second_key = Some(number);
        self
    }

    /// A DF with a PIN and a PUK of its own, of the card's numbers (10 and 11) and of this value: who names them while that
    /// DF is current means these.
    pub fn pin_of_directory(mut self, path: &[u16], value: &str) -> Self {
        self.pin_of_directory = Some((path.to_vec(), value.into()));
        self
    }

    /// The whole body of a file, any bytes: a certificate file of garbage, a map that points nowhere. The path is one
    /// of file identifiers without 3F00.
    pub fn file(mut self, path: &[u16], body: &[u8]) -> Self {
        self.files.push((path.to_vec(), Some(body.to_vec())));
        self
    }

    /// Takes a file or DF away.
    pub fn without_file(mut self, path: &[u16]) -> Self {
        self.files.push((path.to_vec(), None));
        self
    }

    /// Leaves the size out of a file's FCI.
    pub fn without_size(mut self, path: &[u16]) -> Self {
        self.without_size.push(path.to_vec());
        self
    }

    /// Answers otherwise than its personality does.
    pub fn behaviour(mut self, change: impl FnOnce(&mut Behaviour)) -> Self {
        change(&mut self.personality.behaviour);
        self
    }

    /// How slow the card is.
    pub fn latency(mut self, latency: Latency) -> Self {
        self.latency = latency;
        self
    }

    /// Makes the card, without power.
    ///
    /// # Panics
    /// If an option names a file the personality does not have, or a PIN longer than eight characters.
    pub fn build(self) -> Card {
        let personality = self.personality;
        let card_id = self.card_id.unwrap_or_else(|| {
            let own = self.holder.card_id;
            format!("{}{}{}", &own[..4], personality.series, &own[6..])
        });
        let personal_data = self
            .personal_data
            .unwrap_or_else(|| personal_data_file(&self.holder, personality.personal_data_length));
        let options = self.certificate.unwrap_or_else(|| personality.certificate.clone());
        let key_name = format!("{}/{}", personality.name, card_id);
        let key = private_key(&key_name, personality.key_bits);
        let certificate = options.issue(&self.holder, &card_id, &personal_data, &key);
        let signature = self.signature_keyset.then(|| {
            let key = private_key(&format!("{key_name}/signature"), personality.key_bits);
            let options = CertificateOptions { purpose: Purpose::Signature, ..CertificateOptions::PLAIN };
            SignatureKeyset {
                certificate: options.issue(&self.holder, &card_id, &personal_data, &key),
                key,
                pin: padded(holders::DEFAULT_SIGNATURE_PIN),
                puk: padded(holders::DEFAULT_SIGNATURE_PUK),
            }
        });
        let signature_certificate = signature.as_ref().map(|keyset| keyset.certificate.clone());
        let input = LayoutInput {
            personality: &personality,
            card_id: &card_id,
            personal_data: &personal_data,
            certificate: &certificate,
            key,
            pin: padded(&self.pin),
            puk: padded(&self.puk),
            signature,
        };
        let mut contents = (personality.layout)(&input);
        if let Some(number) = self.second_key {
            let login = contents.key_store.keys.first().expect("every card has a login key").clone();
            let private = private_key(&format!("{key_name}/second"), personality.key_bits);
            contents.key_store.keys.push(Key { number, private, ..login });
        }
        if let Some((path, value)) = self.pin_of_directory {
            let home = contents.files.anywhere(&path).expect("a DF of this personality");
            let tries = personality.pin_tries;
            contents.key_store.pins.push(Pin::unused(0x10, home, padded(&value), tries, Some(0x11)));
            contents.key_store.pins.push(Pin::unused(0x11, home, padded(&value), tries, None));
        }
        let mut card = Card {
            atr: match (self.atr, self.protocol) {
                (Some(atr), _) => atr,
                (None, Protocol::T0) => protocol::answer_to_reset(personality.atr),
                (None, Protocol::T1) => personality.atr.to_vec(),
            },
            protocol: self.protocol,
            holder: self.holder,
            card_id,
            certificate,
            signature_certificate,
            further_certificates: Vec::new(),
            files: contents.files,
            key_store: contents.key_store,
            start: contents.start,
            data_objects: contents.data_objects,
            powered: false,
            directory: contents.start,
            elementary: None,
            chained: None,
            kept: Vec::new(),
            challenge: 0,
            latency: self.latency,
            faults: Faults::default(),
            transcript: Vec::new(),
            traffic: Traffic::default(),
            verify_count: 0,
            signature_count: 0,
            state: None,
            personality,
        };
        for options in &self.further_pairs {
            card.add_pair(options);
        }
        for (path, body) in self.files {
            card.change_file(&path, body.as_deref());
        }
        for path in self.without_size {
            let at = card.files.anywhere(&path).expect("a file of this personality");
            card.files.file_mut(at).tells_size = false;
        }
        card
    }

    /// Makes the card and shares it.
    ///
    /// # Panics
    /// As `build`.
    pub fn shared(self) -> SharedCard {
        self.build().shared()
    }
}

impl Card {
    fn change_file(&mut self, path: &[u16], body: Option<&[u8]>) {
        let at = self.files.anywhere(path).expect("a file of this personality");
        match body {
            None => self.files.delete(at),
            Some(body) => assert!(self.set_file(path, body), "a transparent file"),
        }
    }
}
