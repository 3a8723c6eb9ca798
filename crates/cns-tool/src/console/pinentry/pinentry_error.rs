//! Why no window has asked.

use std::io;

/// What is wrong with a pinentry.
#[derive(Debug)]
pub enum PinentryError {
    /// There is none; it was asked for.
    NotFound,
    /// There is none, and no terminal either.
    NotFoundInstead,
    /// The connection to it is of no use.
    Connection(ConnectionError),
    /// It does not answer.
    Silent,
    /// It cannot ask, and says this number.
    Refused(u32),
    /// It was asked too often.
    TooOften,
}

/// Why the connection is of no use.
#[derive(Debug)]
pub enum ConnectionError {
    /// The program cannot be started.
    NotStarted(io::Error),
    /// It has ended.
    Ended,
    /// Ctrl-C ended it.
    Interrupted,
    /// It said something that is not of the protocol.
    Malformed,
}
