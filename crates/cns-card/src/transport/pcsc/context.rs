//! A PC/SC context, and the protocols that connections in it ask for.

use pcsc::{Context, Protocols, Scope};

use super::super::TransportError;
use super::error::establish_error;

/// The transmission protocols of CNS cards.
pub(super) const PROTOCOLS: Protocols = Protocols::T0.union(Protocols::T1);
/// A new context of the service.
pub(super) fn establish() -> Result<Context, TransportError> {
    Context::establish(Scope::User).map_err(establish_error)
}
