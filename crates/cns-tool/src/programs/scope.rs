//! For whom programs are set up.

/// For whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The user who asks.
    User,
    /// Everybody on this computer; the administrator asks.
    Everybody,
}
