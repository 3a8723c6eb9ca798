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

impl Client {
    const fn new(
        name: &'static str,
        programs: &'static [&'static str],
        packages: &'static [&'static str],
        checks: fn() -> Vec<Check>,
    ) -> Self {
        Self { name, programs, packages, checks }
    }
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
    Client::new("pkcs11-tool", &["opensc"], pkcs11_tool::PACKAGES, pkcs11_tool::checks),
    Client::new("pkcs11-tool, PIN guard", &["opensc"], pin_guard::PACKAGES, pin_guard::checks),
    Client::new("OpenSC's module", &["opensc-pkcs11"], opensc_module::PACKAGES, opensc_module::checks),
    Client::new(
        "OpenSSL with engine pkcs11",
        &["openssl", "libengine-pkcs11-openssl"],
        openssl::PACKAGES,
        openssl::checks,
    ),
    Client::new("curl", &["curl"], curl::PACKAGES, curl::checks),
    Client::new("nginx as client", &["nginx-light"], nginx::PACKAGES, nginx::checks),
    Client::new("GnuTLS", &["gnutls-bin"], gnutls::PACKAGES, gnutls::checks),
    Client::new("NSS tools", &["libnss3-tools"], nss::PACKAGES, nss::checks),
    Client::new(
        "NSS documents",
        &["libnss3-tools", "poppler-utils"],
        nss_documents::PACKAGES,
        nss_documents::checks,
    ),
    Client::new("p11-kit", &["p11-kit"], p11_kit::PACKAGES, p11_kit::checks),
    Client::new("OpenSSH", &["openssh-client"], openssh::PACKAGES, openssh::checks),
    Client::new("OpenVPN", &["openvpn"], openvpn::PACKAGES, openvpn::checks),
    Client::new("Java", &["openjdk-17-jdk-headless"], java::PACKAGES, java::checks),
    Client::new("Python", &["python3-pykcs11"], python::PACKAGES, python::checks),
    Client::new("examples", &["gcc", "python3-pykcs11"], examples::PACKAGES, examples::checks),
    Client::new("valgrind", &["valgrind"], examples::VALGRIND_PACKAGES, examples::valgrind_checks),
    Client::new("programs that are killed", &["pcscd"], killed_client::PACKAGES, killed_client::checks),
    Client::new("reader with a keypad", &["opensc"], pin_pad::PACKAGES, pin_pad::checks),
    Client::new("cns", &["gnutls-bin", "openssl"], cns_command::PACKAGES, cns_command::checks),
    Client::new("cns, every sentence", &["tmux"], cns_terminal::PACKAGES, cns_snapshots::checks),
    Client::new("cns in a terminal", &["tmux"], cns_terminal::PACKAGES, cns_terminal::checks),
    Client::new("many programs", &["opensc"], concurrent_clients::PACKAGES, concurrent_clients::checks),
    Client::new(
        "programs and users side by side",
        &["pcscd"],
        concurrent_programs::PACKAGES,
        concurrent_programs::checks,
    ),
    Client::new("disturbances", &["pcscd"], removal_and_reset::PACKAGES, removal_and_reset::checks),
    Client::new("the bench", &["pcscd"], &[], bench_counts::checks),
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
