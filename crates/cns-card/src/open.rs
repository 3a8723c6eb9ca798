//! The first look at what is in a reader.

use crate::card::Card;
use crate::error::CardError;
use crate::public_files::PublicFiles;
use crate::recognise::{Advice, UnsupportedCard, recognise};
use crate::transport::{Disposition, Transport};

/// What is in a reader, after a first look.
#[allow(clippy::large_enum_variant, reason = "made once per insertion and taken apart at once")]
pub enum Recognised {
    /// A CNS, and its public files.
    Cns(Box<Card>, PublicFiles),
    /// A card that this engine does not work with. It was not sent a single command.
    Unsupported {
        /// What it is.
        what: UnsupportedCard,
        /// What its holder can do.
        advice: Advice,
    },
}

/// Connects to the card, recognises it by its ATR and reads its public files in one transaction.
///
/// # Errors
/// [`CardError::Transport`] when the card cannot be reached, [`CardError::Malformed`] and
/// [`CardError::TooManyCommands`] when it answers as no card may. A CNS without certificate is no error.
pub fn open(transport: &dyn Transport, reader: &str) -> Result<Recognised, CardError> {
    let connection = transport.connect(reader)?;
    match recognise(connection.atr()) {
        Err(what) => {
            connection.disconnect(Disposition::Leave);
            Ok(Recognised::Unsupported { what, advice: what.advice() })
        }
        Ok(driver) => {
            let mut card = Card::new(connection, driver);
            match card.read_public_files() {
                Ok(files) => Ok(Recognised::Cns(Box::new(card), files)),
                Err(error) => {
                    card.close(Disposition::Leave);
                    Err(error)
                }
            }
        }
    }
}
