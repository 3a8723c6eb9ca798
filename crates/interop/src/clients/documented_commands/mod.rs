//! The documents' command blocks, run word by word in a terminal, as a reader would paste them: each must end well. What
//! a reader puts in for `HOST` and the like, and the PIN that a program asks for, comes from the test bed.

mod blocks;

use std::fmt::Write as _;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use fs_err as fs;

use self::blocks::{Block, Section, sections};
use super::check::{Check, on_each, pass};
use super::cns_command;
use super::nss_documents;
use super::terminal::Terminal;
use crate::cargo::workspace;
use crate::report::StepOutcome;
use crate::testbed::Testbed;
use crate::testbed::card::{self, InsertedCard};
use crate::testbed::client_environment::ClientEnvironment;

pub const PACKAGES: &[&str] = &[
    "curl",
    "gnutls-bin",
    "libengine-pkcs11-openssl",
    "libnss3-tools",
    "openjdk-17-jdk-headless | openjdk-21-jdk-headless",
    "opensc",
    "openssh-client",
    "openvpn",
    "p11-kit",
    "poppler-utils",
    "tmux",
];

pub fn checks() -> Vec<Check> {
    [
        on_each(&[card::DEFAULT], "docs/clients.md: every command block", |testbed| {
            document(testbed, "docs/clients.md")
        }),
        on_each(&[card::DEFAULT], "docs/clients.it.md: every command block", |testbed| {
            document(testbed, "docs/clients.it.md")
        }),
        on_each(&[card::DEFAULT], "README.md: every command block", |testbed| document(testbed, "README.md")),
        on_each(&[card::DEFAULT], "README.it.md: every command block", |testbed| {
            document(testbed, "README.it.md")
        }),
    ]
    .concat()
}

/// No date, and no digits in a row.
const NEW_PIN: &str = "73519";

/// Longer than any section of commands takes.
const LIMIT: Duration = Duration::from_secs(120);

fn document(testbed: &mut Testbed, name: &str) -> Result<StepOutcome> {
    if !testbed.client.private {
        return Ok(StepOutcome::Skipped("no mounts of our own here".into()));
    }
    let sections = sections(&fs::read_to_string(workspace().join(name))?);
    let head = sections.first().context("a document has a head")?;
    let mut failures = Vec::new();
    for section in &sections {
        let before = if section.heading == head.heading { String::new() } else { head.commands() };
        if let Err(error) = run_section(testbed, &before, section) {
            failures.push(format!("{name}, {}: {error:#}", section.heading));
        }
    }
    ensure!(failures.is_empty(), "{}", failures.join("\n"));
    let blocks = || sections.iter().flat_map(|section| &section.blocks);
    let run = blocks().filter(|block| matches!(block, Block::Commands(_))).count();
    ensure!(run > 0, "{name} has no command that can be run");
    let not_run = blocks().filter_map(|block| match block {
        Block::NotRun { line, needs } => Some(format!("line {line} ({needs})")),
        _ => None,
    });
    let not_run = not_run.collect::<Vec<_>>().join(", ");
    pass(format!("{run} blocks run; not run: {}", if not_run.is_empty() { "none" } else { &not_run }))
}

/// Runs the commands of a section in a folder of their own, after those of the document's head.
fn run_section(testbed: &Testbed, head: &str, section: &Section) -> Result<()> {
    let client = &testbed.client;
    let folder = client.fresh_folder("section")?;
    for block in &section.blocks {
        if let Block::File { name, text } = block {
            fs::write(folder.join(name), text)?;
        }
    }
    for name in ["letter.pdf", "lettera.pdf"] {
        fs::write(folder.join(name), nss_documents::letter())?;
    }
    let portal = client.portal()?;
    let script = format!(
        "set -e\ntrap 'echo \"[failed: $BASH_COMMAND]\"' ERR\ncd {}\necho a text >file\n{head}HOST=localhost\nPORT={}\n{}",
        folder.display(),
        portal.port(),
        section.commands()
    );
    fs::write(folder.join("commands.bash"), script)?;
    fs::write(folder.join("mounts.sh"), mounts(client, portal.ca_file(), &folder)?)?;
    let line = format!(
        "unshare --mount --propagation private -- sh -e {0}/mounts.sh bash {0}/commands.bash",
        folder.display()
    );
    let terminal = Terminal::start(client, &line)?;
    answer_questions(&terminal, &testbed.card)?;
    terminal.ended_with(0).map(drop)
}

/// Puts module and command where the documents have them, and lets every program trust the portal; then runs the rest.
fn mounts(client: &ClientEnvironment, ca: &Path, folder: &Path) -> Result<String> {
    let mut script = String::new();
    for (file, name, place) in [
        (client.module.clone(), "libcns_pkcs11.so", "/usr/local/lib"),
        (cns_command::program()?, "cns", "/usr/local/bin"),
    ] {
        let layer = folder.join(name).with_extension("layer");
        fs::create_dir(&layer)?;
        fs::copy(file, layer.join(name))?;
        let layer = layer.display();
        writeln!(script, "mount -t overlay overlay -o lowerdir={layer}:{place} {place}")?;
    }
    writeln!(script, "mount --bind {} /etc/ssl/certs/ca-certificates.crt", ca.display())?;
    script += "exec \"$@\"\n";
    Ok(script)
}

/// Types what the last line on the screen asks for, whenever it asks, until the commands have ended.
fn answer_questions(terminal: &Terminal<'_>, card: &InsertedCard) -> Result<()> {
    let start = Instant::now();
    let (mut pin, mut answered) = (card.pin(), String::new());
    while start.elapsed() < LIMIT {
        let screen = terminal.screen()?;
        if screen.contains("[ended ") {
            return Ok(());
        }
        let last = screen.trim_end().lines().next_back().unwrap_or_default().to_lowercase();
        let names = |words: &[&str]| words.iter().any(|word| last.contains(word));
        let asks = last.ends_with(':') && names(&["pin", "puk", "password", "yes"]);
        if screen != answered && asks {
            if names(&["new", "nuovo"]) {
                NEW_PIN.clone_into(&mut pin);
            }
            let answer = match () {
                () if names(&["yes"]) => "yes".to_owned(),
                () if names(&["puk"]) => card.puk(),
                () => pin.clone(),
            };
            terminal.types(&answer)?;
            answered = screen;
        }
        thread::sleep(Duration::from_millis(50));
    }
    bail!("not at its end after {} s\n--- the screen\n{}", LIMIT.as_secs(), terminal.screen()?.trim_end())
}
