//! The production trait over the virtual readers: PC/SC as the module sees it, without a daemon.

use std::time::{Duration, Instant};

use cns_card::{
    Cancellation, CardChannel, CardConnection, Continuity, Disposition, Occupancy, ReaderStatus,
    TransmissionProtocol, Transport, TransportError,
};
use virtual_cns::in_process::{self, Connection, ReaderError, ReaderState, Readers, Sharing};
use zeroize::Zeroizing;

pub struct InProcess(pub Readers);

struct Handle {
    connection: Option<Connection>,
    deadline: Option<Instant>,
}

struct Channel<'a>(Option<&'a Connection>);

impl Transport for InProcess {
    fn readers(&self) -> Result<Vec<ReaderStatus>, TransportError> {
        Ok(self.0.states().map_err(transport_error)?.into_iter().map(status).collect())
    }

    fn reader(&self, name: &str) -> Result<ReaderStatus, TransportError> {
        match self.0.reader(name) {
            Ok(state) => Ok(status(state)),
            Err(ReaderError::UnknownReader) => Ok(ReaderStatus::absent(name)),
            Err(other) => Err(transport_error(other)),
        }
    }

    fn wait_for_change(
        &self,
        known: &[ReaderStatus],
        timeout: Option<Duration>,
        cancellation: &Cancellation,
    ) -> Result<(), TransportError> {
        let readers = self.0.clone();
        let Some(_registration) = cancellation.register(move || readers.cancel_waits()) else {
            return Ok(());
        };
        let changes = self.0.changes();
        let now: Vec<_> = known.iter().map(|reader| self.reader(&reader.name)).collect::<Result<_, _>>()?;
        if now != known {
            return Ok(());
        }
        match self.0.wait_for_change(changes, timeout.unwrap_or(Duration::from_secs(3600))) {
            Ok(_) | Err(ReaderError::Timeout | ReaderError::Cancelled) => Ok(()),
            Err(other) => Err(transport_error(other)),
        }
    }

    fn service_name(&self) -> String {
        self.0.service_name().to_owned()
    }

    fn connect(&self, reader: &str) -> Result<Box<dyn CardConnection>, TransportError> {
        let connection = self.0.connect(reader, Sharing::Shared).map_err(transport_error)?;
        Ok(Box::new(Handle { connection: Some(connection), deadline: None }))
    }
}

/// The same readers with another manner of being connected to, which a test puts around each connection.
pub struct Wrapped<W>(pub InProcess, pub W);

impl<W> Transport for Wrapped<W>
where
    W: Fn(Box<dyn CardConnection>) -> Box<dyn CardConnection> + Send + Sync,
{
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
        self.0.wait_for_change(known, timeout, cancellation)
    }

    fn service_name(&self) -> String {
        self.0.service_name()
    }

    fn connect(&self, reader: &str) -> Result<Box<dyn CardConnection>, TransportError> {
        Ok((self.1)(self.0.connect(reader)?))
    }
}

impl Handle {
    fn connection(&self) -> &Connection {
        self.connection.as_ref().expect("open until dropped")
    }
}

impl CardConnection for Handle {
    fn atr(&self) -> &[u8] {
        self.connection().atr()
    }

    fn status(&mut self) -> Result<Continuity, TransportError> {
        match self.connection().status() {
            Ok(()) => Ok(Continuity::Same),
            Err(ReaderError::WasReset) => Ok(Continuity::WasReset),
            Err(other) => Err(transport_error(other)),
        }
    }

    fn begin(&mut self) -> Result<(Box<dyn CardChannel + '_>, Continuity), TransportError> {
        let mut continuity = Continuity::Same;
        let longest = Duration::from_secs(3);
        let patience = self.deadline.map_or(longest, |until| until.saturating_duration_since(Instant::now()));
        loop {
            match self.connection().begin_within(patience.min(longest)) {
                Ok(()) => break,
                Err(ReaderError::WasReset) => {
                    continuity = Continuity::WasReset;
                    let connection = self.connection.as_mut().expect("open until dropped");
                    connection
                        .reconnect(Sharing::Shared, in_process::Disposition::Leave)
                        .map_err(transport_error)?;
                }
                Err(other) => return Err(transport_error(other)),
            }
        }
        Ok((Box::new(Channel(Some(self.connection()))), continuity))
    }

    fn wait_until(&mut self, deadline: Option<Instant>) {
        self.deadline = deadline;
    }

    fn disconnect(mut self: Box<Self>, disposition: Disposition) -> Result<(), TransportError> {
        if disposition == Disposition::Leave {
            return Ok(());
        }
        match self.begin() {
            Ok((channel, _)) => channel.end(disposition),
            Err(TransportError::CardRemoved | TransportError::NoCard) => Ok(()),
            Err(other) => Err(other),
        }
    }
}

/// As the trait asks: a dropped connection leaves the card as it is.
impl Drop for Handle {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            connection.disconnect(in_process::Disposition::Leave);
        }
    }
}

impl CardChannel for Channel<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        self.0.expect("open until its end").transmit(command).map(Zeroizing::new).map_err(transport_error)
    }

    fn protocol(&self) -> TransmissionProtocol {
        match self.0.expect("open until its end").protocol() {
            virtual_cns::Protocol::T0 => TransmissionProtocol::T0,
            virtual_cns::Protocol::T1 => TransmissionProtocol::T1,
        }
    }

    fn max_command_data(&self) -> Option<usize> {
        self.0.expect("open until its end").announced_limit()
    }

    fn end(mut self: Box<Self>, disposition: Disposition) -> Result<(), TransportError> {
        let connection = self.0.take().expect("open until its end");
        match connection.end(self::disposition(disposition)) {
            Err(ReaderError::WasReset | ReaderError::Removed | ReaderError::NoCard)
                if disposition == Disposition::Reset =>
            {
                Ok(())
            }
            ended => ended.map_err(transport_error),
        }
    }
}

impl Drop for Channel<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            let _ = connection.end(in_process::Disposition::Leave);
        }
    }
}

fn status(state: ReaderState) -> ReaderStatus {
    let occupancy = match (state.present, state.mute) {
        (false, _) => Occupancy::Empty,
        (true, true) => Occupancy::MuteCard,
        (true, false) => Occupancy::Card,
    };
    ReaderStatus { name: state.name, occupancy, events: state.events, held_exclusively: state.exclusive }
}

fn disposition(disposition: Disposition) -> in_process::Disposition {
    match disposition {
        Disposition::Leave => in_process::Disposition::Leave,
        Disposition::Reset => in_process::Disposition::Reset,
    }
}

/// What an error of the virtual readers is to the product.
pub fn transport_error(error: ReaderError) -> TransportError {
    match error {
        ReaderError::NoService | ReaderError::InvalidHandle | ReaderError::Cancelled => {
            TransportError::ServiceUnavailable
        }
        ReaderError::UnknownReader | ReaderError::ReaderUnavailable => TransportError::ReaderUnavailable,
        ReaderError::NoCard => TransportError::NoCard,
        ReaderError::Unresponsive => TransportError::MuteCard,
        ReaderError::SharingViolation => TransportError::Busy,
        ReaderError::Removed => TransportError::CardRemoved,
        ReaderError::WasReset => TransportError::CardReset,
        ReaderError::NotTransacted => TransportError::Transmit,
        ReaderError::Timeout => TransportError::Timeout,
    }
}
