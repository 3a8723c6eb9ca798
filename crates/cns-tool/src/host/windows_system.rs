//! What Windows knows of smart cards: its registry, its services and the person's certificates. Tests have a Windows of
//! their own, so that all that is made of these facts is tested on every system.

use std::io;

use cns_registration::{CardType, RegisteredType};

#[cfg(windows)]
mod this_windows;

/// What is asked of Windows, and written there.
pub trait WindowsSystem {
    /// The card types in the registry, with their drivers.
    ///
    /// # Errors
    /// The system's.
    fn card_types(&self) -> io::Result<Vec<RegisteredType>>;

    /// Writes the key of a card type, for a minidriver at this full path.
    ///
    /// # Errors
    /// The system's: only an administrator may.
    fn write_card_type(&self, card_type: &CardType, minidriver: &str) -> io::Result<()>;

    /// Removes the key of a card type.
    ///
    /// # Errors
    /// The system's: only an administrator may.
    fn remove_card_type(&self, name: &str) -> io::Result<()>;

    /// How a service is; `None` where there is no such service, or it cannot be asked.
    fn service(&self, name: &str) -> Option<ServiceStatus>;

    /// The certificates among which browsers look for the person's own (the store `My`), as DER.
    ///
    /// # Errors
    /// The system's.
    fn personal_certificates(&self) -> io::Result<Vec<Vec<u8>>>;

    /// Name and number of the system.
    fn version(&self) -> Option<String>;
}

/// How a service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceStatus {
    /// It runs.
    Running,
    /// It does not run, and may be started.
    Stopped,
    /// It may not be started.
    Disabled,
}

/// Windows, where this program runs on it.
#[derive(Debug, Clone, Copy, Default)]
pub struct ThisWindows;

#[cfg(not(windows))]
impl WindowsSystem for ThisWindows {
    fn card_types(&self) -> io::Result<Vec<RegisteredType>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn write_card_type(&self, _: &CardType, _: &str) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn remove_card_type(&self, _: &str) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn service(&self, _: &str) -> Option<ServiceStatus> {
        None
    }

    fn personal_certificates(&self) -> io::Result<Vec<Vec<u8>>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn version(&self) -> Option<String> {
        None
    }
}
