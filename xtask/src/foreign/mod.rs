//! `cargo xtask foreign`: the module and the command for systems that this machine is not.
//!
//! For macOS they are type-checked, and the module is linked; for Windows they are built and run, under wine, or
//! type-checked where there is no wine. With a wine of today they are run with virtual cards, too. Whatever cannot be had
//! here is skipped by name. Decision 0024.

mod cards;
mod macos;
pub mod toolchain;
mod windows;
pub mod wine;

use std::time::Instant;

use anyhow::{Result, bail};

use interop::debian_root;
use interop::packages;
use interop::report::{Report, StepOutcome};
use interop::sandbox::Sandbox;
use toolchain::{Toolchain, WINDOWS, folder};

const MACOS: &str = "aarch64-apple-darwin";

/// What the steps under wine need; p11-kit's header is another project's description of PKCS#11.
const PACKAGES: &[&str] = &["gcc-mingw-w64-x86-64", "wine", "wine64", "libp11-kit-dev"];

/// The cards of `cargo xtask test`: keys of 1024 and 2048 bits, a card that tells its tries, one with applications, and one
/// that is none of ours. What differs from card to card is the same on Linux.
pub const SHORT: &[&str] = &["cardos", "idemia2021", "ace2025", "cie3"];

#[derive(Debug, clap::Args)]
pub struct ForeignOptions {
    /// Under wine, only cards of these kinds
    #[arg(value_name = "PERSONALITY", value_parser = cards::chosen)]
    cards: Vec<&'static str>,
}

/// The steps of this command, and its exit code.
pub fn run(options: &ForeignOptions) -> Result<u8> {
    if let Some(sandbox) = Sandbox::current()? {
        return cards::run_inside(&sandbox, &options.cards);
    }
    let start = Instant::now();
    let mut report = Report::default();
    steps(&mut report, &options.cards);
    println!("\nin all {} s", start.elapsed().as_secs());
    Ok(report.close("steps"))
}

/// Fetches what [`steps`] would fetch, so that they can go on beside what installs packages itself.
pub fn prepare() -> Result<()> {
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        let sandbox = [packages::CARD, packages::PORTAL, debian_root::PACKAGES].concat();
        packages::ensure_available(PACKAGES.iter().copied().chain(sandbox))?;
    }
    for system in [MACOS, WINDOWS] {
        let _toolchain_or_why_not = Toolchain::find(system)?;
    }
    Ok(())
}

/// macOS is type-checked, and the module linked. So is Windows type-checked where nothing of it can be run; else the build
/// for wine says more.
fn steps(report: &mut Report, cards: &[&'static str]) {
    report.step(&format!("type-check for {MACOS}"), || type_check(MACOS));
    report.step("libcns_pkcs11.dylib: links, exports, needs", || {
        // Where the standard library comes as sources, it is compiled once more for this: too long for `cargo xtask test`.
        if !cards.is_empty() {
            return Ok(StepOutcome::Skipped("only by cargo xtask foreign without kinds of cards".into()));
        }
        match Toolchain::find(MACOS)? {
            Ok(toolchain) => macos::link(&toolchain, MACOS),
            Err(why) => Ok(StepOutcome::Skipped(why)),
        }
    });
    let (mut runs, mut built) = (false, false);
    report.step("cns_pkcs11.dll and cns.exe under wine", || {
        if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
            return Ok(StepOutcome::Skipped("wine runs these on x86_64 Linux only".into()));
        }
        packages::ensure_available(PACKAGES.iter().copied())?;
        let missing = packages::missing(PACKAGES.iter().copied())?;
        if !missing.is_empty() {
            return Ok(StepOutcome::Skipped(format!(
                "not installed, and not to be had: {}",
                missing.join(", ")
            )));
        }
        runs = true;
        let toolchain = match Toolchain::find(WINDOWS)? {
            Ok(toolchain) => toolchain,
            Err(why) => return Ok(StepOutcome::Skipped(why)),
        };
        windows::build(&toolchain)?;
        built = true;
        windows::run(&toolchain)
    });
    report.step("cards under wine", || match built {
        true => cards::run(cards),
        false => Ok(StepOutcome::Skipped("nothing was built for Windows: see above".into())),
    });
    if !runs {
        report.step(&format!("type-check for {WINDOWS}"), || type_check(WINDOWS));
    }
}

fn type_check(system: &str) -> Result<StepOutcome> {
    let toolchain = match Toolchain::find(system)? {
        Ok(toolchain) => toolchain,
        Err(why) => return Ok(StepOutcome::Skipped(why)),
    };
    let mut command = toolchain.cargo("check", system, &folder());
    command.args(["--package", "cns-pkcs11", "--package", "cns-tool"]);
    // Nothing of C is compiled into a type check, and a C compiler for the system is not to be had everywhere. `true`
    // stands in for those that some crates' build scripts ask for.
    let name = system.replace('-', "_");
    command.env(format!("CC_{name}"), "true").env(format!("AR_{name}"), "true").env("SDKROOT", folder());
    if !interop::programs::status(&mut command)?.success() {
        bail!("the module or the command does not type-check for {system}");
    }
    Ok(StepOutcome::Passed(format!("cns-pkcs11, cns-tool; {}", toolchain.name())))
}
