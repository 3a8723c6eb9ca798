//! Options that several subcommands share.

use std::path::PathBuf;

/// The PKCS#11 module to use, for every subcommand that needs it.
#[derive(Debug, clap::Args)]
pub struct ModuleOption {
    /// PKCS#11 module to use (if absent: the installed one)
    #[arg(long, value_name = "FILE")]
    pub module: Option<PathBuf>,
}

/// The form of the result, for every subcommand that programs use.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct JsonOption {
    /// Write the result as JSON, for programs
    #[arg(long)]
    pub json: bool,
}

/// The reader to use, for every subcommand that works with a card.
#[derive(Debug, clap::Args)]
pub struct ReaderOption {
    /// Reader to use, or a part of its name, when there are several
    #[arg(long, value_name = "READER")]
    pub reader: Option<String>,
}

/// Where PINs come from, for every subcommand that asks for one.
#[derive(Debug, Default, clap::Args)]
pub struct PinOptions {
    /// For scripts: reads one code a line from the input, in the order of asking; the new PIN once only
    #[arg(long)]
    pub pin_stdin: bool,
    /// Ask for the PIN in a window, with pinentry or with this program of its kind (without a terminal, that happens by itself)
    #[arg(
        long,
        value_name = "PROGRAM",
        num_args = 0..=1,
        require_equals = true,
        conflicts_with = "pin_stdin"
    )]
    pub pinentry: Option<Option<PathBuf>>,
    /// For scripts: uses even the last try, after which the code is locked
    #[arg(long, requires = "pin_stdin")]
    pub last_try: bool,
}
