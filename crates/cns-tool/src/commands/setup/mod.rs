//! `cns setup`: the module registered in other programs' configuration, or taken out of it.

mod document;
pub(crate) mod messages;
mod windows;
mod windows_messages;

use std::io;
use std::path::{Path, PathBuf};

use self::document::{ProgramReport, SetupDocument};
use crate::console::Verdict;
use crate::context::Context;
use crate::exit::{ErrorCode, Exit, Failure};
use crate::host::{Host, OperatingSystem};
use crate::options::JsonOption;
use crate::pkcs11::messages::{INSTALL_IT, NO_MODULE};
use crate::pkcs11::module_path::{self, module_file_name};
use crate::programs::windows::WINDOWS;
use crate::programs::{BackupLog, Outcome, PROGRAMS, Program, Registrar, Scope, SetupResult};
use crate::text::Language;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

const NOTE: &str = "Ends with code 1 also when no browser was set up, for example because it is a snap or a \
                    flatpak or was never opened.";

/// The options of `cns setup`.
#[derive(Debug, clap::Args)]
#[command(after_help = NOTE)]
pub struct Arguments {
    #[arg(value_name = "PROGRAM", value_parser = program_parser(), help = programs_help(Language::English))]
    programs: Vec<Choice>,
    /// Remove the driver and restore every file
    #[arg(long)]
    remove: bool,
    /// Only show what will be done
    #[arg(long)]
    dry_run: bool,
    /// The module to register.
    #[arg(long, value_name = "FILE", conflicts_with = "remove", help = concat!("Register this ", module_file_name!(), " instead of the installed one"))]
    module: Option<PathBuf>,
    /// Take the card in the reader from another driver of Windows
    #[arg(long, hide = cfg!(not(windows)), conflicts_with = "remove")]
    take_over: bool,
    /// Only your own programs, even as administrator
    #[arg(long)]
    user: bool,
    /// Whether a program reads the result.
    #[command(flatten)]
    pub json: JsonOption,
}

/// A program, as it is named on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    All,
    /// Windows itself.
    Windows,
    One(&'static dyn Program),
}

fn program_parser() -> impl TypedValueParser<Value = Choice> {
    let all = PossibleValue::new("all").help("All but `ssh`; with `--remove` all");
    let value = |program: &&dyn Program| PossibleValue::new(program.name()).help(program.completion());
    let windows = value(&(&WINDOWS as &dyn Program)).hide(cfg!(not(windows)));
    PossibleValuesParser::new(PROGRAMS.iter().map(value).chain([windows, all])).map(|name| {
        let mut programs = PROGRAMS.iter().copied();
        let program = programs.find(|program| program.name() == name).map(Choice::One);
        program.unwrap_or(if name == WINDOWS.name() { Choice::Windows } else { Choice::All })
    })
}

/// The help of the names, from the list of programs.
pub(crate) fn programs_help(language: Language) -> String {
    let names = |programs: Vec<&&dyn Program>| {
        programs.into_iter().map(|program| program.name()).collect::<Vec<_>>().join(", ")
    };
    let windows = cfg!(windows).then_some(&WINDOWS as &dyn Program);
    let all = names(windows.iter().chain(PROGRAMS).collect());
    let on_request = names(PROGRAMS.iter().filter(|program| program.is_on_request()).collect());
    language.pick(
        format!("{all} oppure all; se non indichi un nome: tutti tranne {on_request}"),
        format!("{all} or all; without a name: all except {on_request}"),
    )
}

impl Arguments {
    /// All that is asked for: by name, or everything.
    fn programs(&self) -> impl Iterator<Item = (&'static dyn Program, bool)> {
        let all = self.wants_all();
        let programs = PROGRAMS.iter().copied().map(|program| (program, self.names(program)));
        programs.filter(move |(_, named)| all || *named)
    }

    fn wants_all(&self) -> bool {
        self.programs.is_empty() || self.programs.contains(&Choice::All)
    }

    /// What is asked of Windows itself; `None` if nothing is, or if it is not there and nobody named it.
    fn of_windows(&self, host: &Host) -> Option<windows::Request> {
        let named = self.programs.contains(&Choice::Windows) || self.take_over;
        let is_here = host.system.operating_system == OperatingSystem::Windows;
        let Self { take_over, dry_run, .. } = *self;
        (named || (self.wants_all() && is_here)).then_some(windows::Request { take_over, dry_run, named })
    }

    fn names(&self, program: &'static dyn Program) -> bool {
        self.programs.contains(&Choice::One(program))
    }
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let language = context.language;
    let host = Host::of_process(context.system.clone());
    let scope = if host.is_administrator() && !arguments.user { Scope::Everybody } else { Scope::User };
    let registrar = Registrar { host: &host, scope, dry_run: arguments.dry_run };
    let mut results = match (arguments.of_windows(&host), arguments.remove) {
        (None, _) => Vec::new(),
        (Some(request), true) => windows::unregister(request, &host, context),
        (Some(request), false) => windows::register(request, &host, context),
    };
    results.extend(match arguments.remove {
        _ if arguments.programs().next().is_none() => Vec::new(),
        true => unregister(&registrar, arguments, language)?,
        false => {
            let module = module(&host, arguments.module.as_deref(), language)?;
            register(&registrar, &module, arguments.programs(), language)?
        }
    });
    let next = match arguments.remove || arguments.dry_run {
        true => Vec::new(),
        false => next_steps(&results, &host, language),
    };
    if context.wants_json() {
        let scope = if scope == Scope::User { "user" } else { "everybody" };
        let programs = results.iter().map(|result| ProgramReport::of(result, language)).collect();
        let (remove, dry_run) = (arguments.remove, arguments.dry_run);
        context.write_json(&SetupDocument { scope, remove, dry_run, programs, next: &next });
    } else {
        for result in &results {
            context.output.verdict(result.outcome.verdict(), &messages::result(language, result));
        }
        for step in &next {
            context.output.line("");
            context.output.line(step);
        }
    }
    // A program that was named and is not there counts as failed; one that `all` passes over does not.
    let missing =
        |result: &SetupResult| result.outcome == Outcome::NotFound && arguments.names(result.program);
    let is_bad = |result: &SetupResult| result.outcome.verdict() == Verdict::Problem || missing(result);
    if results.iter().any(is_bad) {
        return Ok(Exit::Failed);
    }
    if arguments.remove || !lacks_browser(arguments, &results, &host) {
        return Ok(Exit::Success);
    }
    context.output.line("");
    context.output.line(messages::NO_BROWSER.to(language));
    Ok(Exit::Failed)
}

/// Whether a browser was asked for that is there, and none is set up.
fn lacks_browser(arguments: &Arguments, results: &[SetupResult], host: &Host) -> bool {
    let mut browsers =
        arguments.programs().map(|(program, _)| program).filter(|program| program.is_browser());
    let mut of_browsers = results.iter().filter(|result| result.program.is_browser());
    browsers.any(|program| program.is_there(host)) && !of_browsers.any(|result| result.outcome.is_set_up())
}

/// Registers the module with these programs; beside each, whether the person named it.
pub(crate) fn register(
    registrar: &Registrar<'_>,
    module: &str,
    programs: impl Iterator<Item = (&'static dyn Program, bool)>,
    language: Language,
) -> Result<Vec<SetupResult>, Failure> {
    let mut log = open_log(registrar, language)?;
    let results = registrar.register_all(programs.collect(), module, &mut log);
    close_log(registrar, log, language)?;
    Ok(results)
}

fn unregister(
    registrar: &Registrar<'_>,
    arguments: &Arguments,
    language: Language,
) -> Result<Vec<SetupResult>, Failure> {
    let mut log = open_log(registrar, language)?;
    let unregistered = |(program, named)| registrar.unregister(program, named, &mut log);
    let results = arguments.programs().flat_map(unregistered).collect();
    close_log(registrar, log, language)?;
    Ok(results)
}

/// Only read where nothing is to be written.
fn open_log(registrar: &Registrar<'_>, language: Language) -> Result<BackupLog, Failure> {
    let no_home = || Failure::new(Exit::Failed, messages::NO_HOME.to(language));
    let folder = registrar.log_folder().ok_or_else(no_home)?;
    let log = if registrar.dry_run { BackupLog::read(&folder) } else { BackupLog::open(&folder) };
    let log = log.map_err(|error| log_failure(registrar, &folder, error, language))?;
    if !registrar.dry_run {
        registrar.remove_unfinished_files(&log);
    }
    Ok(log)
}

fn close_log(registrar: &Registrar<'_>, log: BackupLog, language: Language) -> Result<(), Failure> {
    if registrar.dry_run {
        return Ok(());
    }
    let folder = registrar.log_folder().unwrap_or_default();
    log.close().map_err(|error| log_failure(registrar, &folder, error, language))
}

fn log_failure(registrar: &Registrar<'_>, folder: &Path, error: io::Error, language: Language) -> Failure {
    if error.kind() == io::ErrorKind::WouldBlock {
        let what = messages::ANOTHER_RUNS.to(language);
        return Failure::new(Exit::Failed, what).then(messages::WAIT_FOR_IT.to(language));
    }
    let what = messages::log_unusable(language, &registrar.host.shown(folder));
    let barred = matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem);
    let failure = Failure::new(Exit::Failed, what).because_of(error, language);
    if barred { failure.then(messages::MAKE_WRITABLE.to(language)) } else { failure }
}

/// The module to register, as a path of the computer that every program can read from a file.
pub(crate) fn module(host: &Host, named: Option<&Path>, language: Language) -> Result<String, Failure> {
    let path = match named {
        Some(given) => std::path::absolute(given).unwrap_or_else(|_| given.to_owned()),
        None => {
            let found = module_path::find(&host.system);
            let none = || {
                let failure = Failure::new(Exit::Failed, NO_MODULE.to(language));
                failure.with_code(ErrorCode::NoModule).then(INSTALL_IT.to(language))
            };
            host.inside(&found.ok_or_else(none)?)
        }
    };
    let real = host.system.at(&path);
    if !real.is_file() || !module_path::is_our_module(&path.to_string_lossy()) {
        let what = messages::not_the_module(language, &path.display().to_string());
        return Err(Failure::new(Exit::Failed, what));
    }
    let odd = || Failure::new(Exit::Failed, messages::odd_path(language, &path.display().to_string()));
    writable_path(&path, host.system.operating_system).ok_or_else(odd)
}

/// A path that can stand in all these files as it is; the backslashes of Windows are seen to by each format.
fn writable_path(path: &Path, system: OperatingSystem) -> Option<String> {
    let path = path.to_str()?;
    let separator = |letter: char| letter == '\\' && system == OperatingSystem::Windows;
    let odd = |letter: char| letter.is_control() || ("\"'\\#".contains(letter) && !separator(letter));
    (!path.contains(odd)).then(|| path.to_owned())
}

/// What is left to do for the person.
fn next_steps(results: &[SetupResult], host: &Host, language: Language) -> Vec<String> {
    let is_set_up =
        |result: &&SetupResult| matches!(result.outcome, Outcome::Registered(_) | Outcome::Already);
    // These paths are for programs that know no `~`.
    let home = host.home().map(|home| host.inside(&home).display().to_string()).unwrap_or_default();
    let whole =
        |path: &str| path.strip_prefix('~').map_or_else(|| path.to_owned(), |rest| home.clone() + rest);
    let steps = results
        .iter()
        .filter(is_set_up)
        .filter_map(|result| result.program.next_step(language, &whole(&result.path), host));
    let mut steps: Vec<String> = steps.collect();
    // Of several profiles of one browser.
    steps.dedup();
    steps
}
