//! Readers, connections and transactions, in the words of PC/SC, and what happens to them: removed, reset, busy.
//!
//! Nothing here looks into a command or a response, sends a command again, or resets a card that the caller did not ask to
//! reset.

mod cancellation;
pub mod pcsc;

use std::time::{Duration, Instant};

use zeroize::Zeroizing;

pub use cancellation::{Cancellation, Registration};

/// What is in a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Occupancy {
    /// There is no reader of that name (any more).
    NoReader,
    /// A reader without a card.
    Empty,
    /// A card with an answer to reset.
    Card,
    /// A card without answer to reset (upside down, broken, or not a smart card).
    MuteCard,
}

/// A reader and what is in it. Two are equal when reader and card are the same; `held_exclusively` is not compared, because
/// it changes without the card being another.
#[derive(Debug, Clone, Eq)]
pub struct ReaderStatus {
    /// The reader's name as PC/SC gives it.
    pub name: String,
    /// What is in it now.
    pub occupancy: Occupancy,
    /// The service's counter of insertions and removals in this reader; 0 when unknown.
    pub events: u32,
    /// Another program holds the card with `SCARD_SHARE_EXCLUSIVE`, and nothing else can connect
    /// (`SCARD_STATE_EXCLUSIVE`).
    pub held_exclusively: bool,
}

impl ReaderStatus {
    /// A reader that is not there.
    #[must_use]
    pub fn absent(name: &str) -> Self {
        Self { name: name.to_owned(), occupancy: Occupancy::NoReader, events: 0, held_exclusively: false }
    }
}

impl PartialEq for ReaderStatus {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.occupancy, self.events) == (&other.name, other.occupancy, other.events)
    }
}

/// Was the card reset since this connection's last transaction?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Continuity {
    /// It was not: its security status is unchanged.
    Same,
    /// It was reset (by another program, or by being pulled and put back): the security status is cleared and it may
    /// be another card.
    WasReset,
}

/// What to do with the card at the end of a transaction or connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// Leave it as it is, for the other programs that use it.
    Leave,
    /// Reset it, which clears the security status for all programs.
    Reset,
}

/// Why reader and card could not be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The PC/SC service does not run, or went away.
    #[error("the PC/SC service is not available")]
    ServiceUnavailable,
    /// The PC/SC service runs, and its library in this process speaks another version of their protocol.
    #[error("the PC/SC service and its library are of different versions")]
    ServiceVersion,
    /// The reader does not exist any more.
    #[error("the reader is not available")]
    ReaderUnavailable,
    /// No card is in the reader.
    #[error("no card is in the reader")]
    NoCard,
    /// The card was taken out since the connection was made.
    #[error("the card was removed")]
    CardRemoved,
    /// The card was reset by another program in the middle of an operation.
    #[error("the card was reset by another program")]
    CardReset,
    /// The card does not answer to reset.
    #[error("the card does not answer")]
    MuteCard,
    /// Another program holds the card.
    #[error("the card is held by another program")]
    Busy,
    /// Reader and card could not exchange the command (transmission error, or a command that the reader does not support).
    #[error("the exchange with the card failed")]
    Transmit,
    /// The reader has no PIN pad, or none for this command.
    #[error("the reader has no keypad for this")]
    NoPinPad,
    /// The service did not answer in time.
    #[error("the PC/SC service did not answer in time")]
    Timeout,
    /// Any other code of the PC/SC service.
    #[error("the PC/SC service answered {code:08X}")]
    Service {
        /// The `SCARD_…` code.
        code: u32,
    },
}

/// The functions of a reader's PIN pad (PC/SC part 10: `FEATURE_VERIFY_PIN_DIRECT`, `FEATURE_MODIFY_PIN_DIRECT`). A PIN
/// typed there is in no program of the computer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PinPad {
    /// One PIN, for a VERIFY.
    pub verify: bool,
    /// The present PIN and a new one, typed twice, for a CHANGE REFERENCE DATA.
    pub modify: bool,
}

/// A command whose PINs are typed on the reader's PIN pad: ASCII digits, left-justified, in fields of one length that
/// begin with the first byte of the data.
#[derive(Debug, Clone, Copy)]
pub struct PinPadCommand<'a> {
    /// The command APDU in short form, the fields filled with padding.
    pub command: &'a [u8],
    /// 1: one PIN; 2: the present PIN and a new one.
    pub fields: usize,
    /// The length of a field, in bytes: at most 15.
    pub field_length: usize,
    /// The fewest and most digits of a PIN.
    pub digits: (usize, usize),
}

/// Readers and cards. One value serves the whole process; every method may be called from any thread.
pub trait Transport: Send + Sync {
    /// All readers.
    ///
    /// # Errors
    /// [`TransportError::ServiceUnavailable`] without a PC/SC service, [`TransportError::ServiceVersion`] where it runs and
    /// the library does not speak its protocol; no reader is `Ok` and empty.
    fn readers(&self) -> Result<Vec<ReaderStatus>, TransportError>;

    /// The status of one reader. Sends no card command and does not wait for a transaction.
    ///
    /// # Errors
    /// [`TransportError::ServiceUnavailable`]; a reader that is gone is `Ok` with [`Occupancy::NoReader`].
    fn reader(&self, name: &str) -> Result<ReaderStatus, TransportError>;

    /// Returns when something differs from `known` (a card came or went, a reader was plugged in or out), when `timeout`
    /// has passed, or when `cancellation` was cancelled, before or during the wait. `None` waits without end, and
    /// without waking up in between. Without a service it waits for one.
    ///
    /// # Errors
    /// Those of the service, other than its absence.
    fn wait_for_change(
        &self,
        known: &[ReaderStatus],
        timeout: Option<Duration>,
        cancellation: &Cancellation,
    ) -> Result<(), TransportError>;

    /// Which PC/SC service this is, where it is not the system's usual one: cards of one number behind two services are
    /// two cards.
    fn service_name(&self) -> String {
        String::new()
    }

    /// Which life of the service this is: its counts of insertions begin anew with each. Empty where that is not known.
    fn service_life(&self) -> String {
        String::new()
    }

    /// Connects to the card, shared with other programs (`SCARD_SHARE_SHARED`). Waits for a program that holds the card
    /// exclusively at most 3 seconds, and once: until the reader's state changes, later calls answer
    /// [`TransportError::Busy`] at once.
    ///
    /// # Errors
    /// Among others [`TransportError::NoCard`], [`TransportError::MuteCard`], [`TransportError::Busy`] (held
    /// exclusively by another program).
    fn connect(&self, reader: &str) -> Result<Box<dyn CardConnection>, TransportError>;
}

/// A connection to one card.
pub trait CardConnection: Send {
    /// The answer to reset, of the latest (re)connection.
    fn atr(&self) -> &[u8];

    /// The functions of the reader's PIN pad, known after the first [`CardConnection::begin`].
    fn pin_pad(&self) -> PinPad {
        PinPad::default()
    }

    /// Is the card still there, and was it reset? No command; does not wait for another program's transaction.
    ///
    /// # Errors
    /// [`TransportError::CardRemoved`] and those of the service.
    fn status(&mut self) -> Result<Continuity, TransportError>;

    /// Until when each following [`CardConnection::begin`] may wait for another program's transaction, and never longer
    /// than 3 seconds; a moment that has passed: not at all. `None`, as at first: 3 seconds from each begin. A
    /// connection that never waits need not know.
    fn wait_until(&mut self, _deadline: Option<Instant>) {}

    /// Begins a transaction: the card is ours until its end. Waits for another program at most 3 seconds, the first
    /// one less what [`Transport::connect`] waited. Resets by other programs meanwhile are no error: it starts again, and
    /// says [`Continuity::WasReset`] once.
    ///
    /// # Errors
    /// [`TransportError::Busy`] after the wait, [`TransportError::CardRemoved`] and those of the service.
    fn begin(&mut self) -> Result<(Box<dyn CardChannel + '_>, Continuity), TransportError>;

    /// Ends the connection. `Ok` after [`Disposition::Reset`]: the card was reset, or is in the reader no more, so that
    /// its security status is cleared for certain. Waits for another program as [`CardConnection::begin`] does.
    ///
    /// # Errors
    /// Only with [`Disposition::Reset`]: what kept the reset from being done, or from being known. The connection is
    /// over in any case, and the card left as it is.
    fn disconnect(self: Box<Self>, disposition: Disposition) -> Result<(), TransportError>;
}

/// A transmission protocol (ISO/IEC 7816-3:2006, clauses 10 to 12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransmissionProtocol {
    /// Characters: one byte P3 says either Lc or Le, so that no command carries both (12.2).
    T0,
    /// Blocks: a command APDU is carried as it is. Contactless cards as well.
    T1,
}

/// A transaction: no other program's commands reach the card. Dropping it leaves the card as it is.
pub trait CardChannel {
    /// Sends one command APDU and returns the whole response APDU with its status word.
    ///
    /// # Errors
    /// [`TransportError::Transmit`], [`TransportError::CardReset`], [`TransportError::CardRemoved`] …
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError>;

    /// The transmission protocol that reader and card have agreed on.
    fn protocol(&self) -> TransmissionProtocol {
        TransmissionProtocol::T1
    }

    /// The most bytes of command data that the reader takes (PC/SC part 10, `dwMaxAPDUDataSize`); `None` = unknown.
    fn max_command_data(&self) -> Option<usize> {
        None
    }

    /// Lets the person type on the reader's PIN pad, and sends one command, VERIFY or CHANGE REFERENCE DATA, with what was
    /// typed. Waits as long as the reader does, usually 30 seconds. A reader that sends nothing returns a status word of its
    /// own (part 10, 2.5): `6400` timeout, `6401` cancelled, `6402` the new PINs differ, `6403` too short or too long.
    ///
    /// # Errors
    /// [`TransportError::NoPinPad`], else as [`CardChannel::transmit`].
    fn send_on_pin_pad(&mut self, _entry: &PinPadCommand<'_>) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        Err(TransportError::NoPinPad)
    }

    /// Ends the transaction. `Ok` after [`Disposition::Reset`]: the card was reset, by this call or by another program
    /// since the last command, or is in the reader no more, so that its security status is cleared for certain.
    ///
    /// # Errors
    /// Those of the service; the transaction is over in any case. With [`Disposition::Reset`] any error means that the
    /// card may not have been reset.
    fn end(self: Box<Self>, disposition: Disposition) -> Result<(), TransportError>;
}
