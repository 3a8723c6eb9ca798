//! What the package does before it goes.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

fn script() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../debian/cns-pkcs11.prerm")
}

/// The script with a `cns` that says what it is asked, and ends with `code`; what is said, and whether it ended well.
fn before_removal(argument: &str, code: u8) -> (String, bool) {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("cns");
    fs::write(&program, format!("#!/bin/sh\necho \"asked: $*\"\nexit {code}\n")).unwrap();
    fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let finished = Command::new("sh").arg(script()).arg(argument).env("PATH", path).output().unwrap();
    let said = [finished.stdout, finished.stderr].concat();
    (String::from_utf8(said).unwrap(), finished.status.success())
}

#[test]
fn what_is_taken_back_and_what_is_left_to_users_is_said() {
    for code in [0, 1] {
        let (said, well) = before_removal("remove", code);
        assert!(well && said.contains("asked: setup --remove\n"), "{said}");
        assert!(said.contains("ciascun") || said.contains("come utente"), "{said}");
        assert!(said.contains("each user") && said.matches("cns setup --remove").count() >= 2, "{said}");
    }
}

#[test]
fn an_upgrade_takes_nothing_back() {
    for argument in ["upgrade", "failed-upgrade", "deconfigure"] {
        assert_eq!(before_removal(argument, 0), (String::new(), true));
    }
}
