//! Options that several subcommands share.

use std::path::PathBuf;

/// The PKCS#11 module to use, for every subcommand that needs it.
#[derive(Debug, clap::Args)]
pub struct ModuleOption {
    /// PKCS#11 module (driver) to use (default: the installed one)
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
    /// For scripts: read one code per line from standard input, in the order in which they are asked for; the new PIN only once
    #[arg(long)]
    pub pin_stdin: bool,
    /// Ask for the PIN in a window, with pinentry or the program given (without a terminal this happens automatically)
    #[arg(
        long,
        value_name = "PROGRAM",
        num_args = 0..=1,
        require_equals = true,
        conflicts_with = "pin_stdin"
    )]
    pub pinentry: Option<Option<PathBuf>>,
    /// For scripts: use even the last try, after which the code is locked
    #[arg(long, requires = "pin_stdin")]
    pub last_try: bool,
}
