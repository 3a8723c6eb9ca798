//! `cns.exe`: the same sentences as on Linux, a right PIN, and logins to a portal through the DLL beside it.

use anyhow::{Context as _, Result, ensure};

use super::WindowsPrograms;
use crate::foreign::wine::windows_path;
use interop::clients::cns_snapshots::snapshot::snapshot;
use interop::process::ProgramOutput;
use interop::testbed::Testbed;
use interop::testbed::client_environment::Tls;
use interop::testbed::pcscd::Reader;

/// Exit codes of docs/cns.md.
const PROBLEMS: i32 = 1;
const LAST_TRY: i32 = 8;

pub(super) fn check(programs: &WindowsPrograms, testbed: &mut Testbed) -> Result<String> {
    status(programs, testbed)?;
    doctor(programs, testbed)?;
    let certificate = cns(programs, testbed, &["cert", "show"], "")?.succeed()?;
    certificate.expect_output(&testbed.card.identity().0)?;
    ensure!(testbed.card.verify_count() == 0, "a PIN was sent");
    let verify = ["pin", "verify", "--pin-stdin"];
    cns(programs, testbed, &verify, &testbed.card.pin())?.succeed()?.expect_output("PIN correct.")?;
    ensure!(testbed.card.verify_count() == 1, "{} VERIFYs", testbed.card.verify_count());
    for tls in [Tls::V1_2, Tls::V1_3] {
        login(programs, testbed, tls)?;
    }
    Ok("status, doctor, setup windows and doctor, cert show, pin verify; test-login with TLS 1.2 and 1.3"
        .into())
}

/// The findings before and after the minidriver was registered. Wine has no service that copies certificates into its
/// store, so something is left to find.
fn doctor(programs: &WindowsPrograms, testbed: &Testbed) -> Result<()> {
    let (none, ours) = ("Windows has no driver for the card", "with cns-pkcs11's driver");
    // A bare ATR that passports have, too: registered only where a person asks for it.
    let registered = if testbed.card.kind() == "st2022-nfc" { none } else { ours };
    for (setup, finding) in [(None, none), (Some("windows"), registered)] {
        if let Some(program) = setup {
            cns(programs, testbed, &["setup", program], "")?.succeed()?;
        }
        let doctor = cns(programs, testbed, &["doctor"], "")?;
        let code = doctor.status.and_then(|status| status.code());
        ensure!(code == Some(PROBLEMS), "{}", doctor.report("another exit code than 1"));
        doctor.expect_output("Card recognised")?.expect_output("cns_pkcs11.dll")?.expect_output(finding)?;
    }
    cns(programs, testbed, &["setup", "windows", "--remove"], "")?.succeed()?;
    Ok(())
}

/// It says what card it is, and what to do.
pub(super) fn refusal(programs: &WindowsPrograms, testbed: &mut Testbed) -> Result<String> {
    status(programs, testbed)?;
    ensure!(testbed.card.verify_count() == 0, "a PIN was sent");
    Ok("turned away with advice".into())
}

/// Letter for letter what the command's own tests have it tell.
fn status(programs: &WindowsPrograms, testbed: &Testbed) -> Result<()> {
    let expected = snapshot(&format!("status__status-cards#{}", testbed.card.kind()))?;
    let mut told = Vec::new();
    for language in ["it", "en"] {
        let arguments = ["--lang", language, "status", "--reader", Reader::First.name()];
        let run = programs.run(&testbed.client, "cns.exe", &arguments, "")?;
        let code = run.status.and_then(|status| status.code()).context("it did not end")?;
        told.push(format!("$ cns status\n{}{}[{code}]\n", run.stdout, run.stderr));
    }
    let told = told.join("\n");
    ensure!(told.trim_end() == expected.trim_end(), "--- expected\n{expected}--- it tells\n{told}");
    Ok(())
}

fn login(programs: &WindowsPrograms, testbed: &Testbed, tls: Tls) -> Result<()> {
    testbed.login(tls, |client, tls| {
        client.visit(tls, |portal| {
            let (site, authority) = (portal.url(), windows_path(portal.ca_file()));
            let arguments = ["test-login", &site, "--tls", tls.number(), "--ca", &authority, "--pin-stdin"];
            let told = cns(programs, testbed, &arguments, &client.pin)?.succeed()?;
            told.expect_output(&format!("TLS {}", tls.number()))?
                .expect_output("The site accepted the certificate")
        })
    })?;
    Ok(())
}

/// The command is told of wrong PINs that other programs sent.
pub(super) fn last_try_is_protected(programs: &WindowsPrograms, testbed: &Testbed, pin: &str) -> Result<()> {
    let said = cns(programs, testbed, &["pin", "verify", "--pin-stdin"], pin)?;
    let code = said.status.and_then(|status| status.code());
    ensure!(code == Some(LAST_TRY), "{}", said.report("the last try is not protected"));
    Ok(())
}

fn cns(
    programs: &WindowsPrograms,
    testbed: &Testbed,
    arguments: &[&str],
    line: &str,
) -> Result<ProgramOutput> {
    let arguments = [&["--lang", "en"], arguments].concat();
    programs.run(&testbed.client, "cns.exe", &arguments, &format!("{line}\n"))
}
