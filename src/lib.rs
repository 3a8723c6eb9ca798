//! `libcns_pkcs11.so`: a PKCS#11 provider (2.40 and 3.0) for the Italian CNS and TS-CNS smart cards.
//!
//! Programs load the shared library and find its functions through `C_GetFunctionList` or `C_GetInterface`, the only
//! symbols it exports together with `C_GetInterfaceList`. Two floors live in this package: `abi`, where C pointers
//! and return codes end, and `model`, which knows slots, tokens, sessions and objects; the cards are one crate below,
//! in `cns_card`. docs/architecture.md shows the whole house.
//!
//! As a guest in somebody else's process the library prints nothing, makes no threads, installs no signal handlers,
//! does nothing before `C_Initialize`, and lets no panic out. `CNS_PKCS11_LOG=path[:level]` makes it write a log
//! (see `log`).
//!
//! Rust programs gain nothing from linking the rlib: it is there for this package's tests.
#![deny(unsafe_code)]

#[allow(unsafe_code)]
mod abi;
mod log;
// On this floor `pub` means "for the floor above" and `pub(super)` "for the rooms of this floor".
#[allow(unreachable_pub)]
mod model;

pub use abi::{C_GetFunctionList, C_GetInterface, C_GetInterfaceList};

/// For the tests of this package: the real C functions over a card that is not in a PC/SC reader.
pub mod testing {
    use std::sync::{Arc, Mutex, PoisonError};
    use std::time::SystemTime;

    use cns_card::Transport;

    /// The next `C_Initialize` of this process works with these readers instead of those of PC/SC; `None` goes back.
    pub fn set_transport(transport: Option<Arc<dyn Transport>>) {
        *TRANSPORT.lock().unwrap_or_else(PoisonError::into_inner) = transport;
    }

    pub(crate) fn transport() -> Option<Arc<dyn Transport>> {
        TRANSPORT.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    static TRANSPORT: Mutex<Option<Arc<dyn Transport>>> = Mutex::new(None);

    /// From now on certificates are valid, or not, as of this time; `None` goes back to the system's clock.
    pub fn set_time(time: Option<SystemTime>) {
        *TIME.lock().unwrap_or_else(PoisonError::into_inner) = time;
    }

    pub(crate) fn now() -> SystemTime {
        TIME.lock().unwrap_or_else(PoisonError::into_inner).unwrap_or_else(SystemTime::now)
    }

    static TIME: Mutex<Option<SystemTime>> = Mutex::new(None);
}
