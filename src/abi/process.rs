//! Which `Module` this process works with, and what a fork does to it.
//!
//! A child of a fork inherits memory, but neither the threads that held locks nor a right to the parent's
//! connections. So the state hangs on one atomic pointer and knows the process that made it: any other process looks
//! no further, takes no lock, drops nothing (the parent's cards are the parent's), and is simply not initialised until
//! its own `C_Initialize`.

mod fork_guard;

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use fork_guard::ForkGuard;

use super::{AbiError, Result};
use crate::model::Module;

/// The module, if `C_Initialize` was called in this process.
pub(super) fn module() -> Result<Arc<Module>> {
    let process = own().ok_or(AbiError::NotInitialized)?;
    let module = process.module.read().unwrap_or_else(PoisonError::into_inner);
    module.clone().ok_or(AbiError::NotInitialized)
}

/// Makes the module, unless there is one. Of several threads one makes it; the others wait until it is there.
pub(super) fn initialize(make: impl FnOnce() -> Module) -> Result<()> {
    let mut module = own_or_new().module.write().unwrap_or_else(PoisonError::into_inner);
    if module.is_some() {
        return Err(AbiError::AlreadyInitialized);
    }
    *module = Some(Arc::new(make()));
    Ok(())
}

/// Takes the module out and shuts it down. Calls that are under way keep it alive until they end.
pub(super) fn finalize() -> Result<()> {
    let process = own().ok_or(AbiError::NotInitialized)?;
    let taken = process.module.write().unwrap_or_else(PoisonError::into_inner).take();
    let module = taken.ok_or(AbiError::NotInitialized)?;
    // C_Finalize may not return CKR_DEVICE_ERROR (PKCS#11 2.40, 5.4).
    module.shut_down().map_err(|error| {
        tracing::error!(%error, "the card may still be verified");
        AbiError::FunctionFailed
    })
}

/// The state of one process; never freed, because another thread may be looking at it.
struct Process {
    fork_guard: ForkGuard,
    module: RwLock<Option<Arc<Module>>>,
}

static CURRENT: AtomicPtr<Process> = AtomicPtr::new(ptr::null_mut());

/// The state this very process made, if it made one.
fn own() -> Option<&'static Process> {
    let current = CURRENT.load(Ordering::Acquire);
    // SAFETY: CURRENT is null or came from Box::leak in `own_or_new`, was complete before it was stored there
    // (Release) and is never freed.
    let current: Option<&'static Process> = unsafe { current.as_ref() };
    current.filter(|process| process.fork_guard.is_this_process())
}

fn own_or_new() -> &'static Process {
    loop {
        let seen = CURRENT.load(Ordering::Acquire);
        if let Some(process) = own() {
            return process;
        }
        let fresh = Box::new(Process { fork_guard: ForkGuard::new(), module: RwLock::new(None) });
        let fresh = Box::into_raw(fresh);
        if CURRENT.compare_exchange(seen, fresh, Ordering::AcqRel, Ordering::Acquire).is_err() {
            // SAFETY: `fresh` came from Box::into_raw just above and no other thread has seen it.
            drop(unsafe { Box::from_raw(fresh) });
        }
    }
}
