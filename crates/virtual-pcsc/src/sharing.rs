//! What a program says when it connects to a card and when it lets go of it.

/// How a handle shares the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// `SCARD_SHARE_EXCLUSIVE`
    Exclusive,
    /// `SCARD_SHARE_SHARED`
    Shared,
    /// `SCARD_SHARE_DIRECT`: the reader, with or without a card.
    Direct,
}

/// What happens to the card at the end of a transaction or connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// `SCARD_LEAVE_CARD`
    Leave,
    /// `SCARD_RESET_CARD`
    Reset,
    /// `SCARD_UNPOWER_CARD`
    Unpower,
}
