//! Questions that are answered with yes or no.

use super::messages;
use crate::context::Context;
use crate::exit::Failure;

/// Asks until the answer is one of the two; Enter alone means `usual`, where there is one.
pub(super) fn ask(question: &str, usual: Option<bool>, context: &mut Context<'_>) -> Result<bool, Failure> {
    loop {
        let answer = context.ask(question).map_err(|none| context.no_answer(none))?;
        match (answer.trim().to_lowercase().as_str(), usual) {
            ("", Some(usual)) => return Ok(usual),
            ("s" | "si" | "sì" | "y" | "yes", _) => return Ok(true),
            ("n" | "no", _) => return Ok(false),
            _ => context.output.warning(messages::YES_OR_NO.to(context.language)),
        }
    }
}
