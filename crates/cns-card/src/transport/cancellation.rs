//! How one thread ends the waits of others: those under way, and those that begin later.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// `SCardCancel` does nothing to a context that does not wait at that moment, so it is repeated this often.
const REPEAT: Duration = Duration::from_millis(5);
/// The longest time to wait for a wait to end; after that its service hangs.
const LONGEST: Duration = Duration::from_secs(1);

/// Wakes a wait that is under way.
type Wake = Arc<dyn Fn() + Send + Sync>;

/// Says that waits are over. Once cancelled it stays so: a wait that begins afterwards ends at once.
#[derive(Default)]
pub struct Cancellation {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    cancelled: bool,
    next: u64,
    waits: Vec<(u64, Wake)>,
}

impl Cancellation {
    /// Nothing is cancelled yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends all waits. Returns when the registered ones have ended, after a second at most.
    pub fn cancel(&self) {
        let deadline = Instant::now() + LONGEST;
        let mut state = self.state();
        state.cancelled = true;
        self.changed.notify_all();
        while !state.waits.is_empty() && Instant::now() < deadline {
            let wakes: Vec<Wake> = state.waits.iter().map(|(_, wake)| Arc::clone(wake)).collect();
            drop(state);
            wakes.iter().for_each(|wake| wake());
            drop(wakes);
            let state_again = self.state();
            let waited =
                self.changed.wait_timeout_while(state_again, REPEAT, |state| !state.waits.is_empty());
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Whether [`Cancellation::cancel`] was called.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.state().cancelled
    }

    /// For a [`super::Transport`] that is about to wait: from now on until the registration is dropped, `wake` is called
    /// when the wait is to end, repeatedly, because the wait may not have begun yet. `None`: it is cancelled already.
    pub fn register(&self, wake: impl Fn() + Send + Sync + 'static) -> Option<Registration<'_>> {
        let mut state = self.state();
        if state.cancelled {
            return None;
        }
        state.next += 1;
        let id = state.next;
        state.waits.push((id, Arc::new(wake)));
        Some(Registration { of: self, id })
    }

    /// Sleeps, until cancelled at most.
    pub fn sleep(&self, time: Duration) {
        let state = self.state();
        drop(self.changed.wait_timeout_while(state, time, |state| !state.cancelled));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A wait that can be ended; over when dropped.
#[must_use]
pub struct Registration<'a> {
    of: &'a Cancellation,
    id: u64,
}

impl Drop for Registration<'_> {
    fn drop(&mut self) {
        let mut state = self.of.state();
        let place = state.waits.iter().position(|(id, _)| *id == self.id);
        let ended = place.map(|place| state.waits.swap_remove(place));
        drop(state);
        self.of.changed.notify_all();
        // Dropped without the lock: what a wake holds may be the last of a PC/SC context.
        drop(ended);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_wait_that_begins_later_ends_at_once() {
        let cancellation = Cancellation::new();
        assert!(!cancellation.is_cancelled());
        cancellation.cancel();
        assert!(cancellation.is_cancelled());
        assert!(cancellation.register(|| ()).is_none());
        cancellation.sleep(Duration::from_secs(3600));
    }

    /// The wake that came before the wait began is not the only one.
    #[test]
    fn the_wake_is_repeated_until_the_wait_has_ended() {
        let cancellation = Arc::new(Cancellation::new());
        let (wake, woken) = mpsc::channel();
        let registration = cancellation.register(move || wake.send(()).unwrap_or_default()).unwrap();
        let canceller = Arc::clone(&cancellation);
        let cancelling = std::thread::spawn(move || canceller.cancel());
        for _ in 0..3 {
            woken.recv_timeout(Duration::from_secs(10)).unwrap();
        }
        drop(registration);
        cancelling.join().unwrap();
        assert!(woken.try_iter().count() < 200, "and no longer");
    }

    #[test]
    fn only_the_waits_under_way_are_woken() {
        let cancellation = Cancellation::new();
        let calls = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&calls);
        let wake = move || {
            counted.fetch_add(1, Ordering::Relaxed);
        };
        drop(cancellation.register(wake).unwrap());
        cancellation.cancel();
        assert_eq!(calls.load(Ordering::Relaxed), 0);
    }
}
