//! What only the real program can show: a library loaded in a process of its own, and what another user sees.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use serde_json::Value;

use crate::patient::{MODULE, Patient};

/// What `cns doctor --json …` of the built program finds on this computer.
fn findings(command: &mut Command) -> Vec<Value> {
    let output = command.output().unwrap();
    let document: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    document["findings"].as_array().unwrap().clone()
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_cns"))
}

fn doctor() -> Command {
    let mut command = program();
    command.args(["doctor", "--json"]);
    command
}

#[test]
fn a_library_that_is_none() {
    let patient = Patient::healthy();
    patient.write(MODULE, "no ELF file");
    let found = findings(doctor().env("HOME", "/nowhere").arg("--module").arg(patient.path(MODULE)));
    let finding = found.iter().find(|finding| finding["area"] == "module").unwrap();
    assert_eq!(finding["finding"], "module-fails");
    assert!(finding["why"].as_str().unwrap().contains("file too short"), "{finding}");
}

#[test]
fn a_library_without_the_functions_of_a_module() {
    let library = "/proc/self/exe";
    let output = program().args(["load-module", library]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty() && !output.stderr.is_empty());
}

#[test]
fn a_list_of_the_administrator() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: a_list_of_the_administrator: only root can make a file of root's");
        return;
    }
    let patient = Patient::healthy();
    let anna = Some(rustix::fs::Uid::from_raw(1000));
    rustix::fs::chown(patient.path("/"), anna, None).unwrap();
    let found = findings(doctor().uid(1000).env("HOME", patient.path("/home/anna")));
    let chrome = found.iter().find(|finding| finding["path"] == "~/.pki/nssdb/pkcs11.txt").unwrap();
    assert_eq!(chrome["finding"], "root-owned");
}
