//! The directory and its files, under every kind of mischief that a user's own programs can do to them.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use cns_cache::{Cache, LONGEST_ENTRY, MOST_ENTRIES};
use tempfile::TempDir;

struct Place {
    folder: TempDir,
    cache: Cache,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::at(folder.path().join("cns-pkcs11"));
        Self { folder, cache }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("cns-pkcs11")
    }

    /// The file of the only entry.
    fn file(&self) -> PathBuf {
        let mut files = self.files();
        assert_eq!(files.len(), 1, "{files:?}");
        files.remove(0)
    }

    fn files(&self) -> Vec<PathBuf> {
        fs::read_dir(self.path()).expect("a directory").map(|entry| entry.expect("an entry").path()).collect()
    }
}

/// One entry, and the file it is in.
fn one_entry() -> (Place, PathBuf) {
    let place = Place::new();
    place.cache.store("card", "CNS MARIO ROSSI", b"content").expect("stored");
    let file = place.file();
    (place, file)
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).expect("there").mode() & 0o7777
}

/// One entry of two; of a card that has none, or without a directory, there is nothing to do.
#[test]
fn an_entry_is_forgotten() {
    let (place, file) = one_entry();
    place.cache.store("other", "CNS GIULIA BIANCHI", b"other").expect("stored");
    for _ in 0..2 {
        place.cache.forget("card").expect("forgotten");
        assert_eq!(place.cache.load().expect("read"), [b"other".to_vec()]);
        assert!(!file.exists());
    }
    let nowhere = Place::new();
    nowhere.cache.forget("card").expect("nothing to forget");
    assert!(!nowhere.path().exists());
}

#[test]
fn entries_are_private_and_the_one_used_last_comes_first() {
    let (place, file) = one_entry();
    assert_eq!((mode(&place.path()), mode(&file)), (0o700, 0o600));
    place.cache.store("other", "CNS GIULIA BIANCHI", b"other").expect("stored");
    assert_eq!(place.cache.load().expect("read"), [b"other".to_vec(), b"content".to_vec()]);
    place.cache.store("card", "CNS MARIO ROSSI", b"content").expect("noted");
    assert_eq!(place.cache.load().expect("read"), [b"content".to_vec(), b"other".to_vec()]);
    place.cache.store("card", "CNS MARIO ROSSI", b"renewed").expect("stored");
    assert_eq!(place.cache.load().expect("read"), [b"renewed".to_vec(), b"other".to_vec()]);
    let status = place.cache.status().expect("read");
    assert_eq!(status[0].label.as_deref(), Some("CNS MARIO ROSSI"));
    assert_eq!(status[0].bytes, fs::metadata(&file).expect("there").len());
    assert_eq!((place.cache.clear().expect("cleared"), place.files().len()), (2, 0));
}

#[test]
fn nothing_there_is_no_error_and_makes_nothing() {
    let place = Place::new();
    assert_eq!(place.cache.load().expect("none"), Vec::<Vec<u8>>::new());
    assert_eq!((place.cache.status().expect("none").len(), place.cache.clear().expect("none")), (0, 0));
    assert!(!place.path().exists());
}

#[test]
fn the_oldest_goes() {
    let place = Place::new();
    for number in 0..MOST_ENTRIES + 5 {
        place.cache.store(&format!("card {number}"), "", &[number as u8]).expect("stored");
    }
    let kept = place.cache.load().expect("read");
    assert_eq!((kept.len(), place.files().len()), (MOST_ENTRIES, MOST_ENTRIES));
    assert_eq!((kept[0][0], kept[MOST_ENTRIES - 1][0]), (MOST_ENTRIES as u8 + 4, 5));
}

#[test]
fn too_much_is_not_kept() {
    let place = Place::new();
    assert!(place.cache.store("card", "", &[0; LONGEST_ENTRY]).is_err());
    assert_eq!(place.cache.load().expect("read").len(), 0);
}

/// Damaged, forged, someone else's, or no file at all: passed over, named without a label, and rewritten.
#[test]
fn what_is_not_to_be_believed_is_passed_over_and_rewritten() {
    type Mischief = fn(&Path, &Path);
    let mischiefs: [(&str, Mischief); 10] = [
        ("empty", |file, _| fs::write(file, b"").expect("written")),
        ("cut off", |file, _| {
            let whole = fs::read(file).expect("read");
            fs::write(file, &whole[..whole.len() - 1]).expect("written");
        }),
        ("a flipped bit", |file, _| {
            let mut whole = fs::read(file).expect("read");
            *whole.last_mut().expect("not empty") ^= 1;
            fs::write(file, whole).expect("written");
        }),
        ("without an end", |file, _| {
            fs::File::options().write(true).open(file).expect("open").set_len(1 << 40).expect("sparse");
        }),
        ("open to others", |file, _| {
            fs::set_permissions(file, fs::Permissions::from_mode(0o644)).expect("changed");
        }),
        ("a directory", |file, _| {
            fs::remove_file(file).expect("removed");
            fs::create_dir(file).expect("made");
        }),
        ("a link to a sound entry", |file, folder| {
            let elsewhere = folder.join("elsewhere");
            fs::rename(file, &elsewhere).expect("moved");
            symlink(elsewhere, file).expect("linked");
        }),
        ("a link to nowhere", |file, folder| {
            fs::remove_file(file).expect("removed");
            symlink(folder.join("nowhere"), file).expect("linked");
        }),
        ("a pipe that nobody writes", |file, _| {
            fs::remove_file(file).expect("removed");
            let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
            let kind = rustix::fs::FileType::Fifo;
            rustix::fs::mknodat(rustix::fs::CWD, file, kind, mode, 0).expect("a pipe");
        }),
        ("a file that may not be read", |file, _| {
            fs::write(file, b"whatever").expect("written");
            fs::set_permissions(file, fs::Permissions::from_mode(0o000)).expect("changed");
        }),
    ];
    for (name, mischief) in mischiefs {
        let (place, file) = one_entry();
        mischief(&file, place.folder.path());
        assert_eq!(place.cache.load().expect("read"), Vec::<Vec<u8>>::new(), "{name}");
        let status = place.cache.status().expect("read");
        assert_eq!((status.len(), status[0].label.as_deref()), (1, None), "{name}");
        place.cache.store("card", "CNS MARIO ROSSI", b"content").expect(name);
        assert_eq!(place.cache.load().expect("read"), [b"content".to_vec()], "{name}");
        assert_eq!((place.cache.clear().expect(name), place.files().len()), (1, 0), "{name}");
        assert!(!place.folder.path().join("nowhere").exists(), "{name}");
    }
}

#[test]
fn a_link_is_not_followed_when_writing_or_clearing() {
    let (place, file) = one_entry();
    let precious = place.folder.path().join("precious");
    fs::write(&precious, b"mine").expect("written");
    fs::remove_file(&file).expect("removed");
    symlink(&precious, &file).expect("linked");
    place.cache.store("card", "", b"content").expect("stored");
    symlink(&precious, place.path().join("x.card")).expect("linked");
    place.cache.clear().expect("cleared");
    assert_eq!(fs::read(&precious).expect("still there"), b"mine");
}

/// The directory itself: a link, open to others, a file, one that cannot be written.
#[test]
fn a_directory_that_is_not_the_users_alone_is_not_used() {
    let (place, _) = one_entry();
    for open in [0o755, 0o777, 0o770] {
        fs::set_permissions(place.path(), fs::Permissions::from_mode(open)).expect("changed");
        assert!(place.cache.load().is_err() && place.cache.store("x", "", b"x").is_err(), "{open:o}");
        assert!(place.cache.status().is_err() && place.cache.clear().is_err(), "{open:o}");
    }
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o700)).expect("changed");
    assert_eq!(place.files().len(), 1);

    let moved = place.folder.path().join("moved");
    fs::rename(place.path(), &moved).expect("moved");
    symlink(&moved, place.path()).expect("linked");
    assert!(place.cache.load().is_err() && place.cache.store("x", "", b"x").is_err());
    fs::remove_file(place.path()).expect("removed");
    fs::write(place.path(), b"").expect("a file");
    assert!(place.cache.load().is_err() && place.cache.store("x", "", b"x").is_err());
}

/// Only root can make files of another user: elsewhere the test says so.
#[test]
#[allow(clippy::print_stderr, reason = "a test that cannot run says so")]
fn files_of_another_user_are_not_believed() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: files_of_another_user_are_not_believed: only root can give a file away");
        return;
    }
    let (place, file) = one_entry();
    std::os::unix::fs::chown(&file, Some(12345), None).expect("given away");
    assert_eq!(place.cache.load().expect("read"), Vec::<Vec<u8>>::new());
    std::os::unix::fs::chown(place.path(), Some(12345), None).expect("given away");
    assert!(place.cache.load().is_err() && place.cache.store("x", "", b"x").is_err());
    let stranger = Place::new();
    std::os::unix::fs::chown(stranger.folder.path(), Some(12345), None).expect("given away");
    assert!(stranger.cache.store("x", "", b"x").is_err(), "root leaves nothing in a user's directory");
    assert!(!stranger.path().exists());
}

/// What a process left that was killed in the middle goes in time; other names are left alone.
#[test]
fn leftovers_go_and_strangers_stay() {
    let (place, _) = one_entry();
    let (left, stranger) = (place.path().join(".new-1-1"), place.path().join("README"));
    fs::write(&left, b"half").expect("written");
    fs::write(&stranger, b"hello").expect("written");
    let modified = |time: SystemTime| {
        fs::File::options()
            .write(true)
            .open(&left)
            .and_then(|file| file.set_modified(time))
            .expect("changed");
    };
    // By the clock of this process, which a test run may have moved; the file system's is the kernel's.
    modified(SystemTime::now());
    place.cache.store("card", "", b"changed").expect("stored");
    assert!(left.exists(), "it may still be under way");
    modified(SystemTime::UNIX_EPOCH);
    place.cache.store("card", "", b"changed again").expect("stored");
    assert!(!left.exists() && stranger.exists());
    fs::write(&left, b"half").expect("written");
    assert_eq!(place.cache.clear().expect("cleared"), 1);
    assert!(!left.exists() && stranger.exists());
}

#[test]
fn the_parent_is_made_but_not_what_is_above() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = Cache::at(folder.path().join(".cache/cns-pkcs11"));
    cache.store("card", "", b"content").expect("stored");
    assert_eq!(mode(&folder.path().join(".cache")), 0o700);
    assert!(Cache::at(folder.path().join("no/home/cns-pkcs11")).store("card", "", b"x").is_err());
    assert!(!folder.path().join("no").exists());
}

/// Readers see a whole entry, the old one or the new one, while writers replace it.
#[test]
fn many_at_once_never_show_half_an_entry() {
    let place = Place::new();
    fs::DirBuilder::new().mode(0o700).create(place.path()).expect("made");
    std::thread::scope(|scope| {
        for writer in 0..4u8 {
            let cache = place.cache.clone();
            scope.spawn(move || {
                for _ in 0..50 {
                    cache.store("card", "", &[writer; 5000]).expect("stored");
                }
            });
        }
        for _ in 0..200 {
            for content in place.cache.load().expect("read") {
                assert!(content.len() == 5000 && content.iter().all(|byte| *byte == content[0]));
            }
            assert!(place.cache.status().expect("read").iter().all(|entry| entry.label.is_some()));
        }
    });
    assert_eq!(place.files().len(), 1);
}
