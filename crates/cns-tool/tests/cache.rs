//! `cns cache`, as a program of its own: its environment names the folder.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

fn cns(cache: &Path, arguments: &[&str]) -> (String, Option<i32>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cns"));
    command
        .env("XDG_CACHE_HOME", cache)
        .env_remove("CNS_PKCS11_CACHE")
        .args(["--lang", "it", "cache"])
        .args(arguments);
    let output = command.output().expect("the program");
    let told = String::from_utf8([output.stdout, output.stderr].concat()).expect("UTF-8");
    (told.replace(cache.to_str().expect("UTF-8"), "~/.cache"), output.status.code())
}

#[test]
fn shown_and_forgotten() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = cns_cache::Cache::at(folder.path().join("cns-pkcs11"));
    let none = ("~/.cache/cns-pkcs11: nessuna tessera\n".to_owned(), Some(0));
    assert_eq!(cns(folder.path(), &["status"]), none);
    cache.store("one", "CNS MARIO ROSSI", b"something").expect("stored");
    cache.store("two", "CNS GIULIA BIANCHI", b"something").expect("stored");
    let (told, code) = cns(folder.path(), &["status"]);
    assert!(told.starts_with("~/.cache/cns-pkcs11: 2 tessere\n"), "{told}");
    assert!(told.contains("  CNS MARIO ROSSI, ") && told.contains("  CNS GIULIA BIANCHI, "), "{told}");
    assert_eq!(code, Some(0));
    assert_eq!(cns(folder.path(), &["clear"]), ("Cancellate 2 tessere.\n".to_owned(), Some(0)));
    assert_eq!(cns(folder.path(), &["clear"]), ("Non c'era nulla da cancellare.\n".to_owned(), Some(0)));
    assert_eq!(cns(folder.path(), &["status"]), none);
}

#[test]
fn a_folder_that_others_may_write_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let shared = folder.path().join("cns-pkcs11");
    fs::create_dir(&shared).expect("made");
    fs::set_permissions(&shared, fs::Permissions::from_mode(0o777)).expect("opened");
    let (told, code) = cns(folder.path(), &["clear"]);
    assert!(told.starts_with("Errore: Non riesco a leggere o modificare ~/.cache/cns-pkcs11."), "{told}");
    assert_eq!(code, Some(1));
}
