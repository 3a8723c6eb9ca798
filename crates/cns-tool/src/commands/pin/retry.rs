//! Whether a person is asked for a PIN again.

use cns_card::Retries;

use crate::context::Context;
use crate::exit::{Exit, Failure};

/// So many wrong PINs in one run end it where the card does not report what is left: the next may be the last. Windows
/// ask no more often either.
const MOST_UNCOUNTED: u8 = 2;

/// What is left before a PIN is asked for: after so many wrong PINs of this run the next may be the last, also where the
/// card does not say so and the system offers no place for the record of all programs.
pub(super) fn left_in_this_run(left: Retries, context: &Context<'_>) -> Retries {
    match left {
        Retries::Unknown if context.wrong_pins() >= MOST_UNCOUNTED => Retries::Left(1),
        left => left,
    }
}

/// The wrong PINs of a command; those of a run are the [`Context`]'s, for `cns start` asks anew.
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
        context.pin_was_wrong();
        let may_ask = match left {
            // A program may answer in the place of the person, and would spend all but the last.
            Retries::Left(_) if context.asks_in_window() && self.wrong >= MOST_UNCOUNTED => false,
            Retries::Left(left) => left > 1,
            Retries::Unknown => context.wrong_pins() < MOST_UNCOUNTED,
            Retries::Blocked => false,
        };
        if !context.on_terminal || !may_ask {
            return Err(failure);
        }
        context.report(&failure);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use cns_card::PcscTransport;

    use super::*;
    use crate::console::prompt::Terminal;
    use crate::{Output, System};

    /// As in a step of `cns start` that is done again, where nothing could be recorded.
    #[test]
    fn two_uncounted_wrong_pins_of_a_run_leave_one() {
        let (transport, mut terminal) = (PcscTransport::new(), Terminal);
        let output = Output::to(io::sink(), io::sink());
        let mut context = Context::new(&transport, &mut terminal, output, System::of_process());
        context.on_terminal = true;
        assert_eq!(context.final_exit(Exit::NotDone), Exit::NotDone);
        let wrong = || Failure::new(Exit::WrongPin, "");
        let mut first = RetryAfterWrongPin::default();
        assert!(first.offer(wrong(), Retries::Unknown, &mut context).is_ok());
        assert_eq!(left_in_this_run(Retries::Unknown, &context), Retries::Unknown);
        assert!(first.offer(wrong(), Retries::Unknown, &mut context).is_err());
        assert_eq!(left_in_this_run(Retries::Unknown, &context), Retries::Left(1), "a yes is needed");
        assert_eq!(left_in_this_run(Retries::Left(3), &context), Retries::Left(3), "the card knows better");
        // Who refuses it has sent something all the same.
        assert_eq!(context.final_exit(Exit::NotDone), Exit::WrongPin);
        assert_eq!(context.final_exit(Exit::NoCard), Exit::NoCard);
        let mut second = RetryAfterWrongPin::default();
        assert!(second.offer(wrong(), Retries::Unknown, &mut context).is_err(), "a fourth");
    }
}
