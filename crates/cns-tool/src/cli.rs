//! The command line: global options, the list of subcommands, and its description in a language.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Arg, ArgAction, CommandFactory, Parser, Subcommand};

use crate::commands::{
    cache, card_report, cert, data, doctor, generate, guide, load_module, pin, setup, sign, status,
    test_login, watch,
};
use crate::console::Colour;
use crate::text::{Language, described, describing};

/// What every subcommand takes is listed after what it takes itself.
const GENERAL: usize = 900;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "cns", version, about = described().about(), after_help = described().exit_codes(), arg_required_else_help = true)]
pub struct Cli {
    /// The language of the messages.
    #[arg(long, global = true, display_order = GENERAL, value_name = "it|en", help = described().lang_option())]
    pub lang: Option<Language>,
    /// When to use colours.
    #[arg(long = "color", global = true, display_order = GENERAL, value_name = "auto|always|never", help = described().color_option())]
    pub colour: Option<Colour>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the command can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// `cns status`
    #[command(about = described().status_about())]
    Status(status::Arguments),
    /// `cns doctor`
    #[command(about = described().doctor_about())]
    Doctor(doctor::Arguments),
    /// `cns setup`
    #[command(about = described().setup_about())]
    Setup(setup::Arguments),
    /// `cns generate`, for who makes packages: man pages and completions.
    #[command(hide = true)]
    Generate(generate::Arguments),
    /// `cns guide`
    #[command(about = described().guide_about())]
    Guide(guide::Arguments),
    /// `cns pin`
    #[command(about = described().pin_about(), arg_required_else_help = true)]
    Pin {
        /// What to do with it.
        #[command(subcommand)]
        action: pin::Action,
    },
    /// `cns cert`
    #[command(about = described().cert_about(), arg_required_else_help = true)]
    Cert {
        /// What to do with it.
        #[command(subcommand)]
        action: cert::Action,
    },
    /// `cns data`
    #[command(about = described().data_about())]
    Data(data::Arguments),
    /// `cns test-login`
    #[command(about = described().test_login_about())]
    TestLogin(test_login::Arguments),
    /// `cns sign`
    #[command(about = described().sign_about())]
    Sign(sign::Arguments),
    /// `cns watch`
    #[command(about = described().watch_about())]
    Watch(watch::Arguments),
    /// `cns card-report`
    #[command(about = described().card_report_about())]
    CardReport(card_report::Arguments),
    /// `cns cache`
    #[command(about = described().cache_about(), arg_required_else_help = true)]
    Cache {
        /// What to do with it.
        #[command(subcommand)]
        action: cache::Action,
    },
    /// `cns load-module`, which is no command for people
    #[command(hide = true)]
    LoadModule(load_module::Arguments),
}

/// The PKCS#11 module to use, for every subcommand that needs it.
#[derive(Debug, clap::Args)]
pub struct ModuleOption {
    /// The module's file.
    #[arg(long, value_name = described().file_value(), help = described().module_option())]
    pub module: Option<PathBuf>,
}

/// The reader to use, for every subcommand that works with a card.
#[derive(Debug, clap::Args)]
pub struct ReaderOption {
    /// A reader's name or a part of it.
    #[arg(long, value_name = described().reader_value(), help = described().reader_option())]
    pub reader: Option<String>,
}

/// The command line as `clap` knows it, described in a language: for parsing, man pages and completions.
#[must_use]
pub fn command(language: Language) -> clap::Command {
    describing(language, || localised(Cli::command(), "cns"))
}

/// The language that `--lang` asks for: it must be known before the command line can be described.
#[must_use]
pub fn wanted_language(arguments: &[OsString]) -> Option<Language> {
    let arguments: Vec<_> = arguments.iter().skip(1).map(|argument| argument.to_string_lossy()).collect();
    let separate = arguments.windows(2).find(|pair| pair[0] == "--lang").map(|pair| pair[1].as_ref());
    let joined = arguments.iter().find_map(|argument| argument.strip_prefix("--lang="));
    separate.or(joined).and_then(Language::of_code)
}

/// Replaces what `clap` says in English by itself: headings, `--help`, `--version`, the usage line.
fn localised(command: clap::Command, path: &str) -> clap::Command {
    let text = described();
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let takes_version = path == "cns";
    let mut command = command
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .disable_version_flag(true)
        .subcommand_help_heading(text.commands())
        .subcommand_value_name(text.usage_command())
        .bin_name(path)
        .mut_args(|argument| {
            let heading = if argument.is_positional() { text.arguments() } else { text.options() };
            let argument = argument.help_heading(heading);
            if argument.get_action().takes_values() {
                argument.hide_possible_values(true).hide_default_value(true)
            } else {
                argument
            }
        })
        .arg(flag("help", 'h', ArgAction::Help).help(text.help_option()).help_heading(text.options()));
    if takes_version {
        let version = flag("version", 'V', ArgAction::Version);
        command = command.arg(version.help(text.version_option()).help_heading(text.options()));
    }
    for name in names {
        let path = format!("{path} {name}");
        command = command.mut_subcommand(name, |sub| localised(sub, &path));
    }
    let usage = command.clone().render_usage().to_string();
    let usage =
        usage.trim_start_matches("Usage: ").replace("[OPTIONS]", &format!("[{}]", text.usage_options()));
    let template =
        format!("{{about-with-newline}}\n{}: {{usage}}\n\n{{all-args}}{{after-help}}", text.usage());
    command.override_usage(usage).help_template(template)
}

fn flag(name: &'static str, short: char, action: ArgAction) -> Arg {
    Arg::new(name).long(name).short(short).action(action).display_order(GENERAL)
}
