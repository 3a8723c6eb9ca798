//! Packs: the same inputs are the same bytes, and a damaged pack is called by its name.

use std::fs;
use std::path::Path;

use cns_fuzz::corpus::{Inputs, all, decode, encode, files, name, pack, read, unpack, write};

/// Four inputs, written by hand; the digest is sha256sum's.
const PACK: &[u8] = b"cns-fuzz pack 1\n\0\0\0\0\0\0\0\x01a\0\0\0\x02ab\0\0\0\x01b\
    \xe8\x58\xb2\xdc\xc6\x23\xe1\xef\xdc\x7f\xfa\x03\x3c\xb0\xee\x3c\
    \x4d\x50\x41\x85\xe1\x03\x16\x39\xb5\xe3\xe4\xc4\xca\x21\xf4\x55";

fn inputs() -> Inputs {
    ["b", "ab", "", "a"].map(|input| input.as_bytes().to_vec()).into()
}

#[test]
fn the_format_is_the_one_that_is_described() {
    assert_eq!(encode(&inputs()), PACK);
    assert_eq!(decode(PACK), Some(inputs()));
    assert_eq!(decode(&encode(&Inputs::new())), Some(Inputs::new()));
}

#[test]
fn damage_is_seen_wherever_it_is() {
    for length in 0..PACK.len() {
        assert_eq!(decode(&PACK[..length]), None, "{length} bytes");
    }
    for bit in 0..PACK.len() * 8 {
        let mut damaged = PACK.to_vec();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(decode(&damaged), None, "bit {bit}");
    }
    assert_eq!(decode(&[PACK, b"\0"].concat()), None);
}

#[test]
fn an_error_says_which_pack() {
    let folder = tempfile::tempdir().expect("a folder");
    let says = |what: &str| {
        let error = all(folder.path(), "atr").expect_err("no pack").to_string();
        assert!(error.contains("corpus/atr.pack") && error.contains(what), "{error}");
    };
    says("No such file");
    fs::create_dir(folder.path().join("corpus")).expect("a folder");
    fs::write(pack(folder.path(), "atr"), &PACK[..30]).expect("a file");
    says("damaged");
}

#[test]
fn regressions_are_replayed_before_the_pack() {
    let folder = tempfile::tempdir().expect("a folder");
    let regressions = folder.path().join("regressions/atr");
    fs::create_dir_all(&regressions).expect("a folder");
    fs::create_dir(folder.path().join("corpus")).expect("a folder");
    write(&pack(folder.path(), "atr"), &inputs()).expect("a pack");
    fs::write(regressions.join("zero-length-historical-bytes"), b"z").expect("a file");
    let names: Vec<String> =
        all(folder.path(), "atr").expect("inputs").into_iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), 5);
    assert_eq!(names[0], "zero-length-historical-bytes");
    // The SHA-256 of nothing.
    assert_eq!(names[1], "e3b0c44298fc1c14");
}

#[test]
fn what_is_unpacked_is_packed_the_same_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let work = folder.path().join("work");
    fs::create_dir(&work).expect("a folder");
    fs::write(work.join("of-an-earlier-run"), b"old").expect("a file");
    unpack(&inputs(), &work).expect("files");
    assert_eq!(files(&work).expect("files"), inputs());
    assert!(work.join(name(b"ab")).exists());
}

/// A pack that was written in another way would change with the next run, though its inputs do not.
#[test]
fn the_packs_of_the_repository_are_as_they_would_be_written() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR"));
    for target in cns_fuzz::targets::ALL {
        let pack = pack(fuzz, target.name);
        let inputs = read(&pack).unwrap_or_else(|error| panic!("{error}"));
        assert!(fs::read(&pack).expect("a pack") == encode(&inputs), "{}", pack.display());
    }
}
