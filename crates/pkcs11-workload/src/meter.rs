//! Clocks and the kernel's account of this process's memory.

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use rustix::time::{ClockId, Timespec, clock_gettime};
use serde_json::{Value, json};

/// Wall time and processor time of all threads since it was made.
pub struct Stopwatch {
    wall: Instant,
    processor: Duration,
}

impl Stopwatch {
    pub fn start() -> Self {
        Self { processor: processor_time(), wall: Instant::now() }
    }

    /// The answer of a step that tells nothing else.
    pub fn answer(&self) -> Value {
        let wall = self.wall.elapsed();
        json!({ "ms": milliseconds(wall), "cpu_ms": milliseconds(processor_time() - self.processor) })
    }
}

pub fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// User and system time of this process. The card and pcscd are other processes and not in it.
fn processor_time() -> Duration {
    let Timespec { tv_sec, tv_nsec } = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(tv_sec).unwrap_or(0), u32::try_from(tv_nsec).unwrap_or(0))
}

/// What is in memory.
#[derive(Debug, Default, Clone)]
pub struct Memory {
    /// Kilobytes of RAM, shared pages of files included.
    resident: u64,
    /// Kilobytes of RAM that are nobody else's: heap, stacks, data written to.
    anonymous: u64,
    /// The files mapped as libraries.
    libraries: BTreeSet<String>,
}

impl Memory {
    pub fn now() -> Result<Self> {
        let status = fs::read_to_string("/proc/self/status")?;
        let kilobytes = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name));
            let number = line.and_then(|line| line.split_whitespace().nth(1));
            number
                .and_then(|number| number.parse().ok())
                .with_context(|| format!("the kernel tells no {name}"))
        };
        let maps = fs::read_to_string("/proc/self/maps")?;
        let mapped = maps.lines().filter_map(|line| line.split_whitespace().nth(5));
        Ok(Self {
            resident: kilobytes("VmRSS:")?,
            anonymous: kilobytes("RssAnon:")?,
            libraries: mapped.filter(|file| file.contains(".so")).map(str::to_owned).collect(),
        })
    }

    /// The answer: what there is more than `before`, and the files that came, with their sizes in kilobytes.
    pub fn since(&self, before: &Self) -> Value {
        let new: Vec<&String> = self.libraries.difference(&before.libraries).collect();
        let size = |file: &str| fs::metadata(file).map_or(0, |file| file.len() / 1024);
        let files: u64 = new.iter().map(|file| size(file)).sum();
        json!({
            "resident_kb": self.resident.saturating_sub(before.resident),
            "anonymous_kb": self.anonymous.saturating_sub(before.anonymous),
            "libraries": new,
            "libraries_kb": files,
        })
    }
}
