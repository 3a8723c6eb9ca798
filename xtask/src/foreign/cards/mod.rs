//! Virtual cards under wine, through a real pcscd: each front end of the Windows build with every kind of card. What a
//! card heard is asked of the card, what is signed is judged by OpenSSL, whoever logs in is named by the portal.

mod command;
mod minidriver;
mod module;
mod windows_programs;

use std::path::Path;
use std::time::Instant;

use anyhow::{Result, anyhow, bail};

use super::windows;
use super::wine::{WinePrefix, WineSystem};
use interop::report::{Report, StepOutcome};
use interop::sandbox::Sandbox;
use interop::testbed::{Testbed, card};
use interop::{packages, programs};
use windows_programs::WindowsPrograms;

/// A way in which Windows' programs reach a card.
struct FrontEnd {
    name: &'static str,
    /// What was shown with a card of ours, or with one that has to be turned away.
    check: fn(&WindowsPrograms, &mut Testbed) -> Result<String>,
    refusal: fn(&WindowsPrograms, &mut Testbed) -> Result<String>,
}

const FRONT_ENDS: &[FrontEnd] = &[
    FrontEnd { name: "cns_pkcs11.dll", check: module::check, refusal: module::refusal },
    FrontEnd { name: "cns.exe", check: command::check, refusal: command::refusal },
    FrontEnd { name: "cnscm.dll", check: minidriver::check, refusal: minidriver::refusal },
];

/// One kind of card that was asked for.
pub(super) fn chosen(name: &str) -> Result<&'static str, String> {
    let all = [card::every_cns(), card::unsupported()].concat();
    let list = all.join(", ");
    all.into_iter().find(|kind| *kind == name).ok_or_else(|| format!("there are: {list}"))
}

/// Outside: finds the wine, and goes into a sandbox with it.
pub(super) fn run(chosen: &[&'static str]) -> Result<StepOutcome> {
    let system = match WineSystem::find(packages::PORTAL)? {
        Ok(system) => system,
        Err(why) => return Ok(StepOutcome::Skipped(why)),
    };
    match system.enter()? {
        0 if chosen.is_empty() => Ok(StepOutcome::Passed(system.name())),
        0 => Ok(StepOutcome::Passed(format!(
            "{}; only {}, the others by {} foreign",
            system.name(),
            chosen.join(", "),
            programs::own_command()
        ))),
        code => bail!("see above (exit code {code}; {})", system.name()),
    }
}

/// Inside: one line per kind of card and front end; answers the exit code.
pub(super) fn run_inside(sandbox: &Sandbox, chosen: &[&'static str]) -> Result<u8> {
    let programs = WindowsPrograms {
        prefix: WinePrefix { folder: sandbox.folder.join("wine"), built: windows::built() },
    };
    let mut report = Report::default();
    report.step("a folder of settings for wine", || programs.prefix.make().map(|_| ()));
    let is_chosen = |kind: &&str| chosen.is_empty() || chosen.contains(kind);
    for (kinds, refuses) in [(card::every_cns(), false), (card::unsupported(), true)] {
        for kind in kinds.into_iter().filter(is_chosen) {
            for front_end in FRONT_ENDS {
                let start = Instant::now();
                let name = format!("{kind}: {}", front_end.name);
                let check = if refuses { front_end.refusal } else { front_end.check };
                let folder = sandbox.folder.join(format!("{kind}-{}", front_end.name));
                let outcome = with_card(sandbox, &programs, kind, &folder, check);
                report.line(&name, start.elapsed(), outcome.map(StepOutcome::Passed));
            }
        }
    }
    Ok(report.close("cards under wine"))
}

fn with_card(
    sandbox: &Sandbox,
    programs: &WindowsPrograms,
    kind: &str,
    folder: &Path,
    check: fn(&WindowsPrograms, &mut Testbed) -> Result<String>,
) -> Result<String> {
    programs.prefix.forget_cards()?;
    let module = programs.prefix.built.join("cns_pkcs11.dll");
    let mut testbed = Testbed::start(sandbox, folder, &module, kind)?;
    check(programs, &mut testbed).map_err(|error| anyhow!("{error:#}\n{}", testbed.diagnostics()))
}
