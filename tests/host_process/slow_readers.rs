//! Readers in the same process whose calls go through a cancellation point, as the calls of a PC/SC library do that waits
//! for its service.

use std::ptr::null_mut;
use std::time::Duration;

use cns_card::{
    Cancellation, CardChannel, CardConnection, Continuity, Disposition, ReaderStatus, Transport,
    TransportError,
};
use zeroize::Zeroizing;

use testkit::InProcess;

/// A cancellation point that takes a moment (XSH 2.9.5.2).
fn cancellation_point() {
    // SAFETY: no descriptors to look at.
    unsafe { libc::poll(null_mut(), 0, 1) };
}

/// What is inside, a moment later.
pub(crate) struct Slow<T>(pub(crate) T);

impl Transport for Slow<InProcess> {
    fn readers(&self) -> Result<Vec<ReaderStatus>, TransportError> {
        cancellation_point();
        self.0.readers()
    }

    fn reader(&self, name: &str) -> Result<ReaderStatus, TransportError> {
        cancellation_point();
        self.0.reader(name)
    }

    fn wait_for_change(
        &self,
        known: &[ReaderStatus],
        timeout: Option<Duration>,
        cancellation: &Cancellation,
    ) -> Result<(), TransportError> {
        cancellation_point();
        self.0.wait_for_change(known, timeout, cancellation)
    }

    fn connect(&self, reader: &str) -> Result<Box<dyn CardConnection>, TransportError> {
        cancellation_point();
        Ok(Box::new(Slow(self.0.connect(reader)?)))
    }
}

impl CardConnection for Slow<Box<dyn CardConnection>> {
    fn atr(&self) -> &[u8] {
        self.0.atr()
    }

    fn status(&mut self) -> Result<Continuity, TransportError> {
        cancellation_point();
        self.0.status()
    }

    fn begin(&mut self) -> Result<(Box<dyn CardChannel + '_>, Continuity), TransportError> {
        cancellation_point();
        let (channel, continuity) = self.0.begin()?;
        Ok((Box::new(Slow(channel)), continuity))
    }

    fn disconnect(self: Box<Self>, disposition: Disposition) -> Result<(), TransportError> {
        cancellation_point();
        self.0.disconnect(disposition)
    }
}

impl CardChannel for Slow<Box<dyn CardChannel + '_>> {
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        cancellation_point();
        self.0.transmit(command)
    }

    fn max_command_data(&self) -> Option<usize> {
        self.0.max_command_data()
    }

    fn end(self: Box<Self>, disposition: Disposition) -> Result<(), TransportError> {
        cancellation_point();
        self.0.end(disposition)
    }
}
