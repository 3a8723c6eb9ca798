//! What happens during a practice.

/// A visitor of the portal, or the end.
#[derive(Debug)]
pub(super) enum PracticeEvent {
    /// A browser logged in with the virtual card; the version of TLS.
    LoggedIn(&'static str),
    /// `cns practice --stop`.
    Stop,
}
