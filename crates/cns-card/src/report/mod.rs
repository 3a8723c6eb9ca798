//! Card reports: what a card of an unknown lot answers, for a person to attach to an issue.
//!
//! What this room is for: asking every known place what is there, and writing it down without anything of the holder:
//! the ATR, which SELECT was answered what, control information, and of a file its outline (how long, a certificate of
//! which length, which objects a map tells of). It must never send anything but SELECT, READ BINARY, GET DATA and GET
//! RESPONSE, and never keep a byte of a file's body.

mod collect;
mod content;
mod text;

use tracing::warn;

use crate::error::CardError;
use crate::transport::{Disposition, Transport};
pub use content::{CardReport, ReportContent, ReportEntry};
pub use text::ReportError;

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
