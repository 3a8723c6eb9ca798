//! What a program says when it connects to a card and when it lets go of it.

/// How a handle shares the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// With others.
    Shared,
    /// With no other handle.
    Exclusive,
}

/// What happens to the card at the end of a transaction or connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// Nothing.
    Leave,
    /// A reset.
    Reset,
    /// Power off.
    Unpower,
}
