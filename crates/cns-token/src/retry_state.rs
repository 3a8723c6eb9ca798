//! What is known of the tries left for a PIN or PUK: the card's own count where it has reported one in this insertion,
//! and the wrong attempts that were sent since the last right one. Pure state: no clock, no card.

use cns_card::Retries;

/// Which secret a command carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secret {
    /// The user's PIN (VERIFY, CHANGE REFERENCE DATA).
    Pin,
    /// The PUK (RESET RETRY COUNTER).
    Puk,
}

impl Secret {
    /// Whether it is the PUK.
    #[must_use]
    pub fn is_puk(self) -> bool {
        self == Self::Puk
    }
}

/// Where the card gives no count, this many wrong attempts since the last right one leave one of the three that every
/// issuer states (docs/cards, "PIN, PUK, CIP").
const WRONG_ATTEMPTS_THAT_LEAVE_ONE: u8 = 2;

/// The tries of one PIN or PUK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryState {
    /// What the card reported last, in this insertion.
    reported: Retries,
    /// Wrong attempts since the last right one, in this insertion.
    wrong_in_insertion: u8,
    /// Wrong attempts since the last right one, those of earlier insertions included.
    wrong_in_a_row: u8,
}

impl Default for RetryState {
    fn default() -> Self {
        Self { reported: Retries::Unknown, wrong_in_insertion: 0, wrong_in_a_row: 0 }
    }
}

/// The flags of `CK_TOKEN_INFO` about one PIN (PKCS#11 2.40, 3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PinFlags {
    /// A wrong PIN was given since the last right one.
    pub count_low: bool,
    /// One try is left, by the card's count or, where it gives none, by ours.
    pub final_try: bool,
    /// No try is left.
    pub locked: bool,
}

impl RetryState {
    /// As it was recorded in this insertion.
    pub(crate) fn from_record(reported: Retries, wrong_in_insertion: u8, wrong_in_a_row: u8) -> Self {
        Self { reported, wrong_in_insertion, wrong_in_a_row }
    }

    /// What is to be recorded: the card's report, the wrong attempts of this insertion, and all since a right one.
    pub(crate) fn parts(&self) -> (Retries, u8, u8) {
        (self.reported, self.wrong_in_insertion, self.wrong_in_a_row)
    }

    /// The same card, inserted again: the person did that, and the card is asked anew.
    pub(crate) fn in_another_insertion(self) -> Self {
        Self { wrong_in_a_row: self.wrong_in_a_row, ..Self::default() }
    }

    /// The right PIN was given: the card's counter is at its full value.
    pub(crate) fn right(&mut self) {
        *self = Self::default();
    }

    /// A wrong one was given, and the card reported what is left.
    pub(crate) fn wrong(&mut self, left: Retries) {
        self.reported = left;
        self.wrong_in_insertion = self.wrong_in_insertion.saturating_add(1);
        self.wrong_in_a_row = self.wrong_in_a_row.saturating_add(1);
    }

    /// A PIN was sent and no verdict came back. It may have been wrong, so it counts as if it was. That none is left
    /// only the card may say. A card that can be asked will be, before the next PIN: from a guess of ours its own count
    /// would look like a right PIN given elsewhere.
    pub(crate) fn unsure(&mut self, can_be_asked: bool) {
        self.wrong(match self.reported {
            Retries::Left(_) if can_be_asked => Retries::Unknown,
            Retries::Left(left) => Retries::Left(left.saturating_sub(1).max(1)),
            unchanged @ (Retries::Unknown | Retries::Blocked) => unchanged,
        });
    }

    /// The card was asked for its counter. More tries than it reported before: a right PIN was given elsewhere.
    pub(crate) fn report(&mut self, now: Retries) {
        let before = match self.reported {
            Retries::Left(left) => Some(left),
            Retries::Blocked => Some(0),
            Retries::Unknown => None,
        };
        match (now, before) {
            (Retries::Unknown, _) => return,
            (Retries::Left(left), Some(before)) if left > before => self.right(),
            _ => {}
        }
        self.reported = now;
    }

    /// Whether a try is known to be gone: then the card's own count is queried before a PIN is sent, where that is possible.
    #[must_use]
    pub fn is_reduced(&self) -> bool {
        self.wrong_in_a_row > 0 || matches!(self.reported, Retries::Left(0..=2) | Retries::Blocked)
    }

    /// Whether the card has not reported a count in this insertion.
    #[must_use]
    pub fn is_unreported(&self) -> bool {
        self.reported == Retries::Unknown
    }

    /// Whether the next wrong PIN will lock it, by the card's count or, where it gives none, by ours.
    #[must_use]
    pub fn is_last(&self) -> bool {
        match self.reported {
            Retries::Left(left) => left == 1,
            Retries::Unknown => self.wrong_in_a_row >= WRONG_ATTEMPTS_THAT_LEAVE_ONE,
            Retries::Blocked => false,
        }
    }

    /// Whether the last try is left, and wrong attempts of this insertion brought that about: a program that asks for a
    /// PIN again and again must not spend it (decision 0003).
    #[must_use]
    pub fn blocks_last_retry(&self) -> bool {
        self.is_last() && self.wrong_in_insertion > 0
    }

    /// Whether the card reported that no try is left.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        matches!(self.reported, Retries::Blocked | Retries::Left(0))
    }

    /// The tries left, as well as they are known: the card's report; else one when our own count says that the next is
    /// the last.
    #[must_use]
    pub fn left(&self) -> Retries {
        match self.reported {
            Retries::Left(0) => Retries::Blocked,
            Retries::Unknown if self.is_last() => Retries::Left(1),
            reported => reported,
        }
    }

    /// Wrong attempts since the last right one, as far as this user's programs sent them.
    #[must_use]
    pub fn wrong_in_a_row(&self) -> u8 {
        self.wrong_in_a_row
    }

    /// What `CK_TOKEN_INFO` says.
    #[must_use]
    pub fn flags(&self) -> PinFlags {
        PinFlags {
            count_low: self.is_reduced() && !self.is_locked(),
            final_try: self.is_last(),
            locked: self.is_locked(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_try_is_protected_after_wrong_ones_of_this_insertion() {
        let mut state = RetryState::default();
        state.wrong(Retries::Left(2));
        assert!(!state.blocks_last_retry() && !state.is_last());
        state.wrong(Retries::Left(1));
        assert!(state.blocks_last_retry() && state.is_last());
    }

    #[test]
    fn a_card_inserted_with_one_try_left_may_spend_it() {
        let mut state = RetryState::default();
        state.report(Retries::Left(1));
        assert!(!state.blocks_last_retry());
        assert!(state.is_last() && state.flags().final_try);
    }

    /// Only the Oberthur applet reports its counter: elsewhere our own record is all there is.
    #[test]
    fn without_a_count_two_wrong_attempts_leave_one() {
        let mut state = RetryState::default();
        state.wrong(Retries::Unknown);
        assert!(!state.blocks_last_retry() && state.left() == Retries::Unknown);
        state.wrong(Retries::Unknown);
        assert!(state.blocks_last_retry() && state.left() == Retries::Left(1));
        assert_eq!(state.flags(), PinFlags { count_low: true, final_try: true, locked: false });
    }

    #[test]
    fn without_a_count_earlier_insertions_count_too() {
        let mut state = RetryState::default();
        state.wrong(Retries::Unknown);
        state = state.in_another_insertion();
        assert_eq!(state.flags(), PinFlags { count_low: true, ..PinFlags::default() });
        state.wrong(Retries::Unknown);
        assert!(state.blocks_last_retry());
        state = state.in_another_insertion();
        assert!(!state.blocks_last_retry(), "the person took it out: the last try is theirs");
        assert!(state.is_last(), "and is the last still");
    }

    #[test]
    fn a_lost_response_counts_as_a_wrong_attempt() {
        let mut state = RetryState::default();
        state.report(Retries::Left(3));
        state.unsure(false);
        assert!(!state.is_last());
        state.unsure(false);
        assert!(state.blocks_last_retry(), "two may be gone");
        state.unsure(false);
        assert_eq!(state.parts().0, Retries::Left(1), "only the card says that none is left");
        let mut uncounted = RetryState::default();
        uncounted.unsure(false);
        uncounted.wrong(Retries::Unknown);
        assert!(uncounted.blocks_last_retry());
        uncounted.right();
        assert_eq!(uncounted, RetryState::default());
    }

    #[test]
    fn a_feared_try_that_was_not_spent_is_no_right_pin() {
        let mut state = RetryState::default();
        state.wrong(Retries::Left(2));
        state.unsure(true);
        state.report(Retries::Left(2));
        assert!(!state.is_last() && state.is_reduced());
        state.report(Retries::Left(1));
        assert!(state.blocks_last_retry(), "a wrong one was sent in this insertion");
    }

    #[test]
    fn a_higher_count_is_a_right_pin_given_elsewhere() {
        let mut state = RetryState::default();
        state.wrong(Retries::Left(2));
        state.wrong(Retries::Left(1));
        state.report(Retries::Left(1));
        assert!(state.blocks_last_retry());
        state.report(Retries::Left(3));
        assert!(!state.is_reduced() && state.flags() == PinFlags::default());
        state.report(Retries::Unknown);
        assert_eq!(state.left(), Retries::Left(3), "no report changes nothing");
    }

    /// 2.40 3.2, CK_TOKEN_INFO: COUNT_LOW after at least one wrong PIN since the last right one, of any program, and
    /// FINAL_TRY when the next wrong one locks it; LOCKED stands alone.
    #[test]
    fn a_wrong_pin_shows_until_a_right_one() {
        let low = PinFlags { count_low: true, ..PinFlags::default() };
        let mut elsewhere = RetryState::default();
        elsewhere.report(Retries::Left(2));
        assert_eq!(elsewhere.flags(), low);
        for left in [Retries::Unknown, Retries::Left(4)] {
            let mut here = RetryState::default();
            here.wrong(left);
            assert_eq!(here.flags(), low);
            here.right();
            assert_eq!(here.flags(), PinFlags::default());
        }
        let mut last = RetryState::default();
        last.report(Retries::Left(1));
        assert_eq!(last.flags(), PinFlags { final_try: true, ..low });
        let locked = PinFlags { locked: true, ..PinFlags::default() };
        assert_eq!(RetryState::from_record(Retries::Left(0), 1, 1).flags(), locked);
        let mut blocked = RetryState::default();
        blocked.wrong(Retries::Blocked);
        assert_eq!((blocked.flags(), blocked.left()), (locked, Retries::Blocked));
        assert!(!blocked.blocks_last_retry());
    }

    #[test]
    fn a_healthy_card_shows_no_flag() {
        assert_eq!(RetryState::default().flags(), PinFlags::default());
        let mut state = RetryState::default();
        state.report(Retries::Left(3));
        assert_eq!(state.flags(), PinFlags::default());
        assert!(!state.is_reduced() && !state.is_unreported());
    }
}
