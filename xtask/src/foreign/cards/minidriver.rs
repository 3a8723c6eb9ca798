//! `cnscm.dll`, used by a C program that plays Windows' Base CSP (`tests/windows/minidriver.c`), which also counts the
//! commands with a PIN: its card is a program of its own, which it asks.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use super::windows_programs::WindowsPrograms;
use interop::cargo::target;
use interop::process::Process;
use interop::testbed::Testbed;
use interop::testbed::pcscd::Reader;
use interop::testbed::signature::{Padding, verify_file};

/// What the program plays with a card of ours; its head comment says what each is.
const MODES: &[&str] =
    &["order", "discovery", "handles", "pulled", "swapped", "tries", "lengths", "input", "threads"];

/// The long ones, and the card that meets them: what a minidriver does with an error is not the card's.
const LONG_MODES: &[&str] = &["faults", "hostile"];
const LONG: &str = "st2021";

/// The card that is put into another one's place.
const OTHER: [&str; 2] = ["st2021", "idemia2021"];

pub(super) fn check(programs: &WindowsPrograms, testbed: &mut Testbed) -> Result<String> {
    let long = if testbed.card.kind() == LONG { LONG_MODES } else { &[] };
    let modes = [MODES, long].concat();
    let checks = play(programs, testbed, &modes)?;
    let signatures = signatures(testbed)?;
    Ok(format!("{}: {checks} checks; {signatures} signatures verified by OpenSSL", modes.join(", ")))
}

/// The context is refused.
pub(super) fn refusal(programs: &WindowsPrograms, testbed: &mut Testbed) -> Result<String> {
    Ok(format!("refused: {} checks", play(programs, testbed, &["refused"])?))
}

/// Runs the program in these modes; the number of its checks.
fn play(programs: &WindowsPrograms, testbed: &mut Testbed, modes: &[&str]) -> Result<u32> {
    let (control, _card) = other_process(testbed)?;
    fs::create_dir_all(testbed.client.file("signed"))?;
    let other = OTHER.iter().find(|kind| **kind != testbed.card.kind()).context("another kind")?;
    let arguments = [
        "cnscm.dll".to_owned(),
        format!("pin={}", testbed.card.pin()),
        format!("puk={}", testbed.card.puk()),
        "folder=signed".to_owned(),
        format!("control={control}"),
        format!("other={other}"),
    ];
    let mut checks = 0;
    for mode in modes {
        let arguments: Vec<&str> =
            std::iter::once(*mode).chain(arguments.iter().map(String::as_str)).collect();
        let said = programs.run(&testbed.client, "minidriver.exe", &arguments, "")?.succeed()?;
        let count = said.stdout.lines().last().and_then(checks_without_failure);
        checks += count.with_context(|| said.report("no count of checks"))?;
    }
    Ok(checks)
}

/// Puts the card of another process into the place of ours; answers where it takes commands.
fn other_process(testbed: &mut Testbed) -> Result<(String, Process)> {
    testbed.card.remove(&testbed.pcscd)?;
    let control = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.to_string();
    let before = testbed.pcscd.reader_events(Reader::First)?;
    let mut command = Command::new(target().join("debug/virtual-cns"));
    command.args(["run", testbed.card.kind(), "--address", &testbed.pcscd.address(Reader::First)]);
    command.args(["--control", &control]).stdin(Stdio::null()).stdout(Stdio::null());
    let process = Process::start(command)?;
    testbed.pcscd.wait_for_insertion(Reader::First, before)?;
    Ok((control, process))
}

/// The number in `123 checks, 0 failures`.
fn checks_without_failure(line: &str) -> Option<u32> {
    line.trim().strip_suffix(" checks, 0 failures")?.parse().ok()
}

/// Those of the files `pss-sha256.sig` and so on; the number of them.
fn signatures(testbed: &Testbed) -> Result<usize> {
    let folder = testbed.client.file("signed");
    let certificate = fs::read(folder.join("certificate.der"))?;
    ensure!(certificate == testbed.card.certificate(), "another certificate than the card's");
    let mut count = 0;
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        let Some((way, hash)) = way_and_hash(&path) else { continue };
        let padding = if way == "pss" { Padding::Pss } else { Padding::Pkcs1 };
        verify_file(&testbed.client, &path, &folder.join("message.bin"), hash, padding)
            .with_context(|| path.display().to_string())?;
        count += 1;
    }
    ensure!(count > 0, "no signature in {}", folder.display());
    Ok(count)
}

fn way_and_hash(path: &Path) -> Option<(&str, &str)> {
    path.file_name()?.to_str()?.strip_suffix(".sig")?.split_once('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_and_the_names_of_files_are_read() {
        assert_eq!(checks_without_failure("152 checks, 0 failures\r"), Some(152));
        assert_eq!(checks_without_failure("152 checks, 10 failures"), None);
        assert_eq!(way_and_hash(Path::new("/tmp/signed/pss-sha256.sig")), Some(("pss", "sha256")));
        assert_eq!(way_and_hash(Path::new("/tmp/signed/message.bin")), None);
    }
}
