//! Asking a card what it is, where its ATR does not say: SELECT by name and GET DATA, three commands at most.
//!
//! What this room is for: one transaction before there is a driver. It must never send anything but those commands.

use tracing::warn;

use crate::driver::dialogue::{Dialogue, Learned};
use crate::error::CardError;
use crate::iso7816::{Command, Form, StatusWord};
use crate::recognise::{Meaning, Question};
use crate::transport::{CardConnection, Disposition};

/// The most commands that a card is asked.
const BUDGET: u32 = 3;

/// What came of the questions.
pub(crate) enum Told {
    /// The first application that is there, and whether an object in it proves it: a disturbed answer to SELECT may look
    /// like a success.
    Meaning { meaning: Meaning, is_proved: bool },
    /// None of them is there.
    Nothing,
    /// None was seen, but some answer was none: one disturbed byte must not make a CNS a foreign card.
    Unclear,
}

/// Asks until something is told, or the commands are used up.
pub(crate) fn ask(connection: &mut dyn CardConnection, questions: &[Question]) -> Result<Told, CardError> {
    let (mut channel, _) = connection.begin()?;
    let mut learned = Learned::default();
    let mut dialogue = Dialogue::new(channel.as_mut(), "probe", BUDGET, &mut learned);
    let told = ask_each(&mut dialogue, questions);
    if let Err(error) = channel.end(Disposition::Leave) {
        warn!("the end of a transaction failed: {error}");
    }
    told
}

fn ask_each(dialogue: &mut Dialogue<'_>, questions: &[Question]) -> Result<Told, CardError> {
    let mut told = Told::Nothing;
    for question in questions {
        match is_answered(dialogue, question) {
            Ok(true) => {
                return Ok(Told::Meaning { meaning: question.means, is_proved: question.proof.is_some() });
            }
            Ok(false) => {}
            Err(CardError::Status { status, .. }) if is_refusal(status) => {}
            Err(CardError::Status { .. } | CardError::Malformed { .. }) => told = Told::Unclear,
            Err(CardError::TooManyCommands { .. }) => break,
            Err(broken) => return Err(broken),
        }
    }
    Ok(told)
}

fn is_answered(dialogue: &mut Dialogue<'_>, question: &Question) -> Result<bool, CardError> {
    if !dialogue.select_application(question.application)? {
        return Ok(false);
    }
    let Some((object, expected)) = question.proof else {
        return Ok(true);
    };
    let [p1, p2] = object.to_be_bytes();
    let command = Command::new("GET DATA", 0xCA, p1, p2).with_le(256);
    let response = match dialogue.complete(&command, Form::Short) {
        // Not our commands are too many, but its pieces.
        Err(CardError::TooManyCommands { .. }) => return Err(CardError::Malformed { command: command.name }),
        answer => answer?,
    };
    if response.status != StatusWord::SUCCESS {
        return Err(CardError::Status { command: command.name, status: response.status });
    }
    Ok(response.data.windows(expected.len()).any(|part| part == expected))
}

/// Whether a card says with this that it does not know the command or what it names. An execution error (`64xx` to
/// `66xx`), "no precise diagnosis", a length that is still wrong and what ISO/IEC 7816-4 (5.6) knows nothing of say that something went wrong.
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
