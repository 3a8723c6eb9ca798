//! The inputs of a target: its pack `corpus/TARGET.pack`, and the files of `regressions/TARGET`.
//!
//! A pack is the line `cns-fuzz pack 1`, then for each input its length (4 bytes, big endian) and its bytes, last the
//! SHA-256 of all this. Each input is there once, in the order of the bytes: the same inputs are always the same pack.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

const FIRST_LINE: &[u8] = b"cns-fuzz pack 1\n";
/// The length of a SHA-256, in bytes.
const DIGEST: usize = 32;

/// Inputs, each once.
pub type Inputs = BTreeSet<Vec<u8>>;

/// Where the pack of a target is, below the folder `fuzz`.
pub fn pack(fuzz: &Path, target: &str) -> PathBuf {
    fuzz.join("corpus").join(target).with_extension("pack")
}

/// Where the inputs are that once found a fault of this target, below the folder `fuzz`.
pub fn regressions(fuzz: &Path, target: &str) -> PathBuf {
    fuzz.join("regressions").join(target)
}

/// Everything that is replayed, regressions first, each with a name.
///
/// # Errors
/// As [`read`]; or a regression cannot be read.
pub fn all(fuzz: &Path, target: &str) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut all = Vec::new();
    let folder = regressions(fuzz, target);
    if folder.exists() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            all.push((entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path())?));
        }
    }
    all.sort();
    all.extend(read(&pack(fuzz, target))?.into_iter().map(|input| (name(&input), input)));
    Ok(all)
}

/// The name of an input that has no other: the first 16 digits of its SHA-256.
pub fn name(input: &[u8]) -> String {
    Sha256::digest(input)[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The inputs of a pack.
///
/// # Errors
/// It cannot be read, or is damaged; with its path.
pub fn read(pack: &Path) -> io::Result<Inputs> {
    let bytes = fs::read(pack).map_err(|error| named(pack, error.kind(), &error.to_string()))?;
    decode(&bytes).ok_or_else(|| named(pack, io::ErrorKind::InvalidData, "the pack is damaged or cut off"))
}

/// Writes a pack.
///
/// # Errors
/// It cannot be written; with its path.
pub fn write(pack: &Path, inputs: &Inputs) -> io::Result<()> {
    fs::write(pack, encode(inputs)).map_err(|error| named(pack, error.kind(), &error.to_string()))
}

/// Each input as a file of its own, in a folder that holds nothing else afterwards.
///
/// # Errors
/// The folder cannot be emptied, or a file cannot be written.
pub fn unpack(inputs: &Inputs, folder: &Path) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    inputs.iter().try_for_each(|input| fs::write(folder.join(name(input)), input))
}

/// The files of a folder.
///
/// # Errors
/// The folder or a file cannot be read.
pub fn files(folder: &Path) -> io::Result<Inputs> {
    fs::read_dir(folder)?.map(|entry| fs::read(entry?.path())).collect()
}

/// The bytes of a pack.
///
/// # Panics
/// When an input has 4 GiB.
pub fn encode(inputs: &Inputs) -> Vec<u8> {
    let mut pack = FIRST_LINE.to_vec();
    for input in inputs {
        pack.extend(u32::try_from(input.len()).expect("an input of less than 4 GiB").to_be_bytes());
        pack.extend(input);
    }
    let digest = Sha256::digest(&pack);
    pack.extend(digest);
    pack
}

/// The inputs in these bytes, or none when they are no whole pack.
pub fn decode(pack: &[u8]) -> Option<Inputs> {
    let (content, digest) = pack.split_at_checked(pack.len().checked_sub(DIGEST)?)?;
    if Sha256::digest(content)[..] != *digest {
        return None;
    }
    let mut rest = content.strip_prefix(FIRST_LINE)?;
    let mut inputs = Inputs::new();
    while let Some((length, after)) = rest.split_first_chunk() {
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (input, after) = after.split_at_checked(length)?;
        inputs.insert(input.to_vec());
        rest = after;
    }
    rest.is_empty().then_some(inputs)
}

fn named(path: &Path, kind: io::ErrorKind, what: &str) -> io::Error {
    io::Error::new(kind, format!("{}: {what}", path.display()))
}
