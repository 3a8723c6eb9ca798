//! Remedies that are commands.

use std::fs;

use serde::Serialize;

use super::card_finding::CardFinding;
use super::finding::Finding;
use crate::console::Verdict;
use crate::host::Host;
use crate::programs::ProgramState;

/// A command that does what the remedy of a finding says: a program and its arguments, for no shell. It never needs or
/// spends a PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Action {
    /// The program, by its name in `PATH`, and its arguments.
    pub command: Vec<String>,
}

impl Action {
    /// The command that the finding's remedy consists of, for this user of this system.
    pub(super) fn of(finding: &Finding, host: &Host) -> Option<Self> {
        if matches!(finding.verdict(), Verdict::Ok | Verdict::NotApplicable) {
            return None;
        }
        match finding {
            Finding::ServiceStopped => {
                Some(Self::as_administrator(&["systemctl", "enable", "--now", "pcscd.socket"], host))
            }
            Finding::ServiceFails { .. } => {
                Some(Self::as_administrator(&["systemctl", "restart", "pcscd"], host))
            }
            Finding::ServiceNotInstalled => Self::install(&PackageManager::of(host)?.service(), host),
            Finding::ReaderNotSeen { .. } => Self::install(&[PackageManager::of(host)?.driver()], host),
            // The name is Debian's.
            Finding::ReaderNeedsDriver { package, .. }
                if PackageManager::of(host)? == PackageManager::Apt =>
            {
                Self::install(&[package], host)
            }
            Finding::OfCard { finding: CardFinding::OldCertificateShown, .. } => {
                Some(Self::new(&["cns", "cache", "clear"]))
            }
            Finding::Program(
                ProgramState::NotRegistered { program, path, .. }
                | ProgramState::RegisteredWrongly { program, path, .. }
                | ProgramState::RegisteredTwice { program, path },
            ) => {
                let setup = ["cns", "setup", program.name()];
                Some(match path.starts_with("/etc") && !program.is_browser() {
                    true => Self::as_administrator(&setup, host),
                    false => Self::new(&setup),
                })
            }
            _ => None,
        }
    }

    fn new(command: &[&str]) -> Self {
        Self { command: command.iter().map(|word| (*word).to_owned()).collect() }
    }

    fn as_administrator(command: &[&str], host: &Host) -> Self {
        match host.is_administrator() {
            true => Self::new(command),
            false => Self::new(&[&["sudo"], command].concat()),
        }
    }

    fn install(packages: &[&str], host: &Host) -> Option<Self> {
        let command = [PackageManager::of(host)?.install(), packages].concat();
        Some(Self::as_administrator(&command, host))
    }
}

/// How the distribution installs packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PackageManager {
    Apt,
    Dnf,
    Pacman,
    Zypper,
}

impl PackageManager {
    /// By os-release(5): `ID`, then what it is like.
    fn of(host: &Host) -> Option<Self> {
        let release = fs::read_to_string(host.at("/etc/os-release")).ok()?;
        let value = |name: &str| release.lines().find_map(|line| line.strip_prefix(name));
        let names = [value("ID="), value("ID_LIKE=")].into_iter().flatten();
        names.flat_map(|names| names.trim_matches(['"', '\'']).split(' ')).find_map(Self::of_distribution)
    }

    fn of_distribution(name: &str) -> Option<Self> {
        match name {
            "debian" | "ubuntu" => Some(Self::Apt),
            "fedora" | "rhel" => Some(Self::Dnf),
            "arch" => Some(Self::Pacman),
            "suse" | "opensuse" | "opensuse-tumbleweed" | "opensuse-leap" => Some(Self::Zypper),
            _ => None,
        }
    }

    fn install(self) -> &'static [&'static str] {
        match self {
            Self::Apt => &["apt", "install"],
            Self::Dnf => &["dnf", "install"],
            Self::Pacman => &["pacman", "-S"],
            Self::Zypper => &["zypper", "install"],
        }
    }

    /// The package of pcscd, and the usual driver.
    fn service(self) -> [&'static str; 2] {
        let service = match self {
            Self::Apt => "pcscd",
            Self::Pacman => "pcsclite",
            Self::Dnf | Self::Zypper => "pcsc-lite",
        };
        [service, self.driver()]
    }

    fn driver(self) -> &'static str {
        match self {
            Self::Apt => "libccid",
            Self::Dnf => "pcsc-lite-ccid",
            Self::Pacman => "ccid",
            Self::Zypper => "pcsc-ccid",
        }
    }
}
