//! What is examined, and with what.

use time::OffsetDateTime;

use crate::host::Host;

/// What is to be examined, and with what.
pub struct Examination<'a> {
    /// The computer and its user.
    pub host: &'a Host,
    /// Readers and cards.
    pub transport: &'a dyn cns_card::Transport,
    /// What time it is.
    pub now: OffsetDateTime,
    /// The module that programs should use, as a path of the computer; `None` where none is installed.
    pub module: Option<String>,
    /// What this user's programs have cached of cards.
    pub cached: Vec<cns_card::CachedCard>,
}
