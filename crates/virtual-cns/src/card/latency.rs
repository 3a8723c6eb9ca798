//! The pace of a card: how slow it is made, and what crossed so far.

use std::time::{Duration, Instant};

/// How slow a card is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Latency {
    /// For each command.
    pub per_command: Duration,
    /// For each byte in either direction.
    pub per_byte: Duration,
}

impl Latency {
    /// How long a command and its answer take that are so many bytes together.
    pub fn of(&self, bytes: usize) -> Duration {
        self.per_command + self.per_byte.saturating_mul(u32::try_from(bytes).unwrap_or(u32::MAX))
    }

    pub(super) fn wait(&self, bytes: usize) {
        let time = self.of(bytes);
        if !time.is_zero() {
            std::thread::sleep(time);
        }
    }
}

/// What crossed between a card and its reader, and how long the card took for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Commands that came.
    pub commands: usize,
    /// Bytes of commands and answers, headers and status words included.
    pub bytes: usize,
    /// From a command's arrival to its answer: arithmetic, latency and delays.
    pub busy: Duration,
}

impl Traffic {
    pub(super) fn add(&mut self, bytes: usize, arrival: Instant) {
        self.commands += 1;
        self.bytes += bytes;
        self.busy += arrival.elapsed();
    }
}

impl std::ops::Sub for Traffic {
    type Output = Traffic;

    /// What crossed since `earlier`.
    fn sub(self, earlier: Traffic) -> Traffic {
        Traffic {
            commands: self.commands - earlier.commands,
            bytes: self.bytes - earlier.bytes,
            busy: self.busy.saturating_sub(earlier.busy),
        }
    }
}
