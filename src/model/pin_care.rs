//! What is known of a PIN's (or PUK's) tries in this insertion, and the guard of the last one.
//!
//! Browsers ask for the PIN again and again without showing a count: a person can block the card without ever
//! being told. So after wrong PINs have left one try, this module does not spend it until the card was taken
//! out and put back, which nobody does by accident. Pure state: no clock, no card; `shared_tries` keeps it for the
//! user's other processes.

use cns_card::Retries;

/// Where the card gives no count, this many wrong tries since the last right one leave one of the three that every
/// issuer states (docs/cards, "PIN, PUK, CIP").
const WRONG_TRIES_THAT_LEAVE_ONE: u8 = 2;

/// The tries of one secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tries {
    /// What the card said last, in this insertion.
    said: Retries,
    /// Wrong tries since the last right one, in this insertion.
    wrong_here: u8,
    /// Wrong tries since the last right one, those of earlier insertions included.
    wrong_in_a_row: u8,
}

impl Default for Tries {
    fn default() -> Self {
        Self { said: Retries::Unknown, wrong_here: 0, wrong_in_a_row: 0 }
    }
}

/// The flags of `CK_TOKEN_INFO` about one PIN; each only when the card said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PinFlags {
    /// A wrong PIN was given since the last right one.
    pub count_low: bool,
    /// One try is left.
    pub final_try: bool,
    /// No try is left.
    pub locked: bool,
}

impl Tries {
    /// As another process left them in this insertion.
    pub(super) fn of(said: Retries, wrong_here: u8, wrong_in_a_row: u8) -> Self {
        Self { said, wrong_here, wrong_in_a_row }
    }

    /// The same card, put in again: the person did that, and the card is asked anew.
    pub(super) fn in_another_insertion(self) -> Self {
        Self { wrong_in_a_row: self.wrong_in_a_row, ..Self::default() }
    }

    /// These, with no more left than the card told whoever keeps `others`: a program that is none of ours may have spent
    /// some since these were written down.
    pub(super) fn at_most(self, others: Self) -> Self {
        let told = |tries: &Self| match tries.said {
            Retries::Left(left) => Some(left),
            Retries::Blocked => Some(0),
            Retries::Unknown => None,
        };
        match (told(&self), told(&others)) {
            (mine, Some(theirs)) if mine.is_none_or(|mine| theirs < mine) => {
                Self { said: others.said, ..self }
            }
            _ => self,
        }
    }

    /// What the card said last, the wrong tries of this insertion, and all since a right one.
    pub(super) fn parts(&self) -> (Retries, u8, u8) {
        (self.said, self.wrong_here, self.wrong_in_a_row)
    }

    /// The right secret was given.
    pub(super) fn right(&mut self) {
        *self = Self::default();
    }

    /// A wrong one was given, and the card said what is left.
    pub(super) fn wrong(&mut self, left: Retries) {
        self.said = left;
        self.wrong_here = self.wrong_here.saturating_add(1);
        self.wrong_in_a_row = self.wrong_in_a_row.saturating_add(1);
    }

    /// A secret was sent and no verdict came back. It may have been wrong, so it counts as if it was.
    pub(super) fn unsure(&mut self) {
        self.wrong(match self.said {
            Retries::Left(left) => Retries::Left(left.saturating_sub(1).max(1)),
            unchanged @ (Retries::Unknown | Retries::Blocked) => unchanged,
        });
    }

    /// The card was asked without a try.
    pub(super) fn told(&mut self, left: Retries) {
        if left != Retries::Unknown {
            self.said = left;
        }
    }

    /// Whether something is known to be missing: then the next count is one that a try may depend on.
    pub(super) fn are_missing(&self) -> bool {
        self.wrong_in_a_row > 0 || matches!(self.said, Retries::Left(0..=2) | Retries::Blocked)
    }

    /// Whether the card has not said, in this insertion, how many are left.
    pub(super) fn are_untold(&self) -> bool {
        self.said == Retries::Unknown
    }

    /// Whether the next wrong try may be the last and was brought about by wrong tries of this insertion.
    pub(super) fn last_is_kept(&self) -> bool {
        let one_left = match self.said {
            Retries::Left(left) => left <= 1,
            Retries::Unknown => self.wrong_in_a_row >= WRONG_TRIES_THAT_LEAVE_ONE,
            Retries::Blocked => false,
        };
        one_left && self.wrong_here > 0
    }

    /// What `CK_TOKEN_INFO` may say.
    pub(super) fn flags(&self) -> PinFlags {
        PinFlags {
            count_low: matches!(self.said, Retries::Left(1 | 2)) || self.wrong_here > 0 && !self.is_blocked(),
            final_try: self.said == Retries::Left(1),
            locked: self.is_blocked(),
        }
    }

    fn is_blocked(&self) -> bool {
        matches!(self.said, Retries::Blocked | Retries::Left(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_try_is_kept_after_wrong_ones_of_this_insertion() {
        let mut tries = Tries::default();
        tries.wrong(Retries::Left(2));
        assert!(!tries.last_is_kept());
        tries.wrong(Retries::Left(1));
        assert!(tries.last_is_kept());
    }

    #[test]
    fn a_card_inserted_with_one_try_left_may_spend_it() {
        let mut tries = Tries::default();
        tries.told(Retries::Left(1));
        assert!(!tries.last_is_kept());
        assert!(tries.flags().final_try);
    }

    #[test]
    fn without_a_count_two_wrong_tries_leave_one() {
        let mut tries = Tries::default();
        tries.wrong(Retries::Unknown);
        assert!(!tries.last_is_kept());
        tries.wrong(Retries::Unknown);
        assert!(tries.last_is_kept());
        assert!(!tries.flags().final_try, "only the card may say that");
        assert!(!tries.flags().locked);
    }

    #[test]
    fn without_a_count_earlier_insertions_count_too() {
        let mut tries = Tries::default();
        tries.wrong(Retries::Unknown);
        tries = tries.in_another_insertion();
        assert_eq!(tries.flags(), PinFlags::default());
        tries.wrong(Retries::Unknown);
        assert!(tries.last_is_kept());
        tries = tries.in_another_insertion();
        assert!(!tries.last_is_kept(), "the person took it out: the last try is theirs");
    }

    #[test]
    fn an_answer_that_was_lost_counts_as_a_wrong_try() {
        let mut tries = Tries::default();
        tries.told(Retries::Left(3));
        tries.unsure();
        assert!(!tries.last_is_kept());
        tries.unsure();
        assert!(tries.last_is_kept(), "two may be gone");
        tries.unsure();
        assert_eq!(tries.parts().0, Retries::Left(1), "only the card says that none is left");
        let mut untold = Tries::default();
        untold.unsure();
        untold.wrong(Retries::Unknown);
        assert!(untold.last_is_kept());
        untold.right();
        assert_eq!(untold, Tries::default());
    }

    #[test]
    fn tries_are_missing_after_a_wrong_one_or_by_the_cards_word() {
        let mut tries = Tries::default();
        assert!(!tries.are_missing() && tries.are_untold());
        tries.told(Retries::Left(3));
        assert!(!tries.are_missing() && !tries.are_untold());
        tries.told(Retries::Left(2));
        assert!(tries.are_missing());
        tries.right();
        tries.wrong(Retries::Unknown);
        assert!(tries.in_another_insertion().are_missing(), "wrong ones of an earlier insertion count");
    }

    #[test]
    fn a_healthy_card_shows_no_flag() {
        assert_eq!(Tries::default().flags(), PinFlags::default());
        let mut tries = Tries::default();
        tries.told(Retries::Left(3));
        assert_eq!(tries.flags(), PinFlags::default());
    }

    /// 2.40 3.2, CK_TOKEN_INFO: COUNT_LOW after at least one wrong PIN since the last right one, whoever gave it, and
    /// FINAL_TRY when one is left; LOCKED stands alone.
    #[test]
    fn a_wrong_pin_shows_until_a_right_one() {
        let low = PinFlags { count_low: true, ..PinFlags::default() };
        let mut elsewhere = Tries::default();
        elsewhere.told(Retries::Left(2));
        assert_eq!(elsewhere.flags(), low);
        for left in [Retries::Unknown, Retries::Left(4)] {
            let mut here = Tries::default();
            here.wrong(left);
            assert_eq!(here.flags(), low);
            here.right();
            assert_eq!(here.flags(), PinFlags::default());
        }
        let mut last = Tries::default();
        last.told(Retries::Left(1));
        assert_eq!(last.flags(), PinFlags { final_try: true, ..low });
        let none = Tries::of(Retries::Left(0), 1, 1).flags();
        assert_eq!(none, PinFlags { locked: true, ..PinFlags::default() });
    }

    #[test]
    fn what_another_process_left_is_taken_over_as_it_is() {
        let left = (Retries::Left(2), 1, 3);
        assert_eq!(Tries::of(left.0, left.1, left.2).parts(), left);
    }

    #[test]
    fn locked_is_what_the_card_said() {
        let mut tries = Tries::default();
        tries.wrong(Retries::Blocked);
        assert_eq!(tries.flags(), PinFlags { count_low: false, final_try: false, locked: true });
    }
}
