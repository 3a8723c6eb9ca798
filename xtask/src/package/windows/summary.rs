//! What wixl takes from the clock and from chance: two times and the package's code, in the summary information.

use std::ops::Range;

use anyhow::{Context as _, Result, ensure};
use sha2::{Digest as _, Sha256};

/// The type and length of a GUID's text, with the zero behind it.
const GUID_TEXT: [u8; 8] = [0x1E, 0, 0, 0, 39, 0, 0, 0];
const GUID_LENGTH: usize = 38;
/// The text is filled up to a multiple of four bytes; then the two times, each behind its type.
const FILLED: usize = 40;
const TIME: [u8; 4] = [0x40, 0, 0, 0];

/// Seconds from 1601, where Windows begins to count in tenths of microseconds, to 1970.
const FROM_1601: u64 = 11_644_473_600;

/// Sets the times to this one, in seconds since 1970, and the code to one that stands for everything else in the package:
/// Windows takes packages of one code for the same package.
pub fn make_reproducible(package: &mut [u8], date: u64) -> Result<()> {
    let found = package
        .windows(GUID_TEXT.len() + 1)
        .position(|bytes| bytes.starts_with(&GUID_TEXT) && bytes.ends_with(b"{"));
    let start = found.context("the package has no code")? + GUID_TEXT.len();
    let times = [start + FILLED, start + FILLED + TIME.len() + 8];
    ensure!(package.len() >= times[1] + TIME.len() + 8, "the package ends behind its code");
    let time = ((date + FROM_1601) * 10_000_000).to_le_bytes();
    for at in times {
        ensure!(package[at..].starts_with(&TIME), "no times behind the package's code");
        package[at + TIME.len()..][..8].copy_from_slice(&time);
    }
    package[start..][..GUID_LENGTH].fill(b'0');
    let code = guid(package);
    package[start..][..GUID_LENGTH].copy_from_slice(code.as_bytes());
    Ok(())
}

/// A GUID that stands for these bytes: of version 8, as RFC 9562 has it for hashes.
pub fn guid(of: &[u8]) -> String {
    let mut bytes = Sha256::digest(of);
    bytes[6] = bytes[6] & 0x0F | 0x80;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    let hex =
        |range: Range<usize>| -> String { bytes[range].iter().map(|byte| format!("{byte:02X}")).collect() };
    format!("{{{}-{}-{}-{}-{}}}", hex(0..4), hex(4..6), hex(6..8), hex(8..10), hex(10..16))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(code: &str, time: u8, content: u8) -> Vec<u8> {
        let times = [[0x40, 0, 0, 0, time, 1, 1, 1, 1, 1, 1, 1]; 2].concat();
        [&[content, 9][..], &GUID_TEXT, code.as_bytes(), &[0, 0], &times, &[7]].concat()
    }

    #[test]
    fn a_guid_is_a_hash() {
        // SHA-256 of nothing, with the bits of version and variant.
        assert_eq!(guid(b""), "{E3B0C442-98FC-8C14-9AFB-F4C8996FB924}");
    }

    #[test]
    fn clock_and_chance_are_gone() {
        let mut one = package("{6F2A8F0E-7D0B-4B3C-9A9E-2C1B6A7D4E10}", 1, 5);
        let mut other = package("{AAAAAAAA-7D0B-4B3C-9A9E-2C1B6A7D4E10}", 2, 5);
        let mut different = package("{AAAAAAAA-7D0B-4B3C-9A9E-2C1B6A7D4E10}", 2, 6);
        for package in [&mut one, &mut other, &mut different] {
            make_reproducible(package, 0).unwrap();
        }
        assert_eq!(one, other);
        assert_ne!(one[10..48], different[10..48], "another content has another code");
        // 1 January 1970, as a FILETIME.
        assert_eq!(one[54..62], 116_444_736_000_000_000_u64.to_le_bytes());
        assert!(make_reproducible(&mut [0; 100], 0).is_err());
        assert!(make_reproducible(&mut package("{", 1, 1)[..20], 0).is_err());
    }
}
