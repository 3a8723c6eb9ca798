//! Whether a person is asked for a PIN again.

use cns_card::Retries;

use crate::context::Context;
use crate::exit::{Exit, Failure};

/// So many wrong PINs in one run end it where the card does not report what is left: the next may be the last. Windows
/// ask no more often either.
const MOST_UNCOUNTED: u8 = 2;

/// The wrong PINs of a run.
#[derive(Debug, Default)]
pub(crate) struct RetryAfterWrongPin {
    wrong: u8,
}

impl RetryAfterWrongPin {
    /// Says that the PIN was wrong, when a person may be asked again: at a terminal, and as long as the next try is not the
    /// last, which needs a yes.
    ///
    /// # Errors
    /// The failure, when it ends the command.
    pub(crate) fn offer(
        &mut self,
        failure: Failure,
        left: Retries,
        context: &mut Context<'_>,
    ) -> Result<(), Failure> {
        if failure.exit != Exit::WrongPin {
            return Err(failure);
        }
        self.wrong = self.wrong.saturating_add(1);
        let may_ask = match left {
            // A program may answer in the place of the person, and would spend all but the last.
            Retries::Left(_) if context.asks_in_window() && self.wrong >= MOST_UNCOUNTED => false,
            Retries::Left(left) => left > 1,
            Retries::Unknown => self.wrong < MOST_UNCOUNTED,
            Retries::Blocked => false,
        };
        if !context.on_terminal || !may_ask {
            return Err(failure);
        }
        context.report(&failure);
        Ok(())
    }
}
