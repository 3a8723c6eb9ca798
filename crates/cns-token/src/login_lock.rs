//! Which processes have a user logged in on a card, so that the last of them to log out clears the card's security
//! status (by a reset) and no other one does.
//!
//! Each such process holds a shared advisory lock on a file named by the card and its user; the system takes it back
//! when the process dies. A file that no process holds was left by a process that died, or that could not reset the card:
//! the user's next program does it then. Where the system has a place for it (`runtime_directory`), the locks of other
//! users are seen too, and their logins are left alone. Holds no secret; must not touch the card.

use std::fs::File;

use fs4::FileExt;

use crate::card_name::CardName;
use crate::runtime_directory::{
    LockTimeout, is_held_by_another_user, is_still_there, login_file, open_existing_file, open_locked_file,
    remove_file,
};

/// The length of the file after a process gave its lock up and left its login to those that still hold one.
const LOGIN_LEFT: u64 = 1;

/// The lock of a process that has, or may have, a user logged in.
#[derive(Debug)]
pub(crate) struct LoginLock {
    file: File,
    card: CardName,
    /// The file was there before: a login of another process may have been left to the last process that holds the lock.
    was_found: bool,
}

impl LoginLock {
    /// Records that this process is about to log a user in. `None` when the system offers no place for such a lock:
    /// then each logout resets the card.
    ///
    /// # Errors
    /// Another process is about to reset the card all the time: a login now would end with that.
    pub(crate) fn acquire(card: &CardName) -> Result<Option<Self>, LockTimeout> {
        let mut was_found = false;
        let file = login_file(card).and_then(|path| {
            was_found = open_existing_file(&path)?.is_some();
            open_locked_file(&path, |file| FileExt::try_lock_shared(file).is_ok())
        });
        match file {
            Ok(Some(file)) => Ok(Some(Self { file, card: card.clone(), was_found })),
            Ok(None) => {
                tracing::warn!("the login lock stays taken");
                Err(LockTimeout)
            }
            Err(error) => {
                tracing::warn!(%error, "no login lock");
                Ok(None)
            }
        }
    }

    /// Gives the lock up. When no other process holds one, `clear` runs while no new one can be taken, and the file goes
    /// if it succeeds; otherwise the file stays, for the user's next program.
    ///
    /// # Errors
    /// Those of `clear`.
    pub(crate) fn release<E>(self, clear: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
        // No program of ours removes a file that somebody holds. Whoever did, the card is still to be reset.
        let is_known = login_file(&self.card).and_then(|path| is_still_there(&self.file, &path));
        if matches!(is_known, Ok(false)) {
            return match Self::acquire(&self.card) {
                Ok(Some(again)) => again.release(clear),
                Ok(None) | Err(LockTimeout) => clear(),
            };
        }
        // Before the lock is given up: the last process finds it then.
        let _ = self.file.set_len(LOGIN_LEFT);
        let _ = FileExt::unlock(&self.file);
        clear_if_last(&self.file, &self.card, clear)
    }

    /// Gives the lock up after no login came of it, or after the card was reset. `clear` runs only if this was the last
    /// lock and another process has left its login to it.
    ///
    /// # Errors
    /// Those of `clear`.
    pub(crate) fn release_unused<E>(self, clear: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
        let _ = FileExt::unlock(&self.file);
        clear_if_last(&self.file, &self.card, || {
            let is_left = self.file.metadata().map_or(true, |found| found.len() >= LOGIN_LEFT);
            if self.was_found || is_left { clear() } else { Ok(()) }
        })
    }
}

/// Browsers end without a word: Firefox and Chromium neither log out nor finalise. If a process of this user died with
/// its user logged in, or could not reset the card at its logout, `clear` resets it, unless somebody is logged in now.
///
/// # Errors
/// Those of `clear`; the file stays then.
pub fn reset_after_crashed_login<E>(card: &CardName, clear: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
    let file = login_file(card).and_then(|path| open_existing_file(&path));
    match file {
        Ok(Some(file)) => clear_if_last(&file, card, clear),
        Ok(None) | Err(_) => Ok(()),
    }
}

fn clear_if_last<E>(file: &File, card: &CardName, clear: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
    if FileExt::try_lock(file).is_err() {
        return Ok(());
    }
    let Ok(path) = login_file(card) else { return Ok(()) };
    // Whoever removed the name between opening and locking has reset the card; a login since then has another file.
    let mut outcome = Ok(());
    if is_still_there(file, &path).unwrap_or(false) && !is_held_by_another_user(card) {
        outcome = clear();
        if outcome.is_ok() {
            remove_file(&path);
        }
    }
    let _ = FileExt::unlock(file);
    outcome
}

/// Closing the file is not enough: a child of a fork has it open too, and the lock belongs to both.
impl Drop for LoginLock {
    fn drop(&mut self) {
        let _ = FileExt::unlock(&self.file);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn try_acquire(card: &CardName) -> Option<LoginLock> {
        LoginLock::acquire(card).expect("not taken")
    }

    fn exists(card: &CardName) -> bool {
        let path = login_file(card).expect("a place");
        open_existing_file(&path).expect("readable").is_some()
    }

    #[test]
    fn the_last_process_resets_the_card_once() {
        let card = CardName::for_test("last logout");
        let (first, second) = (try_acquire(&card), try_acquire(&card));
        let untouched = first.expect("a lock").release(|| Err::<(), _>("another process has a user"));
        assert_eq!(untouched, Ok(()));
        let mut resets = 0;
        let outcome = second.expect("a lock").release(|| {
            resets += 1;
            Ok::<(), ()>(())
        });
        assert_eq!((outcome, resets), (Ok(()), 1));
        assert!(!exists(&card), "and leaves nothing behind");
    }

    #[test]
    fn a_reset_that_failed_is_left_to_the_next_program() {
        let card = CardName::for_test("failed reset");
        let lock = try_acquire(&card).expect("a lock");
        assert_eq!(lock.release(|| Err("busy")), Err("busy"));
        assert_eq!(reset_after_crashed_login(&card, || Err("still busy")), Err("still busy"));
        let mut resets = 0;
        for _ in 0..2 {
            let outcome = reset_after_crashed_login(&card, || {
                resets += 1;
                Ok::<(), ()>(())
            });
            assert_eq!(outcome, Ok(()));
        }
        assert_eq!(resets, 1);
        assert!(!exists(&card));
    }

    #[test]
    fn the_next_program_resets_after_a_crash() {
        let card = CardName::for_test("crashed login");
        reset_after_crashed_login(&card, || Err("nobody crashed")).expect("nothing to do");
        let alive = try_acquire(&card);
        reset_after_crashed_login(&card, || Err("somebody is logged in")).expect("nothing to do");
        drop(alive);
        let mut resets = 0;
        for _ in 0..2 {
            let count = || {
                resets += 1;
                Ok::<(), ()>(())
            };
            reset_after_crashed_login(&card, count).expect("a reset");
        }
        assert_eq!(resets, 1);
    }

    /// A logout leaves the reset to a process that is at its PIN command; that one comes to nothing.
    #[test]
    fn a_login_left_to_one_that_never_logged_in_is_ended() {
        let card = CardName::for_test("login left");
        let first = try_acquire(&card).expect("a lock");
        let second = try_acquire(&card).expect("a lock");
        first.release(|| Err("another process holds a lock")).expect("left to the second");
        assert_eq!(second.release_unused(|| Err("due")), Err("due"));
        assert!(exists(&card), "and stays due");
        let third = try_acquire(&card).expect("a lock");
        assert_eq!(third.release_unused(|| Err("due")), Err("due"), "as after a crash");
        reset_after_crashed_login(&card, || Ok::<(), ()>(())).expect("a reset");
    }

    /// The second came when the first had a lock, and stays longer: the first knows of it by the length alone.
    #[test]
    fn a_login_left_by_a_later_one_is_ended() {
        let card = CardName::for_test("login left by a later one");
        let first = try_acquire(&card).expect("a lock");
        let second = try_acquire(&card).expect("a lock");
        second.release(|| Err("another process holds a lock")).expect("left to the first");
        assert_eq!(first.release_unused(|| Err("due")), Err("due"));
        reset_after_crashed_login(&card, || Ok::<(), ()>(())).expect("a reset");
    }

    #[test]
    fn nothing_is_cleared_when_nobody_logged_in() {
        let card = CardName::for_test("no login");
        let lock = try_acquire(&card).expect("a lock");
        lock.release_unused(|| Err("nobody logged in")).expect("nothing to do");
        assert!(!exists(&card));
    }

    /// Its own reset came first: the file that this one still has open belongs to no process any more.
    #[test]
    fn an_unlinked_file_says_nothing() {
        let card = CardName::for_test("unlinked login");
        let old = try_acquire(&card).expect("a lock");
        remove_file(&login_file(&card).expect("a place"));
        let new = try_acquire(&card).expect("a lock of a new file");
        old.release(|| Err("the new login's card was reset")).expect("nothing to do");
        new.release(|| Ok::<(), ()>(())).expect("a reset");
    }

    /// Somebody tidied the directory up.
    #[test]
    fn a_logout_whose_file_was_removed_resets_the_card() {
        let card = CardName::for_test("removed login");
        let lock = try_acquire(&card).expect("a lock");
        remove_file(&login_file(&card).expect("a place"));
        assert_eq!(lock.release(|| Err("due")), Err("due"));
        reset_after_crashed_login(&card, || Ok::<(), ()>(())).expect("a reset");
        assert!(!exists(&card));
    }
}
