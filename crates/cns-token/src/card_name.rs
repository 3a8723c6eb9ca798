//! The name by which all programs call a card in a reader.

use cns_card::Transport;

use crate::signature::{Hash, digest};

/// A card's number, and the PC/SC service behind which it was found: the same number behind another service (a test's
/// own, a remote one) is another card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardName {
    serial: String,
    service: String,
    service_life: String,
}

impl CardName {
    /// The card of this serial number (`TokenIdentity::serial`) among the readers of a transport.
    #[must_use]
    pub fn new(serial: &str, transport: &dyn Transport) -> Self {
        Self {
            serial: serial.to_owned(),
            service: transport.service_name(),
            service_life: transport.service_life(),
        }
    }

    /// Which life of the service it was found in: insertions are counted anew in each.
    pub(crate) fn service_life(&self) -> &str {
        &self.service_life
    }

    /// A file name that says nothing of the card to who may list the directory.
    pub(crate) fn key(&self) -> String {
        let name = digest(Hash::Sha256, &[b"cns-pkcs11", self.serial.as_bytes(), self.service.as_bytes()]);
        name[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[cfg(test)]
    pub(crate) fn for_test(serial: &str) -> Self {
        let service = format!("test {}", std::process::id());
        Self { serial: serial.to_owned(), service, service_life: String::new() }
    }
}
