//! The card engine: everything between a PKCS#11 model and the chip of an Italian CNS card.
//!
//! Three floors, one direction. [`transport`] moves bytes to a reader (PC/SC), [`iso7816`] speaks the standard's
//! commands and status words, and the rooms at the top of this crate know the cards: `card` runs one operation in
//! one PC/SC transaction, `driver` holds what differs between families, [`pin`] all lockout rules. A room imports
//! from its own floor and below, never up; nothing here knows PKCS#11, hashing, padding or certificates' contents.
//!
//! What this crate must never do: keep a PIN, send a PIN command that the caller did not ask for, send one twice,
//! start a thread, hold a static, or panic on what a card answers.
#![forbid(unsafe_code)]

pub mod atr;
mod cached_card;
mod card;
mod card_session;
mod driver;
mod error;
mod file_reference;
mod files;
mod identify;
pub mod iso7816;
mod open;
pub mod pin;
mod profile;
pub mod report;
pub mod transport;

pub use cached_card::CachedCard;
pub use card::Card;
pub use error::CardError;
pub use files::card_id::CardId;
pub use files::certificate::{CertificateFile, CertificateProblem};
pub use files::personal_data::{Holder, PersonalData};
pub use files::public::{DataFile, PublicFiles};
pub use identify::unsupported::{Advice, UnsupportedCard};
pub use iso7816::StatusWord;
pub use open::{OpenedCard, open, open_with_cache};
pub use pin::{Pin, PinFormatError, PinPolicy, Retries, RetryQuery};
pub use profile::KeyReference;
pub use report::CardReport;
pub use transport::pcsc::PcscTransport;
pub use transport::{
    Cancellation, CardChannel, CardConnection, Continuity, Disposition, Occupancy, PinPad, PinPadCommand,
    ReaderStatus, Registration, TransmissionProtocol, Transport, TransportError,
};
