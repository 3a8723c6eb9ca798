//! One run of `cns` as a text, and the text that is kept of it.

use std::env;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::super::cns_command::{cns, program};
use crate::cargo;
use crate::process;
use crate::stack::Stack;
use crate::stack::desk::CLIENT_LIMIT;
use crate::stack::terminal::Terminal;

/// What stands before a number that is another at each run: ports, days, names of backups.
const PASSING: &[&str] = &["https://localhost:", " localhost:", "\"days_left\": ", "cns/setup/"];

/// Runs the command in both languages; its transcript.
pub fn told(stack: &Stack, arguments: &[&str], input: &str) -> Result<String> {
    Ok(told_in("it", stack, arguments, input)? + &told_in("en", stack, arguments, input)?)
}

pub fn told_in(language: &str, stack: &Stack, arguments: &[&str], input: &str) -> Result<String> {
    let command = cns(&stack.desk, &[&["--lang", language], arguments].concat())?;
    let run = process::run(command, input, CLIENT_LIMIT)?;
    let code = run.status.and_then(|status| status.code()).context("it did not end")?;
    let line = arguments.join(" ");
    Ok(format!("$ cns --lang {language} {line}\n{}{}[{code}]\n\n", run.stdout, run.stderr))
}

pub fn with_pin(stack: &Stack, arguments: &[&str]) -> Result<String> {
    told(stack, &[arguments, &["--pin-stdin"]].concat(), &format!("{}\n", stack.desk.pin))
}

/// Holds a whole dialogue in a terminal; what is on the screen at its end.
pub fn dialogue(stack: &Stack, language: &str, arguments: &str, answers: &[&str]) -> Result<String> {
    let line = format!("'{}' --lang {language} {arguments}", program()?.display());
    let terminal = Terminal::start(&stack.desk, &line)?;
    for (already, answer) in answers.iter().enumerate() {
        terminal.asks(already + 1)?;
        terminal.types(answer)?;
    }
    let screen = terminal.shows("[ended ", 1)?;
    ensure!(!terminal.shows("echo ", 1)?.contains("-echo "), "the terminal is left without echo:\n{screen}");
    let secrets = answers.iter().filter(|answer| answer.len() >= 5);
    for secret in secrets {
        ensure!(!screen.contains(secret), "a secret is on the screen:\n{screen}");
    }
    let (shown, rest) = screen.split_once("[ended ").context("the end")?;
    let code = rest.split(']').next().unwrap_or_default();
    let lines: Vec<&str> = shown.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    Ok(format!("$ cns --lang {language} {arguments}\n{}\n[{code}]\n\n", lines.join("\n")))
}

/// Compares with the text that is kept under this name, or keeps it.
pub fn as_kept(stack: &Stack, name: &str, transcript: &str) -> Result<()> {
    let told = without_what_passes(stack, transcript);
    let path = cargo::workspace().join("xtask/kept").join(format!("{name}.txt"));
    if env::var_os("KEEP").is_some() {
        fs::create_dir_all(path.parent().context("a folder")?)?;
        return Ok(fs::write(&path, told)?);
    }
    let kept = fs::read_to_string(&path).with_context(|| format!("nothing is kept in {}", path.display()))?;
    let (told, kept) = (told.trim_end(), kept.trim_end());
    let first = told.lines().zip(kept.lines()).find(|(told, kept)| told != kept);
    ensure!(told == kept, "not as kept in {}; first {first:?}\n--- told\n{told}", path.display());
    Ok(())
}

fn without_what_passes(stack: &Stack, transcript: &str) -> String {
    let path = |path: &Path| path.display().to_string();
    let text = transcript.replace(&path(&stack.desk.module), "MODULE");
    let text = text.replace(&path(&stack.desk.file("")), "FOLDER/");
    let text = text.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    let lines = text.lines().map(|line| {
        let line = match line.split_once("Z ") {
            Some((clock, event)) if clock.len() == 8 => format!("HH:MM:SSZ {event}"),
            _ => line.trim_end().to_owned(),
        };
        PASSING.iter().fold(line, |line, before| without_number_after(before, &line))
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

/// `localhost:40321` → `localhost:…`; also for hexadecimal numbers.
fn without_number_after(before: &str, line: &str) -> String {
    let Some((start, rest)) = line.split_once(before) else { return line.to_owned() };
    format!("{start}{before}…{}", rest.trim_start_matches(|character: char| character.is_ascii_hexdigit()))
}
