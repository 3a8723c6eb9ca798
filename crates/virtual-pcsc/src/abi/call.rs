//! How every function runs: with the fault that is due.

use std::ffi::{c_long, c_ulong};

use crate::codes::{Code, SUCCESS};
use crate::faults::{Effect, Function, When};
use crate::service::service;

pub(super) type DWORD = c_ulong;
pub(super) type LONG = c_long;

/// Runs a function, with the fault that is due.
pub(super) fn call(
    function: Function,
    instruction: Option<u8>,
    run: impl FnOnce() -> Result<(), Code>,
) -> LONG {
    let due = service().plan(|plan| plan.due(function, instruction));
    let result = match due.map(|fault| (fault.effect, fault.when)) {
        None => run(),
        Some((Effect::Answers(code), When::Before)) => Err(code),
        Some((Effect::Answers(code), When::After)) => run().and(Err(code)),
        Some((Effect::Tells(code), when)) => {
            let result = if when == When::After { run() } else { Ok(()) };
            service().state().lose_security_status();
            result.and(Err(code))
        }
        Some((Effect::Happens(event), When::Before)) => {
            service().happens(event);
            run()
        }
        Some((Effect::Happens(event), When::After)) => {
            let result = run();
            service().happens(event);
            result
        }
    };
    LONG::from(result.err().unwrap_or(SUCCESS))
}
