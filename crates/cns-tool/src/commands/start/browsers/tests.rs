//! The administrator's part: with a `sudo` that writes down what it is asked, and refuses or not.

use std::collections::VecDeque;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use cns_card::PcscTransport;
use zeroize::Zeroizing;

use super::*;
use crate::console::prompt::{NoAnswer, Prompt};
use crate::{Context, Output, System};

const MODULE: &str = "/usr/lib/libcns_pkcs11.so";
const LIST: &str = "home/anna/.mozilla/firefox/ab.default/pkcs11.txt";
const POLICIES: &str = "etc/firefox/policies/policies.json";
const USER: u32 = 1000;

/// Answers in turn; the questions that were asked.
struct Person {
    answers: VecDeque<&'static str>,
    questions: Vec<String>,
}

impl Prompt for Person {
    fn is_interactive(&self) -> bool {
        true
    }

    fn secret(&mut self, _: &str, _: &mut dyn FnMut() -> bool) -> Result<Zeroizing<String>, NoAnswer> {
        unreachable!("no PIN is asked for")
    }

    fn line(&mut self, question: &str) -> Result<String, NoAnswer> {
        self.questions.push(question.to_owned());
        self.answers.pop_front().map(str::to_owned).ok_or(NoAnswer::Interrupted)
    }

    fn script_line(&mut self) -> Result<Zeroizing<String>, NoAnswer> {
        unreachable!("a person")
    }
}

/// A computer of a user who is not the administrator, with a Firefox profile and a `sudo` that runs this script.
fn computer(sudo: Option<&str>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, content: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    };
    write(MODULE.trim_start_matches('/'), "an ELF file, say");
    write("usr/bin/firefox", "");
    write("home/anna/.mozilla/firefox/profiles.ini", "[Profile0]\nIsRelative=1\nPath=ab.default\n");
    write(LIST, "library=\nname=NSS Internal PKCS #11 Module\nNSS=Flags=internal,critical\n\n");
    if let Some(script) = sudo {
        let asked = folder.path().join("asked");
        let script = format!("#!/bin/sh\nshift\necho \"$@\" >> {}\n{script}\n", asked.display());
        fs::set_permissions(write("usr/bin/sudo", &script), Permissions::from_mode(0o755)).unwrap();
    }
    // A test that runs as root makes them the user's.
    own(&folder.path().join("home"));
    folder
}

fn own(path: &Path) {
    if rustix::process::geteuid().is_root() {
        let user = Some(rustix::fs::Uid::from_raw(USER));
        rustix::fs::chown(path, user, None).unwrap();
        for entry in fs::read_dir(path).into_iter().flatten() {
            own(&entry.unwrap().path());
        }
    }
}

/// What was asked, what `sudo` was given, and whether the step is done.
fn set_up_on(folder: &Path, answers: &[&'static str]) -> (Vec<String>, String, bool) {
    let mut person = Person { answers: answers.iter().copied().collect(), questions: Vec::new() };
    let transport = PcscTransport::new();
    let variables = [("HOME", folder.join("home/anna")), ("PATH", PathBuf::from("/usr/bin"))];
    let variables = variables.map(|(name, value)| (name.into(), value.into())).into();
    let system = System {
        root: folder.to_owned(),
        program: "/usr/bin/cns".into(),
        variables,
        operating_system: OperatingSystem::Linux,
    };
    let output = Output::to(std::io::sink(), std::io::sink());
    let mut context = Context::new(&transport, &mut person, output, system);
    let mut steps = Steps::new(&mut context);
    if steps.host.is_administrator() {
        steps.host.user = USER;
    }
    let done = set_up(&mut steps).is_ok();
    drop(steps);
    drop(context);
    assert!(person.answers.is_empty(), "not asked for {:?}: {:?}", person.answers, person.questions);
    (person.questions, fs::read_to_string(folder.join("asked")).unwrap_or_default(), done)
}

fn is_set_up(folder: &Path) -> bool {
    fs::read_to_string(folder.join(LIST)).unwrap().contains(MODULE)
}

#[test]
fn sudo_runs_once_after_a_yes_and_the_users_own_part_goes_on_without_it() {
    for (script, answers, asked) in [
        ("exit 1", &["", ""][..], "setup\n"),
        ("exit 0", &["", "y"], "setup\n"),
        ("exit 1", &["yes", "n"], ""),
    ] {
        let folder = computer(Some(script));
        let (questions, given, done) = set_up_on(folder.path(), answers);
        assert_eq!((given.as_str(), done), (asked, true), "{questions:?}");
        assert!(questions[1].contains("sudo ") && questions[1].contains(" setup"), "{questions:?}");
        assert!(is_set_up(folder.path()), "the user's own part");
        // The next run finds it done, and asks for nothing.
        assert_eq!(set_up_on(folder.path(), &[]), (Vec::new(), given, true));
    }
}

#[test]
fn without_sudo_nobody_asks_for_it() {
    let folder = computer(None);
    let (questions, _, done) = set_up_on(folder.path(), &[""]);
    assert!(done && questions.len() == 1 && is_set_up(folder.path()), "{questions:?}");
}

#[test]
fn where_the_administrator_has_set_up_everything_nothing_is_asked() {
    let folder = computer(Some("exit 1"));
    let write = |path: &str, content: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    };
    let devices = format!("{{\"policies\": {{\"SecurityDevices\": {{\"CNS\": \"{MODULE}\"}}}}}}\n");
    write(POLICIES, &devices);
    write("usr/share/p11-kit/modules/cns.module", &format!("module: {MODULE}\n"));
    assert_eq!(set_up_on(folder.path(), &[]), (Vec::new(), String::new(), true));
    assert!(!is_set_up(folder.path()));
}

#[test]
fn no_changes_nothing() {
    let folder = computer(Some("exit 1"));
    let (questions, given, done) = set_up_on(folder.path(), &["no"]);
    assert!(done && questions.len() == 1 && given.is_empty() && !is_set_up(folder.path()), "{questions:?}");
    assert!(!folder.path().join("home/anna/.local").exists());
}
