//! The contexts of this process. A caller holds a number, never an address: one that is deleted, or was never given out,
//! is no context.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::context::CardContext;

struct Contexts {
    last: usize,
    open: BTreeMap<usize, Arc<CardContext>>,
}

static CONTEXTS: Mutex<Contexts> = Mutex::new(Contexts { last: 0, open: BTreeMap::new() });

/// Keeps a context, by a number that was not given out before.
pub(crate) fn add(context: CardContext) -> usize {
    let mut contexts = CONTEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    contexts.last += 1;
    let number = contexts.last;
    contexts.open.insert(number, Arc::new(context));
    number
}

/// The context of a number.
pub(crate) fn find(number: usize) -> Option<Arc<CardContext>> {
    CONTEXTS.lock().unwrap_or_else(PoisonError::into_inner).open.get(&number).cloned()
}

/// Gives a context up.
pub(crate) fn remove(number: usize) -> Option<Arc<CardContext>> {
    CONTEXTS.lock().unwrap_or_else(PoisonError::into_inner).open.remove(&number)
}
