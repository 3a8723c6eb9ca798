//! `cns generate FOLDER`: man pages in both languages and completions, for who makes packages.
//!
//! The folder gets `man/man1` (English), `man/it/man1` (Italian) and `completions`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap_complete::Shell;

use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::text::Language;

/// `cns generate`
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Where the files go.
    folder: PathBuf,
}

/// `command` is the command line in a language.
pub(crate) fn run(
    arguments: &Arguments,
    command: fn(Language) -> clap::Command,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let folder = &arguments.folder;
    generate(folder, command).map_err(|error| {
        let (language, folder) = (context.language, folder.display());
        let what = language.pick(
            format!("Non riesco a scrivere le pagine di manuale in {folder}."),
            format!("The manual pages could not be written into {folder}."),
        );
        Failure::new(Exit::Failed, what).because_of(error, language)
    })?;
    Ok(Exit::Success)
}

fn generate(folder: &Path, command: fn(Language) -> clap::Command) -> io::Result<()> {
    for (language, pages) in [(Language::English, "man/man1"), (Language::Italian, "man/it/man1")] {
        let pages = folder.join(pages);
        fs::create_dir_all(&pages)?;
        clap_mangen::generate_to(command(language), pages)?;
    }
    let completions = folder.join("completions");
    fs::create_dir_all(&completions)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        clap_complete::generate_to(shell, &mut command(Language::English), "cns", &completions)?;
    }
    Ok(())
}
