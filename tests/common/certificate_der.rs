//! Certificates put together byte by byte (RFC 5280, X.520): names, dates and keys as a test wants them. Their signatures
//! are none.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses its part")]

pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let header = match length {
        0..0x80 => vec![tag, length as u8],
        0x80..0x100 => vec![tag, 0x81, length as u8],
        _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
    };
    [header, content.to_vec()].concat()
}

pub fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

/// sha256WithRSAEncryption (RFC 4055).
pub fn algorithm() -> Vec<u8> {
    sequence(&[tlv(0x06, &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B]), vec![0x05, 0x00]])
}

/// An attribute of arc 2.5.4 in a string type.
pub fn attribute(number: u8, string_type: u8, value: &[u8]) -> Vec<u8> {
    tlv(0x31, &sequence(&[tlv(0x06, &[0x55, 0x04, number]), tlv(string_type, value)]))
}

pub const COMMON_NAME: u8 = 3;
pub const SERIAL_NUMBER: u8 = 5;
pub const UTF8: u8 = 0x0C;
pub const PRINTABLE: u8 = 0x13;
pub const TELETEX: u8 = 0x14;
pub const IA5: u8 = 0x16;
pub const UNIVERSAL: u8 = 0x1C;
pub const BMP: u8 = 0x1E;
pub const UTC_TIME: u8 = 0x17;
pub const GENERALIZED_TIME: u8 = 0x18;

/// SubjectPublicKeyInfo of rsaEncryption.
pub fn rsa(modulus: &[u8]) -> Vec<u8> {
    let key = sequence(&[tlv(0x02, modulus), tlv(0x02, &[1, 0, 1])]);
    sequence(&[rsa_encryption(), tlv(0x03, &[&[0x00][..], &key].concat())])
}

pub fn rsa_encryption() -> Vec<u8> {
    sequence(&[tlv(0x06, &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]), vec![0x05, 0x00]])
}

/// A number of so many bits.
pub fn modulus(bits: usize, last: u8) -> Vec<u8> {
    [&[0x00, 0xC1][..], &vec![0x5B; bits / 8 - 2], &[last]].concat()
}

pub fn certificate_with(subject: &[Vec<u8>], from: Vec<u8>, until: Vec<u8>) -> Vec<u8> {
    certificate_with_key(subject, from, until, rsa(&modulus(1024, 1)))
}

pub fn certificate_with_key(
    subject: &[Vec<u8>],
    from: Vec<u8>,
    until: Vec<u8>,
    key_info: Vec<u8>,
) -> Vec<u8> {
    let tbs = sequence(&[
        tlv(0xA0, &tlv(0x02, &[2])),
        tlv(0x02, &[0x10, 0x20]),
        algorithm(),
        sequence(&[attribute(COMMON_NAME, UTF8, b"Autorita di prova")]),
        sequence(&[from, until]),
        sequence(subject),
        key_info,
    ]);
    sequence(&[tbs, algorithm(), tlv(0x03, &[&[0x00][..], &[0xA5; 128]].concat())])
}

/// id-ecPublicKey on P-256 (RFC 5480).
pub fn elliptic_curve() -> Vec<u8> {
    let curve = sequence(&[
        tlv(0x06, &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]),
        tlv(0x06, &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]),
    ]);
    let point = [&[0x00, 0x04][..], &[0x11; 64]].concat();
    sequence(&[curve, tlv(0x03, &point)])
}
