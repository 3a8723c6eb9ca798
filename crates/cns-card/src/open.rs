//! The first look at what is in a reader.

use tracing::debug;

use crate::card::Card;
use crate::card::first_look::{LongReads, Look};
use crate::driver::CardDriver;
use crate::error::CardError;
use crate::iso7816::Hexadecimal;
use crate::probe::{self, Told};
use crate::public_files::PublicFiles;
use crate::recognise::{Meaning, Recognition, recognise};
use crate::remembered::Remembered;
use crate::transport::{CardConnection, Disposition, Transport, TransportError};
use crate::unsupported::{Advice, UnsupportedCard};

/// What is in a reader, after a first look.
#[allow(clippy::large_enum_variant, reason = "made once per insertion and taken apart at once")]
pub enum Recognised {
    /// A CNS, and its public files.
    Cns(Box<Card>, PublicFiles),
    /// A card that this engine does not work with. It was sent three commands at most, or the READs of a file that
    /// turned out to hold no certificate, and never one with a PIN.
    Unsupported {
        /// What it is.
        what: UnsupportedCard,
        /// What its holder can do.
        advice: Advice,
        /// `false`: it was taken for that because an answer was disturbed, and another look may show a CNS.
        is_certain: bool,
    },
}

/// Connects to the card, recognises it by its ATR, or by its applications where the ATR does not tell, and reads its
/// public files in one transaction.
///
/// # Errors
/// [`CardError::Transport`] when the card cannot be reached, [`CardError::Malformed`] and
/// [`CardError::TooManyCommands`] when it answers as no card may, [`CardError::DifferentCard`] when it was exchanged
/// meanwhile. A CNS without certificate is no error.
pub fn open(transport: &dyn Transport, reader: &str) -> Result<Recognised, CardError> {
    look(transport, reader, Look::AtEverything)
}

/// The same with as few commands as a listing takes: certificates are looked for, and not read again on a card that is
/// one of those remembered; number and personal data are left to [`Card::card_id`] and [`Card::holder`].
///
/// # Errors
/// As [`open`].
pub fn open_for_listing(
    transport: &dyn Transport,
    reader: &str,
    remembered: &[Remembered],
) -> Result<Recognised, CardError> {
    look(transport, reader, Look::AtCertificates(remembered))
}

/// Anew from the beginning, with short commands only, when the reader turns out not to carry extended ones.
fn look(transport: &dyn Transport, reader: &str, look: Look<'_>) -> Result<Recognised, CardError> {
    match attempt(transport, reader, look, LongReads::MayBeTried)? {
        Some(recognised) => Ok(recognised),
        None => {
            debug!("the reader did not carry an extended command; reading in short ones");
            match attempt(transport, reader, look, LongReads::Never)? {
                // It was a CNS a moment ago: another card lies there now, and is looked at anew.
                Some(Recognised::Unsupported { .. }) => Err(CardError::DifferentCard),
                Some(recognised) => Ok(recognised),
                None => Err(CardError::Transport(TransportError::Transmit)),
            }
        }
    }
}

/// `None`: the reader did not carry an extended READ BINARY.
fn attempt(
    transport: &dyn Transport,
    reader: &str,
    look: Look<'_>,
    long_reads: LongReads,
) -> Result<Option<Recognised>, CardError> {
    let mut connection = transport.connect(reader)?;
    debug!(reader, atr = %Hexadecimal(connection.atr()), "a card");
    match meaning(connection.as_mut()) {
        Ok((Meaning::Cns(driver), is_certain)) => read(connection, driver, look, long_reads, is_certain),
        Ok((Meaning::Unsupported(what), is_certain)) => {
            let _ = connection.disconnect(Disposition::Leave);
            Ok(Some(unsupported(what, is_certain)))
        }
        Err(error) => {
            let _ = connection.disconnect(Disposition::Leave);
            Err(error)
        }
    }
}

/// What the card is, and whether that is certain.
fn meaning(connection: &mut dyn CardConnection) -> Result<(Meaning, bool), CardError> {
    Ok(match recognise(connection.atr()) {
        Recognition::Cns(driver) => (Meaning::Cns(driver), true),
        Recognition::Unsupported(what) => (Meaning::Unsupported(what), true),
        Recognition::Ask { questions, otherwise } => match probe::ask(connection, questions)? {
            Told::Meaning { meaning: meaning @ Meaning::Cns(_), is_proved } => (meaning, is_proved),
            Told::Meaning { meaning, .. } => (meaning, true),
            Told::Nothing => (Meaning::Unsupported(otherwise), true),
            Told::Unclear => (Meaning::Unsupported(otherwise), false),
        },
    })
}

fn read(
    connection: Box<dyn CardConnection>,
    driver: &'static dyn CardDriver,
    look: Look<'_>,
    long_reads: LongReads,
    is_certain: bool,
) -> Result<Option<Recognised>, CardError> {
    let mut card = Card::new(connection, driver);
    match card.look(look, long_reads) {
        // An application that was believed, and nothing of a CNS behind it.
        Ok(files) if !is_certain && files.certificate.is_none() && files.card_id.is_none() => {
            card.close(Disposition::Leave);
            Ok(Some(unsupported(UnsupportedCard::ContactlessSide, false)))
        }
        Ok(files) => Ok(Some(Recognised::Cns(Box::new(card), files))),
        Err(CardError::CertificateNotDer) => {
            card.close(Disposition::Leave);
            Ok(Some(unsupported(UnsupportedCard::UnreadableCertificate, is_certain)))
        }
        Err(error) => {
            let asked_too_much = matches!(error, CardError::Transport(_)) && card.asked_too_much();
            card.close(Disposition::Leave);
            if asked_too_much { Ok(None) } else { Err(error) }
        }
    }
}

fn unsupported(what: UnsupportedCard, is_certain: bool) -> Recognised {
    Recognised::Unsupported { what, advice: what.advice(), is_certain }
}
