//! A file of any bytes where the module remembers cards: believed when it is whole, passed over when not; and what a
//! forged one makes of a card that is in the reader.

use std::fs::{self, Permissions};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};

use cns_cache::Cache;
use cns_card::{CachedCard, OpenedCard, open_with_cache};
use tempfile::TempDir;

use crate::FuzzTarget;
use crate::hostile_card::{HostileCard, make_all, personalities};
use crate::input::Input;
use crate::reader::{OneReader, READER, pin_commands};

/// See above.
pub const TARGET: FuzzTarget = FuzzTarget { name: "cache_file", longest: 20_000, prepare: make_all, run };

/// The name of an entry: 32 hexadecimal digits.
const NAME: &str = "00112233445566778899aabbccddeeff.card";

/// The most commands of a look that costs a recall and a reading.
const MOST_COMMANDS: usize = 3 + 128;
/// How many bytes at the end of a certificate tell it from another.
const END: usize = 32;

/// In memory where possible: a disk is slow, and worn by millions of inputs.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder")
}

fn run(data: &[u8]) {
    let mut input = Input::new(data);
    match input.byte() % 3 {
        0 | 1 => file(input.byte() % 2, input),
        _ => content(input.byte(), input.rest()),
    }
}

fn file(way: u8, mut input: Input<'_>) {
    let folder = folder();
    let place = folder.path().join("cns-pkcs11");
    fs::DirBuilder::new().mode(0o700).create(&place).expect("a folder");
    let cache = Cache::at(place.clone());
    match way {
        0 => {
            let file = input.rest();
            fs::write(place.join(NAME), file).expect("a file");
            fs::set_permissions(place.join(NAME), Permissions::from_mode(0o600)).expect("its owner's");
            for content in cache.load().expect("a folder of ours") {
                assert!(file.ends_with(&content), "bytes that are not in the file");
            }
        }
        _ => {
            let length = input.number();
            let label = String::from_utf8_lossy(input.take(length)).into_owned();
            let content = input.rest();
            let fits = cache.store("key", &label, content).is_ok();
            let kept = if fits { vec![content.to_vec()] } else { Vec::new() };
            assert_eq!(cache.load().expect("a folder of ours"), kept);
        }
    }
    let entries = cache.status().expect("a folder of ours");
    assert_eq!(cache.clear().expect("a folder of ours"), entries.len());
}

/// What is remembered never makes a card show what does not end as its own certificate does (decision 0017).
fn content(personality: u8, bytes: &[u8]) {
    let Some(remembered) = CachedCard::from_bytes(bytes) else { return };
    let again = CachedCard::from_bytes(&remembered.to_bytes());
    assert!(again.as_ref() == Some(&remembered), "what is written is read");

    let all = personalities();
    let at = usize::from(personality) % all.len();
    let look = |remembered: &[CachedCard]| {
        let reader = OneReader::with(all[at].atr, HostileCard::new(at, Vec::new(), false));
        let opened = open_with_cache(&reader, READER, remembered);
        let sent = reader.sent();
        assert!(sent.len() <= MOST_COMMANDS && pin_commands(&sent) == 0, "{} commands", sent.len());
        match opened {
            Ok(OpenedCard::Cns(card, files)) => {
                Some((card.family(), files.certificate.map(|shown| shown.der)))
            }
            _ => None,
        }
    };
    let (plain, forged) = (look(&[]), look(&[remembered]));
    let end = |seen: &Option<(&'static str, Option<Vec<u8>>)>| {
        let (family, certificate) = seen.as_ref()?;
        let end = certificate.as_ref().map(|der| (der.len(), der[der.len().saturating_sub(END)..].to_vec()));
        Some((*family, end))
    };
    assert_eq!(end(&plain), end(&forged), "family, length and end of the certificate");
}
