//! `cns` with the real programs that ask for a PIN in a window: no terminal, keys pressed by xdotool, pictures kept.

use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::check::{Check, on_each, pass};
use super::cns_command::cns;
use super::cns_terminal::line;
use super::terminal::Terminal;
use crate::process::{self, Process, wait_until};
use crate::report::StepOutcome;
use crate::testbed::Testbed;
use crate::testbed::display::{Display, log_output};

pub const PACKAGES: &[&str] = &[
    "pinentry-qt",
    "pinentry-gtk2",
    "pinentry-gnome3",
    "pinentry-curses",
    "dbus-daemon",
    "xvfb",
    "openbox",
    "xdotool",
    "imagemagick",
    "fonts-dejavu-core",
    "tmux",
];

const LIMIT: Duration = Duration::from_secs(60);
/// A new window gets the keyboard a moment after it is there.
const FOCUS: Duration = Duration::from_millis(1500);
const TITLE: &str = "Carta CNS";
const NEW_PIN: &str = "73910";
const WRONG_PIN: &str = "99182";
const CARD: &[&str] = &["idemia2021"];

pub fn checks() -> Vec<Check> {
    [
        on_each(CARD, "cns pin with pinentry-qt: verify, change, cancelled, last try", |testbed| {
            dialogues(testbed, "pinentry-qt")
        }),
        on_each(CARD, "cns pin with pinentry-gtk-2: verify, cancelled, again", |testbed| {
            let windows = Windows::new(testbed, "pinentry-gtk-2")?;
            verify(&windows)?;
            pass("three dialogues: one VERIFY for each PIN that can be one, none for a closed window")
        }),
        on_each(CARD, "cns pin with pinentry-gnome3: verified", gnome),
        on_each(CARD, "cns sign and test-login with a pinentry", through_the_module),
        on_each(CARD, "cns pin with pinentry-curses, in a terminal", curses),
    ]
    .concat()
}

/// A command without a terminal on a screen.
struct Windows<'t> {
    testbed: &'t Testbed,
    display: Display,
    program: &'static str,
}

impl<'t> Windows<'t> {
    fn new(testbed: &'t Testbed, program: &'static str) -> Result<Self> {
        Ok(Self { testbed, display: Display::start(&testbed.client, program)?, program })
    }

    /// Runs it; in each window that comes up in turn these keys are pressed. What it says.
    fn run(&self, mut command: Command, windows: &[&[Keys<'_>]], code: i32) -> Result<String> {
        let log = self.testbed.client.file("cns-said");
        let _ = fs_err::remove_file(&log);
        self.display.attach(&mut command);
        command.env("PINENTRY", self.program);
        let mut running = Process::start(log_output(command, &log)?)?;
        // Each question is a process of its own.
        let mut last = None;
        for keys in windows {
            let up = wait_until("a window", LIMIT, || {
                ensure!(running.runs()?, "ended:\n{}", process::read_lossy(&log)?);
                let owner = self.display.owner(TITLE)?;
                let other = owner.is_some() && owner != last;
                last = owner.filter(|_| other).or_else(|| last.take());
                Ok(other)
            });
            up.or_else(|error| self.failed(error))?;
            thread::sleep(FOCUS);
            for keys in *keys {
                match keys {
                    Keys::Write(text) => self.display.write(text)?,
                    Keys::Press(key) => self.display.press(&[key])?,
                    Keys::Picture(name) => {
                        self.display.picture(&format!("{}-{name}", self.program))?;
                    }
                }
            }
        }
        let ended = running.wait(LIMIT).or_else(|error| self.failed(error))?;
        let said = process::read_lossy(&log)?;
        ensure!(ended.code() == Some(code), "ended with {ended}:\n{said}");
        Ok(said)
    }

    /// What the screen shows then is kept.
    fn failed<T>(&self, error: anyhow::Error) -> Result<T> {
        let picture = self.display.picture(&format!("failed-{}", self.program))?;
        Err(error.context(format!("picture of the screen: {}", picture.display())))
    }

    fn pin(&self, action: &str, windows: &[&[Keys<'_>]], code: i32) -> Result<String> {
        self.run(cns(&self.testbed.client, &["--lang", "it", "pin", action])?, windows, code)
    }

    fn verified(&self, times: usize) -> Result<()> {
        let count = self.testbed.card.verify_count();
        ensure!(count == times, "{count} VERIFYs, not {times}");
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Keys<'k> {
    Write(&'k str),
    Press(&'k str),
    Picture(&'k str),
}

use Keys::{Picture, Press, Write};

const ENTER: Keys<'static> = Press("Return");

fn verify(windows: &Windows<'_>) -> Result<()> {
    let pin = windows.testbed.card.pin();
    let said = windows.pin("verify", &[&[Write(&pin), Picture("verify"), ENTER]], 0)?;
    ensure!(said.contains("PIN corretto."), "{said}");
    windows.verified(1)?;
    let said = windows.pin("verify", &[&[Write(&pin[..3]), Press("Escape")]], 8)?;
    ensure!(said.contains("nessun tentativo è stato usato"), "{said}");
    // Too short, then right: the second window says why it is there.
    windows.pin("verify", &[&[Write("12"), ENTER], &[Write(&pin), Picture("again"), ENTER]], 0)?;
    windows.verified(2)
}

/// The keys differ: only this one goes from the new PIN to its repetition with Tab.
fn dialogues(testbed: &mut Testbed, program: &'static str) -> Result<StepOutcome> {
    let pin = testbed.card.pin();
    let windows = Windows::new(testbed, program)?;
    verify(&windows)?;
    let repeated = [Write(NEW_PIN), Picture("change"), ENTER];
    // Since 1.3 what shows the digits stands between the two.
    let tabs: &[Keys<'_>] =
        if version(program)? < (1, 3) { &[Press("Tab")] } else { &[Press("Tab"), Press("Tab")] };
    let new = [&[Write(NEW_PIN)], tabs, &repeated].concat();
    let said = windows.pin("change", &[&[Write(&pin), ENTER], &new], 0)?;
    ensure!(said.contains("PIN cambiato"), "{said}");
    windows.pin("verify", &[&[Write(NEW_PIN), ENTER]], 0)?;
    windows.verified(3)?;
    for _ in 0..2 {
        windows.pin("verify", &[&[Write(WRONG_PIN), ENTER]], 6)?;
    }
    windows.pin("verify", &[&[Picture("last-try"), Press("Escape")]], 8)?;
    windows.verified(5)?;
    pass("seven dialogues: one VERIFY for each PIN that can be one, none for a closed window; pictures kept")
}

/// "pinentry-qt (pinentry) 1.3.1": its first two numbers.
fn version(program: &str) -> Result<(u32, u32)> {
    let mut command = Command::new(program);
    command.arg("--version");
    let said = process::run(command, "", LIMIT)?.succeed()?.stdout;
    let numbers = said.split_whitespace().find_map(|word| word.split_once('.'));
    let (major, rest) = numbers.with_context(|| format!("no version: {said}"))?;
    Ok((major.parse()?, rest.split('.').next().unwrap_or_default().parse()?))
}

fn gnome(testbed: &mut Testbed) -> Result<StepOutcome> {
    let pin = testbed.card.pin();
    let windows = Windows::new(testbed, "pinentry-gnome3")?;
    let mut command = testbed.client.command("dbus-run-session");
    let verify = cns(&testbed.client, &["--lang", "it", "pin", "verify"])?;
    command.arg("--").arg(verify.get_program()).args(verify.get_args());
    let said = windows.run(command, &[&[Write(&pin), Picture("verify"), ENTER]], 0)?;
    ensure!(said.contains("PIN corretto."), "{said}");
    windows.verified(1)?;
    pass("1 VERIFY; picture kept")
}

fn through_the_module(testbed: &mut Testbed) -> Result<StepOutcome> {
    let (pin, client) = (testbed.card.pin(), &testbed.client);
    let windows = Windows::new(testbed, "pinentry-qt")?;
    client.write("document", "Something to sign.\n")?;
    let module = client.module.display().to_string();
    let typed: &[&[Keys<'_>]] = &[&[Write(&pin), ENTER]];
    for (times, arguments) in
        [(1, &["sign", "document", "--module", &module][..]), (2, &["test-login", "--module", &module])]
    {
        let arguments = [&["--lang", "it"], arguments].concat();
        windows.run(cns(client, &arguments)?, typed, 0)?;
        windows.verified(times)?;
    }
    ensure!(client.file("document.p7s").exists(), "no signature");
    pass("one window and one VERIFY each, a signature and a login")
}

fn curses(testbed: &mut Testbed) -> Result<StepOutcome> {
    let pin = testbed.card.pin();
    let line = line("it", "pin verify --pinentry=pinentry-curses")?;
    for (answered, code) in [(true, 0), (false, 130)] {
        let terminal = Terminal::start(&testbed.client, &line)?;
        let screen = terminal.shows("PIN (da 5 a 8 cifre):", 1)?;
        ensure!(screen.contains("Tessera di MARIO ROSSI") && screen.contains("Annulla"), "{screen}");
        match answered {
            true => terminal.types(&pin)?,
            false => terminal.interrupts()?,
        }
        let screen = terminal.ended_with(code)?;
        ensure!(!screen.contains(&pin), "the PIN is on the screen:\n{screen}");
        let count = testbed.card.verify_count();
        ensure!(count == 1, "{count} VERIFYs:\n{screen}");
    }
    // Standard input closed, no window to be had: told at once.
    let mut nothing = cns(&testbed.client, &["--lang", "it", "pin", "verify"])?;
    nothing.stdin(Stdio::null());
    let said = testbed.client.run(nothing)?;
    ensure!(said.status.and_then(|status| status.code()) == Some(8), "{}", said.report("not refused"));
    pass(
        "the PIN hidden, 1 VERIFY; Ctrl-C there sends nothing; without a terminal and a display refused at once",
    )
}
