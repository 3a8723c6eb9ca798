//! The format of an entry: a mark, a version, a checksum over all that follows, a label, the content.

use sha2::{Digest, Sha256};

/// The longest an entry's file may be, in bytes.
pub const LONGEST_ENTRY: usize = 16 * 1024;

const MAGIC: &[u8; 8] = b"CNSCACHE";
/// Another version is another program's, older or newer: not read.
const VERSION: u8 = 1;
const CHECKSUM: usize = 32;

/// The bytes of a file; `None` when they would be too many.
pub(crate) fn encode(label: &str, content: &[u8]) -> Option<Vec<u8>> {
    let mut body = u16::try_from(label.len()).ok()?.to_be_bytes().to_vec();
    body.extend_from_slice(label.as_bytes());
    body.extend_from_slice(content);
    let file = [&MAGIC[..], &[VERSION], &Sha256::digest(&body), &body].concat();
    (file.len() <= LONGEST_ENTRY).then_some(file)
}

/// Label and content; `None` for anything that [`encode`] has not written so.
pub(crate) fn decode(file: &[u8]) -> Option<(String, Vec<u8>)> {
    let body = file.strip_prefix(MAGIC)?.strip_prefix(&[VERSION])?;
    let (checksum, body) = body.split_at_checked(CHECKSUM)?;
    if checksum != Sha256::digest(body).as_slice() {
        return None;
    }
    let (length, rest) = body.split_first_chunk::<2>()?;
    let (label, content) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    Some((String::from_utf8(label.to_vec()).ok()?, content.to_vec()))
}

/// The name of a card's file, from which the card cannot be known.
pub(crate) fn file_name(key: &str) -> String {
    let name = Sha256::new().chain_update("cns-cache ").chain_update(key).finalize();
    name[..16].iter().map(|byte| format!("{byte:02x}")).collect::<String>() + SUFFIX
}

/// What the names of all entries end in.
pub(crate) const SUFFIX: &str = ".card";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let file = encode("CNS MARIO ROSSI", b"content").expect("short");
        assert_eq!(decode(&file), Some(("CNS MARIO ROSSI".to_owned(), b"content".to_vec())));
        assert_eq!(encode("", &[0; LONGEST_ENTRY]), None);
    }

    #[test]
    fn no_other_bytes_are_believed() {
        let file = encode("label", &[7; 100]).expect("short");
        for at in 0..file.len() {
            for bit in 0..8 {
                let mut flipped = file.clone();
                flipped[at] ^= 1 << bit;
                assert_eq!(decode(&flipped), None, "bit {bit} of byte {at}");
            }
            assert_eq!(decode(&file[..at]), None, "cut to {at} bytes");
        }
        assert_eq!(decode(&[&file[..], &[0]].concat()), None, "a byte more");
    }
}
