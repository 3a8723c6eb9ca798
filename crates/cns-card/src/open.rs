//! Connects to what is in a reader, identifies it, and reads its public files.

use tracing::debug;

use crate::cached_card::CachedCard;
use crate::card::Card;
use crate::card::public_read::{ExtendedReads, ReadScope};
use crate::driver::CardDriver;
use crate::error::CardError;
use crate::files::public::PublicFiles;
use crate::identify::probe::{self, ProbeResult};
use crate::identify::unsupported::{Advice, UnsupportedCard};
use crate::identify::{AtrMatch, CardKind, match_atr};
use crate::iso7816::Hexadecimal;
use crate::transport::{CardConnection, Disposition, Transport, TransportError};

/// What is in a reader.
#[allow(clippy::large_enum_variant, reason = "made once per insertion and taken apart at once")]
pub enum OpenedCard {
    /// A CNS, and its public files.
    Cns(Box<Card>, PublicFiles),
    /// A card that this engine does not support. It was sent three commands at most, or the SELECT and READ commands that
    /// found no certificate, and no PIN command.
    Unsupported {
        /// What it is.
        what: UnsupportedCard,
        /// What its holder can do.
        advice: Advice,
        /// `false`: a response was malformed, and the next attempt may find a CNS.
        is_certain: bool,
    },
}

/// Connects to the card, identifies it by its ATR, or by its applications where the ATR is not enough, and reads its
/// public files in one transaction. `reader` is the reader's PC/SC name.
///
/// # Errors
/// [`CardError::Transport`] when the card cannot be reached, [`CardError::Malformed`] and
/// [`CardError::TooManyCommands`] when its responses are invalid, [`CardError::DifferentCard`] when it was replaced
/// meanwhile. A CNS without certificate is no error: see [`PublicFiles::certificate_problem`].
pub fn open(transport: &dyn Transport, reader: &str) -> Result<OpenedCard, CardError> {
    open_in_scope(transport, reader, ReadScope::Everything)
}

/// [`open`] with fewer commands: reads only certificates, and not even those of a card that is one of `cached`.
/// [`Card::card_id`] and [`Card::holder`] read the rest on demand.
///
/// # Errors
/// As [`open`].
pub fn open_with_cache(
    transport: &dyn Transport,
    reader: &str,
    cached: &[CachedCard],
) -> Result<OpenedCard, CardError> {
    open_in_scope(transport, reader, ReadScope::Certificates(cached))
}

/// Starts again with short length fields only when the reader does not support extended ones.
fn open_in_scope(
    transport: &dyn Transport,
    reader: &str,
    scope: ReadScope<'_>,
) -> Result<OpenedCard, CardError> {
    match open_once(transport, reader, scope, ExtendedReads::MayBeTried)? {
        Some(opened) => Ok(opened),
        None => {
            debug!("the reader did not carry an extended command; reading in short ones");
            match open_once(transport, reader, scope, ExtendedReads::Never)? {
                // It was a CNS a moment ago: this is another card.
                Some(OpenedCard::Unsupported { .. }) => Err(CardError::DifferentCard),
                Some(opened) => Ok(opened),
                None => Err(CardError::Transport(TransportError::Transmit)),
            }
        }
    }
}

/// `None`: the reader does not support an extended READ BINARY.
fn open_once(
    transport: &dyn Transport,
    reader: &str,
    scope: ReadScope<'_>,
    extended_reads: ExtendedReads,
) -> Result<Option<OpenedCard>, CardError> {
    let mut connection = transport.connect(reader)?;
    debug!(reader, atr = %Hexadecimal(connection.atr()), "a card");
    match card_kind(connection.as_mut()) {
        Ok((CardKind::Cns(driver), is_certain)) => {
            read(connection, driver, scope, extended_reads, is_certain)
        }
        Ok((CardKind::Unsupported(what), is_certain)) => {
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
fn card_kind(connection: &mut dyn CardConnection) -> Result<(CardKind, bool), CardError> {
    Ok(match match_atr(connection.atr()) {
        AtrMatch::Cns(driver) => (CardKind::Cns(driver), true),
        AtrMatch::Unsupported(what) => (CardKind::Unsupported(what), true),
        AtrMatch::Probe { probes, otherwise } => match probe::probe_applications(connection, probes)? {
            ProbeResult::Present { kind: kind @ CardKind::Cns(_), is_proved } => (kind, is_proved),
            ProbeResult::Present { kind, .. } => (kind, true),
            ProbeResult::Absent => (CardKind::Unsupported(otherwise), true),
            ProbeResult::Unclear => (CardKind::Unsupported(otherwise), false),
        },
    })
}

fn read(
    connection: Box<dyn CardConnection>,
    driver: &'static dyn CardDriver,
    scope: ReadScope<'_>,
    extended_reads: ExtendedReads,
    is_certain: bool,
) -> Result<Option<OpenedCard>, CardError> {
    let mut card = Card::new(connection, driver);
    match card.read_public_files(scope, extended_reads) {
        // The application's presence was not proved, and there is nothing of a CNS in it.
        Ok(files) if !is_certain && files.certificate.is_none() && files.card_id.is_none() => {
            card.close(Disposition::Leave);
            Ok(Some(unsupported(UnsupportedCard::ContactlessSide, false)))
        }
        Ok(files) => Ok(Some(OpenedCard::Cns(Box::new(card), files))),
        Err(CardError::CertificateNotDer) => {
            card.close(Disposition::Leave);
            Ok(Some(unsupported(UnsupportedCard::UnreadableCertificate, is_certain)))
        }
        Err(error) => {
            let extended_length_failed =
                matches!(error, CardError::Transport(_)) && card.extended_length_failed();
            card.close(Disposition::Leave);
            if extended_length_failed { Ok(None) } else { Err(error) }
        }
    }
}

fn unsupported(what: UnsupportedCard, is_certain: bool) -> OpenedCard {
    OpenedCard::Unsupported { what, advice: what.advice(), is_certain }
}
