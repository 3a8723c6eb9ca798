//! Other programs at the same service, written in Rust: each with a context of its own, and no fault strikes it.

use crate::codes::{Code, E_SHARING_VIOLATION};
use crate::reader::{Disposition, Share};
use crate::service::{Service, service};

/// One program. When it is dropped, it died: its context is released by the service.
#[derive(Debug)]
pub struct Program {
    context: i64,
}

/// Its handle to a card.
#[derive(Debug)]
pub struct Connection<'a> {
    handle: i64,
    _program: &'a Program,
}

impl Program {
    /// `SCardEstablishContext`
    ///
    /// # Errors
    /// The service does not run.
    pub fn new() -> Result<Self, Code> {
        service().state().establish().map(|context| Self { context })
    }

    /// `SCardConnect`
    ///
    /// # Errors
    /// Those of PC/SC.
    pub fn connect(&self, reader: &str, share: Share) -> Result<Connection<'_>, Code> {
        let handle = service().connect(self.context, reader, share)?;
        Ok(Connection { handle, _program: self })
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = service().release(self.context);
    }
}

impl Connection<'_> {
    /// `SCardBeginTransaction`
    ///
    /// # Errors
    /// Those of PC/SC.
    pub fn begin(&self) -> Result<(), Code> {
        service().retry_while_held(|state| state.unchanged(self.handle)?.lock(self.handle))
    }

    /// `SCardEndTransaction`
    ///
    /// # Errors
    /// Those of PC/SC.
    pub fn end(&self, disposition: Disposition) -> Result<(), Code> {
        service().state().end(self.handle, disposition)
    }

    /// `SCardTransmit`
    ///
    /// # Errors
    /// Those of PC/SC.
    pub fn transmit(&self, command: &[u8]) -> Result<Vec<u8>, Code> {
        transmit(service(), self.handle, command)
    }

    /// `SCardReconnect`
    ///
    /// # Errors
    /// Those of PC/SC.
    pub fn reconnect(&self, share: Share, disposition: Disposition) -> Result<(), Code> {
        service().retry_while_held(|state| state.reconnect(self.handle, share, disposition))
    }

    /// `SCardStatus`
    ///
    /// # Errors
    /// Those of PC/SC.
    pub fn status(&self) -> Result<(), Code> {
        service().retry_while_held(|state| state.unchanged(self.handle)?.free_for(self.handle))
    }

    /// `SCardDisconnect`
    ///
    /// # Errors
    /// Those of PC/SC.
    pub fn disconnect(self, disposition: Disposition) -> Result<(), Code> {
        service().disconnect(self.handle, disposition)
    }
}

/// Sends a command when no other handle has a transaction.
pub(crate) fn transmit(service: &Service, handle: i64, command: &[u8]) -> Result<Vec<u8>, Code> {
    service.retry_while_held(|state| {
        let reader = state.unchanged(handle)?;
        reader.free_for(handle).map_err(|_| E_SHARING_VIOLATION)?;
        reader.transmit(command)
    })
}
