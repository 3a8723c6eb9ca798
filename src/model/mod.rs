//! Slots, tokens, sessions, objects and signatures: what PKCS#11 is about, in plain Rust.
//!
//! May import `cns_token`, `cns_card` and the files of this layer. Must not know return codes, C pointers or how a call
//! came in; must not print; must not make threads. Who may hold which lock: `slot` and docs/architecture.md.

mod card_io;
mod digest;
mod encryption;
mod error;
mod handles;
mod login;
pub mod mechanism;
mod module;
mod object;
mod operation;
mod operation_state;
mod private_key;
mod session;
mod signing;
mod slot;
mod slot_state;
mod token;
mod token_discovery;

pub use cns_token::PinFlags;
pub use error::{ModelError, Result};
pub use module::Module;
pub use object::AttributeValue;
pub use operation_state::Cancel;
pub use session::{Session, SessionState, UserType};
pub use slot_state::Login;
