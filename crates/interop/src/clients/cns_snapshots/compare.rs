//! The text of a real run is held against the snapshots that the tests of `cns` have of the same text, and only where there is
//! none against a text that is kept here.

use std::env;
use std::path::PathBuf;

use anyhow::{Result, bail, ensure};
use fs_err as fs;
use virtual_cns::holders::CertificateOptions;

use super::snapshot::snapshot;
use super::transcript::{Run, normalized, without_days};
use crate::cargo::workspace;
use crate::testbed::Testbed;

/// Each run must be a text of one of these snapshots, each of which must be met; or else of `kept/NAME.txt`, where a text
/// stands once, below all commands that wrote it. With the variable KEEP that file is written anew.
pub fn expect_known(testbed: &Testbed, name: &str, snapshots: &[&str], runs: Vec<Run>) -> Result<()> {
    let known: Vec<Vec<String>> =
        snapshots.iter().map(|name| texts_of_snapshot(name)).collect::<Result<_>>()?;
    let runs: Vec<Run> = runs.into_iter().map(|run| normalized_run(testbed, &run)).collect();
    for (name, texts) in snapshots.iter().zip(&known) {
        let met = runs.iter().any(|run| texts.contains(&run.text));
        ensure!(met, "no text is as in the snapshot {name}:\n{}", grouped(&runs));
    }
    let others: Vec<Run> =
        runs.into_iter().filter(|run| !known.iter().flatten().any(|text| *text == run.text)).collect();
    let (path, text) = (kept(name), grouped(&others));
    if env::var_os("KEEP").is_some() {
        return match others.is_empty() {
            true if path.exists() => Ok(fs::remove_file(&path)?),
            true => Ok(()),
            false => Ok(fs::write(&path, text)?),
        };
    }
    let kept = if path.exists() { fs::read_to_string(&path)? } else { String::new() };
    if text == kept {
        return Ok(());
    }
    let first = text.lines().zip(kept.lines()).find(|(text, kept)| text != kept);
    bail!("neither in {snapshots:?} nor in {}; first {first:?}\n--- the run\n{text}", path.display())
}

fn kept(name: &str) -> PathBuf {
    workspace().join("crates/interop/kept").join(format!("{name}.txt"))
}

fn normalized_run(testbed: &Testbed, run: &Run) -> Run {
    let [command, text] = [&run.command, &run.text].map(|text| normalized(testbed, text));
    Run { command, text }
}

/// The texts in their order, each below the commands that wrote it.
fn grouped(runs: &[Run]) -> String {
    let mut groups: Vec<(Vec<&str>, &str)> = Vec::new();
    for run in runs {
        match groups.iter_mut().find(|(_, text)| *text == run.text) {
            Some((commands, _)) => commands.push(&run.command),
            None => groups.push((vec![&run.command], &run.text)),
        }
    }
    groups.iter().map(|(commands, text)| format!("{}\n{text}\n\n", commands.join("\n"))).collect()
}

/// What stands below each command line of a snapshot, up to the exit code.
fn texts_of_snapshot(name: &str) -> Result<Vec<String>> {
    Ok(texts(&without_days(CertificateOptions::PLAIN.years, &snapshot(name)?)))
}

fn texts(body: &str) -> Vec<String> {
    let runs = format!("\n{body}");
    let runs = runs.split("\n$ cns ").skip(1).filter_map(|run| run.split_once('\n'));
    runs.map(|(_, text)| text.trim_end().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stands_below_its_commands() {
        let run = |command: &str, text: &str| Run { command: format!("$ cns {command}"), text: text.into() };
        let runs = [run("a", "one\n[0]"), run("b", "two\n[1]"), run("c", "one\n[0]")];
        let text = "$ cns a\n$ cns c\none\n[0]\n\n$ cns b\ntwo\n[1]\n\n";
        assert_eq!(grouped(&runs), text);
    }

    #[test]
    fn a_snapshot_is_read_run_by_run() {
        assert_eq!(
            texts("$ cns a\none\n\nmore\n[0]\n\n$ cns b\ntwo\n[1]\n"),
            ["one\n\nmore\n[0]", "two\n[1]"]
        );
        let no_reader = texts_of_snapshot("status__status-nothing#no reader").unwrap();
        assert_eq!(no_reader.len(), 2, "Italian and English");
        assert_eq!(texts_of_snapshot("status__status-nothing").unwrap().len(), 6, "its three sections");
        assert!(texts_of_snapshot("status__status-nothing#such").is_err());
    }
}
