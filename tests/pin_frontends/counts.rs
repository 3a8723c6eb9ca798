//! What the sequences of this process came to.

use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) static STEPS: Figure = Figure(AtomicU64::new(0));
/// Times that somebody gave a PIN or PUK to a front end.
pub(crate) static ASKED: Figure = Figure(AtomicU64::new(0));
/// Commands with one that reached the card.
pub(crate) static SENT: Figure = Figure(AtomicU64::new(0));
/// Times that nothing was sent, because one try was left and nobody had agreed.
pub(crate) static KEPT: Figure = Figure(AtomicU64::new(0));
/// Answers that were lost.
pub(crate) static LOST: Figure = Figure(AtomicU64::new(0));
/// PINs sent by a program that is none of ours.
pub(crate) static FOREIGN: Figure = Figure(AtomicU64::new(0));

pub(crate) struct Figure(AtomicU64);

impl Figure {
    pub(crate) fn add(&self, more: usize) {
        self.0.fetch_add(more as u64, Ordering::Relaxed);
    }
}

/// Steps, asked, sent, kept, lost, foreign.
pub(crate) fn all() -> [u64; 6] {
    [&STEPS, &ASKED, &SENT, &KEPT, &LOST, &FOREIGN].map(|figure| figure.0.load(Ordering::Relaxed))
}
