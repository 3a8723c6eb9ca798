//! Floor 3: slots, tokens, sessions, objects and signatures: what PKCS#11 is about, in plain Rust.
//!
//! May import `cns_card` and the rooms of this floor. Must not know return codes, C pointers or how a call
//! came in; must not print; must not make threads. Who may hold which lock: `slot` and docs/architecture.md.

mod card_access;
mod certificate;
mod digesting;
mod encryption;
mod error;
mod handles;
mod hash;
mod implicit_rejection;
mod login;
pub mod mechanism;
mod module;
mod object;
mod operation;
mod owner;
mod padding;
mod pin_care;
mod presence;
mod private_key;
mod reading;
mod remembering;
mod rsa_public;
mod runtime;
mod session;
mod shared_tries;
mod shown;
mod signing;
mod slot;
mod token;

pub use error::ModelError;
pub use module::Module;
pub use object::AttributeValue;
pub use operation::Cancel;
pub use pin_care::PinFlags;
pub use session::{Login, Session, SessionState, UserType};

/// The result of every call of this floor.
pub type Result<T> = std::result::Result<T, ModelError>;
