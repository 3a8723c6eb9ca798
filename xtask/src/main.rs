//! The project's own commands, reached as `cargo xtask …`: `demo` for who sees it for the first time, `test` for
//! everybody and CI, `check` and `clients` for the parts of it, `package` for what people install, `bench` for the
//! figures of docs/performance.md.
//!
//! It must build on a machine that has nothing but Rust: it is what installs the rest.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to its user")]
#![allow(missing_docs, unreachable_pub, reason = "nobody links against a command")]

mod bench;
mod cargo;
mod check;
mod clients;
mod clocks;
mod constant_time;
mod dates;
mod debian_rust;
mod demo;
mod foreign;
mod fuzz;
mod mutants;
mod package;
mod packages;
mod process;
mod programs;
mod report;
mod room;
mod rustup;
mod sanitize;
mod soak;
mod stack;
mod test;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// The project's own commands.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// See a virtual TS-CNS (or your own card) log in to a portal, with real programs
    Demo(DemoOptions),
    /// Run every check and every test, real programs included: what CI runs
    Test,
    /// Run the quick part: formatting, clippy, the tests that need no other program
    Check,
    /// Run the real programs only
    Clients(ClientOptions),
    /// Run the tests of faults, PIN tries and many programs in their long form; prints a summary line
    Soak(SoakOptions),
    /// Make the packages that people install, into target/package
    Package(package::PackageOptions),
    /// Measure this module and OpenSC's side by side on one virtual card
    Bench(BenchOptions),
    /// Type-check for macOS; build for Windows and run that under wine
    Foreign,
    /// Count the instructions of the code that looks into decrypted blocks, and compare how long it takes
    ConstantTime,
    /// Run the tests of the C functions with memory and thread checks built in (nightly)
    Sanitize,
    /// Break the code in small ways and see whether a test notices
    Mutants(MutantOptions),
    /// Hand random and hostile bytes to the parsers and to whole sessions, for some minutes each
    Fuzz(fuzz::FuzzOptions),
}

#[derive(Debug, clap::Args)]
pub struct DemoOptions {
    /// Which virtual card to insert
    #[arg(long, value_name = "PERSONALITY", default_value = stack::card::DEFAULT)]
    card: String,
    /// Use the real card in this reader (part of its name is enough) and ask for its PIN
    #[arg(long, value_name = "NAME", conflicts_with = "card")]
    reader: Option<String>,
    /// Use this module instead of building our own
    #[arg(long, value_name = "PATH")]
    module: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct ClientOptions {
    /// Run only the checks whose line holds this text
    filter: Option<String>,
    /// Use this module instead of building our own
    #[arg(long, value_name = "PATH")]
    module: Option<PathBuf>,
    /// Only say which checks there are
    #[arg(long)]
    list: bool,
}

#[derive(Debug, clap::Args)]
pub struct SoakOptions {
    /// How long the PIN property goes on, each of its runs at the same time as the others, a pass that was begun is
    /// finished; nothing else looks at it: the other tests do fixed numbers of rounds
    #[arg(long, default_value_t = 10)]
    minutes: u64,
}

#[derive(Debug, clap::Args)]
pub struct BenchOptions {
    /// How often each plays; medians are shown
    #[arg(long, default_value_t = 5, conflicts_with = "quick")]
    rounds: usize,
    /// One round, and no Firefox
    #[arg(long)]
    quick: bool,
    /// Only what has this in its name: day, foreign, threads, readers, start, empty, look, firefox
    #[arg(long, value_name = "TEXT", conflicts_with = "write")]
    only: Option<String>,
    /// At one pace only
    #[arg(long, value_enum)]
    latency: Option<bench::Pace>,
    /// Use this module instead of building our own
    #[arg(long, value_name = "PATH")]
    module: Option<PathBuf>,
    /// Use this opensc-pkcs11.so instead of the distribution's
    #[arg(long, value_name = "PATH")]
    opensc: Option<PathBuf>,
    /// Measure this module too; may be given several times
    #[arg(long, value_name = "NAME=PATH", value_parser = bench::named_module)]
    against: Vec<(String, PathBuf)>,
    /// Write the table into docs/performance.md and the picture beside it
    #[arg(long)]
    write: bool,
}

#[derive(Debug, clap::Args)]
pub struct MutantOptions {
    /// Only this group of files (may be given several times)
    #[arg(long, value_name = "NAME", value_parser = mutants::group_names())]
    group: Vec<String>,
    /// Only this file of the repository (may be given several times)
    #[arg(long, value_name = "PATH")]
    file: Vec<String>,
    /// Go on from the last run: only what no test has caught yet
    #[arg(long)]
    again: bool,
}

fn main() -> ExitCode {
    let outcome = programs::find_those_of_the_system().and_then(|()| run(Arguments::parse().task));
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("error: {error:#}");
            if let Some(advice) = programs::advice(&error) {
                eprintln!("{advice}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<u8> {
    let _ = ctrlc::set_handler(room::leave);
    match task {
        Task::Demo(options) => demo::run(&options),
        Task::Test => test::run(),
        Task::Package(options) => package::run(&options),
        Task::Check => check::run(),
        Task::Clients(options) => clients::run(&options),
        Task::Soak(options) => soak::run(&options),
        Task::Bench(options) => bench::run(&options),
        Task::Foreign => foreign::run(),
        Task::ConstantTime => constant_time::run(),
        Task::Sanitize => sanitize::run(),
        Task::Mutants(options) => mutants::run(&options),
        Task::Fuzz(options) => fuzz::run(&options),
    }
}
