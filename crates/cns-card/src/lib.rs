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
mod card;
mod card_id;
mod certificate_file;
mod driver;
mod error;
mod file_reference;
mod identity;
pub mod iso7816;
mod object_map;
mod open;
mod personal_data;
pub mod pin;
mod probe;
mod profile;
mod public_files;
mod recall;
mod recognise;
mod remembered;
pub mod report;
pub mod transport;
mod unsupported;

pub use card::Card;
pub use card_id::CardId;
pub use certificate_file::{CertificateFile, CertificateProblem};
pub use error::CardError;
pub use iso7816::StatusWord;
pub use open::{Recognised, open, open_for_listing};
pub use personal_data::{Holder, PersonalData};
pub use pin::{Pin, PinFormatError, PinPolicy, Retries, RetryQuery};
pub use profile::KeyReference;
pub use public_files::{DataFile, PublicFiles};
pub use remembered::Remembered;
pub use report::CardReport;
pub use transport::pcsc::PcscTransport;
pub use transport::{
    CardChannel, CardConnection, Continuity, Disposition, Keypad, KeypadEntry, Occupancy, ReaderStatus,
    Transport, TransportError,
};
pub use unsupported::{Advice, Language, UnsupportedCard};
