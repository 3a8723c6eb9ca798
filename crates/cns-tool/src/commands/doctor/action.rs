//! Remedies that are commands.

use serde::Serialize;

use super::card_finding::CardFinding;
use super::finding::Finding;
use crate::card::service::ServiceState;
use crate::console::Verdict;
use crate::host::{Host, Software, own_program};
use crate::programs::ProgramState;

/// A command that does what the remedy of a finding says: a program and its arguments, for no shell. It never needs or
/// spends a PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Action {
    /// The program, by its name in `PATH` (this one by its path where sudo runs it), and its arguments.
    pub command: Vec<String>,
}

/// Whether a file that names the module, as a finding shows it, is the administrator's to change: the settings of all
/// users, also those in a browser's own folder.
pub(super) fn is_administrators(path: &str) -> bool {
    path.starts_with("/etc/") || path.ends_with("/distribution/policies.json")
}

impl Action {
    /// The command that the finding's remedy consists of, for this user of this system.
    pub(super) fn of(finding: &Finding, host: &Host) -> Option<Self> {
        if matches!(finding.verdict(), Verdict::Ok | Verdict::NotApplicable) {
            return None;
        }
        match finding {
            Finding::Service(failure) => {
                let distribution = failure.distribution;
                let command = match failure.state {
                    ServiceState::NotInstalled => distribution.install(Software::SmartCardService)?,
                    ServiceState::LibraryMissing => distribution.install(Software::PcscLibrary)?,
                    ServiceState::Stopped => distribution.start_service(),
                    ServiceState::VersionMismatch | ServiceState::Fails { .. } => {
                        distribution.restart_service()
                    }
                    _ => return None,
                };
                Some(Self::as_administrator(&command, host))
            }
            Finding::ReaderNotSeen { install, .. } | Finding::ReaderNeedsDriver { install, .. } => {
                Some(Self::as_administrator(install.as_ref()?, host))
            }
            Finding::OfCard { finding: CardFinding::OldCertificateShown, .. } => {
                Some(Self::new(&["cns", "cache", "clear"]))
            }
            Finding::Program(ProgramState::SnapNotConnected { snap, .. }) => {
                let interface = format!("{snap}:pcscd");
                Some(Self::as_administrator(&["sudo", "snap", "connect", &interface], host))
            }
            Finding::Program(
                ProgramState::NotRegistered { program, path, .. }
                | ProgramState::RegisteredWrongly { program, path, .. }
                | ProgramState::RegisteredTwice { program, path }
                | ProgramState::CopyOutdated { program, path }
                | ProgramState::Outdated { program, path },
            ) => Some(match is_administrators(path) {
                true => {
                    let setup = own_program::with_sudo(&["setup", program.name()], &host.system);
                    Self::as_administrator(&setup, host)
                }
                false => Self::new(&["cns", "setup", program.name()]),
            }),
            Finding::Program(ProgramState::RegisteredBesideWindows { program, .. }) => {
                Some(Self::new(&["cns", "setup", program.name(), "--remove"]))
            }
            Finding::Windows(finding) => finding.command().map(Self::new),
            _ => None,
        }
    }

    fn new<Word: AsRef<str>>(command: &[Word]) -> Self {
        Self { command: command.iter().map(|word| word.as_ref().to_owned()).collect() }
    }

    /// A command that begins with sudo, which the administrator does not need.
    fn as_administrator<Word: AsRef<str>>(command: &[Word], host: &Host) -> Self {
        Self::new(if host.is_administrator() { &command[1..] } else { command })
    }
}
