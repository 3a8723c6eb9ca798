//! The files in which cards are remembered (decision 0017): damaged, forged, switched off, nowhere to be put, shared.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use cns_cache::Cache;
use cryptoki_sys::*;
use virtual_cns::{Card, Personality};

use crate::caching::{files, shown, stage_with_cache, was_read_whole};
use crate::common::Stage;
use crate::common::oracle::{Hash, pkcs1_is_good};
use testkit::pkcs11::mechanism;

/// Whatever is wrong with the file costs a reading, and the file is made anew.
#[test]
fn a_damaged_file_costs_a_reading() {
    type Mischief = fn(&Path);
    let mischiefs: [Mischief; 6] = [
        |file| fs::write(file, b"").expect("written"),
        |file| fs::File::options().write(true).open(file).expect("open").set_len(700).expect("cut"),
        |file| {
            let mut whole = fs::read(file).expect("read");
            let middle = whole.len() / 2;
            whole[middle] ^= 0x10;
            fs::write(file, whole).expect("written");
        },
        |file| fs::write(file, vec![0x5A; 1 << 20]).expect("written"),
        |file| {
            fs::remove_file(file).expect("removed");
            fs::create_dir(file).expect("made");
        },
        |file| fs::set_permissions(file, fs::Permissions::from_mode(0o666)).expect("opened"),
    ];
    for mischief in mischiefs {
        let (stage, directory) = stage_with_cache(Card::builder(&Personality::st2021()));
        let first = shown(&stage);
        mischief(&files(&directory)[0]);
        stage.another_process();
        assert_eq!(shown(&stage), first);
        assert!(was_read_whole(&stage));
        stage.another_process();
        assert_eq!(shown(&stage), first);
        assert!(!was_read_whole(&stage), "rewritten: {:#?}", stage.commands());
    }
}

/// Changes bytes of what is remembered and makes it sound again, as only a program of the same user can.
fn forge(directory: &Path, serial: &str, find: &[u8], replace: &[u8]) {
    assert_eq!(find.len(), replace.len());
    let cache = Cache::at(directory.to_owned());
    let mut content = cache.load().expect("read").remove(0);
    let at = content.windows(find.len()).position(|part| part == find).expect("it is in there");
    content[at..at + find.len()].copy_from_slice(replace);
    cache.store(serial, "forged", &content).expect("stored");
}

/// A forged certificate with the right beginning and end is shown, and no signature is ever given out for it: what was
/// remembered is forgotten, and the card's own certificate is shown next.
#[test]
fn a_forged_certificate_gets_no_signature() {
    let (stage, directory) = stage_with_cache(Card::builder(&Personality::st2021()));
    let (_, serial, der) = shown(&stage);
    // In the middle of the public key.
    let key = der.windows(4).position(|part| part == [0x02, 0x82, 0x01, 0x01]).expect("a modulus") + 100;
    let mut forged = der[key..key + 16].to_vec();
    forged[3] ^= 1;
    forge(&directory, &serial, &der[key..key + 16], &forged);
    stage.another_process();
    assert_eq!(shown(&stage).2[key..key + 16], forged[..], "this much a user's own programs can do");
    let session = stage.logged_in();
    assert_eq!(session.sign(mechanism(CKM_SHA256_RSA_PKCS), b"data"), Err(CKR_DEVICE_REMOVED));
    assert_eq!((files(&directory).len(), stage.card().verify_count()), (0, 1));
    assert!(!stage.card().is_pin_verified());
    assert_eq!(shown(&stage).2, der);
    let signature = stage.logged_in().sign(mechanism(CKM_SHA256_RSA_PKCS), b"data").expect("a signature");
    assert!(pkcs1_is_good(&der, Hash::Sha256, b"data", &signature));
    assert_eq!(stage.card().verify_count(), 2, "each by a person");
}

/// What is remembered never says how a PIN is sent: a family of another qualifier, a place of another key.
#[test]
fn a_forged_kind_of_card_changes_no_pin_command() {
    for (find, replace) in [
        (&b"CNS ST 2021"[..], &b"CNS CardOS\0"[..]),
        (b"CNS ST 2021", b"CNS ACe 202"),
        (&[0x11, 0x00, 0x11, 0x01], &[0x2F, 0xFF, 0x82, 0x28]),
        (&[0x11, 0x00, 0x11, 0x01], &[0x14, 0x00, 0x90, 0x10]),
    ] {
        let (stage, directory) = stage_with_cache(Card::builder(&Personality::st2021()));
        let first = shown(&stage);
        forge(&directory, &first.1, find, replace);
        stage.another_process();
        assert_eq!(shown(&stage), first);
        let session = stage.logged_in();
        let signature = session.sign(mechanism(CKM_SHA256_RSA_PKCS), b"data").expect("a signature");
        assert!(pkcs1_is_good(&first.2, Hash::Sha256, b"data", &signature));
        let verified: Vec<String> =
            stage.commands().into_iter().filter(|name| name.starts_with("VERIFY")).collect();
        assert_eq!(verified, ["VERIFY P2=90"]);
    }
}

/// What an earlier version left behind is no entry of ours: the card is read, and remembered anew.
#[test]
fn an_entry_of_another_form_is_passed_over() {
    for form in [0, 1, 3, 255] {
        let (stage, directory) = stage_with_cache(Card::builder(&Personality::st2021()));
        let first = shown(&stage);
        let content = Cache::at(directory.clone()).load().expect("read").remove(0);
        let other = [&[form], &content[1..8]].concat();
        forge(&directory, &first.1, &content[..8], &other);
        stage.another_process();
        assert_eq!(shown(&stage), first);
        assert!(was_read_whole(&stage), "{form}");
        stage.another_process();
        assert_eq!(shown(&stage), first);
        assert!(!was_read_whole(&stage), "{form}");
    }
}

#[test]
fn switched_off_nothing_is_written() {
    let (stage, directory) = stage_with_cache(Card::builder(&Personality::st2021()));
    // SAFETY: one test at a time, and no thread of this one was started.
    unsafe { std::env::set_var("CNS_PKCS11_CACHE", "off") };
    for _ in 0..2 {
        shown(&stage);
        stage.logged_in().sign(mechanism(CKM_SHA256_RSA_PKCS), b"data").expect("a signature");
        assert!(was_read_whole(&stage));
        stage.another_process();
    }
    assert!(!directory.exists());
}

/// No home, or one that cannot be written: everything works, and nothing is remembered.
#[test]
fn without_a_place_nothing_is_remembered() {
    let (stage, directory) = stage_with_cache(Card::builder(&Personality::st2021()));
    fs::write(&directory, b"a file in the way").expect("written");
    for home in ["/nonexistent/home", "/proc", "relative", ""] {
        stage.another_process();
        shown(&stage);
        assert!(was_read_whole(&stage));
        // SAFETY: one test at a time, and no thread of this one was started.
        unsafe { std::env::set_var("XDG_CACHE_HOME", home) };
        // SAFETY: as above.
        unsafe { std::env::remove_var("HOME") };
    }
}

/// Several processes list the same card at the same time, again and again, with one directory.
#[test]
fn four_processes_at_once() {
    const CHILD: &str = "CNS_TEST_ONE_OF_FOUR";
    if std::env::var_os(CHILD).is_some() {
        let cache = std::env::var_os("XDG_CACHE_HOME").expect("given");
        let stage = Stage::with(&Personality::st2021());
        // SAFETY: one test at a time, and no thread of this one was started.
        unsafe { std::env::set_var("XDG_CACHE_HOME", cache) };
        // SAFETY: as above.
        unsafe { std::env::set_var("CNS_PKCS11_CACHE", "on") };
        for _ in 0..50 {
            assert_eq!(shown(&stage).2, stage.card().certificate_der());
            stage.another_process();
        }
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let child = || {
        std::process::Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "cached_files::four_processes_at_once"])
            .env(CHILD, "1")
            .env("XDG_CACHE_HOME", folder.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("a process")
    };
    let children = [child(), child(), child(), child()];
    for mut child in children {
        assert!(child.wait().expect("it ends").success());
    }
    let left = files(&folder.path().join("cns-pkcs11"));
    assert_eq!(left.len(), 1, "{left:?}");
}

/// A card that fails once at the file of the name, or of its number, says nothing about it: the next process reads it. What
/// is cached of it must not be another name for ever.
#[test]
fn a_file_that_failed_once_is_not_cached_as_absent() {
    for (path, failure) in [([0x11, 0x00, 0x11, 0x02], 0x6F00_u16), ([0x10, 0x00, 0x10, 0x03], 0x6581)] {
        let personality = Personality::st2021();
        let card = || Card::builder(&personality).card_id("").file(&[0x1000, 0x1003], b"1207000000000001");
        let (undisturbed, _directory) = stage_with_cache(card());
        let (label, serial, _) = shown(&undisturbed);
        assert!(serial == "1207000000000001" && label.ends_with(" 0001"), "{label}, {serial}");
        drop(undisturbed);
        let (stage, _directory) = stage_with_cache(card());
        stage.card().faults().set_hook(Box::new(move |command, _| {
            (command[1] == 0xA4 && command.ends_with(&path)).then(|| failure.to_be_bytes().to_vec())
        }));
        let _ = shown(&stage);
        stage.card().faults().clear();
        for _ in 0..2 {
            stage.another_process();
            let (now_label, now_serial, _) = shown(&stage);
            assert_eq!((now_label, now_serial), (label.clone(), serial.clone()), "{failure:04X}");
        }
    }
}
