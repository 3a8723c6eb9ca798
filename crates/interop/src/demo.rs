//! `cargo xtask demo`: a person without a card sees a TS-CNS log in; a person with one sees their own do it.
//!
//! What is printed is for somebody who sees the product for the first time: what is installed, what is built, what
//! each program did, and whom the portal saw.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::clients;
use crate::clients::demonstrations::{self, DEMONSTRATIONS, Demonstration};
use crate::process;
use crate::sandbox::Sandbox;
use crate::testbed::client_environment::ClientEnvironment;
use crate::testbed::pcscd::Reader;
use crate::testbed::portal::Visitor;
use crate::testbed::{Testbed, card, physical_card};
use crate::{cargo, debian_root, packages};

#[derive(Debug, clap::Args)]
pub struct DemoOptions {
    /// Which virtual card to insert
    #[arg(long, value_name = "PERSONALITY", default_value = card::DEFAULT)]
    card: String,
    /// Use the real card in this reader (part of its name is enough) and ask for its PIN
    #[arg(long, value_name = "NAME", conflicts_with = "card")]
    reader: Option<String>,
    /// With the programs of this release of Debian (bookworm, trixie), in a folder that debootstrap makes
    #[arg(long, value_name = "SUITE", conflicts_with = "reader")]
    on: Option<String>,
    /// Use this module instead of building our own
    #[arg(long, value_name = "PATH")]
    module: Option<PathBuf>,
}

/// The exit code of the demonstration.
pub fn run(options: &DemoOptions) -> Result<u8> {
    if let Some(sandbox) = Sandbox::current()? {
        return virtual_card(&sandbox, &options.card, &clients::module(options.module.as_deref())?);
    }
    println!("A login with a TS-CNS / CNS card to a portal that demands its certificate.\n");
    if let Some(suite) = &options.on {
        return debian_root::enter(suite, &demonstrations::packages().collect::<Vec<_>>(), |_| ());
    }
    packages::ensure(packages::BUILD.iter().copied().chain(demonstrations::packages()))?;
    if options.module.is_none() {
        println!("Building the module …");
        cargo::release_module()?;
    }
    match &options.reader {
        None => Sandbox::enter(|_| ()),
        Some(reader) => physical_card(reader, &clients::module(options.module.as_deref())?),
    }
}

fn virtual_card(sandbox: &Sandbox, personality: &str, module: &Path) -> Result<u8> {
    let testbed = Testbed::start(sandbox, &sandbox.folder.join("demo"), module, personality)?;
    let (tax_code, card_id) = testbed.card.identity();
    println!("\nIn the reader \"{}\" of a pcscd of our own:", Reader::First.name());
    println!("  card     {} (virtual; --card chooses another)", testbed.card.title());
    println!("  holder   {}, {tax_code}, card {card_id}", testbed.card.holder());
    println!("  PIN      {}", testbed.card.pin());
    introduce(&testbed.client, "its issuer's cards only")?;
    let failed = DEMONSTRATIONS.iter().filter(|demonstration| {
        let before = testbed.card.transcript().len();
        let visit = with_duration(|| testbed.login(demonstration.tls, demonstration.visit));
        !print_result(demonstration, visit, || testbed.card.transcript().len() - before)
    });
    let failed = failed.count();
    if failed > 0 {
        println!("{}", testbed.diagnostics());
    } else {
        println!(
            "Each login took one PIN and one signature, by the card's own account. Everything started for this"
        );
        println!(
            "has been ended again, and nothing on this system has changed but the packages named above."
        );
    }
    Ok(u8::from(failed > 0))
}

/// With the person's own card: the PIN has tries to lose, so the first failure is the last login.
fn physical_card(reader: &str, module: &Path) -> Result<u8> {
    let folder = tempfile::Builder::new().prefix("cns-").tempdir()?;
    let _pcscd = physical_card::system_pcscd()?;
    let client = physical_card::environment(folder.path(), module, reader)?;
    introduce(&client, "any issuer's cards, proof of possession only")?;
    for demonstration in DEMONSTRATIONS {
        let before = logged_commands(&client);
        let visit = with_duration(|| (demonstration.visit)(&client, demonstration.tls));
        if !print_result(demonstration, visit, || logged_commands(&client) - before) {
            println!("Stopped here, so that no PIN is sent a second time.");
            return Ok(1);
        }
    }
    Ok(0)
}

fn introduce(client: &ClientEnvironment, takes: &str) -> Result<()> {
    println!("  module   {}", client.module.display());
    println!("  portal   {} (nginx, TLS 1.2 and 1.3; takes {takes})", client.portal()?.url());
    println!(
        "\n1024-bit cards need OpenSSL's security level 0 on both sides (CipherString = DEFAULT@SECLEVEL=0), which"
    );
    println!(
        "the programs below are given; GnuTLS needs %PROFILE_VERY_WEAK; NSS and the browsers need nothing.\n"
    );
    Ok(())
}

fn with_duration(visit: impl FnOnce() -> Result<Visitor>) -> (Result<Visitor>, Duration) {
    let start = Instant::now();
    (visit(), start.elapsed())
}

/// Says how a login went; answers whether it went well.
fn print_result(
    demonstration: &Demonstration,
    visit: (Result<Visitor>, Duration),
    commands: impl Fn() -> usize,
) -> bool {
    println!("{}", demonstration.name);
    match visit {
        (Ok(visitor), duration) => {
            println!("  the portal saw  {visitor}");
            println!("  the card took   {} commands, in {:.1} s\n", commands(), duration.as_secs_f64());
            true
        }
        (Err(error), _) => {
            println!("  FAILED\n{error:#}\n");
            false
        }
    }
}

/// The commands the module says it sent so far.
fn logged_commands(client: &ClientEnvironment) -> usize {
    let log = process::read_lossy(&client.module_log()).context("no log yet").unwrap_or_default();
    log.matches("cns_card::apdu").count()
}
