//! "The last one out locks the door": which processes have a logged-in user on a card.
//!
//! Each such process holds a shared advisory lock on a file named by the card; the system takes it back when the
//! process dies. Whoever logs out asks whether anybody else still holds one; if not, the card is reset so that no
//! other program can sign with the PIN that was typed. Holds no secret; must not touch the card.

use std::fs::File;

use super::runtime::{open_existing, open_locked, remove};

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

/// Browsers end without a word: Firefox and Chromium neither log out nor finalise. A file that nobody holds tells of
/// a process that died while its user was logged in; whoever comes next locks the door behind it.
pub(super) fn lock_behind_the_dead(card_serial: &str, lock_the_door: impl FnOnce()) {
    let Some(file) = open_existing(card_serial, KIND) else { return };
    if file.try_lock().is_ok() {
        lock_the_door();
        remove(card_serial, KIND);
        let _ = file.unlock();
    }
}

/// Closing the file is not enough: a child of a fork has it open too, and the lock belongs to both.
impl Drop for PresenceLock {
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_one_out_locks_the_door_once() {
        let serial = format!("last one out {}", std::process::id());
        let (first, second) = (PresenceLock::enter(&serial), PresenceLock::enter(&serial));
        first.expect("a lock").leave(|| panic!("another process has a user"));
        let mut locked = 0;
        second.expect("a lock").leave(|| locked += 1);
        assert_eq!(locked, 1);
        assert!(open_existing(&serial, KIND).is_none(), "and leaves nothing behind");
    }

    #[test]
    fn the_next_one_locks_the_door_behind_the_dead() {
        let serial = format!("behind the dead {}", std::process::id());
        lock_behind_the_dead(&serial, || panic!("nobody died"));
        let alive = PresenceLock::enter(&serial);
        lock_behind_the_dead(&serial, || panic!("somebody is logged in"));
        drop(alive);
        let mut locked = 0;
        lock_behind_the_dead(&serial, || locked += 1);
        lock_behind_the_dead(&serial, || locked += 1);
        assert_eq!(locked, 1);
    }
}
