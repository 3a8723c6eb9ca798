//! The pictures of README.md and README.it.md, taken in the clean system: `cns start` and `cns doctor` in a terminal, Firefox's chooser
//! and the page behind the login.
//!
//! Nothing is drawn or edited: a window is photographed, the empty rest of the terminal cut off, the colours counted
//! down. What would be cut is a failure.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use super::account;
use super::guided_start::{ENGLISH, ITALIAN, LAST_SITE};
use super::tools::run_tool;
use interop::cargo;
use interop::clients::browsers::firefox::Firefox;
use interop::clients::terminal::quoted;
use interop::process::{self, Process, wait_until};
use interop::report::StepOutcome;
use interop::testbed::Testbed;
use interop::testbed::browser::{Browser as _, Screen, Site, TIMEOUT, first_page, with_screenshot};
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
    "10",
    "-geometry",
    "100x50",
    "-bg",
    BACKGROUND,
    "-fg",
    "#e8e8e8",
    "-xrm",
    "XTerm*color2: #4fd36a",
    "-xrm",
    "XTerm*internalBorder: 0",
];
const ROWS: u32 = 50;
/// The cursor away, the line as a person types it, the command with a record of what it says, how it ended.
const SCRIPT: &str = r#"printf '\033[?25l$ %s\n' "$2"
script --quiet --flush --return --command "$3" "$1"
echo $? > "$0"
exec sleep 600"#;
/// The largest a picture may be that everybody loads with the page, in bytes.
const LARGEST: u64 = 60_000;

/// `cns doctor` of a healthy set-up, the whole list.
pub fn doctor(root: &Path, client: &ClientEnvironment) -> Result<StepOutcome> {
    let mut taken = Vec::new();
    for (language, locale, _) in LANGUAGES {
        let window =
            TerminalWindow::start(client, root, &format!("doctor-{language}"), "cns doctor", locale)?;
        window.ends_well()?;
        taken.push(window.picture(&format!("cns-doctor.{language}"))?);
    }
    told(&taken)
}

/// `cns start` where nothing is set up, from the first line to the last. The second language comes after a removal.
pub fn start(
    root: &Path,
    testbed: &Testbed,
    between: &dyn Fn() -> Result<StepOutcome>,
) -> Result<StepOutcome> {
    let mut taken = Vec::new();
    for (words, language) in [(ITALIAN, "it"), (ENGLISH, "en")] {
        let line = account::block_of(words.document, "start")?;
        let label = format!("start-{language}");
        let window = TerminalWindow::start(&testbed.client, root, &label, line.trim(), words.locale)?;
        let (pin, enter) = (testbed.card.pin(), words.enter_is_yes);
        let dialogue =
            [(enter, 1, ""), (enter, 2, ""), (words.wants_a_word, 1, words.yes), (words.pin, 1, &pin)];
        for (question, times, answer) in dialogue {
            window.says(question, times)?;
            window.types(answer)?;
        }
        window.says(LAST_SITE, 1)?;
        window.types("")?;
        window.ends_well()?;
        taken.push(window.picture(&format!("cns-start.{language}"))?);
        between()?;
    }
    told(&taken)
}

/// A terminal on a screen of its own, in which the person of the clean system has typed a command.
struct TerminalWindow<'d> {
    client: &'d ClientEnvironment,
    label: String,
    _terminal: Process,
    display: Display,
}

impl<'d> TerminalWindow<'d> {
    fn start(
        client: &'d ClientEnvironment,
        root: &Path,
        label: &str,
        typed: &str,
        locale: &str,
    ) -> Result<Self> {
        let display = Display::start(client, label)?;
        let mut command = account::shell(root, typed);
        command.env("LC_ALL", locale);
        let line: Vec<String> = account::words(&command).iter().map(quoted).collect();
        let mut terminal = client.command("xterm");
        display.attach(&mut terminal);
        terminal.args(TERMINAL).args(["-e", "sh", "-c", SCRIPT]);
        terminal.arg(client.file(&format!("{label}.ended"))).arg(client.file(&format!("{label}.said")));
        terminal.arg(typed).arg(line.join(" "));
        let terminal = display::log_output(terminal, &client.file("xterm.log"))?;
        let terminal = Process::start(terminal)?;
        display.wait_for_focus()?;
        Ok(Self { client, label: label.to_owned(), _terminal: terminal, display })
    }

    fn file(&self, kind: &str) -> PathBuf {
        self.client.file(&format!("{}.{kind}", self.label))
    }

    fn says(&self, text: &str, times: usize) -> Result<()> {
        let said = || process::read_lossy(&self.file("said")).unwrap_or_default();
        wait_until(text, TIMEOUT, || Ok(said().matches(text).count() >= times)).with_context(said)
    }

    fn types(&self, text: &str) -> Result<()> {
        // A question is there a moment before it takes what is typed: what came too early is thrown away.
        thread::sleep(Duration::from_secs(1));
        if !text.is_empty() {
            self.display.write(text)?;
        }
        self.display.press(&["Return"])
    }

    fn ends_well(&self) -> Result<()> {
        let ended = self.file("ended");
        wait_until(&self.label, TIMEOUT, || Ok(ended.exists() && fs::metadata(&ended)?.len() > 0))
            .with_context(|| process::read_lossy(&self.client.file("xterm.log")).unwrap_or_default())?;
        let code = fs::read_to_string(&ended)?;
        ensure!(code.trim() == "0", "{} ended with {}", self.label, code.trim());
        Ok(())
    }

    fn picture(&self, name: &str) -> Result<PathBuf> {
        // The last lines reach the screen a moment after the program has written them.
        thread::sleep(Duration::from_secs(1));
        let (raw, trimmed) = (self.file("png"), self.file("trimmed.png"));
        self.display.picture_of_window(&raw)?;
        let window = height(&raw)?;
        convert(&raw, &["-bordercolor", BACKGROUND, "-border", "1", "-trim", "+repage"], &trimmed)?;
        // Had the list scrolled, only the cursor's line would be empty.
        ensure!(
            height(&trimmed)? + 2 * window / ROWS < window,
            "the terminal is too low for what it says: {}",
            raw.display()
        );
        keep(&trimmed, name, &["-border", "14"])
    }
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

/// The page behind the login, as Firefox shows it after the chooser and one PIN.
pub fn login(testbed: &Testbed, language: &str) -> Result<StepOutcome> {
    let pins = testbed.card.verify_count();
    let mut firefox = Firefox::in_language(&testbed.client, language)?;
    let raw = testbed.client.file(&format!("login-{language}.png"));
    with_screenshot(&mut firefox, |firefox| {
        firefox.pose(900, 300)?;
        let site = Site::portal(&testbed.client)?;
        first_page(firefox, testbed, &site, &format!("/{language}"), &format!("login-{language}"))?;
        // It is served a moment before it is painted.
        thread::sleep(Duration::from_secs(1));
        firefox.display().picture_of_window(&raw)
    })?;
    firefox.quit()?;
    ensure!(testbed.card.verify_count() == pins + 1, "not one PIN for a picture");
    told(&[keep(&raw, &format!("firefox-login.{language}"), &[])?])
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
