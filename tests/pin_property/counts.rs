//! What the sequences of this process came to.

use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) static STEPS: Figure = Figure(AtomicU64::new(0));
/// What could be a PIN or PUK and was given to the module with a session.
pub(crate) static OFFERED: Figure = Figure(AtomicU64::new(0));
pub(crate) static SENT: Figure = Figure(AtomicU64::new(0));
pub(crate) static FAULTS: Figure = Figure(AtomicU64::new(0));
/// Steps in which several things were done at once.
pub(crate) static AT_ONCE: Figure = Figure(AtomicU64::new(0));

pub(crate) struct Figure(AtomicU64);

impl Figure {
    pub(crate) fn add(&self, more: usize) {
        self.0.fetch_add(more as u64, Ordering::Relaxed);
    }

    pub(crate) fn now(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Steps, secrets offered, commands with a secret sent, faults that struck, steps of several things at once.
pub(crate) fn all() -> [u64; 5] {
    [&STEPS, &OFFERED, &SENT, &FAULTS, &AT_ONCE].map(Figure::now)
}
