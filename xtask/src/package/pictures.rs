//! The pictures of README.md and README.it.md, taken in the clean system: `cns doctor` in a terminal, Firefox's chooser.
//!
//! Nothing is drawn or edited: a window is photographed, the empty rest of the terminal cut off, the colours counted
//! down. What would be cut is a failure.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use super::tools::run_tool;
use interop::cargo;
use interop::chroot::inside;
use interop::clients::browsers::firefox::Firefox;
use interop::process::{self, Process, wait_until};
use interop::report::StepOutcome;
use interop::testbed::Testbed;
use interop::testbed::browser::{Browser as _, Screen, Site, TIMEOUT, with_screenshot};
use interop::testbed::client_environment::ClientEnvironment;
use interop::testbed::display::{self, Display, matches_ocr};

/// The terminal.
pub const PACKAGES: &[&str] = &["xterm"];

/// A language's letters, its locale, and how Firefox's chooser begins to tell the certificate's holder.
const LANGUAGES: [(&str, &str, &str); 2] =
    [("en", "en_GB.UTF-8", "Issued to: "), ("it", "it_IT.UTF-8", "Rilasciato a: ")];
const BACKGROUND: &str = "#16181d";
const TERMINAL: &[&str] = &[
    "-u8",
    "+sb",
    "-fa",
    "DejaVu Sans Mono",
    "-fs",
    "11",
    "-geometry",
    "100x46",
    "-bg",
    BACKGROUND,
    "-fg",
    "#e8e8e8",
    "-xrm",
    "XTerm*color2: #4fd36a",
    "-xrm",
    "XTerm*internalBorder: 0",
];
const ROWS: u32 = 46;
/// The cursor away, the line as a person types it, the command, how it ended.
const SCRIPT: &str = r#"printf '\033[?25l$ cns doctor\n'; "$@"; echo $? > "$0"; exec sleep 600"#;
/// The largest a picture may be that everybody loads with the page, in bytes.
const LARGEST: u64 = 150_000;

/// `cns doctor` of a healthy set-up, the whole list.
pub fn doctor(root: &Path, client: &ClientEnvironment) -> Result<StepOutcome> {
    let mut taken = Vec::new();
    for (language, locale, _) in LANGUAGES {
        let display = Display::start(client, &format!("doctor-{language}"))?;
        let ended = client.file(&format!("doctor-{language}.ended"));
        let mut terminal = client.command("xterm");
        display.attach(&mut terminal);
        terminal.args(TERMINAL).args(["-e", "sh", "-c", SCRIPT]).arg(&ended).args(doctor_line(root, locale));
        let log = client.file("xterm.log");
        let _terminal = Process::start(display::log_output(terminal, &log)?)?;
        wait_until("cns doctor in a terminal", TIMEOUT, || {
            Ok(ended.exists() && fs::metadata(&ended)?.len() > 0)
        })
        .with_context(|| process::read_lossy(&log).unwrap_or_default())?;
        let code = fs::read_to_string(&ended)?;
        ensure!(code.trim() == "0", "cns doctor ended with {}", code.trim());
        // The last lines reach the screen a moment after the program has written them.
        thread::sleep(Duration::from_secs(1));
        let raw = client.file(&format!("doctor-{language}.png"));
        display.picture_of_window(&raw)?;
        let window = height(&raw)?;
        let trimmed = client.file(&format!("doctor-{language}-trimmed.png"));
        convert(&raw, &["-bordercolor", BACKGROUND, "-border", "1", "-trim", "+repage"], &trimmed)?;
        // Had the list scrolled, only the cursor's line would be empty.
        ensure!(
            height(&trimmed)? + 2 * window / ROWS < window,
            "the terminal is too low for the list: {}",
            raw.display()
        );
        taken.push(keep(&trimmed, &format!("cns-doctor.{language}"), &["-border", "14"])?);
    }
    told(&taken)
}

/// The chooser with the certificate of the card, before anything is chosen.
pub fn chooser(testbed: &Testbed) -> Result<StepOutcome> {
    let (tax_code, _) = testbed.card.identity();
    let pins = testbed.card.verify_count();
    let mut taken = Vec::new();
    for (language, _, issued_to) in LANGUAGES {
        let mut firefox = Firefox::in_language(&testbed.client, language)?;
        let raw = testbed.client.file(&format!("chooser-{language}.png"));
        with_screenshot(&mut firefox, |firefox| {
            firefox.pose(900, 500)?;
            firefox.open(&Site::portal(&testbed.client)?.url)?;
            firefox.chooser()?;
            firefox.wait_for(&format!("{issued_to}{tax_code}"), &|screen| match screen {
                Screen::Chooser(text) => matches_ocr(text, &tax_code) && text.contains(issued_to),
                _ => false,
            })?;
            // It comes in with a movement.
            thread::sleep(Duration::from_secs(1));
            firefox.display().picture_of_window(&raw)?;
            firefox.display().press(&["Escape"])
        })?;
        firefox.quit()?;
        taken.push(keep(&raw, &format!("firefox-chooser.{language}"), &[])?);
    }
    ensure!(testbed.card.verify_count() == pins, "a PIN was sent for a picture");
    told(&taken)
}

/// The command in the clean system as words for a terminal, with the environment that it gets there.
fn doctor_line(root: &Path, locale: &str) -> Vec<OsString> {
    let mut doctor = inside(root, "cns", &["doctor"]);
    doctor.env("LC_ALL", locale).env_remove("CNS_PKCS11_LOG").env_remove("NO_COLOR");
    let mut words = vec![OsString::from("env")];
    for (name, _) in doctor.get_envs().filter(|(_, value)| value.is_none()) {
        words.extend([OsStr::new("-u"), name].map(OsString::from));
    }
    for (name, value) in doctor.get_envs() {
        if let Some(value) = value {
            words.push([name, OsStr::new("="), value].into_iter().collect());
        }
    }
    words.push(doctor.get_program().to_owned());
    words.extend(doctor.get_args().map(OsString::from));
    words
}

/// Puts a picture among those of the documents: small, with nothing in it but what is seen.
fn keep(picture: &Path, name: &str, more: &[&str]) -> Result<PathBuf> {
    let path = cargo::workspace().join("docs/images").join(format!("{name}.png"));
    let small = ["-strip", "-dither", "None", "-colors", "128", "-define", "png:exclude-chunks=date,time"];
    convert(picture, &[&["-bordercolor", BACKGROUND], more, &small].concat(), &path)?;
    let length = fs::metadata(&path)?.len();
    ensure!(length < LARGEST, "{}: {length} bytes", path.display());
    Ok(path)
}

fn convert(from: &Path, options: &[&str], to: &Path) -> Result<()> {
    let mut command = Command::new("convert");
    command.arg(from).args(options).arg(to);
    run_tool(command).map(drop)
}

fn height(picture: &Path) -> Result<u32> {
    let mut command = Command::new("identify");
    command.args(["-format", "%h"]).arg(picture);
    run_tool(command)?.stdout.trim().parse().context("a height")
}

fn told(taken: &[PathBuf]) -> Result<StepOutcome> {
    let mut lines = Vec::new();
    for path in taken {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        lines.push(format!("{name} ({} KiB)", fs::metadata(path)?.len().div_ceil(1024)));
    }
    Ok(StepOutcome::Passed(lines.join(", ")))
}
