//! `cargo xtask fuzz`: each target of `fuzz/` under libFuzzer for some minutes, or a replay of all inputs.
//!
//! Needs a nightly toolchain (`-Zsanitizer`); without one it says so by name. A run works on files in the target
//! directory, and `--keep` adds the inputs that reach something of their own to the target's pack.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use fs_err::{self as fs, File};

use crate::rustup::{NO_NIGHTLY, Toolchain};
use interop::cargo::{cargo, target, workspace};
use interop::process::{Process, read_lossy, tail};
use interop::report::{Report, StepOutcome};

#[path = "../../fuzz/src/corpus.rs"]
#[allow(unreachable_pub, reason = "shared with the fuzz targets, a workspace of their own")]
mod corpus;

/// The version that the targets were last run with.
const CARGO_FUZZ: &str = "0.13.1";
/// The longest one input may take, in seconds: what a client waits for.
const LONGEST_INPUT: u32 = 5;
/// The most memory of a whole process, and of one allocation, in MiB; the targets themselves are stricter.
const MOST_MEMORY: u32 = 1024;
const MOST_ALLOCATED: u32 = 16;
/// How long a run may take beyond its minutes, to start and to end.
const GRACE: Duration = Duration::from_secs(300);
/// Where cargo-fuzz puts what it builds.
const TRIPLE: &str = "x86_64-unknown-linux-gnu";

#[derive(Debug, clap::Args)]
pub struct FuzzOptions {
    /// Run only these targets
    targets: Vec<String>,
    /// How long each target runs
    #[arg(long, value_name = "N", default_value_t = 10)]
    minutes: u32,
    /// Only replay all inputs, on the stable toolchain and without libFuzzer
    #[arg(long)]
    replay: bool,
    /// Afterwards add what reached something of its own to fuzz/corpus/TARGET.pack
    #[arg(long, conflicts_with = "replay")]
    keep: bool,
}

/// The steps of this command, and its exit code.
pub fn run(options: &FuzzOptions) -> Result<u8> {
    let all = targets()?;
    if let Some(unknown) = options.targets.iter().find(|name| !all.contains(name)) {
        bail!("no target {unknown:?}; there are: {}", all.join(", "));
    }
    let mut report = Report::default();
    if options.replay {
        report.step("replay of the fuzz inputs", || replay(&options.targets));
        return Ok(report.close("steps"));
    }
    let chosen = if options.targets.is_empty() { &all } else { &options.targets };
    let built = build();
    let mut totals = Totals::default();
    for name in chosen {
        let start = Instant::now();
        let outcome = match &built {
            Ok(BuildState::Binaries(folder)) => fuzz(name, folder, options, &mut totals),
            Ok(BuildState::Impossible(why)) => Ok(StepOutcome::Skipped(why.clone())),
            Err(error) => Err(anyhow::anyhow!("{error:#}")),
        };
        report.line(&format!("fuzz {name}"), start.elapsed(), outcome);
    }
    let code = report.close("targets");
    println!("{}", totals.line(options.minutes));
    Ok(code)
}

/// What all targets that ran did together.
#[derive(Default)]
struct Totals {
    targets: usize,
    executions: u64,
    crashes: usize,
}

impl Totals {
    fn line(&self, minutes: u32) -> String {
        let Self { targets, executions, crashes } = self;
        format!("fuzz, {minutes} minutes each: {targets} targets, {executions} executions, {crashes} crashes")
    }
}

/// All inputs, as a plain test.
pub fn replay(targets: &[String]) -> Result<StepOutcome> {
    let (manifest, folder) = (manifest(), replay_folder());
    let mut arguments = vec!["test", "--manifest-path", &manifest, "--target-dir", &folder, "--"];
    arguments.extend(targets.iter().map(String::as_str));
    cargo(&arguments)?;
    if !targets.is_empty() {
        return Ok(StepOutcome::Passed(targets.join(", ")));
    }
    let mut inputs = 0;
    for name in self::targets()? {
        inputs += corpus::all(&folder_of_fuzz(), &name)?.len();
    }
    Ok(StepOutcome::Passed(format!("{inputs} inputs")))
}

/// Formatting and warnings of the fuzz targets, which are no part of the workspace.
pub fn lint() -> Result<StepOutcome> {
    let (manifest, folder) = (manifest(), replay_folder());
    cargo(&["fmt", "--manifest-path", &manifest, "--check"])?;
    cargo(&[
        "clippy",
        "--manifest-path",
        &manifest,
        "--target-dir",
        &folder,
        "--lib",
        "--tests",
        "--",
        "-D",
        "warnings",
    ])?;
    Ok(StepOutcome::Passed(String::new()))
}

enum BuildState {
    /// The folder with a binary for each target.
    Binaries(PathBuf),
    /// Why this machine cannot.
    Impossible(String),
}

/// Without a look at every comparison: the virtual card's RSA would be a hundred times slower.
const BUILD: &[&str] = &[
    "fuzz",
    "build",
    "--fuzz-dir",
    "fuzz",
    "--features",
    "libfuzzer",
    "--no-trace-compares",
    "--target-dir",
];

/// Builds all targets with cargo-fuzz, which is installed when it is missing.
fn build() -> Result<BuildState> {
    if !Toolchain::Nightly.has("rustc", &["--version"]) {
        return Ok(BuildState::Impossible(NO_NIGHTLY.into()));
    }
    if !Toolchain::Nightly.has("cargo", &["fuzz", "--version"]) {
        println!("installing cargo-fuzz {CARGO_FUZZ}");
        cargo(&["install", "cargo-fuzz", "--version", CARGO_FUZZ, "--locked"])?;
    }
    let folder = target().join("fuzz");
    let mut command = Toolchain::Nightly.program("cargo");
    command.args(BUILD).arg(&folder).current_dir(workspace());
    ensure!(interop::programs::status(&mut command)?.success(), "the fuzz targets do not build");
    Ok(BuildState::Binaries(folder.join(TRIPLE).join("release")))
}

/// One target, for its minutes.
fn fuzz(name: &str, binaries: &Path, options: &FuzzOptions, totals: &mut Totals) -> Result<StepOutcome> {
    let fuzz = folder_of_fuzz();
    let pack = corpus::pack(&fuzz, name);
    let before = corpus::read(&pack)?;
    let folder = |kind: &str| target().join(kind).join(name);
    let (new, kept, found) = (folder("fuzz-corpus"), folder("fuzz-kept"), folder("fuzz-artifacts"));
    fs::create_dir_all(&new)?;
    fs::create_dir_all(&found)?;
    corpus::unpack(&before, &kept)?;
    let output = found.join("output");
    let mut command = Command::new(binaries.join(name));
    command
        .arg(format!("-max_total_time={}", options.minutes * 60))
        .arg(format!("-timeout={LONGEST_INPUT}"))
        .arg(format!("-rss_limit_mb={MOST_MEMORY}"))
        .arg(format!("-malloc_limit_mb={MOST_ALLOCATED}"))
        .arg(format!("-artifact_prefix={}/", found.display()))
        .arg("-print_final_stats=1")
        .args([&new, &kept])
        .args(Some(corpus::regressions(&fuzz, name)).filter(|folder| folder.exists()));
    let status = watch(command, &output, Duration::from_secs(u64::from(options.minutes) * 60) + GRACE)?;
    let said = read_lossy(&output)?;
    totals.targets += 1;
    totals.executions += executions(&said).unwrap_or_default();
    if !status {
        totals.crashes += 1;
        bail!("{}\nthe input is in {}", tail(&said, 40), found.display());
    }
    let figures = figures(&said).context("libFuzzer said nothing of its run")?;
    if options.keep {
        keep(name, binaries, &new, &kept)?;
        let after = corpus::files(&kept)?;
        corpus::write(&pack, &after)?;
        return Ok(StepOutcome::Passed(format!(
            "{figures}; pack {} -> {} inputs",
            before.len(),
            after.len()
        )));
    }
    Ok(StepOutcome::Passed(figures))
}

/// Runs a program of which the output is wanted whether it ends well or not.
fn watch(mut command: Command, output: &Path, limit: Duration) -> Result<bool> {
    let file = File::create(output)?.into_file();
    // As cargo-fuzz sets it: the standard library of the two halves of the program differs.
    command.env("ASAN_OPTIONS", "detect_odr_violation=0");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(file);
    Ok(Process::start(command)?.wait(limit)?.success())
}

/// `-set_cover_merge=1`: copies as few of the new inputs to the kept ones as reach all that those do not.
fn keep(name: &str, binaries: &Path, new: &Path, kept: &Path) -> Result<()> {
    let output = new.with_extension("merge");
    let mut command = Command::new(binaries.join(name));
    command.arg("-set_cover_merge=1").args([kept, new]);
    ensure!(watch(command, &output, GRACE)?, "{}", tail(&read_lossy(&output)?, 40));
    fs::remove_file(output)?;
    Ok(())
}

/// From libFuzzer's last words, which a crash does not take from it.
fn executions(said: &str) -> Option<u64> {
    let count = said.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))?;
    count.trim().parse().ok()
}

/// Executions and coverage, likewise.
fn figures(said: &str) -> Option<String> {
    let executions = executions(said)?;
    let last = said.lines().rev().find(|line| line.contains(" cov: "))?;
    let word = |name: &str| last.split_whitespace().skip_while(|word| *word != name).nth(1);
    Some(format!(
        "{executions} executions, coverage {} edges, {} features, 0 crashes",
        word("cov:")?,
        word("ft:")?
    ))
}

/// The names of all targets, in the order of the manifest.
fn targets() -> Result<Vec<String>> {
    let folder = folder_of_fuzz().join("fuzz_targets");
    let mut names: Vec<String> = fs::read_dir(&folder)?
        .map(|entry| Ok(entry?.path().file_stem().unwrap_or_default().to_string_lossy().into_owned()))
        .collect::<Result<_>>()?;
    names.sort();
    Ok(names)
}

fn folder_of_fuzz() -> PathBuf {
    workspace().join("fuzz")
}

fn manifest() -> String {
    folder_of_fuzz().join("Cargo.toml").display().to_string()
}

/// Not the workspace's own: `libcns_pkcs11.so` and `.rlib` bear no hash in their names, so that each of the two builds
/// would overwrite the other's, and the next one would find a module that was linked with another `cns-card`.
fn replay_folder() -> String {
    target().join("fuzz-replay").display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As libFuzzer of LLVM 20 prints it.
    #[test]
    fn the_figures_of_a_run() {
        let said = "INFO: Seed: 1\n#2\tINITED cov: 100 ft: 101 corp: 1/1b exec/s: 0 rss: 40Mb\n\
            #9000\tDONE   cov: 1234 ft: 5678 corp: 90/12Kb lim: 64 exec/s: 450 rss: 60Mb\n\
            Done 9000 runs in 20 second(s)\nstat::number_of_executed_units: 9000\nstat::peak_rss_mb: 60\n";
        assert_eq!(
            figures(said).as_deref(),
            Some("9000 executions, coverage 1234 edges, 5678 features, 0 crashes")
        );
        assert_eq!((executions(said), figures("no such target")), (Some(9000), None));
        let totals = Totals { targets: 2, executions: 9000, crashes: 1 };
        assert_eq!(totals.line(10), "fuzz, 10 minutes each: 2 targets, 9000 executions, 1 crashes");
    }
}
