//! Card reports: what a card of an unknown lot answers, for a person to attach to an issue.
//!
//! What this room is for: asking every known place what is there, and writing it down without anything of the holder:
//! the ATR, which SELECT was answered what, control information, and of a file its outline (how long, a certificate of
//! which length, which objects a map tells of). It must never send anything but SELECT, READ BINARY, GET DATA and GET
//! RESPONSE, and never keep a byte of a file's body.

mod collect;
mod text;

use tracing::warn;

use crate::error::CardError;
use crate::iso7816::StatusWord;
use crate::transport::{Disposition, Transport};
pub use text::ReportError;

/// What a card answered. [`Display`](std::fmt::Display) writes it as text, [`CardReport::parse`] reads that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardReport {
    /// The answer to reset.
    pub atr: Vec<u8>,
    /// Commands and answers, in the order of asking. What follows the SELECT of an application was asked in it.
    pub entries: Vec<ReportEntry>,
}

/// A command and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportEntry {
    /// The command APDU, which carries nothing but names of files.
    pub command: Vec<u8>,
    /// The status word.
    pub status: StatusWord,
    /// The answer's data, without anything of the holder.
    pub content: ReportContent,
}

/// What is kept of an answer's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportContent {
    /// There were none.
    Nothing,
    /// The control information of SELECT.
    ControlInformation(Vec<u8>),
    /// A DER SEQUENCE that begins at byte `start` of the file and has `length` bytes in all.
    Sequence {
        /// 0, or 5 in a container.
        start: usize,
        /// Tag and length field included.
        length: usize,
    },
    /// The same byte, `length` times.
    Filled {
        /// 00 or FF.
        byte: u8,
        /// As many as were read.
        length: usize,
    },
    /// The keys and certificates that an object map tells of: identifier and size.
    Objects(Vec<(u16, u16)>),
    /// What tells the J-Sign application.
    JSign,
    /// Anything else.
    Bytes {
        /// As many as were read.
        length: usize,
    },
}

impl CardReport {
    /// Asks the card in a reader, in one transaction and at most 160 commands.
    ///
    /// Selecting applications ends other programs' logins on a card that has some; such a card is reset at the end, so
    /// that it stands as they expect it.
    ///
    /// # Errors
    /// [`CardError::Transport`] when the card cannot be reached or asked.
    pub fn collect(transport: &dyn Transport, reader: &str) -> Result<Self, CardError> {
        let mut connection = transport.connect(reader)?;
        let atr = connection.atr().to_vec();
        let collected = collect::collect(connection.as_mut());
        let disposition = match &collected {
            Ok(collected) if collected.application_selected => Disposition::Reset,
            _ => Disposition::Leave,
        };
        if let Err(error) = connection.disconnect(disposition) {
            warn!("the card was not reset: {error}");
        }
        Ok(Self { atr, entries: collected?.entries })
    }

    /// Reads a report from its text.
    ///
    /// # Errors
    /// [`ReportError`] with the line that is none of a report.
    pub fn parse(text: &str) -> Result<Self, ReportError> {
        text::parse(text)
    }
}
