//! The first look at what is in a reader.

use crate::card::Card;
use crate::driver::CardDriver;
use crate::error::CardError;
use crate::probe;
use crate::public_files::PublicFiles;
use crate::recognise::{Meaning, Recognition, recognise};
use crate::transport::{CardConnection, Disposition, Transport};
use crate::unsupported::{Advice, UnsupportedCard};

/// What is in a reader, after a first look.
#[allow(clippy::large_enum_variant, reason = "made once per insertion and taken apart at once")]
pub enum Recognised {
    /// A CNS, and its public files.
    Cns(Box<Card>, PublicFiles),
    /// A card that this engine does not work with. It was sent three commands at most, and never one with a PIN.
    Unsupported {
        /// What it is.
        what: UnsupportedCard,
        /// What its holder can do.
        advice: Advice,
    },
}

/// Connects to the card, recognises it by its ATR, or by its applications where the ATR does not tell, and reads its
/// public files in one transaction.
///
/// # Errors
/// [`CardError::Transport`] when the card cannot be reached, [`CardError::Malformed`] and
/// [`CardError::TooManyCommands`] when it answers as no card may. A CNS without certificate is no error.
pub fn open(transport: &dyn Transport, reader: &str) -> Result<Recognised, CardError> {
    let mut connection = transport.connect(reader)?;
    match meaning(connection.as_mut()) {
        Ok(Meaning::Cns(driver)) => read(connection, driver),
        Ok(Meaning::Unsupported(what)) => {
            connection.disconnect(Disposition::Leave);
            Ok(Recognised::Unsupported { what, advice: what.advice() })
        }
        Err(error) => {
            connection.disconnect(Disposition::Leave);
            Err(error)
        }
    }
}

fn meaning(connection: &mut dyn CardConnection) -> Result<Meaning, CardError> {
    match recognise(connection.atr()) {
        Recognition::Cns(driver) => Ok(Meaning::Cns(driver)),
        Recognition::Unsupported(what) => Ok(Meaning::Unsupported(what)),
        Recognition::Ask(questions) => {
            let told = probe::ask(connection, questions)?;
            Ok(told.unwrap_or(Meaning::Unsupported(UnsupportedCard::Foreign)))
        }
    }
}

fn read(
    connection: Box<dyn CardConnection>,
    driver: &'static dyn CardDriver,
) -> Result<Recognised, CardError> {
    let mut card = Card::new(connection, driver);
    match card.read_public_files() {
        Ok(files) => Ok(Recognised::Cns(Box::new(card), files)),
        Err(error) => {
            card.close(Disposition::Leave);
            Err(error)
        }
    }
}
