//! The command line: global options, the list of subcommands, and its description in a language.

use std::ffi::OsString;

use clap::{Arg, ArgAction, CommandFactory, FromArgMatches, Parser, Subcommand};

#[cfg(target_os = "linux")]
use crate::commands::practice;
#[cfg(windows)]
use crate::commands::register_minidriver;
use crate::commands::{
    cache, card_report, cert, data, doctor, generate, guide, load_module, pin, setup, sign, start, status,
    test_login, watch, windows_report,
};
use crate::console::Colour;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::italian_help;
use crate::text::{Language, Message};

/// What every subcommand takes is listed after what it takes itself.
const GENERAL: usize = 900;

/// Stands for a subcommand in the usage line.
pub(crate) const SUBCOMMAND: Message = Message::new("COMANDO", "COMMAND");

const EXIT_CODES: &str = "Exit codes:\n  \
           0  done, everything is fine\n  \
           1  it failed, or the check found a problem\n  \
           2  the command is not written correctly\n  \
           3  no smart card service, or no reader\n  \
           4  no card in the reader (for doctor: the check is incomplete)\n  \
           5  a card that cannot be used: not a CNS, no answer, no certificate\n  \
           6  the PIN or the PUK is wrong: a try was used\n  \
           7  the PIN or the PUK is locked\n  \
           8  nothing was sent to the card: code typed wrongly, too easy to guess or not confirmed\n\
         130  interrupted (Ctrl-C, or the terminal was closed)";

/// Your Italian National Service Card (CNS, TS-CNS): status, PIN, certificate, set-up and diagnosis
#[derive(Debug, Parser)]
#[command(name = "cns", version, after_help = EXIT_CODES, arg_required_else_help = true)]
pub struct Cli {
    /// Language of the messages: it or en (default: the system's)
    #[arg(long, global = true, display_order = GENERAL, value_name = "it|en")]
    pub lang: Option<Language>,
    /// Colours: auto, always or never
    #[arg(long = "color", global = true, display_order = GENERAL, value_name = "auto|always|never")]
    pub colour: Option<Colour>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the command can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Guide you step by step to a login with the card (cns alone is enough)
    #[command(after_help = start::EXIT_CODE)]
    Start(start::Arguments),
    /// Show readers, cards, holder, expiry of the certificate and tries left
    Status(status::Arguments),
    /// Find out why the card does not work, and tell you what to do
    Doctor(doctor::Arguments),
    /// Set up Firefox, Chrome and other programs for the card, or undo it (--remove)
    Setup(setup::Arguments),
    /// `cns generate`, for who makes packages: man pages and completions.
    #[command(hide = true)]
    Generate(generate::Arguments),
    /// Explain how to activate the card, what the codes are, how to log in
    Guide(guide::Arguments),
    /// Check, change or unblock the PIN
    #[command(arg_required_else_help = true)]
    Pin {
        /// What to do with it.
        #[command(subcommand)]
        action: pin::PinAction,
    },
    /// Show or export the card's certificate
    #[command(arg_required_else_help = true)]
    Cert {
        /// What to do with it.
        #[command(subcommand)]
        action: cert::CertAction,
    },
    /// Show the personal data stored on the card
    Data(data::Arguments),
    /// Test a login with the card: to a real site or, without an address, without using the network
    TestLogin(test_login::Arguments),
    /// Sign a file with the card's key (separate signature, .p7s)
    Sign(sign::Arguments),
    /// Practise a login with a virtual card and a portal inside this computer, for courses
    #[cfg(target_os = "linux")]
    Practice(practice::Arguments),
    /// Show when readers are connected and cards inserted, for support people
    Watch(watch::Arguments),
    /// Prepare a report about an unknown card, without personal data
    CardReport(card_report::Arguments),
    /// Show or clear what the driver remembers of cards
    #[command(arg_required_else_help = true)]
    Cache {
        /// What to do with it.
        #[command(subcommand)]
        action: cache::CacheAction,
    },
    /// Write a report for the project after trying the card on Windows, without personal data
    #[command(hide = cfg!(not(windows)))]
    WindowsReport(windows_report::Arguments),
    /// `cns load-module`, which is no command for people
    #[command(hide = true)]
    LoadModule(load_module::Arguments),
    /// `cns register-minidriver`, which the installer runs
    #[cfg(windows)]
    #[command(hide = true)]
    RegisterMinidriver(register_minidriver::Arguments),
}

impl Cli {
    pub(crate) fn run(&self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        // From the start to the end: who types while the card is read must not see the digits either.
        let _hidden = asks_for_a_secret(&self.command).then(|| context.prompt.hide_typing());
        match &self.command {
            Command::Doctor(arguments) => doctor::run(arguments, context),
            Command::LoadModule(arguments) => load_module::run(arguments, context),
            Command::Cache { action } => cache::run(*action, context),
            Command::CardReport(arguments) => card_report::run(arguments, context),
            Command::Cert { action } => cert::run(action, context),
            Command::Data(arguments) => data::run(arguments, context),
            Command::Setup(arguments) => setup::run(arguments, context),
            Command::Generate(arguments) => generate::run(arguments, command, context),
            Command::Guide(arguments) => guide::run(arguments, context),
            Command::Pin { action } => pin::run(action, context),
            #[cfg(target_os = "linux")]
            Command::Practice(arguments) => practice::run(arguments, context),
            #[cfg(windows)]
            Command::RegisterMinidriver(arguments) => register_minidriver::run(arguments, context),
            Command::Sign(arguments) => sign::run(arguments, context),
            Command::Start(arguments) => start::run(arguments, context),
            Command::Status(arguments) => status::run(arguments, context),
            Command::TestLogin(arguments) => test_login::run(arguments, context),
            Command::Watch(arguments) => watch::run(arguments, context),
            Command::WindowsReport(arguments) => windows_report::run(arguments, context),
        }
    }
}

fn asks_for_a_secret(command: &Command) -> bool {
    matches!(command, Command::Pin { .. } | Command::Sign(_) | Command::Start(_) | Command::TestLogin(_))
}

/// The command line as `clap` knows it, in a language: for parsing, man pages and completions.
#[must_use]
pub fn command(language: Language) -> clap::Command {
    localised(Cli::command(), "cns", language)
}

/// What the command line says.
///
/// # Errors
/// Those of `clap`: wrong usage, and the help that was asked for.
pub fn parse(arguments: &[OsString], language: Language) -> Result<Cli, clap::Error> {
    let mut matches = command(language).try_get_matches_from(arguments)?;
    if matches.subcommand_name().is_some_and(italian_help::is_italian) {
        // [`Cli`] knows the English names.
        matches = command(Language::English).try_get_matches_from(arguments)?;
    }
    Cli::from_arg_matches(&matches)
}

/// The language that `--lang` asks for: it must be known before the command line can be described.
#[must_use]
pub fn wanted_language(arguments: &[OsString]) -> Option<Language> {
    let arguments: Vec<_> = arguments.iter().skip(1).map(|argument| argument.to_string_lossy()).collect();
    let separate = arguments.windows(2).find(|pair| pair[0] == "--lang").map(|pair| pair[1].as_ref());
    let joined = arguments.iter().find_map(|argument| argument.strip_prefix("--lang="));
    separate.or(joined).and_then(Language::of_code)
}

/// Translates the help texts, and what `clap` says in English by itself: headings, `--help`, `--version`, the usage line.
fn localised(command: clap::Command, path: &str, language: Language) -> clap::Command {
    let options = language.pick("Opzioni", "Options");
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let mut command = match language {
        Language::Italian => italian_help::translated(command, path),
        Language::English => command,
    };
    command = italian_help::named(command, language);
    if path == "cns guide" {
        command = command.mut_arg("topic", |topic| topic.value_parser(guide::topic_parser(language)));
    }
    let own_path = match path.rsplit_once(' ') {
        Some((above, _)) => format!("{above} {}", command.get_name()),
        None => path.to_owned(),
    };
    command = command
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .disable_version_flag(true)
        .subcommand_help_heading(language.pick("Comandi", "Commands"))
        .subcommand_value_name(SUBCOMMAND.to(language))
        .bin_name(own_path)
        .mut_args(|argument| {
            let arguments = language.pick("Argomenti", "Arguments");
            let heading = if argument.is_positional() { arguments } else { options };
            let argument = argument.help_heading(heading);
            if argument.get_action().takes_values() {
                argument.hide_possible_values(true).hide_default_value(true)
            } else {
                argument
            }
        });
    let help = language.pick("Mostra questa spiegazione", "Show this explanation");
    command = command.arg(flag("help", 'h', ArgAction::Help).help(help).help_heading(options));
    if path == "cns" {
        let version = language.pick("Mostra la versione", "Show the version");
        command = command.arg(flag("version", 'V', ArgAction::Version).help(version).help_heading(options));
    }
    for name in names {
        let path = format!("{path} {name}");
        command = command.mut_subcommand(name, |sub| localised(sub, &path, language));
    }
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let usage = usage.replace("[OPTIONS]", language.pick("[OPZIONI]", "[OPTIONS]"));
    let heading = language.pick("Uso", "Usage");
    let template = format!("{{about-with-newline}}\n{heading}: {{usage}}\n\n{{all-args}}{{after-help}}");
    command.override_usage(usage).help_template(template)
}

fn flag(name: &'static str, short: char, action: ArgAction) -> Arg {
    Arg::new(name).long(name).short(short).action(action).display_order(GENERAL)
}
