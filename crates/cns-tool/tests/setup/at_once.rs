//! Two commands at once, commands that are killed, and what those leave behind. The commands are processes of their own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// A home of its own in the real root: a profile, a database, and an `ssh` configuration.
struct Home(tempfile::TempDir);

const LISTS: [&str; 3] = [".mozilla/firefox/ab.default/pkcs11.txt", ".pki/nssdb/pkcs11.txt", ".ssh/config"];
const THEIRS: [&str; 3] = ["library=\nname=NSS\n\n", "library=\r\nname=a", "Host a\n  User b\n"];

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        for (list, theirs) in LISTS.iter().zip(THEIRS) {
            home.write(list, theirs);
        }
        home.write(".mozilla/firefox/profiles.ini", "[Profile0]\nPath=ab.default\n");
        home.write("libcns_pkcs11.so", "");
        home.write("modules/pkcs11.so", "");
        fs::create_dir_all(home.path(".config")).unwrap();
        fs::create_dir_all(home.path(".local/state")).unwrap();
        home
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, content: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), content).unwrap();
    }

    fn cns(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cns"));
        command.args(["--lang", "en", "setup", "--user"]).args(arguments);
        if !arguments.contains(&"--remove") {
            command.args(["firefox", "chrome", "p11-kit", "openssl", "java"]);
            command.arg("--module").arg(self.path("libcns_pkcs11.so"));
        }
        // OpenSSL's provider, for a computer that has neither it nor the engine.
        command.env_clear().env("HOME", self.0.path()).env("OPENSSL_MODULES", self.path("modules"));
        command.current_dir("/");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn files(&self) -> Vec<(PathBuf, Option<Vec<u8>>)> {
        let mut found = Vec::new();
        walk(self.0.path(), &mut found);
        found.sort();
        found
    }
}

fn walk(folder: &Path, found: &mut Vec<(PathBuf, Option<Vec<u8>>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        }
        let content = fs::read(&path).ok();
        found.push((path, content));
    }
}

#[test]
fn setting_up_and_removing_at_once_both_end_well() {
    let home = Home::new();
    for _ in 0..6 {
        let commands = [home.cns(&[]), home.cns(&["--remove"]), home.cns(&[]), home.cns(&["--remove"])];
        let running: Vec<_> = commands.into_iter().map(|mut command| command.spawn().unwrap()).collect();
        for child in running {
            let finished = child.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&finished.stdout).into_owned()
                + &String::from_utf8_lossy(&finished.stderr);
            assert!(finished.status.success(), "{said}");
        }
    }
    assert!(home.cns(&["--remove"]).output().unwrap().status.success());
    for (list, theirs) in LISTS.iter().zip(THEIRS) {
        assert_eq!(fs::read_to_string(home.path(list)).unwrap(), theirs);
    }
    let left: Vec<_> = home.files().into_iter().filter(|(path, _)| path.is_file()).collect();
    assert_eq!(left.len(), 6, "{left:?}");
}

/// Killed at any time: a person's file is whole, the next run goes on from there, and what was left is gone in the end.
#[test]
fn a_killed_command_leaves_nothing_behind_for_long() {
    let home = Home::new();
    let before = home.files();
    for step in 0..40_u64 {
        let removing = step % 3 == 2;
        let mut child = home.cns(if removing { &["--remove"] } else { &["ssh"] }).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(700 * step));
        child.kill().unwrap();
        child.wait().unwrap();
        for (list, theirs) in LISTS.iter().zip(THEIRS) {
            let now = fs::read_to_string(home.path(list)).unwrap();
            assert!(now.starts_with(theirs), "{now}");
        }
    }
    let finished = home.cns(&["ssh"]).output().unwrap();
    assert!(finished.status.success());
    for (path, _) in home.files() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(!name.starts_with(".cns-setup-") && !name.starts_with(".tmp"), "{}", path.display());
    }
    assert!(home.cns(&["--remove"]).output().unwrap().status.success());
    assert_eq!(home.files(), before);
}

#[test]
fn a_folder_of_a_person_is_not_cleaned_of_that_persons_files() {
    let home = Home::new();
    for name in [".cns-setup-notes", ".cns-setup-", ".tmpAb3dE9", ".cns-setup-toolong", ".cns-setup-ab.def"] {
        home.write(&format!(".ssh/{name}"), "mine");
    }
    home.write(".ssh/.cns-setup-aB3dE9", "left by a run that was killed");
    // By the next run, whatever it is about.
    assert!(home.cns(&["java"]).output().unwrap().status.success());
    assert!(!home.path(".ssh/.cns-setup-aB3dE9").exists());
    assert_eq!(fs::read_dir(home.path(".ssh")).unwrap().count(), 6);
}
