//! One CNS in one reader as every front end must see it: who is logged in, how many tries are left, what its key does.
//!
//! The PKCS#11 module, the command `cns` and whatever comes beside them stand on this crate, so that a wrong PIN
//! counts once for all of a user's programs and the last of them to log out clears the card's security status. It
//! knows no `CKR_` code and holds no sentence for a person: it returns facts, and each front end has its own words.
//!
//! Must never keep a PIN, send a PIN command that was not asked for, send one twice, start a thread or print.
#![forbid(unsafe_code)]

mod card_cache;
mod card_link;
mod card_name;
pub mod certificate;
mod identity;
mod login_lock;
mod private_key;
mod retry_guard;
mod retry_state;
mod runtime_directory;
mod selection;
mod shared_retry_state;
pub mod signature;

pub use card_cache::{cached_cards, forget_card, store_card};
pub use card_link::{CardLink, SecurityStatusNotCleared};
pub use card_name::CardName;
pub use certificate::{Certificate, CertificatePurpose, KeyProblem};
pub use identity::{TokenIdentity, clean, cut};
pub use login_lock::reset_after_crashed_login;
pub use private_key::confirmed_operation;
pub use retry_guard::{
    LastRetry, LastRetryPermit, PinCommandError, RetryGuard, allow_last_retry, recorded_state,
};
pub use retry_state::{PinFlags, RetryState, Secret};
pub use selection::{open, open_with_cache};
