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

/// The first answer that tells something; `None` when none does, or the commands are used up.
pub(crate) fn ask(
    connection: &mut dyn CardConnection,
    questions: &[Question],
) -> Result<Option<Meaning>, CardError> {
    let max_command_data = connection.max_command_data();
    let (mut channel, _) = connection.begin()?;
    let mut learned = Learned::default();
    let mut dialogue = Dialogue::new(channel.as_mut(), "probe", BUDGET, &mut learned, max_command_data);
    let mut answer = Ok(None);
    for question in questions {
        match is_answered(&mut dialogue, question) {
            Ok(false) | Err(CardError::Status { .. } | CardError::Malformed { .. }) => {}
            Ok(true) => {
                answer = Ok(Some(question.means));
                break;
            }
            Err(CardError::TooManyCommands { .. }) => break,
            Err(broken) => {
                answer = Err(broken);
                break;
            }
        }
    }
    if let Err(error) = channel.end(Disposition::Leave) {
        warn!("the end of a transaction failed: {error}");
    }
    answer
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
    let response = dialogue.complete(&command, Form::Short)?;
    let shown = response.data.windows(expected.len()).any(|part| part == expected);
    Ok(response.status == StatusWord::SUCCESS && shown)
}
