//! What a card, a file or a program may hand to the module, as functions of bytes: run by libFuzzer
//! (`cargo xtask fuzz`) and, on the inputs that are kept, by a plain `cargo test`.
//!
//! Each target builds what the bytes mean, hands it over by a public way, and asserts what must hold whatever it was.
//! Besides, for all of them: no panic (also none that the C functions caught), and no more memory than [`MOST_MEMORY`].

pub mod corpus;
pub mod file_card;
mod harness;
pub mod hostile_card;
pub mod input;
pub mod panics;
pub mod reader;
mod rsa_oracle;
pub mod targets;

/// One fuzz target.
pub struct FuzzTarget {
    /// The name of its binary and of its pack.
    pub name: &'static str,
    /// The longest input that is worth trying, in bytes.
    pub longest: usize,
    /// What takes long and is done once, outside of any input's time.
    pub prepare: fn(),
    /// Runs it.
    pub run: fn(&[u8]),
}

/// The most memory an input may make a target hold at any moment, in bytes, beyond what was held before. Four times
/// the longest answer a card can give (64 KiB) in every buffer that it passes through, and the test's own.
pub const MOST_MEMORY: u64 = 2 << 20;

/// Runs a target over one input.
///
/// # Panics
/// When something that must hold did not.
pub fn run(target: &FuzzTarget, data: &[u8]) {
    let data = &data[..data.len().min(target.longest)];
    let used = allocation_counter::measure(|| (target.run)(data));
    panics::assert_none();
    let most = used.bytes_max;
    assert!(most <= MOST_MEMORY, "{}: {most} bytes held at once for an input of {}", target.name, data.len());
}
