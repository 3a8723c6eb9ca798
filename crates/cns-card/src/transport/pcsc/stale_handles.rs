//! Handles that the service would not let go. A transaction of theirs would keep every other program waiting for as long
//! as this process lives, so they are tried again before the next connection and at the end.

use std::sync::{Mutex, PoisonError};

use pcsc::{Card, Disposition};

/// More than these are a service that is broken for good.
const MOST: usize = 16;

#[derive(Default)]
pub(super) struct StaleHandles(Mutex<Vec<Card>>);

impl StaleHandles {
    pub(super) fn add(&self, card: Card) {
        let mut cards = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cards.len() < MOST {
            cards.push(card);
        } else {
            // Its drop would reset the card.
            std::mem::forget(card);
        }
    }

    /// Lets go of those that can be let go now.
    pub(super) fn disconnect(&self) {
        let mut cards = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let tried = std::mem::take(&mut *cards).into_iter();
        cards.extend(
            tried.filter_map(|card| card.disconnect(Disposition::LeaveCard).err().map(|(card, _)| card)),
        );
    }
}

impl Drop for StaleHandles {
    fn drop(&mut self) {
        self.disconnect();
        let cards = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(cards).into_iter().for_each(std::mem::forget);
    }
}
