//! Tests that want a process of their own for each card: the module is one per process, so cards in parallel are
//! processes in parallel; and whatever would kill a process fails one test by name.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

const PART: &str = "CNS_TEST_PART";
/// What a line of figures begins with; `cargo xtask soak` gathers them.
const FIGURES: &str = "figures: ";

/// The part that this process was started for.
pub fn part() -> Option<String> {
    std::env::var(PART).ok()
}

/// Runs the test of this name once for each part, all at once and in processes of their own; answers the figures each
/// of them said.
///
/// # Panics
/// When one failed, with what it printed.
pub fn in_processes(test: &str, parts: &[&str]) -> Vec<(String, Vec<u64>)> {
    let done: Vec<(&str, Result<String, String>)> = std::thread::scope(|scope| {
        let started: Vec<_> =
            parts.iter().map(|part| (*part, scope.spawn(|| alone(test, part, &[])))).collect();
        started.into_iter().map(|(part, thread)| (part, thread.join().expect("no panic"))).collect()
    });
    let failed: Vec<String> = done
        .iter()
        .filter_map(|(part, output)| Some(format!("{part}:\n{}", output.as_ref().err()?)))
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    done.into_iter().map(|(part, output)| (part.to_owned(), figures(&output.unwrap_or_default()))).collect()
}

/// Runs the test of this name in a process of its own; what it printed, as an error when it failed or died.
pub fn alone(test: &str, part: &str, environment: &[(&str, &str)]) -> Result<String, String> {
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", test, "--nocapture", "--include-ignored"])
        .env(PART, part)
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output()
        .expect("this program runs again");
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(said) } else { Err(format!("{}\n{said}", output.status)) }
}

/// Something that a part counts.
pub struct Count(AtomicU64);

impl Count {
    pub const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    pub fn add(&self, more: usize) {
        self.0.fetch_add(more as u64, Ordering::Relaxed);
    }

    pub fn now(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Says the figures of a part to the process that started it.
pub fn say_figures(figures: &[u64]) {
    let figures: Vec<String> = figures.iter().map(u64::to_string).collect();
    print_line(&format!("{FIGURES}{}", figures.join(" ")));
}

/// Says what a test found, past the capture of its output: a figure nobody sees shows nothing.
pub fn say(line: &str) {
    print_line(&format!("{FIGURES}{line}"));
}

/// Says that a test could not run here, past the capture of its output: `cargo xtask check` counts it as skipped.
pub fn skipped(test: &str, why: &str) {
    print_line(&format!("skipped: {test}: {why}"));
}

/// Whether this is `cargo xtask soak`, which has time.
pub fn is_soak() -> bool {
    soak_minutes().is_some()
}

/// In `cargo xtask soak`: for how long a test goes on that has no end of its own (`tests/pin_property`). All others have
/// fixed numbers of rounds.
pub fn soak_minutes() -> Option<u64> {
    std::env::var("CNS_SOAK_MINUTES").ok()?.parse().ok()
}

pub fn print_line(line: &str) {
    let _ = writeln!(std::io::stderr(), "\n{line}");
}

fn figures(said: &str) -> Vec<u64> {
    let line = said.lines().rev().find_map(|line| line.strip_prefix(FIGURES)).unwrap_or_default();
    line.split_ascii_whitespace().filter_map(|figure| figure.parse().ok()).collect()
}
