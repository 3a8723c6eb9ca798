//! PIN commands and retry counters of a card: each PIN command is sent once or not at all.

use super::{Card, OPERATION_BUDGET};
use crate::driver::pin_command::PinCommand;
use crate::driver::retry_counter::{self, RetryCounter};
use crate::error::CardError;
use crate::pin::{Pin, Retries, RetryQuery};

impl Card {
    /// Verifies a PIN with one VERIFY command, or none.
    ///
    /// # Errors
    /// [`CardError::PinIncorrect`], [`CardError::PinBlocked`], [`CardError::PinNotActivated`] from the card;
    /// [`CardError::PinFormat`] and [`CardError::DifferentCard`] without a VERIFY; and those of the exchange.
    pub fn verify(&mut self, pin: &Pin) -> Result<(), CardError> {
        let result = self.pin_command("verify", PinCommand::Verify { pin });
        if self.pin_command_sent {
            self.verified = result.is_ok();
        }
        result
    }

    /// Changes a PIN with one CHANGE REFERENCE DATA command, or none.
    ///
    /// # Errors
    /// As [`Card::verify`], for the old PIN.
    pub fn change_pin(&mut self, old: &Pin, new: &Pin) -> Result<(), CardError> {
        let result = self.pin_command("change PIN", PinCommand::Change { old, new });
        if result.is_err() && self.pin_command_sent {
            // A wrong PIN clears the security status for all programs (ISO/IEC 7816-4:2020, 11.6.1).
            self.verified = false;
        }
        result
    }

    /// Unblocks a PIN with its PUK and sets a new one, with one RESET RETRY COUNTER command, or none.
    ///
    /// # Errors
    /// As [`Card::verify`], for the PUK: [`CardError::PinIncorrect`] and [`CardError::PinBlocked`] are about
    /// the retry counter of the PUK.
    pub fn unblock_pin(&mut self, puk: &Pin, new: &Pin) -> Result<(), CardError> {
        let result = self.pin_command("unblock PIN", PinCommand::ResetRetryCounter { puk, new });
        self.verified &= !self.pin_command_sent;
        result
    }

    /// The retry counter of the PIN. [`Retries::Unknown`] without any command where a query may decrement it.
    ///
    /// # Errors
    /// Those of the exchange.
    pub fn pin_retries(&mut self) -> Result<RetryQuery, CardError> {
        self.retries(RetryCounter::Pin)
    }

    /// The retry counter of the PUK, as [`Card::pin_retries`].
    ///
    /// # Errors
    /// Those of the exchange.
    pub fn puk_retries(&mut self) -> Result<RetryQuery, CardError> {
        self.retries(RetryCounter::Puk)
    }

    fn pin_command(&mut self, operation: &'static str, command: PinCommand<'_>) -> Result<(), CardError> {
        self.pin_command_sent = false;
        command.check(self.pin_policy())?;
        let driver = self.driver;
        self.transact(operation, OPERATION_BUDGET, |session, _| driver.pin_command(session, command))
    }

    fn retries(&mut self, counter: RetryCounter) -> Result<RetryQuery, CardError> {
        if !self.can_query_retries() {
            return Ok(RetryQuery::Counter(Retries::Unknown));
        }
        let profile = self.driver.profile();
        self.transact("query tries", OPERATION_BUDGET, |session, _| {
            retry_counter::query(session, profile, counter)
        })
    }
}
