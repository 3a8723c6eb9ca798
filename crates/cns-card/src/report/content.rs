//! A card report as data: the ATR, and each command with what is kept of its response.

use crate::iso7816::StatusWord;

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
