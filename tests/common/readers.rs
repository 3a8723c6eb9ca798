//! The production trait over the virtual readers: PC/SC as the module sees it, without a daemon.

use std::time::Duration;

use cns_card::{
    CardChannel, CardConnection, Continuity, Disposition, Occupancy, ReaderStatus, Transport, TransportError,
};
use virtual_cns::in_process::{self, Connection, ReaderError, ReaderState, Readers, Sharing};
use zeroize::Zeroizing;

pub struct InProcess(pub Readers);

struct Handle(Option<Connection>);

struct Channel<'a>(Option<&'a Connection>);

impl Transport for InProcess {
    fn readers(&self) -> Result<Vec<ReaderStatus>, TransportError> {
        Ok(self.0.states().map_err(error)?.into_iter().map(status).collect())
    }

    fn reader(&self, name: &str) -> Result<ReaderStatus, TransportError> {
        match self.0.reader(name) {
            Ok(state) => Ok(status(state)),
            Err(ReaderError::UnknownReader) => {
                Ok(ReaderStatus { name: name.to_owned(), occupancy: Occupancy::NoReader, events: 0 })
            }
            Err(other) => Err(error(other)),
        }
    }

    fn wait_for_change(&self, known: &[ReaderStatus], timeout: Duration) -> Result<(), TransportError> {
        let changes = self.0.changes();
        let now: Vec<_> = known.iter().map(|reader| self.reader(&reader.name)).collect::<Result<_, _>>()?;
        if now != known {
            return Ok(());
        }
        match self.0.wait_for_change(changes, timeout) {
            Ok(_) | Err(ReaderError::Timeout | ReaderError::Cancelled) => Ok(()),
            Err(other) => Err(error(other)),
        }
    }

    fn service_name(&self) -> String {
        self.0.service_name().to_owned()
    }

    fn connect(&self, reader: &str) -> Result<Box<dyn CardConnection>, TransportError> {
        let connection = self.0.connect(reader, Sharing::Shared).map_err(error)?;
        Ok(Box::new(Handle(Some(connection))))
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

    fn wait_for_change(&self, known: &[ReaderStatus], timeout: Duration) -> Result<(), TransportError> {
        self.0.wait_for_change(known, timeout)
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
        self.0.as_ref().expect("open until dropped")
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
            Err(other) => Err(error(other)),
        }
    }

    fn begin(&mut self) -> Result<(Box<dyn CardChannel + '_>, Continuity), TransportError> {
        let mut continuity = Continuity::Same;
        loop {
            match self.connection().begin_within(Duration::from_secs(3)) {
                Ok(()) => break,
                Err(ReaderError::WasReset) => {
                    continuity = Continuity::WasReset;
                    let connection = self.0.as_mut().expect("open until dropped");
                    connection.reconnect(Sharing::Shared, in_process::Disposition::Leave).map_err(error)?;
                }
                Err(other) => return Err(error(other)),
            }
        }
        Ok((Box::new(Channel(Some(self.connection()))), continuity))
    }

    fn disconnect(mut self: Box<Self>, disposition: Disposition) {
        if let Some(connection) = self.0.take() {
            connection.disconnect(self::disposition(disposition));
        }
    }
}

/// As the trait asks: a dropped connection leaves the card as it is.
impl Drop for Handle {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            connection.disconnect(in_process::Disposition::Leave);
        }
    }
}

impl CardChannel for Channel<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        self.0.expect("open until its end").transmit(command).map(Zeroizing::new).map_err(error)
    }

    fn max_command_data(&self) -> Option<usize> {
        self.0.expect("open until its end").announced_limit()
    }

    fn end(mut self: Box<Self>, disposition: Disposition) -> Result<(), TransportError> {
        let connection = self.0.take().expect("open until its end");
        connection.end(self::disposition(disposition)).map_err(error)
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
    ReaderStatus { name: state.name, occupancy, events: state.events }
}

fn disposition(disposition: Disposition) -> in_process::Disposition {
    match disposition {
        Disposition::Leave => in_process::Disposition::Leave,
        Disposition::Reset => in_process::Disposition::Reset,
    }
}

fn error(error: ReaderError) -> TransportError {
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
