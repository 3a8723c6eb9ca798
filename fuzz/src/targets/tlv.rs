//! The length field of a certificate's file (ISO/IEC 8825-1, 8.1.3): a file of any bytes, on a card that keeps it as
//! it is and on one that puts a header of its own before it.
//!
//! What is expected is read here again: the certificate is what its length says and all of it, or there is none.

use cns_card::{CertificateProblem, OpenedCard, open};
use virtual_cns::Personality;

use crate::FuzzTarget;
use crate::file_card::FileCard;
use crate::input::Input;
use crate::reader::{OneReader, READER};

/// See above.
pub const TARGET: FuzzTarget = FuzzTarget { name: "tlv", longest: 12_000, prepare: || (), run };

/// The most that is read of a certificate, in bytes.
const MOST: usize = 8192;

fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let (name, path, header) =
        input.one_of(&[("st2021", &[0x1100, 0x1101], 0), ("infocamere", &[0x2FFF, 0x8228], 5)]);
    let file = input.rest();
    let personality = Personality::by_name(name).expect("a personality");
    let reader = OneReader::with(personality.atr, FileCard::new().file(path, file));
    let Ok(OpenedCard::Cns(_, files)) = open(&reader, READER) else {
        panic!("a CNS with or without certificate")
    };
    let shown = files.certificate.map(|certificate| certificate.der).ok_or(files.certificate_problem);
    let expected = expected(file, header);
    assert_eq!(shown, expected.map(<[u8]>::to_vec).map_err(Some));
}

/// The certificate in a file with so many bytes before it.
fn expected(file: &[u8], header: usize) -> Result<&[u8], CertificateProblem> {
    let declared_empty = header > 0 && file.get(1..3) == Some(&[0, 0]);
    let body = file.get(header..).unwrap_or_default();
    let declared = match length(body) {
        Some(declared) if !declared_empty => declared,
        _ => return Err(CertificateProblem::Absent),
    };
    if declared > MOST {
        return Err(CertificateProblem::TooLong { length: declared });
    }
    body.get(..declared).ok_or(CertificateProblem::Truncated { declared, present: body.len() })
}

/// The bytes of a SEQUENCE of definite length, its tag and length field included.
fn length(body: &[u8]) -> Option<usize> {
    match *body {
        [0x30, short @ 0..=0x7F, ..] => Some(2 + usize::from(short)),
        [0x30, 0x81, a, ..] => Some(3 + usize::from(a)),
        [0x30, 0x82, a, b, ..] => Some(4 + usize::from(u16::from_be_bytes([a, b]))),
        [0x30, 0x83, a, b, c, ..] => Some(5 + usize::try_from(u32::from_be_bytes([0, a, b, c])).ok()?),
        [0x30, 0x84, a, b, c, d, ..] => Some(6 + usize::try_from(u32::from_be_bytes([a, b, c, d])).ok()?),
        _ => None,
    }
}
