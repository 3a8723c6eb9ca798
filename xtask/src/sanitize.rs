//! `cargo xtask sanitize`: the tests of the C functions with the compiler's memory checks built in.
//!
//! AddressSanitizer comes with a nightly compiler. What is already built of the standard library is not instrumented; our
//! own code, all of its crates and the C side of every call are. ThreadSanitizer must see the standard library's locks,
//! too, and has it built anew. A sanitizer that cannot be had here is skipped by name.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use fs_err as fs;

use crate::debian_rust::DebianRust;
use crate::rustup::{NO_NIGHTLY, Toolchain};
use interop::cargo::{target, workspace};
use interop::process;
use interop::report::{Report, StepOutcome};

/// The only target that the sanitizers are built for here.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// The unit tests of the C side, and what drives all C functions. The process tests fork with threads running, the
/// memory scan reads what no program should: both are the sanitizers' own affair.
const TESTS: [&str; 4] = ["--lib", "--test=arguments", "--test=conformance", "--test=abi"];

/// The longest that all of them together may take under one sanitizer, which slows them down.
const LIMIT: Duration = Duration::from_secs(30 * 60);

/// What leaks on purpose: the value of a panic, whose destructor could panic again (`src/abi/panics.rs`). The tests plant
/// one in each C function.
const LEAKED_ON_PURPOSE: &str = "leak:__rust_start_panic\n";

/// The steps of this command, and its exit code.
pub fn run() -> Result<u8> {
    let mut report = Report::default();
    report.step("AddressSanitizer (with leaks) over the tests of the C functions", || {
        sanitized(Sanitizer::Address)
    });
    report.step("ThreadSanitizer over the tests of the C functions", || sanitized(Sanitizer::Thread));
    report.step("miri over the C boundary", miri);
    Ok(report.close("steps"))
}

fn sanitized(sanitizer: Sanitizer) -> Result<StepOutcome> {
    if !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        return Ok(StepOutcome::Skipped(format!("only for {TARGET}")));
    }
    let compiler = match Compiler::find(sanitizer)? {
        Ok(compiler) => compiler,
        Err(why) => return Ok(StepOutcome::Skipped(why)),
    };
    fs::create_dir_all(target())?;
    fs::write(suppressions(), LEAKED_ON_PURPOSE)?;
    if !interop::programs::status(&mut sanitized_tests(sanitizer, &compiler, &["--no-run"]))?.success() {
        bail!("the tests do not build with -Zsanitizer={}, see above", sanitizer.name());
    }
    let said = process::run(sanitized_tests(sanitizer, &compiler, &[]), "", LIMIT)?.succeed()?.stdout;
    print!("{said}");
    Ok(StepOutcome::Passed(format!("{} tests of {} programs", passed(&said)?, TESTS.len())))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sanitizer {
    Address,
    Thread,
}

impl Sanitizer {
    /// As the compiler's option has it.
    fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Thread => "thread",
        }
    }
}

/// What brings a sanitizer.
enum Compiler {
    Nightly,
    Debian(DebianRust),
}

impl Compiler {
    /// The nearest there is for a sanitizer, or why there is none.
    fn find(sanitizer: Sanitizer) -> Result<std::result::Result<Self, String>> {
        let nightly = Toolchain::Nightly.has("rustc", &["--version"]);
        match sanitizer {
            Sanitizer::Address if nightly => Ok(Ok(Self::Nightly)),
            Sanitizer::Address => Ok(Err(NO_NIGHTLY.into())),
            Sanitizer::Thread if nightly && Toolchain::Nightly.has_sources() => Ok(Ok(Self::Nightly)),
            Sanitizer::Thread => with_debians_sources(),
        }
    }
}

/// Debian leaves out what runs beside the instrumented code; rustup's stable compiler has it under the same name.
fn with_debians_sources() -> Result<std::result::Result<Compiler, String>> {
    const RUN_TIME: &str = "librustc-stable_rt.tsan.a";
    let usual = Toolchain::Usual.folder("target-libdir", &["--target", TARGET]);
    let Some(run_time) = usual.map(|folder| folder.join(RUN_TIME)).filter(|file| file.is_file()) else {
        return Ok(Err(format!("{NO_SOURCES}, and rustup's {RUN_TIME} is not here")));
    };
    let Some(debian) = DebianRust::unpacked()? else { return Ok(Err(NO_SOURCES.into())) };
    let libraries = debian.libraries(TARGET);
    fs::create_dir_all(&libraries)?;
    fs::copy(run_time, libraries.join(RUN_TIME))?;
    Ok(Ok(Compiler::Debian(debian)))
}

/// Why something is not done, where the standard library cannot be built.
const NO_SOURCES: &str =
    "the standard library must be built with it (rustup +nightly component add rust-src)";

/// `cargo test` of the chosen programs, with a sanitizer built in.
fn sanitized_tests(sanitizer: Sanitizer, compiler: &Compiler, options: &[&str]) -> Command {
    let mut command = match compiler {
        Compiler::Nightly => Toolchain::Nightly.program("cargo"),
        Compiler::Debian(_) => Toolchain::Usual.program("cargo"),
    };
    command.args(["test", "--package", "cns-pkcs11", "--target", TARGET]).args(TESTS).args(options);
    if sanitizer == Sanitizer::Thread {
        command.arg("-Zbuild-std");
    }
    if let Compiler::Debian(debian) = compiler {
        debian.compiles_for(&mut command);
    }
    let name = sanitizer.name();
    command
        .env("RUSTFLAGS", format!("-Zsanitizer={name}"))
        .env("CARGO_TARGET_DIR", target().join(format!("sanitize-{name}")))
        .env("ASAN_OPTIONS", "detect_leaks=1")
        .env("LSAN_OPTIONS", format!("print_suppressions=0:suppressions={}", suppressions().display()))
        .current_dir(workspace());
    command
}

fn suppressions() -> PathBuf {
    target().join("sanitize-leaks.txt")
}

/// How many tests passed in all programs.
fn passed(said: &str) -> Result<usize> {
    let counts = said.lines().filter_map(|line| line.strip_prefix("test result: ok. ")?.split(' ').next());
    let counts: Vec<usize> = counts.map(str::parse).collect::<Result<_, _>>()?;
    ensure!(counts.len() == TESTS.len(), "{} of {} programs told their count", counts.len(), TESTS.len());
    Ok(counts.iter().sum())
}

/// Miri where it is installed; the reason where it is not.
pub fn miri() -> Result<StepOutcome> {
    if !Toolchain::Nightly.has("cargo", &["miri", "--version"]) {
        let why = "miri is not installed (rustup +nightly component add miri rust-src)";
        return Ok(StepOutcome::Skipped(why.into()));
    }
    // No card, no reader, no file: the modules where C pointers become Rust values.
    let mut command = Toolchain::Nightly.program("cargo");
    command
        .args(["miri", "test", "--package", "cns-pkcs11", "--lib", "--"])
        .args(["abi::pointers", "abi::template", "abi::mechanism"])
        .env("CARGO_TARGET_DIR", target().join("miri"))
        .current_dir(workspace());
    ensure!(interop::programs::status(&mut command)?.success(), "miri found something, see above");
    Ok(StepOutcome::Passed("abi::pointers, abi::template, abi::mechanism".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_programs_must_tell_how_many_tests_passed() {
        let line = "test result: ok. 7 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(passed(&line.repeat(TESTS.len())).unwrap(), 7 * TESTS.len());
        assert!(passed(line).is_err(), "one of several");
    }
}
