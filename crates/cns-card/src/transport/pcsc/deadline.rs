//! How long a call waits for another program.

use std::time::{Duration, Instant};

/// How long to wait for another program that holds the card, and for others to stop resetting it.
pub(super) const BUSY_WAIT: Duration = Duration::from_secs(3);
/// How often to look whether it still does.
pub(super) const BUSY_POLL: Duration = Duration::from_millis(10);

/// The time until a deadline; `None` when it has passed.
pub(super) fn time_left(deadline: Instant) -> Option<Duration> {
    deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
}
