//! The PIN part of a card: each command once or not at all, and what it means for the login.

use super::{Card, OPERATION_BUDGET};
use crate::driver::CardDriver;
use crate::driver::dialogue::Dialogue;
use crate::driver::tries::{self, Counter};
use crate::error::CardError;
use crate::pin::{Pin, PinFormatError, PinId, Retries};

impl Card {
    /// Verifies a PIN: one VERIFY command, or none.
    ///
    /// # Errors
    /// [`CardError::PinIncorrect`], [`CardError::PinBlocked`], [`CardError::PinNotActivated`] from the card;
    /// [`CardError::PinFormat`] and [`CardError::DifferentCard`] without a VERIFY; and those of the exchange.
    pub fn verify_with(&mut self, which: PinId, pin: &Pin) -> Result<(), CardError> {
        self.pin_policy().check_pin(pin)?;
        self.verified.set(which, false);
        let driver = self.driver;
        self.transact("verify", OPERATION_BUDGET, |dialogue, _| driver.verify(dialogue, which, pin))?;
        self.verified.set(which, true);
        Ok(())
    }

    /// Changes a PIN: one CHANGE REFERENCE DATA command, or none.
    ///
    /// # Errors
    /// As [`Card::verify_with`], for the old PIN.
    pub fn change_pin_with(&mut self, which: PinId, old: &Pin, new: &Pin) -> Result<(), CardError> {
        self.pin_policy().check_pin(old)?;
        self.pin_policy().check_pin(new)?;
        if old.is_typed_at_the_reader() != new.is_typed_at_the_reader() {
            return Err(CardError::PinFormat(PinFormatError::TwoPlaces));
        }
        let driver = self.driver;
        let result = self.transact("change PIN", OPERATION_BUDGET, |dialogue, _| {
            driver.change_pin(dialogue, which, old, new)
        });
        if result.is_err() {
            // A wrong PIN takes the verified state from all (ISO/IEC 7816-4:2020, 11.6.1).
            self.verified.set(which, false);
        }
        result
    }

    /// Unblocks a PIN with its PUK and sets a new one: one RESET RETRY COUNTER command, or none.
    ///
    /// # Errors
    /// As [`Card::verify_with`], for the PUK: [`CardError::PinIncorrect`] and [`CardError::PinBlocked`] speak of its
    /// tries.
    pub fn unblock_pin_with(&mut self, which: PinId, puk: &Pin, new: &Pin) -> Result<(), CardError> {
        self.pin_policy().check_puk(puk)?;
        self.pin_policy().check_pin(new)?;
        if new.is_typed_at_the_reader() {
            return Err(CardError::PinFormat(PinFormatError::TwoPlaces));
        }
        self.verified.set(which, false);
        let driver = self.driver;
        self.transact("unblock PIN", OPERATION_BUDGET, |dialogue, _| {
            driver.unblock_pin(dialogue, which, puk, new)
        })
    }

    /// Tries left for a PIN. [`Retries::Unknown`] without any command where asking could spend one, and when the
    /// card says that the PIN is verified instead.
    ///
    /// # Errors
    /// Those of the exchange.
    pub fn pin_tries_of(&mut self, which: PinId) -> Result<Retries, CardError> {
        self.tries(|driver, dialogue| tries::ask(driver, dialogue, which, Counter::Pin))
    }

    /// The same with a command less on a healthy card, for who only shows it: the card is asked from where it stands, and
    /// believed when it says that no try is missing. That is no ground to send a PIN on.
    ///
    /// # Errors
    /// Those of the exchange.
    pub fn glance_at_pin_tries_of(&mut self, which: PinId) -> Result<Retries, CardError> {
        self.tries(|driver, dialogue| tries::glance(driver, dialogue, which))
    }

    /// Tries left for the PIN's PUK, as [`Card::pin_tries_of`].
    ///
    /// # Errors
    /// Those of the exchange.
    pub fn puk_tries_of(&mut self, which: PinId) -> Result<Retries, CardError> {
        self.tries(|driver, dialogue| tries::ask(driver, dialogue, which, Counter::Puk))
    }

    fn tries(
        &mut self,
        ask: impl FnOnce(&dyn CardDriver, &mut Dialogue<'_>) -> Result<Retries, CardError>,
    ) -> Result<Retries, CardError> {
        if !self.can_query_tries() {
            return Ok(Retries::Unknown);
        }
        let driver = self.driver;
        self.transact("query tries", OPERATION_BUDGET, |dialogue, _| ask(driver, dialogue))
    }
}
