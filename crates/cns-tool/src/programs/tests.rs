//! What a new program gets by being in the list, or outside of it by the trait alone.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::formats::own_file::OwnFile;
use super::mozilla::MozillaBrowser;
use super::*;
use crate::host::{Host, OperatingSystem, System};
use crate::text::Language;

const MODULE: &str = "/usr/lib/libcns_pkcs11.so";

/// A computer with the module and an empty home.
struct Computer {
    root: tempfile::TempDir,
    host: Host,
}

impl Computer {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let variables = [("HOME".into(), root.path().join("home").into())].into();
        let operating_system = OperatingSystem::Linux;
        let system = System {
            root: root.path().to_owned(),
            program: "/usr/bin/cns".into(),
            variables,
            operating_system,
        };
        let computer = Self { root, host: Host::of_process(system) };
        computer.write(MODULE, "a library, say");
        computer.write("/usr/lib/ossl-modules/pkcs11.so", "OpenSSL's provider, say");
        fs::create_dir(computer.root.path().join("home")).unwrap();
        computer
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path.trim_start_matches('/'))
    }

    fn write(&self, path: &str, content: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), content).unwrap();
    }

    fn files(&self) -> BTreeSet<(PathBuf, Vec<u8>)> {
        fn walk(folder: &Path, found: &mut BTreeSet<(PathBuf, Vec<u8>)>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                found.insert((path.clone(), fs::read(&path).unwrap_or_default()));
                if path.is_dir() {
                    walk(&path, found);
                }
            }
        }
        let mut found = BTreeSet::new();
        walk(self.root.path(), &mut found);
        found
    }

    fn change(
        &self,
        change: impl FnOnce(&Registrar<'_>, &mut BackupLog) -> Vec<SetupResult>,
    ) -> Vec<Outcome> {
        let registrar = Registrar { host: &self.host, scope: Scope::User, dry_run: false };
        let mut log = BackupLog::open(&registrar.log_folder().unwrap()).unwrap();
        let results = change(&registrar, &mut log);
        log.close().unwrap();
        results.into_iter().map(|result| result.outcome).collect()
    }

    fn register(&self, program: &'static dyn Program) -> Vec<Outcome> {
        self.change(|registrar, log| registrar.register(program, MODULE, true, log))
    }

    fn unregister(&self, program: &'static dyn Program) -> Vec<Outcome> {
        self.change(|registrar, log| registrar.unregister(program, true, log))
    }
}

#[test]
fn each_program_is_registered_and_comes_back_to_the_byte() {
    for program in PROGRAMS.iter().copied() {
        let computer = Computer::new();
        computer.write("home/.mozilla/firefox/profiles.ini", "[Profile0]\nPath=a\n");
        computer.write("home/.mozilla/firefox/a/pkcs11.txt", "library=\nname=NSS\n\n");
        let before = computer.files();
        let outcomes = computer.register(program);
        assert!(matches!(outcomes.as_slice(), [Outcome::Registered(_)]), "{program:?}: {outcomes:?}");
        assert_eq!(computer.register(program), [Outcome::Already], "{program:?}");
        if let Some(states) = program.inspect(&computer.host, Some(MODULE)) {
            assert!(
                matches!(states.as_slice(), [ProgramState::Registered { .. }]),
                "{program:?}: {states:?}"
            );
        }
        computer.unregister(program);
        assert_eq!(computer.files(), before, "{program:?}");
    }
}

#[test]
fn names_are_used_once_and_can_be_typed() {
    let names: BTreeSet<&str> = PROGRAMS.iter().map(|program| program.name()).collect();
    assert_eq!(names.len(), PROGRAMS.len());
    let fits =
        |name: &str| name != "all" && name.bytes().all(|byte| byte == b'-' || byte.is_ascii_alphanumeric());
    assert!(names.into_iter().all(fits));
}

/// A browser made of Firefox is one row.
static LIBREWOLF: MozillaBrowser = MozillaBrowser {
    name: "librewolf",
    title: "LibreWolf",
    executables: &["/usr/bin/librewolf"],
    bundle: "/Applications/LibreWolf.app",
    windows_installation: "LibreWolf",
    windows_executable: "librewolf.exe",
    home_folder: ".librewolf",
    settings_folder: None,
    mac_folder: "Library/Application Support/librewolf",
    windows_folder: &["librewolf"],
    policies: "/etc/librewolf/policies/policies.json",
    distributed_policies: &["/usr/lib/librewolf/distribution/policies.json"],
    snap: None,
    flatpak: Some("io.gitlab.librewolf-community"),
    takes_unknown_files: false,
};

#[test]
fn a_browser_made_of_firefox_has_its_own_profiles() {
    let computer = Computer::new();
    for folder in [".mozilla/firefox", ".librewolf"] {
        computer.write(&format!("home/{folder}/profiles.ini"), "[Profile0]\nPath=a\n");
        computer.write(&format!("home/{folder}/a/pkcs11.txt"), "library=\nname=NSS\n\n");
    }
    let before = computer.files();
    assert!(matches!(computer.register(&LIBREWOLF).as_slice(), [Outcome::Registered(_)]));
    let list =
        |folder: &str| fs::read_to_string(computer.path(&format!("home/{folder}/a/pkcs11.txt"))).unwrap();
    assert!(list(".librewolf").contains(MODULE) && !list(".mozilla/firefox").contains(MODULE));
    let states = LIBREWOLF.inspect(&computer.host, Some(MODULE)).unwrap();
    let path = "~/.librewolf/a/pkcs11.txt".to_owned();
    assert_eq!(states, [ProgramState::Registered { program: &LIBREWOLF, path }]);
    let unknown = computer.path("home/elsewhere/pkcs11.txt");
    assert!(LIBREWOLF.logged_file(&computer.host, Scope::User, &unknown).is_none());
    assert_eq!(computer.unregister(&LIBREWOLF), [Outcome::Restored]);
    assert_eq!(computer.files(), before);
}

/// A program with one file needs a name, a title and the file.
struct Mail;

static MAIL: OwnFile = OwnFile { settings: &["module"], includes: &[], content: mail, contents: &[mail] };

fn mail(module: &str) -> String {
    format!("module = {module}\n")
}

impl Program for Mail {
    fn name(&self) -> &'static str {
        "mail"
    }

    fn title(&self, _: Language) -> &'static str {
        "Mail"
    }

    fn files(&self, host: &Host, _: Scope) -> Vec<ConfigFile> {
        host.home().map(|home| ConfigFile::new(home.join(".mailrc"), &MAIL)).into_iter().collect()
    }
}

#[test]
fn a_program_with_one_file_is_three_answers() {
    let computer = Computer::new();
    let before = computer.files();
    assert_eq!(computer.register(&Mail), [Outcome::Registered(None)]);
    let written = fs::read_to_string(computer.path("home/.mailrc")).unwrap();
    assert_eq!(written, format!("module = {MODULE}\n"));
    fs::remove_file(computer.path(MODULE)).unwrap();
    assert_eq!(missing_modules(&Mail, &computer.host, Scope::User).len(), 1);
    computer.write(MODULE, "a library, say");
    assert_eq!(computer.unregister(&Mail), [Outcome::Restored]);
    assert_eq!(computer.files(), before);
}
