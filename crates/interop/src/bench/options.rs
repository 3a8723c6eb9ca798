//! The arguments of `cargo xtask bench`.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::scenario::Pace;

#[derive(Debug, clap::Args)]
pub struct BenchOptions {
    /// How often each plays; medians are shown
    #[arg(long, default_value_t = 5, conflicts_with = "quick")]
    pub rounds: usize,
    /// One round, and no Firefox
    #[arg(long)]
    pub quick: bool,
    /// Only what has this in its name: day, foreign, threads, readers, start, empty, look, firefox
    #[arg(long, value_name = "TEXT", conflicts_with = "write")]
    pub only: Option<String>,
    /// At one pace only
    #[arg(long, value_enum)]
    pub latency: Option<Pace>,
    /// Use this module instead of building our own
    #[arg(long, value_name = "PATH")]
    pub module: Option<PathBuf>,
    /// Use this opensc-pkcs11.so instead of the distribution's
    #[arg(long, value_name = "PATH")]
    pub opensc: Option<PathBuf>,
    /// Measure this module too; may be given several times
    #[arg(long, value_name = "NAME=PATH", value_parser = named_module)]
    pub against: Vec<(String, PathBuf)>,
    /// Write the table into docs/performance.md and the picture beside it
    #[arg(long)]
    pub write: bool,
}

/// `NAME=PATH` on the command line.
pub fn named_module(argument: &str) -> Result<(String, PathBuf), String> {
    let (name, path) = argument.split_once('=').ok_or("NAME=PATH is wanted")?;
    Ok((name.to_owned(), Path::new(path).to_owned()))
}
