//! What a card shows the Base CSP: its certificate, its one key, and a number that changes with the certificate.

use std::time::SystemTime;

use cns_card::{CachedCard, Card, CardError, KeyReference, OpenedCard, PinPolicy};
use cns_token::signature::{Hash, RsaPublicKey, digest};
use cns_token::{Certificate, TokenIdentity, cached_cards, open_with_cache, store_card};

use crate::error::{Error, Result};
use crate::transport::CallerTransport;

/// The key of a container.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) public: RsaPublicKey,
    pub(crate) reference: KeyReference,
}

/// A card as it was read when its context was acquired.
pub(crate) struct CardToken {
    pub(crate) identity: TokenIdentity,
    pub(crate) policy: PinPolicy,
    /// The certificate to log in with, DER, if the card has one.
    pub(crate) certificate: Option<Vec<u8>>,
    /// The key that belongs to it; `None` without a certificate, and when it is no RSA key that Windows can name.
    pub(crate) key: Option<Key>,
    /// How it is recognised after another insertion.
    cached: Option<CachedCard>,
}

impl CardToken {
    /// Reads the card behind the caller's handles.
    ///
    /// # Errors
    /// [`Error::UnknownCard`] when it is no CNS, and those of the exchange.
    pub(crate) fn read(
        transport: &CallerTransport,
        reader: &str,
        now: SystemTime,
    ) -> Result<(Self, Box<Card>)> {
        match open_with_cache(transport, reader, &cached_cards(), now)? {
            OpenedCard::Unsupported { .. } => Err(Error::UnknownCard),
            OpenedCard::Cns(mut card, files) => {
                let identity = TokenIdentity::of(&mut card, &files)?;
                let cached = card.cached_card();
                if let Some(cached) = &cached {
                    store_card(cached, &identity);
                }
                let key = files.certificate.as_ref().and_then(|file| {
                    let public = Certificate::parse(&file.der)?.rsa_key?;
                    // A PUBLICKEYBLOB has four bytes for it.
                    (public.exponent().len() <= 4).then_some(Key { public, reference: file.key })
                });
                let policy = card.pin_policy();
                let certificate = files.certificate.map(|file| file.der);
                Ok((Self { identity, policy, certificate, key, cached }, card))
            }
        }
    }

    /// Opens the card again after another insertion.
    ///
    /// # Errors
    /// [`CardError::DifferentCard`] when it is not this one, or has another certificate by now.
    pub(crate) fn open_again(
        &self,
        transport: &CallerTransport,
        reader: &str,
        now: SystemTime,
    ) -> std::result::Result<Box<Card>, CardError> {
        match open_with_cache(transport, reader, self.cached.as_slice(), now)? {
            OpenedCard::Cns(mut card, files) => {
                let same = match (&self.certificate, &files.certificate) {
                    (Some(before), Some(now)) => *before == now.der,
                    (None, None) => {
                        let identity = TokenIdentity::of(&mut card, &files)?;
                        identity.serial == self.identity.serial && identity.is_unique()
                    }
                    _ => false,
                };
                if same { Ok(card) } else { Err(CardError::DifferentCard) }
            }
            OpenedCard::Unsupported { .. } => Err(CardError::DifferentCard),
        }
    }

    /// The card's identifier: Windows keeps what it read of a card by it, so that it has to change when the certificate is
    /// renewed. Of a card without one, the number stands in its place.
    pub(crate) fn card_id(&self) -> [u8; 16] {
        let number = self.identity.serial.as_bytes();
        let shown = self.certificate.as_deref().unwrap_or(number);
        let digest = digest(Hash::Sha256, &[b"cns-minidriver card id", shown]);
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        id
    }

    /// The name of the container: programs call the key by it, so that a renewed certificate is another container. In the
    /// form of a GUID, as those that Windows makes.
    pub(crate) fn container_name(&self) -> String {
        let id = self.card_id();
        let part = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        [&id[..4], &id[4..6], &id[6..8], &id[8..10], &id[10..]].map(part).join("-")
    }
}
