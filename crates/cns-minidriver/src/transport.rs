//! The way to the card over the caller's handles, as they come with each call.
//!
//! The caller holds a transaction around each call (specification, "Transaction Management"), so that none is begun here.
//! A reset that the caller's handle was told of is the caller's to take note of: it connects again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cns_card::{
    Cancellation, CardChannel, CardConnection, Continuity, Disposition, Occupancy, ReaderStatus,
    TransmissionProtocol, Transport, TransportError,
};
use zeroize::Zeroizing;

/// What the resource manager says of a card handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandleStatus {
    /// The reader's name, as `cns_card::PcscTransport` has it.
    pub reader: String,
    /// The transmission protocol that reader and card have agreed on.
    pub protocol: TransmissionProtocol,
}

/// The functions of the PC/SC resource manager (winscard) that a minidriver needs, on handles of its caller.
pub trait ResourceManager: Send + Sync {
    /// `SCardStatus`: no command.
    ///
    /// # Errors
    /// [`TransportError::CardReset`], [`TransportError::CardRemoved`] and those of the service.
    fn status(&self, card: usize) -> Result<HandleStatus, TransportError>;

    /// `SCardGetStatusChange` without waiting.
    ///
    /// # Errors
    /// Those of the service; a reader that is gone is `Ok` with [`Occupancy::NoReader`].
    fn reader(&self, context: usize, name: &str) -> Result<ReaderStatus, TransportError>;

    /// `SCardTransmit` of one command APDU.
    ///
    /// # Errors
    /// Those of [`CardChannel::transmit`].
    fn transmit(
        &self,
        card: usize,
        protocol: TransmissionProtocol,
        command: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, TransportError>;

    /// `SCardReconnect` with a reset of the card.
    ///
    /// # Errors
    /// The card may not have been reset.
    fn reset(&self, card: usize) -> Result<(), TransportError>;

    /// [`Transport::service_name`]: the same as the other programs of the user have.
    fn service_name(&self) -> String;

    /// [`Transport::service_life`], likewise.
    fn service_life(&self) -> String;
}

/// The handles of the call that is under way.
#[derive(Debug, Default)]
struct CallHandles {
    context: AtomicUsize,
    card: AtomicUsize,
}

/// The reader of one caller's card.
#[derive(Clone)]
pub(crate) struct CallerTransport {
    manager: Arc<dyn ResourceManager>,
    handles: Arc<CallHandles>,
    /// The answer to reset that the caller found this minidriver by.
    atr: Arc<[u8]>,
}

impl CallerTransport {
    pub(crate) fn new(manager: Arc<dyn ResourceManager>, atr: &[u8]) -> Self {
        Self { manager, handles: Arc::default(), atr: atr.into() }
    }

    /// From now on these handles are used: a caller may connect again between two calls.
    pub(crate) fn set_handles(&self, context: usize, card: usize) {
        self.handles.context.store(context, Ordering::Relaxed);
        self.handles.card.store(card, Ordering::Relaxed);
    }

    /// The reader of the card handle, as it is now. No command.
    pub(crate) fn current_reader(&self) -> Result<ReaderStatus, TransportError> {
        let name = self.manager.status(self.card())?.reader;
        let status = self.reader(&name)?;
        match status.occupancy {
            Occupancy::Card => Ok(status),
            Occupancy::NoReader => Err(TransportError::ReaderUnavailable),
            Occupancy::Empty => Err(TransportError::NoCard),
            Occupancy::MuteCard => Err(TransportError::MuteCard),
        }
    }

    fn card(&self) -> usize {
        self.handles.card.load(Ordering::Relaxed)
    }
}

impl Transport for CallerTransport {
    fn readers(&self) -> Result<Vec<ReaderStatus>, TransportError> {
        Ok(vec![self.current_reader()?])
    }

    fn reader(&self, name: &str) -> Result<ReaderStatus, TransportError> {
        self.manager.reader(self.handles.context.load(Ordering::Relaxed), name)
    }

    /// The caller waits for cards; nothing here does.
    fn wait_for_change(
        &self,
        _: &[ReaderStatus],
        _: Option<Duration>,
        _: &Cancellation,
    ) -> Result<(), TransportError> {
        Ok(())
    }

    fn service_name(&self) -> String {
        self.manager.service_name()
    }

    fn service_life(&self) -> String {
        self.manager.service_life()
    }

    fn connect(&self, _: &str) -> Result<Box<dyn CardConnection>, TransportError> {
        self.manager.status(self.card())?;
        Ok(Box::new(CallerConnection(self.clone())))
    }
}

/// The caller's connection: it is never ended here.
struct CallerConnection(CallerTransport);

impl CardConnection for CallerConnection {
    fn atr(&self) -> &[u8] {
        &self.0.atr
    }

    fn status(&mut self) -> Result<Continuity, TransportError> {
        match self.0.manager.status(self.0.card()) {
            Ok(_) => Ok(Continuity::Same),
            Err(TransportError::CardReset) => Ok(Continuity::WasReset),
            Err(error) => Err(error),
        }
    }

    fn begin(&mut self) -> Result<(Box<dyn CardChannel + '_>, Continuity), TransportError> {
        let protocol = self.0.manager.status(self.0.card())?.protocol;
        Ok((Box::new(CallerChannel { transport: &self.0, protocol }), Continuity::Same))
    }

    fn disconnect(self: Box<Self>, disposition: Disposition) -> Result<(), TransportError> {
        self.0.end(disposition)
    }
}

impl CallerTransport {
    fn end(&self, disposition: Disposition) -> Result<(), TransportError> {
        match disposition {
            Disposition::Leave => Ok(()),
            Disposition::Reset => match self.manager.reset(self.card()) {
                // A card that is out has no power.
                Err(TransportError::CardRemoved | TransportError::NoCard) => Ok(()),
                outcome => outcome,
            },
        }
    }
}

/// The caller's transaction.
struct CallerChannel<'a> {
    transport: &'a CallerTransport,
    protocol: TransmissionProtocol,
}

impl CardChannel for CallerChannel<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        self.transport.manager.transmit(self.transport.card(), self.protocol, command)
    }

    fn protocol(&self) -> TransmissionProtocol {
        self.protocol
    }

    fn end(self: Box<Self>, disposition: Disposition) -> Result<(), TransportError> {
        self.transport.end(disposition)
    }
}
