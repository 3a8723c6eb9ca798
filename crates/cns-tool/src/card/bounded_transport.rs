//! A service that accepts and never answers must not hold a command for ever: libpcsclite waits without end for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use cns_card::{Cancellation, CardConnection, ReaderStatus, Transport, TransportError};

/// A service that systemd starts on demand answers once it has looked at all its readers: seconds, with slow ones.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often a wait for changes looks whether the service answers again.
const POLL: Duration = Duration::from_millis(250);

/// What is known of the service.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Service {
    Unknown,
    /// A question is under way.
    Asked,
    /// It was given up, and is without an answer still.
    Mute,
    Answers,
}

/// A transport whose first answer is waited for in a thread of its own, and not for ever. A service that has answered once
/// is asked directly from then on.
pub struct BoundedTransport {
    transport: Arc<dyn Transport>,
    patience: Duration,
    service: Arc<Mutex<Service>>,
}

impl BoundedTransport {
    /// Over this transport, with the time that a starting service may need.
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        Self::with_patience(transport, PATIENCE)
    }

    /// The same with another time.
    #[must_use]
    pub fn with_patience(transport: Arc<dyn Transport>, patience: Duration) -> Self {
        Self { transport, patience, service: Arc::new(Mutex::new(Service::Unknown)) }
    }

    fn check(&self) -> Result<(), TransportError> {
        if *lock(&self.service) == Service::Mute { Err(TransportError::Timeout) } else { Ok(()) }
    }

    fn first_answer(&self) -> Result<Vec<ReaderStatus>, TransportError> {
        let (answer, answers) = mpsc::channel();
        let (transport, service) = (Arc::clone(&self.transport), Arc::clone(&self.service));
        *lock(&self.service) = Service::Asked;
        let ask = move || {
            let readers = transport.readers();
            *lock(&service) = if readers.is_ok() { Service::Answers } else { Service::Unknown };
            // A command that has given up does not take it.
            let _ = answer.send(readers);
        };
        if thread::Builder::new().spawn(ask).is_err() {
            return self.transport.readers();
        }
        answers.recv_timeout(self.patience).unwrap_or_else(|_| {
            let mut service = lock(&self.service);
            if *service == Service::Asked {
                *service = Service::Mute;
            }
            Err(TransportError::Timeout)
        })
    }
}

fn lock(service: &Mutex<Service>) -> MutexGuard<'_, Service> {
    service.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Transport for BoundedTransport {
    fn readers(&self) -> Result<Vec<ReaderStatus>, TransportError> {
        self.check()?;
        let answers = *lock(&self.service) == Service::Answers;
        if answers { self.transport.readers() } else { self.first_answer() }
    }

    fn reader(&self, name: &str) -> Result<ReaderStatus, TransportError> {
        self.check()?;
        self.transport.reader(name)
    }

    fn wait_for_change(
        &self,
        known: &[ReaderStatus],
        timeout: Option<Duration>,
        cancellation: &Cancellation,
    ) -> Result<(), TransportError> {
        if self.check().is_err() {
            cancellation.sleep(timeout.unwrap_or(POLL).min(POLL));
            return Ok(());
        }
        self.transport.wait_for_change(known, timeout, cancellation)
    }

    fn service_name(&self) -> String {
        self.transport.service_name()
    }

    fn service_life(&self) -> String {
        self.transport.service_life()
    }

    fn connect(&self, reader: &str) -> Result<Box<dyn CardConnection>, TransportError> {
        self.check()?;
        self.transport.connect(reader)
    }
}
