//! What the cache promises wherever it is: also run as a Windows program (`cargo xtask foreign`).

use std::fs;
use std::path::Path;

use cns_cache::{Cache, LONGEST_ENTRY, MOST_ENTRIES};

fn text(entries: &[Vec<u8>]) -> Vec<&str> {
    entries.iter().map(|entry| std::str::from_utf8(entry).expect("as stored")).collect()
}

/// A folder's cache, which makes one folder above itself too.
fn cache(folder: &Path) -> Cache {
    Cache::at(folder.join("caches").join("cns-pkcs11"))
}

#[test]
fn the_last_card_comes_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = cache(folder.path());
    assert_eq!(cache.load().expect("no folder is no error"), Vec::<Vec<u8>>::new());
    cache.store("one", "CNS ONE", b"1").expect("stored");
    cache.store("two", "CNS TWO", b"2").expect("stored");
    assert_eq!(text(&cache.load().expect("read")), ["2", "1"]);
    cache.store("one", "CNS ONE", b"1").expect("noted as used");
    assert_eq!(text(&cache.load().expect("read")), ["1", "2"]);
    cache.store("one", "CNS ONE", b"another").expect("put in its place");
    assert_eq!(text(&cache.load().expect("read")), ["another", "2"]);
    let labels: Vec<_> = cache.status().expect("read").into_iter().map(|entry| entry.label).collect();
    assert_eq!(labels, [Some("CNS ONE".to_owned()), Some("CNS TWO".to_owned())]);
}

#[test]
fn the_oldest_goes_and_damage_is_passed_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = cache(folder.path());
    for number in 0..=MOST_ENTRIES {
        cache.store(&number.to_string(), "CNS", number.to_string().as_bytes()).expect("stored");
    }
    let kept = cache.load().expect("read");
    assert_eq!((kept.len(), text(&kept)[0]), (MOST_ENTRIES, MOST_ENTRIES.to_string().as_str()));
    assert!(!text(&kept).contains(&"0"));
    let damaged = fs::read_dir(folder.path().join("caches/cns-pkcs11")).expect("there").next();
    fs::write(damaged.expect("one").expect("readable").path(), b"CNSCACHE").expect("written");
    assert_eq!(cache.load().expect("read").len(), MOST_ENTRIES - 1);
    assert!(cache.store("long", "CNS", &[0; LONGEST_ENTRY]).is_err());
    assert_eq!(cache.clear().expect("cleared"), MOST_ENTRIES);
    assert_eq!(cache.status().expect("read"), []);
}

#[test]
fn a_folder_in_an_entrys_place_gives_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = cache(folder.path());
    cache.store("card", "CNS", b"x").expect("stored");
    let entry = fs::read_dir(folder.path().join("caches/cns-pkcs11")).expect("there").next();
    let entry = entry.expect("one").expect("readable").path();
    fs::remove_file(&entry).expect("removed");
    fs::create_dir(&entry).expect("made");
    assert_eq!(cache.load().expect("read"), Vec::<Vec<u8>>::new());
    cache.store("card", "CNS", b"x").expect("stored");
    assert_eq!(text(&cache.load().expect("read")), ["x"]);
}
