//! PC/SC behind the traits of this floor (skeleton).
use std::time::Duration;

use super::{CardConnection, ReaderStatus, Transport, TransportError};

/// The PC/SC service of this machine. Making one does nothing; contexts are established when first used.
#[derive(Default)]
pub struct PcscTransport {}

impl PcscTransport {
    /// A transport that has not yet spoken to the service.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Transport for PcscTransport {
    fn readers(&self) -> Result<Vec<ReaderStatus>, TransportError> {
        Err(TransportError::ServiceUnavailable)
    }
    fn reader(&self, _name: &str) -> Result<ReaderStatus, TransportError> {
        Err(TransportError::ServiceUnavailable)
    }
    fn wait_for_change(&self, _known: &[ReaderStatus], timeout: Duration) -> Result<(), TransportError> {
        std::thread::sleep(timeout);
        Ok(())
    }
    fn connect(&self, _reader: &str) -> Result<Box<dyn CardConnection>, TransportError> {
        Err(TransportError::ServiceUnavailable)
    }
}
