//! "The last one out locks the door": which processes have a logged-in user on a card.
//!
//! Each such process holds a shared advisory lock on a file named by the card; the system takes it back when the
//! process dies. Whoever logs out asks whether anybody else still holds one; if not, the card is reset so that no
//! other program can sign with the PIN that was typed. Holds no secret; must not touch the card.

use std::fs::File;

use super::runtime::{open_locked, remove};

const KIND: &str = "lock";

/// The lock of a process that has a user logged in.
pub(super) struct PresenceLock {
    file: File,
    card_serial: String,
}

impl PresenceLock {
    /// Says that this process has a user on the card. `None` when the system offers no place for such a lock:
    /// then every logout locks the door.
    pub(super) fn enter(card_serial: &str) -> Option<Self> {
        let file = open_locked(card_serial, KIND, |file| file.try_lock_shared().is_ok());
        match file {
            Ok(Some(file)) => Some(Self { file, card_serial: card_serial.to_owned() }),
            Ok(None) => {
                tracing::warn!("the presence lock stays taken");
                None
            }
            Err(error) => {
                tracing::warn!(%error, "no presence lock");
                None
            }
        }
    }

    /// Gives the lock up. If no other process has one, `lock_the_door` runs while a new one cannot be taken, and the
    /// file goes.
    pub(super) fn leave(self, lock_the_door: impl FnOnce()) {
        let _ = self.file.unlock();
        if self.file.try_lock().is_ok() {
            lock_the_door();
            remove(&self.card_serial, KIND);
        }
    }
}

/// Closing the file is not enough: a child of a fork has it open too, and the lock belongs to both.
impl Drop for PresenceLock {
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
}
