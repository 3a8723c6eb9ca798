//! Real programs, each doing with the module what its users do: one file per client.
//!
//! A check is a name and a function over a fresh [`Testbed`]. It asserts on what the server saw and on the card's
//! own transcript, not only on what the program claims. A program that cannot be had here is reported as skipped,
//! by name, and never counted as passed.

mod bench_counts;
pub mod browsers;
mod cns_command;
mod cns_snapshots;
mod cns_terminal;
mod concurrent_clients;
pub mod concurrent_programs;
mod curl;
pub mod demonstrations;
mod examples;
mod gnutls;
mod java;
mod killed_client;
mod nginx;
mod nss;
mod nss_documents;
mod opensc_module;
mod openssh;
mod openssl;
mod openvpn;
mod p11_kit;
mod pin_guard;
mod pin_pad;
mod pkcs11_tool;
mod python;
mod removal_and_reset;
mod run;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;

pub use run::{module, run, run_inside};

use crate::packages;
use crate::report::StepOutcome;
use crate::testbed::{Testbed, card};

#[derive(Debug, clap::Args)]
pub struct ClientOptions {
    /// Run only the checks whose line holds this text
    filter: Option<String>,
    /// Use this module instead of building our own
    #[arg(long, value_name = "PATH")]
    module: Option<PathBuf>,
    /// Only say which checks there are
    #[arg(long)]
    list: bool,
}

/// A program, where it comes from and what it must do.
#[derive(Debug)]
pub struct Client {
    pub name: &'static str,
    /// The Debian packages that tell its version.
    pub programs: &'static [&'static str],
    /// All Debian packages that its checks need.
    pub packages: &'static [&'static str],
    pub checks: fn() -> Vec<Check>,
}

/// One thing that one program must be able to do with one kind of card.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// What its line begins with: the program, then what it does.
    pub name: &'static str,
    /// The kind of card in the reader.
    pub personality: &'static str,
    pub run: fn(&mut Testbed) -> Result<StepOutcome>,
}

impl Check {
    fn title(&self) -> String {
        format!("{} [{}]", self.name, self.personality)
    }
}

/// Every client. A package that cannot be had costs the checks of its clients, nobody else's.
const CLIENTS: &[Client] = &[
    Client {
        name: "pkcs11-tool",
        programs: &["opensc"],
        packages: pkcs11_tool::PACKAGES,
        checks: pkcs11_tool::checks,
    },
    Client {
        name: "pkcs11-tool, PIN guard",
        programs: &["opensc"],
        packages: pin_guard::PACKAGES,
        checks: pin_guard::checks,
    },
    Client {
        name: "OpenSC's module",
        programs: &["opensc-pkcs11"],
        packages: opensc_module::PACKAGES,
        checks: opensc_module::checks,
    },
    Client {
        name: "OpenSSL with engine pkcs11",
        programs: &["openssl", "libengine-pkcs11-openssl"],
        packages: openssl::PACKAGES,
        checks: openssl::checks,
    },
    Client { name: "curl", programs: &["curl"], packages: curl::PACKAGES, checks: curl::checks },
    Client {
        name: "nginx as client",
        programs: &["nginx-light"],
        packages: nginx::PACKAGES,
        checks: nginx::checks,
    },
    Client { name: "GnuTLS", programs: &["gnutls-bin"], packages: gnutls::PACKAGES, checks: gnutls::checks },
    Client { name: "NSS tools", programs: &["libnss3-tools"], packages: nss::PACKAGES, checks: nss::checks },
    Client {
        name: "NSS documents",
        programs: &["libnss3-tools", "poppler-utils"],
        packages: nss_documents::PACKAGES,
        checks: nss_documents::checks,
    },
    Client { name: "p11-kit", programs: &["p11-kit"], packages: p11_kit::PACKAGES, checks: p11_kit::checks },
    Client {
        name: "OpenSSH",
        programs: &["openssh-client"],
        packages: openssh::PACKAGES,
        checks: openssh::checks,
    },
    Client { name: "OpenVPN", programs: &["openvpn"], packages: openvpn::PACKAGES, checks: openvpn::checks },
    Client {
        name: "Java",
        programs: &["openjdk-17-jdk-headless"],
        packages: java::PACKAGES,
        checks: java::checks,
    },
    Client {
        name: "Python",
        programs: &["python3-pykcs11"],
        packages: python::PACKAGES,
        checks: python::checks,
    },
    Client {
        name: "examples",
        programs: &["gcc", "python3-pykcs11"],
        packages: examples::PACKAGES,
        checks: examples::checks,
    },
    Client {
        name: "valgrind",
        programs: &["valgrind"],
        packages: examples::VALGRIND_PACKAGES,
        checks: examples::valgrind_checks,
    },
    Client {
        name: "programs that are killed",
        programs: &["pcscd"],
        packages: killed_client::PACKAGES,
        checks: killed_client::checks,
    },
    Client {
        name: "reader with a keypad",
        programs: &["opensc"],
        packages: pin_pad::PACKAGES,
        checks: pin_pad::checks,
    },
    Client {
        name: "cns",
        programs: &["gnutls-bin", "openssl"],
        packages: cns_command::PACKAGES,
        checks: cns_command::checks,
    },
    Client {
        name: "cns, every sentence",
        programs: &["tmux"],
        packages: cns_terminal::PACKAGES,
        checks: cns_snapshots::checks,
    },
    Client {
        name: "cns in a terminal",
        programs: &["tmux"],
        packages: cns_terminal::PACKAGES,
        checks: cns_terminal::checks,
    },
    Client {
        name: "many programs",
        programs: &["opensc"],
        packages: concurrent_clients::PACKAGES,
        checks: concurrent_clients::checks,
    },
    Client {
        name: "programs and users side by side",
        programs: &["pcscd"],
        packages: concurrent_programs::PACKAGES,
        checks: concurrent_programs::checks,
    },
    Client {
        name: "disturbances",
        programs: &["pcscd"],
        packages: removal_and_reset::PACKAGES,
        checks: removal_and_reset::checks,
    },
    Client { name: "the bench", programs: &["pcscd"], packages: &[], checks: bench_counts::checks },
];

/// Every client with its checks, in the order of their lines.
fn checks() -> Vec<(&'static Client, Check)> {
    let clients = CLIENTS.iter().chain(browsers::CLIENTS);
    clients.flat_map(|client| (client.checks)().into_iter().map(move |check| (client, check))).collect()
}

/// Those whose line holds `filter`.
fn chosen(filter: Option<&str>) -> Vec<(&'static Client, Check)> {
    let mut checks = checks();
    checks.retain(|(_, check)| filter.is_none_or(|text| check.title().contains(text)));
    checks
}

/// What the chosen checks need of the network, put into the run's folder.
pub fn prepare(folder: &Path, filter: Option<&str>) {
    let chosen: Vec<Check> = chosen(filter).into_iter().map(|(_, check)| check).collect();
    examples::prepare(folder, &chosen);
    bench_counts::prepare(folder, &chosen);
    browsers::cns_setup::prepare(folder, &chosen);
}

/// Installs what the chosen checks need. What only some of them need may be missing afterwards: those are skipped.
pub fn install(filter: Option<&str>) -> Result<()> {
    packages::ensure([packages::CARD, packages::PORTAL].concat())?;
    let wanted: BTreeSet<&str> =
        chosen(filter).into_iter().flat_map(|(client, _)| client.packages).copied().collect();
    packages::ensure_available(wanted)
}

/// The same check for several kinds of card.
fn on_each(
    personalities: &[&'static str],
    name: &'static str,
    run: fn(&mut Testbed) -> Result<StepOutcome>,
) -> Vec<Check> {
    personalities.iter().map(|personality| Check { name, personality, run }).collect()
}

/// Passed, with one line on what was shown.
fn pass(what: impl Into<String>) -> Result<StepOutcome> {
    Ok(StepOutcome::Passed(what.into()))
}

/// The names of all supported kinds of card, families D to H included.
fn every_supported_card() -> Vec<&'static str> {
    card::supported()
}

/// Every kind of card, for checks that must hold on all.
fn every_card() -> Vec<&'static str> {
    card::personalities()
}
