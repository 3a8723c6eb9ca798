//! The project's own commands, reached as `cargo xtask …`: `demo` for who sees it for the first time, `test` for
//! everybody and CI, `check` and `clients` for the parts of it, `package` for what people install, `bench` for the
//! figures of docs/performance.md.
//!
//! It must build on a machine that has nothing but Rust: it is what installs the rest.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to its user")]
#![allow(missing_docs, unreachable_pub, reason = "nobody links against a command")]

mod check;
mod clocks;
mod constant_time;
mod debian_build;
mod debian_rust;
mod figures;
mod foreign;
mod fuzz;
mod mutants;
mod other_release;
mod package;
mod release;
mod rustup;
mod sanitize;
mod soak;
mod test;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use interop::{bench, clients, demo, programs, sandbox};

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
    Demo(demo::DemoOptions),
    /// Run every check and every test, real programs included: what CI runs
    Test(test::TestOptions),
    /// Run the quick part: formatting, clippy, the tests that need no other program
    Check,
    /// Run the real programs only
    Clients(clients::ClientOptions),
    /// Run the tests of faults, PIN tries and many programs in their long form; prints a summary line
    Soak(soak::SoakOptions),
    /// Make the packages that people install, into target/package
    Package(package::PackageOptions),
    /// Copy the release build of module and command, and all that belongs to it, to where a system has it
    Install(package::InstallOptions),
    /// Make what is published: packages, sums, bill of materials, apt repository; built twice, the same to the byte
    Release(release::ReleaseOptions),
    /// Measure this module and OpenSC's side by side on one virtual card
    Bench(bench::BenchOptions),
    /// Type-check for macOS; build for Windows and run that under wine, with virtual cards where it is wine 10
    Foreign(foreign::ForeignOptions),
    /// Count the instructions of the code that looks into decrypted blocks, and compare how long it takes
    ConstantTime,
    /// Run the tests of the C functions with memory and thread checks built in (nightly)
    Sanitize,
    /// Break the code in small ways and see whether a test notices
    Mutants(mutants::MutantOptions),
    /// Hand random and hostile bytes to the parsers and to whole sessions, for some minutes each
    Fuzz(fuzz::FuzzOptions),
    /// Count lines of code and files
    Figures,
}

fn main() -> ExitCode {
    let outcome = programs::extend_path().and_then(|()| run(Arguments::parse().task));
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
    let _ = ctrlc::set_handler(sandbox::terminate);
    match task {
        Task::Demo(options) => demo::run(&options),
        Task::Test(options) => test::run(&options),
        Task::Package(options) => package::run(&options),
        Task::Release(options) => release::run(&options),
        Task::Install(options) => package::install(&options).map(|()| 0),
        Task::Check => check::run(),
        Task::Clients(options) => clients::run(&options),
        Task::Soak(options) => soak::run(&options),
        Task::Bench(options) => bench::run(&options),
        Task::Foreign(options) => foreign::run(&options),
        Task::ConstantTime => constant_time::run(),
        Task::Sanitize => sanitize::run(),
        Task::Mutants(options) => mutants::run(&options),
        Task::Fuzz(options) => fuzz::run(&options),
        Task::Figures => figures::run(),
    }
}
