//! One card: each operation in one PC/SC transaction (skeleton).
use zeroize::Zeroizing;

use crate::certificate_file::{CertificateFile, CertificateProblem};
use crate::iso7816::StatusWord;
use crate::personal_data::PersonalData;
use crate::pin::{Pin, PinPolicy, Retries};
use crate::recognise::{Advice, UnsupportedCard};
use crate::transport::{CardConnection, Continuity, Disposition, Transport, TransportError};

/// A recognised CNS card with an open connection.
pub struct Card {
    connection: Box<dyn CardConnection>,
}

/// What is in a reader, after a first look.
#[allow(clippy::large_enum_variant, reason = "made once per insertion and taken apart at once")]
pub enum Recognised {
    /// A CNS, and its public files.
    Cns(Box<Card>, PublicFiles),
    /// A card that this engine does not work with.
    Unsupported {
        /// What it is.
        what: UnsupportedCard,
        /// What its holder can do.
        advice: Advice,
    },
}

/// What can be read from a CNS without a PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicFiles {
    /// EF ID_Carta.
    pub card_id: Option<CardId>,
    /// EF Dati_personali.
    pub personal_data: Option<PersonalData>,
    /// The authentication certificate.
    pub certificate: Option<CertificateFile>,
    /// Why there is none.
    pub certificate_problem: Option<CertificateProblem>,
}

/// The card's number, EF ID_Carta: 16 ASCII digits on every card seen.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CardId(String);

impl CardId {
    /// As text: the 16 digits; for other content at most 16 characters of `0-9A-Za-z`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for CardId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CardId(…)")
    }
}

/// A private key on a card: where it is and how the card calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyReference(u8);

/// Why an operation failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CardError {
    /// Bytes could not be moved.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The PIN (or, when unblocking, the PUK) was wrong.
    #[error("wrong PIN")]
    PinIncorrect {
        /// How many tries are left.
        left: Retries,
    },
    /// The card said that the PIN (or, when unblocking, the PUK) is blocked.
    #[error("the PIN is blocked")]
    PinBlocked,
    /// The card said that the PIN cannot be used: not activated yet.
    #[error("the PIN is not activated")]
    PinNotActivated,
    /// Not a PIN or PUK that may be sent; no command was sent.
    #[error("not a PIN of this card")]
    PinFormat,
    /// The operation needs a verified PIN.
    #[error("the PIN is not verified")]
    NotVerified,
    /// Another card is in the reader than the one that was opened.
    #[error("another card is in the reader")]
    DifferentCard,
    /// The block to sign or decrypt is not of a length that an RSA key can have.
    #[error("a block of {length} bytes is no RSA block")]
    BlockLength {
        /// Its length in bytes.
        length: usize,
    },
    /// The card refused a command.
    #[error("{command} was answered {status}")]
    Status {
        /// The command's name.
        command: &'static str,
        /// The status word.
        status: StatusWord,
    },
    /// The card answered something that no card may.
    #[error("malformed answer to {command}")]
    Malformed {
        /// The command's name.
        command: &'static str,
    },
    /// The card let the operation need more commands than any card does.
    #[error("{operation} took too many commands")]
    TooManyCommands {
        /// The operation's name.
        operation: &'static str,
    },
}

/// Connects, recognises the card and reads its public files in one transaction.
///
/// # Errors
/// [`CardError::Transport`] when the card cannot be reached.
pub fn open(transport: &dyn Transport, reader: &str) -> Result<Recognised, CardError> {
    let connection = transport.connect(reader)?;
    Ok(Recognised::Cns(
        Box::new(Card { connection }),
        PublicFiles { card_id: None, personal_data: None, certificate: None, certificate_problem: None },
    ))
}

impl Card {
    /// The family's name, at most 16 ASCII characters.
    #[must_use]
    pub fn family(&self) -> &'static str {
        "CNS"
    }
    /// What PIN and PUK look like.
    #[must_use]
    pub fn pin_policy(&self) -> PinPolicy {
        PinPolicy::CNS
    }
    /// Can the counters be asked for without spending a try?
    #[must_use]
    pub fn can_query_tries(&self) -> bool {
        false
    }
    /// Is the card still there, and was it reset? No command.
    ///
    /// # Errors
    /// [`CardError::Transport`].
    pub fn status(&mut self) -> Result<Continuity, CardError> {
        Ok(self.connection.status()?)
    }
    /// Verifies the PIN: one VERIFY command, or none.
    ///
    /// # Errors
    /// All of [`CardError`].
    pub fn verify(&mut self, _pin: &Pin) -> Result<(), CardError> {
        Err(CardError::NotVerified)
    }
    /// Changes the PIN.
    ///
    /// # Errors
    /// All of [`CardError`].
    pub fn change_pin(&mut self, _old: &Pin, _new: &Pin) -> Result<(), CardError> {
        Err(CardError::NotVerified)
    }
    /// Unblocks the PIN with the PUK and sets a new one.
    ///
    /// # Errors
    /// All of [`CardError`].
    pub fn unblock_pin(&mut self, _puk: &Pin, _new: &Pin) -> Result<(), CardError> {
        Err(CardError::NotVerified)
    }
    /// Tries left for the PIN.
    ///
    /// # Errors
    /// All of [`CardError`].
    pub fn pin_tries(&mut self) -> Result<Retries, CardError> {
        Ok(Retries::Unknown)
    }
    /// Tries left for the PUK.
    ///
    /// # Errors
    /// All of [`CardError`].
    pub fn puk_tries(&mut self) -> Result<Retries, CardError> {
        Ok(Retries::Unknown)
    }
    /// The raw RSA operation with a private key, on a block as long as the modulus.
    ///
    /// # Errors
    /// All of [`CardError`].
    pub fn private_key_operation(
        &mut self,
        _key: KeyReference,
        _block: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CardError> {
        Err(CardError::NotVerified)
    }
    /// Ends the connection.
    pub fn close(self, disposition: Disposition) {
        self.connection.disconnect(disposition);
    }
}
