//! The PIN part of a card: each command once or not at all, and what it means for the login.

use super::{Card, OPERATION_BUDGET};
use crate::driver::tries::{self, Counter};
use crate::error::CardError;
use crate::pin::{Pin, PinFormatError, Retries, RetryQuery};

impl Card {
    /// Verifies a PIN: one VERIFY command, or none.
    ///
    /// # Errors
    /// [`CardError::PinIncorrect`], [`CardError::PinBlocked`], [`CardError::PinNotActivated`] from the card;
    /// [`CardError::PinFormat`] and [`CardError::DifferentCard`] without a VERIFY; and those of the exchange.
    pub fn verify(&mut self, pin: &Pin) -> Result<(), CardError> {
        self.pin_policy().check_pin(pin)?;
        self.verified = false;
        let driver = self.driver;
        self.transact("verify", OPERATION_BUDGET, |dialogue, _| driver.verify(dialogue, pin))?;
        self.verified = true;
        Ok(())
    }

    /// Changes a PIN: one CHANGE REFERENCE DATA command, or none.
    ///
    /// # Errors
    /// As [`Card::verify`], for the old PIN.
    pub fn change_pin(&mut self, old: &Pin, new: &Pin) -> Result<(), CardError> {
        self.pin_policy().check_pin(old)?;
        self.pin_policy().check_pin(new)?;
        if old.is_typed_at_the_reader() != new.is_typed_at_the_reader() {
            return Err(CardError::PinFormat(PinFormatError::TwoPlaces));
        }
        let driver = self.driver;
        let result = self
            .transact("change PIN", OPERATION_BUDGET, |dialogue, _| driver.change_pin(dialogue, old, new));
        if result.is_err() {
            // A wrong PIN takes the verified state from all (ISO/IEC 7816-4:2020, 11.6.1).
            self.verified = false;
        }
        result
    }

    /// Unblocks a PIN with its PUK and sets a new one: one RESET RETRY COUNTER command, or none.
    ///
    /// # Errors
    /// As [`Card::verify`], for the PUK: [`CardError::PinIncorrect`] and [`CardError::PinBlocked`] speak of its
    /// tries.
    pub fn unblock_pin(&mut self, puk: &Pin, new: &Pin) -> Result<(), CardError> {
        self.pin_policy().check_puk(puk)?;
        self.pin_policy().check_pin(new)?;
        if new.is_typed_at_the_reader() {
            return Err(CardError::PinFormat(PinFormatError::TwoPlaces));
        }
        self.verified = false;
        let driver = self.driver;
        self.transact("unblock PIN", OPERATION_BUDGET, |dialogue, _| driver.unblock_pin(dialogue, puk, new))
    }

    /// Tries left for the PIN. [`Retries::Unknown`] without any command where asking could spend one.
    ///
    /// # Errors
    /// Those of the exchange.
    pub fn pin_retries(&mut self) -> Result<RetryQuery, CardError> {
        self.retries(Counter::Pin)
    }

    /// Tries left for the PUK, as [`Card::pin_retries`].
    ///
    /// # Errors
    /// Those of the exchange.
    pub fn puk_retries(&mut self) -> Result<RetryQuery, CardError> {
        self.retries(Counter::Puk)
    }

    fn retries(&mut self, whose: Counter) -> Result<RetryQuery, CardError> {
        if !self.can_query_tries() {
            return Ok(RetryQuery::Counter(Retries::Unknown));
        }
        let driver = self.driver;
        self.transact("query tries", OPERATION_BUDGET, |dialogue, _| tries::ask(driver, dialogue, whose))
    }
}
