//! Readers to which something happens as soon as somebody waits for it.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use cns_card::{Cancellation, CardConnection, ReaderStatus, Transport, TransportError};
use testkit::InProcess;

/// What happens.
pub type Event = Box<dyn FnOnce() + Send>;

/// The readers, and what happens to them at each wait in turn.
pub struct Waits<'e>(pub InProcess, pub &'e Mutex<VecDeque<Event>>);

impl Transport for Waits<'_> {
    fn readers(&self) -> Result<Vec<ReaderStatus>, TransportError> {
        self.0.readers()
    }

    fn reader(&self, name: &str) -> Result<ReaderStatus, TransportError> {
        self.0.reader(name)
    }

    fn wait_for_change(
        &self,
        known: &[ReaderStatus],
        timeout: Option<Duration>,
        cancellation: &Cancellation,
    ) -> Result<(), TransportError> {
        let event = self.1.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        match event {
            Some(event) => {
                event();
                Ok(())
            }
            None => self.0.wait_for_change(known, timeout, cancellation),
        }
    }

    fn service_name(&self) -> String {
        self.0.service_name()
    }

    fn connect(&self, reader: &str) -> Result<Box<dyn CardConnection>, TransportError> {
        self.0.connect(reader)
    }
}
