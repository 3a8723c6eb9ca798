//! `cns setup`: programs are told about the module, or it is taken back from them.

use std::io;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::console::Verdict;
use crate::context::{Context, OperatingSystem};
use crate::exit::{Exit, Failure};
use crate::host::Host;
use crate::pkcs11::module_path::{self, module_file_name};
use crate::programs::{BackupLog, Client, Outcome, Registrar, Scope, SetupResult};

/// The options of `cns setup`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// firefox, chrome, p11-kit, openssl, java, ssh or all; without a name: all of them, except ssh
    #[arg(value_name = "PROGRAM")]
    programs: Vec<Program>,
    /// Take the module out and give every file back as it was
    #[arg(long)]
    remove: bool,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
    /// The module to register.
    #[arg(long, value_name = "FILE", conflicts_with = "remove", help = concat!("Register this ", module_file_name!(), " instead of the installed one"))]
    module: Option<PathBuf>,
    /// Only your own programs, even as administrator
    #[arg(long)]
    user: bool,
}

/// A program, as it is named on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Program {
    /// Firefox.
    Firefox,
    /// Chromium, Chrome and their kin.
    Chrome,
    /// Programs that use p11-kit.
    P11Kit,
    /// A configuration for OpenSSL.
    Openssl,
    /// A configuration for Java.
    Java,
    /// `~/.ssh/config`.
    Ssh,
    /// All but `ssh`; with `--remove` all.
    All,
}

impl Program {
    fn client(self) -> Option<Client> {
        match self {
            Self::Firefox => Some(Client::Firefox),
            Self::Chrome => Some(Client::Chrome),
            Self::P11Kit => Some(Client::P11Kit),
            Self::Openssl => Some(Client::Openssl),
            Self::Java => Some(Client::Java),
            Self::Ssh => Some(Client::Ssh),
            Self::All => None,
        }
    }
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let host = Host::of_process(context.system.clone());
    let scope = if host.is_administrator() && !arguments.user { Scope::Everybody } else { Scope::User };
    let work = Registrar { host: &host, scope, dry: arguments.dry_run };
    let notes = if arguments.remove {
        remove(&work, arguments, context)?
    } else {
        register(&work, arguments, context)?
    };
    for note in &notes {
        let text = context.language.text().setup_note(note);
        context.output.verdict(note.what.verdict(), &text);
    }
    for hint in hints(&notes, arguments, &host, context) {
        context.output.line("");
        context.output.line(&hint);
    }
    Ok(outcome(&notes, arguments))
}

/// All that is asked for: by name, or everything.
fn chosen(arguments: &Arguments) -> Vec<Client> {
    let all = arguments.programs.is_empty() || arguments.programs.contains(&Program::All);
    Client::ALL.into_iter().filter(|client| all || is_named(arguments, *client)).collect()
}

fn is_named(arguments: &Arguments, client: Client) -> bool {
    arguments.programs.iter().any(|program| program.client() == Some(client))
}

fn register(
    work: &Registrar<'_>,
    arguments: &Arguments,
    context: &Context<'_>,
) -> Result<Vec<SetupResult>, Failure> {
    let module = module(work.host, arguments, context)?;
    let mut ledger = ledger(work, context)?;
    let mut notes = Vec::new();
    for client in chosen(arguments) {
        let named = is_named(arguments, client);
        if client == Client::Ssh && !named && !work.is_to_be_mended(client) {
            notes.push(SetupResult { client, path: String::new(), what: Outcome::OnRequest });
        } else {
            notes.extend(work.register(client, &module, named, &mut ledger));
        }
    }
    close(work, ledger, context)?;
    Ok(notes)
}

fn remove(
    work: &Registrar<'_>,
    arguments: &Arguments,
    context: &Context<'_>,
) -> Result<Vec<SetupResult>, Failure> {
    let mut ledger = ledger(work, context)?;
    let chosen = chosen(arguments).into_iter();
    let notes = chosen.flat_map(|client| work.unregister(client, is_named(arguments, client), &mut ledger));
    let notes = notes.collect();
    close(work, ledger, context)?;
    Ok(notes)
}

/// Only looked at where nothing is to be written.
fn ledger(work: &Registrar<'_>, context: &Context<'_>) -> Result<BackupLog, Failure> {
    let text = context.language.text();
    let no_home = || Failure::new(Exit::Failed, text.no_home());
    let folder = work.ledger_folder().ok_or_else(no_home)?;
    let opened = if work.dry { BackupLog::look(&folder) } else { BackupLog::open(&folder) };
    let ledger = opened.map_err(|error| cannot_remember(work, &folder, error, context))?;
    if !work.dry {
        work.remove_leavings(&ledger);
    }
    Ok(ledger)
}

fn close(work: &Registrar<'_>, ledger: BackupLog, context: &Context<'_>) -> Result<(), Failure> {
    if work.dry {
        return Ok(());
    }
    let folder = work.ledger_folder().unwrap_or_default();
    ledger.close().map_err(|error| cannot_remember(work, &folder, error, context))
}

fn cannot_remember(work: &Registrar<'_>, folder: &Path, error: io::Error, context: &Context<'_>) -> Failure {
    let text = context.language.text();
    if error.kind() == io::ErrorKind::WouldBlock {
        return Failure::new(Exit::Failed, text.another_setup_runs()).then(text.wait_for_it());
    }
    let shown = work.host.shown(folder);
    let barred = matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem);
    let failure =
        Failure::new(Exit::Failed, text.cannot_remember(&shown)).because_of(error, context.language);
    if barred { failure.then(text.make_writable()) } else { failure }
}

/// The module to register, as a path of the computer that every program can read from a file.
fn module(host: &Host, arguments: &Arguments, context: &Context<'_>) -> Result<String, Failure> {
    let text = context.language.text();
    let path = match &arguments.module {
        Some(given) => std::path::absolute(given).unwrap_or_else(|_| given.clone()),
        None => {
            let found = module_path::find(&host.system);
            let none = || {
                Failure::new(Exit::Failed, crate::pkcs11::messages::NO_MODULE.to(context.language))
                    .then(crate::pkcs11::messages::INSTALL_IT.to(context.language))
            };
            host.inside(&found.ok_or_else(none)?)
        }
    };
    let real = host.system.at(&path);
    if !real.is_file() || !module_path::is_our_module(&path.to_string_lossy()) {
        return Err(Failure::new(Exit::Failed, text.not_the_module(&path.display().to_string())));
    }
    let odd = || Failure::new(Exit::Failed, text.odd_path(&path.display().to_string()));
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
fn hints(notes: &[SetupResult], arguments: &Arguments, host: &Host, context: &Context<'_>) -> Vec<String> {
    if arguments.remove || arguments.dry_run {
        return Vec::new();
    }
    let told = notes.iter().filter(|note| matches!(note.what, Outcome::Registered { .. } | Outcome::Already));
    // These paths are for programs that know no `~`.
    let home = host.home().map(|home| host.inside(&home).display().to_string()).unwrap_or_default();
    let whole =
        |path: &str| path.strip_prefix('~').map_or_else(|| path.to_owned(), |rest| home.clone() + rest);
    told.filter_map(|note| {
        context.language.text().setup_hint(note.client, &whole(&note.path), host.system.operating_system)
    })
    .collect()
}

/// A program that was named and is not there counts as failed; one that `all` passes over does not.
fn outcome(notes: &[SetupResult], arguments: &Arguments) -> Exit {
    let missing = |note: &SetupResult| note.what == Outcome::NotFound && is_named(arguments, note.client);
    let bad = notes.iter().any(|note| note.what.verdict() == Verdict::Problem || missing(note));
    if bad { Exit::Failed } else { Exit::Success }
}
