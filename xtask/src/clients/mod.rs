//! Real programs, each doing with the module what its users do: one file per client.
//!
//! A check is a name and a function over a fresh [`Stack`]. It asserts on what the server saw and on the card's
//! own transcript, not only on what the program claims. A program that cannot be had here is reported as skipped,
//! by name, and never counted as passed.

mod browsers;
mod curl;
mod disturbances;
mod examples;
mod gnutls;
mod java;
mod nginx;
mod nss;
mod nss_documents;
mod opensc_module;
mod openssh;
mod openssl;
mod openvpn;
mod p11_kit;
mod pin_guard;
mod pkcs11_tool;
mod python;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow};

use crate::ClientOptions;
use crate::report::{Outcome, Report};
use crate::room::Room;
use crate::stack::desk::{Desk, Tls};
use crate::stack::portal::Visitor;
use crate::stack::{Stack, card};
use crate::{cargo, packages};

/// Checks that run at the same time: most of a check is waiting, for pcscd to look at its reader again.
const AT_A_TIME: usize = 4;

/// One thing that one program must be able to do with one kind of card.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// What its line begins with: the program, then what it does.
    pub name: &'static str,
    /// The kind of card in the reader.
    pub personality: &'static str,
    pub run: fn(&mut Stack) -> Result<Outcome>,
}

impl Check {
    fn title(&self) -> String {
        format!("{} [{}]", self.name, self.personality)
    }
}

/// A login to show to a person.
#[derive(Debug)]
pub struct Demonstration {
    pub name: &'static str,
    pub tls: Tls,
    pub visit: fn(&Desk, Tls) -> Result<Visitor>,
}

/// The logins of `cargo xtask demo`, one per TLS library and version.
pub const DEMONSTRATIONS: &[Demonstration] = &[
    Demonstration {
        name: "OpenSSL: s_client with the pkcs11 engine, TLS 1.2",
        tls: Tls::V1_2,
        visit: openssl::visit,
    },
    Demonstration {
        name: "OpenSSL: s_client with the pkcs11 engine, TLS 1.3",
        tls: Tls::V1_3,
        visit: openssl::visit,
    },
    Demonstration {
        name: "OpenSSL: curl with the pkcs11 engine, TLS 1.2",
        tls: Tls::V1_2,
        visit: curl::visit,
    },
    Demonstration {
        name: "OpenSSL: curl with the pkcs11 engine, TLS 1.3",
        tls: Tls::V1_3,
        visit: curl::visit,
    },
    Demonstration {
        name: "GnuTLS: p11tool lists, gnutls-cli logs in, TLS 1.2",
        tls: Tls::V1_2,
        visit: gnutls::visit,
    },
    Demonstration {
        name: "GnuTLS: p11tool lists, gnutls-cli logs in, TLS 1.3",
        tls: Tls::V1_3,
        visit: gnutls::visit,
    },
    Demonstration {
        name: "NSS, as Firefox and Chromium use it: modutil adds, certutil lists, tstclnt logs in, TLS 1.2",
        tls: Tls::V1_2,
        visit: nss::visit,
    },
    Demonstration {
        name: "NSS, as Firefox and Chromium use it: modutil adds, certutil lists, tstclnt logs in, TLS 1.3",
        tls: Tls::V1_3,
        visit: nss::visit,
    },
];

/// Every check, client by client.
fn checks() -> Vec<Check> {
    [
        pkcs11_tool::checks(),
        pin_guard::checks(),
        opensc_module::checks(),
        openssl::checks(),
        curl::checks(),
        nginx::checks(),
        gnutls::checks(),
        nss::checks(),
        nss_documents::checks(),
        p11_kit::checks(),
        openssh::checks(),
        openvpn::checks(),
        java::checks(),
        python::checks(),
        examples::checks(),
        disturbances::checks(),
        browsers::checks(),
    ]
    .concat()
}

/// Those whose line holds `filter`.
fn chosen(filter: Option<&str>) -> Vec<Check> {
    let mut checks = checks();
    checks.retain(|check| filter.is_none_or(|text| check.title().contains(text)));
    checks
}

/// What the chosen checks need of the network, put into the run's folder.
pub fn prepare(folder: &Path, filter: Option<&str>) {
    examples::prepare(folder, &chosen(filter));
}

/// The same check for several kinds of card.
fn on_each(
    personalities: &[&'static str],
    name: &'static str,
    run: fn(&mut Stack) -> Result<Outcome>,
) -> Vec<Check> {
    personalities.iter().map(|personality| Check { name, personality, run }).collect()
}

/// The packages all clients need.
pub fn packages() -> impl Iterator<Item = &'static str> {
    let clients = [
        pkcs11_tool::PACKAGES,
        pin_guard::PACKAGES,
        opensc_module::PACKAGES,
        openssl::PACKAGES,
        curl::PACKAGES,
        nginx::PACKAGES,
        gnutls::PACKAGES,
        nss::PACKAGES,
        nss_documents::PACKAGES,
        p11_kit::PACKAGES,
        openssh::PACKAGES,
        openvpn::PACKAGES,
        java::PACKAGES,
        python::PACKAGES,
        examples::PACKAGES,
        disturbances::PACKAGES,
        browsers::PACKAGES,
    ];
    [packages::CARD, packages::PORTAL].into_iter().chain(clients).flatten().copied()
}

/// The packages of the demonstration, a few of the clients' ones.
pub fn demonstration_packages() -> impl Iterator<Item = &'static str> {
    let shown = [pkcs11_tool::PACKAGES, openssl::PACKAGES, curl::PACKAGES, gnutls::PACKAGES, nss::PACKAGES];
    [packages::CARD, packages::PORTAL].into_iter().chain(shown).flatten().copied()
}

/// `cargo xtask clients`.
pub fn run(options: &ClientOptions) -> Result<u8> {
    if options.list {
        for check in checks() {
            println!("{}", check.title());
        }
        return Ok(0);
    }
    let Some(room) = Room::current()? else {
        packages::ensure(packages::BUILD.iter().copied().chain(packages()))?;
        if options.module.is_none() {
            cargo::release_module()?;
        }
        return Room::enter(|folder| prepare(folder, options.filter.as_deref()));
    };
    run_inside(&room, &module(options.module.as_deref())?, options.filter.as_deref())
}

/// The module a run uses: the one it was given, or our own.
pub fn module(given: Option<&Path>) -> Result<PathBuf> {
    match given {
        Some(path) => path.canonicalize().with_context(|| format!("no module: {}", path.display())),
        None => cargo::module_path(),
    }
}

/// Runs the checks in `room`, some at a time, and prints their lines in order; answers the exit code.
pub fn run_inside(room: &Room, module: &Path, filter: Option<&str>) -> Result<u8> {
    println!("module: {}", module.display());
    let waiting = Mutex::new(chosen(filter).into_iter().enumerate());
    let (done, results) = mpsc::channel();
    let mut report = Report::default();
    thread::scope(|scope| {
        // With only one pcscd there is only one reader to share.
        for _ in 0..if room.private { AT_A_TIME } else { 1 } {
            let (waiting, done) = (&waiting, done.clone());
            scope.spawn(move || {
                while let Some((number, check)) = next(waiting) {
                    let folder = room.folder.join(format!("check-{number}"));
                    let start = Instant::now();
                    let outcome = run_check(room, &folder, module, &check);
                    let _ = done.send((number, check, start.elapsed(), outcome));
                }
            });
        }
        drop(done);
        let mut early = BTreeMap::new();
        let mut expected = 0;
        for (number, check, duration, outcome) in results {
            early.insert(number, (check, duration, outcome));
            while let Some((check, duration, outcome)) = early.remove(&expected) {
                report.line(&check.title(), duration, outcome);
                expected += 1;
            }
        }
    });
    Ok(report.close("clients"))
}

/// The next check of those that wait; locked for this moment only.
fn next(waiting: &Mutex<impl Iterator<Item = (usize, Check)>>) -> Option<(usize, Check)> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner).next()
}

fn run_check(room: &Room, folder: &Path, module: &Path, check: &Check) -> Result<Outcome> {
    let mut stack = Stack::start(room, folder, module, check.personality)?;
    (check.run)(&mut stack).map_err(|error| {
        let evidence = stack.evidence();
        anyhow!("{error:#}\n{evidence}")
    })
}

/// Passed, with one line on what was shown.
fn shown(what: impl Into<String>) -> Result<Outcome> {
    Ok(Outcome::Passed(what.into()))
}

/// The names of all supported kinds of card, families D to H included.
fn every_supported_card() -> Vec<&'static str> {
    card::supported()
}

/// Every kind of card, for checks that must hold on all.
fn every_card() -> Vec<&'static str> {
    card::personalities()
}
