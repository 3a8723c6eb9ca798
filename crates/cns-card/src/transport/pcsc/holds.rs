//! The cards that another program held for the whole of a wait: later calls do not wait for that program again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::super::{Occupancy, ReaderStatus};

/// Where the reader's state does not show the hold, the card is tried again after a rest that doubles.
const FIRST_REST: Duration = Duration::from_millis(250);
const LONGEST_REST: Duration = Duration::from_secs(2);

/// By the reader's name.
#[derive(Default)]
pub(super) struct Holds(Mutex<HashMap<String, Hold>>);

struct Hold {
    events: u32,
    /// Whether the reader's state shows it: then only a change of the state ends it.
    shown: bool,
    rest: Duration,
    next_attempt: Instant,
}

/// How to connect to a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attempt {
    /// It is still held.
    No,
    /// Once, without waiting.
    Once,
    /// With a wait.
    Patiently,
}

impl Holds {
    /// Whether something is known of a reader: only then is its state wanted.
    pub(super) fn knows(&self, reader: &str) -> bool {
        self.holds().contains_key(reader)
    }

    /// A wait for this card was in vain. A hold that is known already keeps its rest.
    pub(super) fn add(&self, now: &ReaderStatus, at: Instant) {
        let (events, shown) = (now.events, now.held_exclusively);
        self.holds().entry(now.name.clone()).or_insert(Hold {
            events,
            shown,
            rest: FIRST_REST,
            next_attempt: at + FIRST_REST,
        });
    }

    /// The card was free.
    pub(super) fn remove(&self, reader: &str) {
        self.holds().remove(reader);
    }

    /// What to do about a card, its reader's state being this.
    pub(super) fn attempt(&self, now: &ReaderStatus, at: Instant) -> Attempt {
        let mut holds = self.holds();
        let Some(hold) = holds.get_mut(&now.name) else { return Attempt::Patiently };
        let same_card = now.occupancy == Occupancy::Card && now.events == hold.events;
        if !same_card || hold.shown != now.held_exclusively {
            holds.remove(&now.name);
            return Attempt::Patiently;
        }
        if hold.shown || at < hold.next_attempt {
            return Attempt::No;
        }
        hold.rest = (hold.rest * 2).min(LONGEST_REST);
        hold.next_attempt = at + hold.rest;
        Attempt::Once
    }

    fn holds(&self) -> MutexGuard<'_, HashMap<String, Hold>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(events: u32, held_exclusively: bool) -> ReaderStatus {
        ReaderStatus { name: "reader".to_owned(), occupancy: Occupancy::Card, events, held_exclusively }
    }

    #[test]
    fn a_hold_that_the_state_shows_ends_with_the_state() {
        let (holds, now) = (Holds::default(), Instant::now());
        assert_eq!(holds.attempt(&status(1, true), now), Attempt::Patiently);
        holds.add(&status(1, true), now);
        assert!(holds.knows("reader") && !holds.knows("another"));
        for seconds in [0, 1, 30, 3600] {
            assert_eq!(holds.attempt(&status(1, true), now + Duration::from_secs(seconds)), Attempt::No);
        }
        assert_eq!(holds.attempt(&status(1, false), now), Attempt::Patiently);
        assert!(!holds.knows("reader"));
    }

    /// Somebody's transaction, and then somebody's exclusive connection.
    #[test]
    fn another_way_of_holding_is_another_hold() {
        let (holds, now) = (Holds::default(), Instant::now());
        holds.add(&status(1, false), now);
        assert_eq!(holds.attempt(&status(1, false), now), Attempt::No);
        assert_eq!(holds.attempt(&status(1, true), now), Attempt::Patiently);
    }

    #[test]
    fn another_card_is_another_hold() {
        let now = Instant::now();
        let gone = ReaderStatus { occupancy: Occupancy::Empty, ..status(1, false) };
        for other in [status(2, true), gone, ReaderStatus::absent("reader")] {
            let holds = Holds::default();
            holds.add(&status(1, true), now);
            assert_eq!(holds.attempt(&other, now), Attempt::Patiently);
        }
    }

    #[test]
    fn a_hold_that_the_state_does_not_show_is_tried_after_growing_rests() {
        let (holds, start) = (Holds::default(), Instant::now());
        holds.add(&status(1, false), start);
        let attempts: Vec<u64> = (0..=10_000)
            .step_by(50)
            .filter(|at| {
                holds.attempt(&status(1, false), start + Duration::from_millis(*at)) == Attempt::Once
            })
            .collect();
        assert_eq!(attempts, [250, 750, 1750, 3750, 5750, 7750, 9750]);
        holds.remove("reader");
        assert_eq!(holds.attempt(&status(1, false), start), Attempt::Patiently);
    }
}
