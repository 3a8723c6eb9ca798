//! The single exit of every entry point: panics stop there, the log line is written there, and a result becomes a code.

use super::cardmod::ReturnCode;
use super::codes::{SUCCESS, code};
use super::panics;
use crate::error::{Error, Result};

/// Runs one call: the only way out of the minidriver.
#[inline(never)]
pub(super) fn enter(function: &'static str, call: impl FnOnce() -> Result<()>) -> ReturnCode {
    let outcome = panics::catch(call).unwrap_or(Err(Error::Panicked));
    let code = outcome.map_or_else(code, |()| SUCCESS);
    // A log that fails must not change the result.
    let _ = panics::catch(|| match outcome {
        Ok(()) => tracing::debug!(target: "cns_minidriver::call", "{function} 0"),
        Err(error) => tracing::info!(target: "cns_minidriver::call", %error, "{function} {code:08X}"),
    });
    code
}
