//! `CardSignData`: hash and padding here, the private key's operation on the card, checked with the public key.

use cns_card::CardError;
use cns_token::signature::{Hash, PaddingError, PssParameters, digest_info, pkcs1_sign_frame, pss_frame};
use cns_token::{confirmed_operation, forget_card};
use zeroize::Zeroizing;

use crate::context::{CardContext, ContextState};
use crate::error::{Error, Result};
use crate::token::Key;

/// How the data is padded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Padding {
    /// PKCS#1 v1.5 around a `DigestInfo` of this hash; `None`: around the data as it is.
    Pkcs1(Option<Hash>),
    /// PSS with the same hash in MGF1, and a salt of so many bytes.
    Pss { hash: Hash, salt_length: usize },
}

impl Padding {
    /// The block that the private key is applied to.
    pub(crate) fn frame(self, key: &Key, data: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let frame = match self {
            Self::Pkcs1(Some(hash)) if data.len() != hash.length() => Err(PaddingError::MessageLength),
            Self::Pkcs1(Some(hash)) => pkcs1_sign_frame(&digest_info(hash, data), key.public.length()),
            Self::Pkcs1(None) => pkcs1_sign_frame(data, key.public.length()),
            Self::Pss { hash, salt_length } => {
                let parameters = PssParameters { hash, mgf: hash, salt_length };
                // The salt is made before its length is compared with the key's.
                match cns_token::signature::pss_fits(parameters, key.public.bits()) {
                    true => pss_frame(data, parameters, key.public.bits()),
                    false => Err(PaddingError::KeySize),
                }
            }
        };
        frame.map(Zeroizing::new).map_err(|error| match error {
            PaddingError::MessageLength | PaddingError::KeySize => Error::InvalidParameter,
            PaddingError::NoRandom => Error::SignatureNotConfirmed,
        })
    }
}

impl CardContext {
    /// The signature, least significant byte first, as Windows wants it.
    ///
    /// # Errors
    /// [`CardError::NotVerified`] without a command before a PIN was verified through this context.
    pub(crate) fn sign(
        &self,
        handles: (usize, usize),
        padding: Padding,
        data: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>> {
        let key = self.key()?;
        let frame = padding.frame(key, data)?;
        let mut state = self.lock_card(handles)?;
        let result = self.private_key_operation(&mut state, key, &frame);
        if let Err(Error::Card(error)) = result {
            self.take_failure(&mut state, error);
        }
        let mut signature = result?;
        signature.reverse();
        Ok(signature)
    }

    /// The key of the only container.
    pub(crate) fn key(&self) -> Result<&Key> {
        self.token.key.as_ref().ok_or(Error::NoKeyContainer)
    }

    /// When the public key does not confirm the result, the certificate may have been renewed on the card, or what is cached
    /// of it is wrong: the cache forgets the card, its certificate is read once more, and where that is another one by now
    /// this context's card counts as one that was taken out. No PIN is sent for any of it.
    fn private_key_operation(
        &self,
        state: &mut ContextState,
        key: &Key,
        frame: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>> {
        if !state.is_authenticated() {
            return Err(CardError::NotVerified.into());
        }
        let card = state.card()?;
        if let Some(result) = confirmed_operation(card, &key.public, key.reference, frame)? {
            return Ok(result);
        }
        forget_card(&self.token.identity.serial);
        match card.read_login_certificate_again()? == self.token.certificate {
            true => Err(Error::SignatureNotConfirmed),
            false => Err(CardError::DifferentCard.into()),
        }
    }
}
