//! A card report as data: the ATR, and each command with what is kept of its response.

use crate::iso7816::StatusWord;

/// What a card answered. [`Display`](std::fmt::Display) writes it as text, [`CardReport::parse`] reads that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardReport {
    /// The answer to reset.
    pub atr: Vec<u8>,
    /// Commands and responses in their order. What follows the SELECT of an application was sent in it.
    pub entries: Vec<ReportEntry>,
}

/// A command and its response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportEntry {
    /// The command APDU, whose data are file identifiers or an AID.
    pub command: Vec<u8>,
    /// The status word.
    pub status: StatusWord,
    /// What is kept of the response data; nothing of the holder.
    pub content: ReportContent,
}

/// What is kept of response data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportContent {
    /// There were no data.
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
    /// The keys and certificates in an object map: identifier and size.
    Objects(Vec<(u16, u16)>),
    /// The text that proves the J-Sign application.
    JSign,
    /// Anything else.
    Bytes {
        /// As many as were read.
        length: usize,
    },
}
