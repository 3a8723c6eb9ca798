//! Card reports: what a card of an unknown lot answers, for a person to attach to an issue.
//!
//! A report selects every known place and keeps nothing of the holder: the ATR, status words, control information, and of a
//! file its outline (its length, the length of a certificate, the objects of a map). Only SELECT, READ BINARY, GET DATA and
//! GET RESPONSE are sent, and no byte of a file's body is kept.

mod collect;
mod content;
mod text;

use tracing::warn;

use crate::error::CardError;
use crate::transport::{Disposition, Transport};
pub use content::{CardReport, ReportContent, ReportEntry};
pub use text::ReportError;

impl CardReport {
    /// Sends the report's commands to the card in a reader, at most 160 in one transaction.
    ///
    /// Selecting an application clears the security status for other programs too. A card on which that happened is reset
    /// at the end, so that other programs notice.
    ///
    /// # Errors
    /// [`CardError::Transport`] when the card cannot be reached.
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
    /// [`ReportError`] with the number of the first line that does not belong in a report.
    pub fn parse(text: &str) -> Result<Self, ReportError> {
        text::parse(text)
    }
}
