//! The card engine: talks to Italian CNS cards through PC/SC readers.
//!
//! [`open()`] identifies the card in a reader and returns a [`Card`] with its public files. A [`Card`] verifies, changes and
//! unblocks the PIN and performs private-key operations, each in one PC/SC transaction. The layers, from the top: `card`,
//! `identify`, `driver` (what differs between families), `files`, `card_session` (SELECT and READ BINARY within one
//! transaction), [`iso7816`] (command and response APDUs), [`transport`] (PC/SC). A layer imports from those below it.
//!
//! The engine keeps no PIN, sends a PIN command only when the caller asks for it and never twice, starts no thread, holds
//! no static, and does not panic on anything a card answers. PKCS#11, RSA padding, hashes and the contents of certificates
//! are the callers'.
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
