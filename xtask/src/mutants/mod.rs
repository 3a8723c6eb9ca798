//! `cargo xtask mutants`: cargo-mutants breaks the code in small ways, and a test must notice each.
//!
//! Hours for all of it; a group or a file at a time while one works on it. Which survivors are known, and why they may
//! live, stands in docs/mutants.md.

mod groups;
mod outcomes;

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail, ensure};
use clap::builder::PossibleValuesParser;
use fs_err as fs;

use groups::{GROUPS, Group};
use interop::cargo::{has, target, workspace};
use interop::report::{Report, StepOutcome};
use outcomes::{Figures, Outcomes};

#[derive(Debug, clap::Args)]
pub struct MutantOptions {
    /// Only this group of files (may be given several times)
    #[arg(long, value_name = "NAME", value_parser = group_names())]
    group: Vec<String>,
    /// Only this file of the repository (may be given several times)
    #[arg(long, value_name = "PATH")]
    file: Vec<String>,
    /// Go on from the last run: only what no test has caught yet
    #[arg(long)]
    again: bool,
}

/// The version whose figures docs/mutants.md gives; another one breaks the code in other ways.
const VERSION: &str = "27.1.0";

/// Of the mutants that compile, so many must be noticed.
const PERCENT_KILLED: usize = 85;

/// A mutant that keeps the tests busy five times as long as they take, and for so many seconds, counts as noticed.
const SHORTEST_TIMEOUT: &str = "60";

/// What `--group` takes.
pub fn group_names() -> PossibleValuesParser {
    GROUPS.map(|group| group.name).into()
}

/// The steps of this command, and its exit code.
pub fn run(options: &MutantOptions) -> Result<u8> {
    let known = |file: &String| GROUPS.iter().any(|group| group.files.contains(&file.as_str()));
    if let Some(file) = options.file.iter().find(|file| !known(file)) {
        bail!("no group has {file} (xtask/src/mutants/groups.rs)");
    }
    let mut report = Report::default();
    if !has("mutants") {
        let why = format!("cargo-mutants is not installed (cargo install --locked cargo-mutants@{VERSION})");
        report.step("mutants", || Ok(StepOutcome::Skipped(why)));
        return Ok(report.close("steps"));
    }
    let mut all = Figures::default();
    for group in &GROUPS {
        let files: Vec<&str> =
            group.files.iter().copied().filter(|file| options.wants(group.name, file)).collect();
        if !files.is_empty() {
            report.step(group.name, || survivors(group, &files, options.again, &mut all));
        }
    }
    report.step("all mutants", || enough(all));
    Ok(report.close("steps"))
}

impl MutantOptions {
    fn wants(&self, group: &str, file: &str) -> bool {
        let of =
            |chosen: &[String], one: &str| chosen.is_empty() || chosen.iter().any(|chosen| chosen == one);
        of(&self.group, group) && of(&self.file, file)
    }
}

/// Breaks the files of a group, stage by stage, and prints what became of it.
fn survivors(group: &Group, files: &[&str], again: bool, all: &mut Figures) -> Result<StepOutcome> {
    let folder = target().join("mutants").join(group.name);
    let (kept, results) = (folder.join("verdicts"), folder.join("mutants.out"));
    if !again && folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut verdicts = Outcomes::read(&kept);
    // What a run that was cut had found.
    verdicts.take_in(&results);
    for tests in group.stages {
        let ended = stage(files, tests, &folder);
        verdicts.take_in(&results);
        verdicts.write(&kept)?;
        ended?;
    }
    for mutant in verdicts.alive() {
        println!("lives: {mutant}");
    }
    println!("| File | Mutants | Caught | Timeouts | Live | Not compiling |\n|---|---|---|---|---|---|");
    let mut figures = Figures::default();
    for file in files {
        let of_file = verdicts.of(file);
        println!("{}", row(file, of_file));
        figures += of_file;
    }
    *all += figures;
    enough(figures)
}

/// One run of cargo-mutants over what no earlier one caught.
fn stage(files: &[&str], tests: &[&str], folder: &Path) -> Result<()> {
    let mut command = Command::new("cargo");
    command
        .args([
            "mutants",
            "--workspace",
            "--no-shuffle",
            "--iterate",
            "--minimum-test-timeout",
            SHORTEST_TIMEOUT,
            "--output",
        ])
        .arg(folder);
    for file in files {
        command.args(["--file", file]);
    }
    // Programs are chosen for cargo as a whole: after `--` they would choose what runs, and everything would be built.
    let (programs, names): (Vec<&str>, Vec<&str>) = tests.iter().partition(|test| test.starts_with("--"));
    command.args(programs.iter().map(|program| format!("--cargo-arg={program}"))).arg("--").args(names);
    // The copy of the sources finds the dependencies built, and nothing is written for debuggers.
    command.env("CARGO_TARGET_DIR", target().join("mutants/build")).env("CARGO_PROFILE_DEV_DEBUG", "false");
    let status = interop::programs::status(command.current_dir(workspace()))?;
    // 2: some live, 3: some ran out of time. Anything else is no result.
    ensure!(matches!(status.code(), Some(0 | 2 | 3)), "cargo mutants ended with {status}");
    Ok(())
}

/// A row of docs/mutants.md.
fn row(file: &str, figures: Figures) -> String {
    let Figures { caught, timeouts, live, not_compiling } = figures;
    format!("| `{file}` | {} | {caught} | {timeouts} | {live} | {not_compiling} |", figures.all())
}

fn enough(figures: Figures) -> Result<StepOutcome> {
    let (killed, viable, percent) = (figures.killed(), figures.viable(), figures.percent_killed());
    let text = format!(
        "{killed} of {viable} killed ({percent} %), {} live; {} more do not compile",
        figures.live, figures.not_compiling
    );
    ensure!(viable > 0, "nothing was broken");
    ensure!(percent >= PERCENT_KILLED, "{text}: fewer than {PERCENT_KILLED} %");
    Ok(StepOutcome::Passed(text))
}
