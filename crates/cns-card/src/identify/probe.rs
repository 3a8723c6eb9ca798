//! Identifies a card by its applications, in one transaction with at most three commands: SELECT by AID and GET DATA.

use tracing::warn;

use crate::card_session::{Capabilities, CardSession};
use crate::error::CardError;
use crate::identify::{ApplicationProbe, CardKind};
use crate::iso7816::{LengthFields, StatusWord, commands};
use crate::transport::{CardConnection, Disposition};

/// The most commands.
const BUDGET: u32 = 3;

/// What came of the probes.
pub(crate) enum ProbeResult {
    /// The first application that is present, and whether a data object in it proves that: a disturbed response to SELECT
    /// may look like a success.
    Present { kind: CardKind, is_proved: bool },
    /// None of them is present.
    Absent,
    /// None was found, but some response was malformed: one disturbed byte must not make a CNS a foreign card.
    Unclear,
}

/// Selects them in turn until one is present, or the commands are used up.
pub(crate) fn probe_applications(
    connection: &mut dyn CardConnection,
    probes: &[ApplicationProbe],
) -> Result<ProbeResult, CardError> {
    let (mut channel, _) = connection.begin()?;
    let mut capabilities = Capabilities::default();
    let mut session = CardSession::new(channel.as_mut(), "probe", BUDGET, &mut capabilities);
    let result = probe_each(&mut session, probes);
    if let Err(error) = channel.end(Disposition::Leave) {
        warn!("the end of a transaction failed: {error}");
    }
    result
}

fn probe_each(session: &mut CardSession<'_>, probes: &[ApplicationProbe]) -> Result<ProbeResult, CardError> {
    let mut result = ProbeResult::Absent;
    for probe in probes {
        match is_present(session, probe) {
            Ok(true) => {
                return Ok(ProbeResult::Present { kind: probe.kind, is_proved: probe.proof.is_some() });
            }
            Ok(false) => {}
            Err(CardError::Status { status, .. }) if is_refusal(status) => {}
            Err(CardError::Status { .. } | CardError::Malformed { .. }) => result = ProbeResult::Unclear,
            Err(CardError::TooManyCommands { .. }) => break,
            Err(broken) => return Err(broken),
        }
    }
    Ok(result)
}

fn is_present(session: &mut CardSession<'_>, probe: &ApplicationProbe) -> Result<bool, CardError> {
    if !session.select_application(probe.application)? {
        return Ok(false);
    }
    let Some((object, expected)) = probe.proof else {
        return Ok(true);
    };
    let command = commands::get_data(object);
    let response = match session.transmit_and_collect(&command, LengthFields::Short) {
        // The pieces of the response were too many, not the commands.
        Err(CardError::TooManyCommands { .. }) => return Err(CardError::Malformed { command: command.name }),
        response => response?,
    };
    if response.status != StatusWord::SUCCESS {
        return Err(CardError::Status { command: command.name, status: response.status });
    }
    Ok(response.data.windows(expected.len()).any(|part| part == expected))
}

/// Does this status word mean that the card lacks the command or the application? An execution error (`64xx` to `66xx`),
/// `6F00`, a length that is still wrong (`6Cxx`) and any word that ISO/IEC 7816-4 (5.6) does not define do not.
fn is_refusal(status: StatusWord) -> bool {
    matches!(status.0 >> 8, 0x62 | 0x63 | 0x67..=0x6B | 0x6D | 0x6E)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_and_accidents() {
        for refusal in [0x6283, 0x6700, 0x6982, 0x6985, 0x6999, 0x6A81, 0x6A82, 0x6B00, 0x6D00, 0x6E00] {
            assert!(is_refusal(StatusWord(refusal)), "{refusal:04X}");
        }
        for accident in [0x0000, 0x6400, 0x6581, 0x6600, 0x6C10, 0x6F00, 0xFFFF] {
            assert!(!is_refusal(StatusWord(accident)), "{accident:04X}");
        }
    }
}
