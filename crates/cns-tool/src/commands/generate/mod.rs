//! `cns generate FOLDER`: man pages in both languages and completions, for who makes packages.
//!
//! The folder gets `man/man1` and `man/man7` (English), `man/it/man1` and `man/it/man7` (Italian), and `completions`.

mod manual;
mod messages;

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
    for (language, manual) in [(Language::English, "man"), (Language::Italian, "man/it")] {
        let [commands, guides] = ["man1", "man7"].map(|section| folder.join(manual).join(section));
        fs::create_dir_all(&commands)?;
        fs::create_dir_all(&guides)?;
        let mut command = command(language);
        command.build();
        for (name, page) in manual::command_pages(&command, "cns", language)? {
            fs::write(commands.join(name), page)?;
        }
        fs::write(guides.join("cns-guide.7"), manual::guide_page(language))?;
    }
    let completions = folder.join("completions");
    fs::create_dir_all(&completions)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        let mut command = without_hidden(&command(Language::English));
        clap_complete::generate_to(shell, &mut command, "cns", &completions)?;
    }
    Ok(())
}

/// The command line as people see it: `clap_complete` completes hidden commands too.
fn without_hidden(command: &clap::Command) -> clap::Command {
    let visible = command.get_subcommands().filter(|sub| !sub.is_hide_set());
    // What the help says in words of its own is completed all the same: pages of the guide, programs.
    let visible = visible.map(|sub| sub.clone().mut_args(|argument| argument.hide_possible_values(false)));
    clap::Command::new("cns")
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .disable_version_flag(true)
        .version(env!("CARGO_PKG_VERSION"))
        .args(command.get_arguments())
        .subcommands(visible)
}
