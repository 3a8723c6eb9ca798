//! A detached signature in CMS: signed-data of RFC 5652 with the signed attributes that CAdES wants (ETSI EN 319 122-1,
//! baseline B: content type, message digest, signing time, signing certificate).
//!
//! What this file is for: the bytes to sign, and the finished message around the signature. It signs nothing itself. The
//! certificate, its issuer and its serial number go in byte for byte: BER allows more than one encoding, and another
//! one than the issuer's would not be what the issuer signed.

use std::time::SystemTime;

use sha2::{Digest, Sha256};
use time::OffsetDateTime;

/// Object identifiers, as DER.
const DATA: &[u8] = &[0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 1];
const SIGNED_DATA: &[u8] = &[0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 2];
const CONTENT_TYPE: &[u8] = &[0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 3];
const MESSAGE_DIGEST: &[u8] = &[0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 4];
const SIGNING_TIME: &[u8] = &[0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 5];
const SIGNING_CERTIFICATE_V2: &[u8] = &[0x06, 11, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 16, 2, 47];
const SHA256: &[u8] = &[0x06, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
const SHA256_WITH_RSA: &[u8] = &[0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 11];
const NULL: &[u8] = &[0x05, 0];
const VERSION_1: &[u8] = &[0x02, 1, 1];

/// Tags.
const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
/// `[0]`, constructed.
const CONTEXT_0: u8 = 0xA0;

/// The last year that UTCTime can hold.
const LAST_UTC_YEAR: i32 = 2049;

/// A message that lacks its signature only.
#[derive(Debug)]
pub(crate) struct CmsMessage {
    certificate: Vec<u8>,
    issuer_and_serial: Vec<u8>,
    /// The attributes, in the order of DER, without the tag around them.
    attributes: Vec<u8>,
}

impl CmsMessage {
    /// For content of this SHA-256 digest, signed at a time by the holder of a certificate; `None` where issuer and
    /// serial number cannot be found in it.
    pub(crate) fn new(content_digest: &[u8], certificate: &[u8], now: SystemTime) -> Option<Self> {
        let certificate = Element::first(certificate)?.whole;
        let hash = Sha256::digest(certificate);
        let mut attributes = [
            attribute(CONTENT_TYPE, DATA),
            attribute(MESSAGE_DIGEST, &element(OCTET_STRING, &[content_digest])),
            attribute(SIGNING_TIME, &signing_time(now)),
            // SHA-256 is the default algorithm, and nothing optional is there (RFC 5035, 3).
            attribute(
                SIGNING_CERTIFICATE_V2,
                &sequence(&[&sequence(&[&sequence(&[&element(OCTET_STRING, &[&hash])])])]),
            ),
        ];
        // X.690, 11.6.
        attributes.sort();
        Some(Self {
            certificate: certificate.to_vec(),
            issuer_and_serial: issuer_and_serial(certificate)?,
            attributes: attributes.concat(),
        })
    }

    /// The bytes to sign with PKCS#1 v1.5 and SHA-256: the attributes as a SET (RFC 5652, 5.4).
    pub(crate) fn to_sign(&self) -> Vec<u8> {
        element(SET, &[&self.attributes])
    }

    /// The whole message, DER but for the certificate, which is as it was issued.
    pub(crate) fn with_signature(&self, signature: &[u8]) -> Vec<u8> {
        let sha256 = sequence(&[SHA256]);
        let signer = sequence(&[
            VERSION_1,
            &self.issuer_and_serial,
            &sha256,
            &element(CONTEXT_0, &[&self.attributes]),
            &sequence(&[SHA256_WITH_RSA, NULL]),
            &element(OCTET_STRING, &[signature]),
        ]);
        let message = sequence(&[
            VERSION_1,
            &element(SET, &[&sha256]),
            &sequence(&[DATA]),
            &element(CONTEXT_0, &[&self.certificate]),
            &element(SET, &[&signer]),
        ]);
        sequence(&[SIGNED_DATA, &element(CONTEXT_0, &[&message])])
    }
}

/// The bytes that PKCS#1 v1.5 pads for a SHA-256 digest: `DigestInfo` (RFC 8017, 9.2).
pub(crate) fn digest_info(digest: &[u8]) -> Vec<u8> {
    sequence(&[&sequence(&[SHA256, NULL]), &element(OCTET_STRING, &[digest])])
}

fn attribute(oid: &[u8], value: &[u8]) -> Vec<u8> {
    sequence(&[oid, &element(SET, &[value])])
}

/// UTCTime up to 2049, GeneralizedTime from then on (RFC 5652, 11.3).
fn signing_time(now: SystemTime) -> Vec<u8> {
    let now = OffsetDateTime::from(now);
    let rest = format!(
        "{:02}{:02}{:02}{:02}{:02}Z",
        u8::from(now.month()),
        now.day(),
        now.hour(),
        now.minute(),
        now.second()
    );
    match now.year() {
        year if year <= LAST_UTC_YEAR => {
            element(UTC_TIME, &[format!("{:02}{rest}", year.rem_euclid(100)).as_bytes()])
        }
        year => element(GENERALIZED_TIME, &[format!("{year:04}{rest}").as_bytes()]),
    }
}

/// `IssuerAndSerialNumber`, from the fields of a certificate (RFC 5280, 4.1).
fn issuer_and_serial(certificate: &[u8]) -> Option<Vec<u8>> {
    let certificate = Element::first(certificate)?.inside(SEQUENCE)?;
    let mut rest = Element::first(certificate)?.inside(SEQUENCE)?;
    let mut next = || {
        let found = Element::first(rest)?;
        rest = found.after;
        Some(found)
    };
    let mut serial = next()?;
    if serial.tag == CONTEXT_0 {
        serial = next()?;
    }
    let (_algorithm, issuer) = (next()?.inside(SEQUENCE)?, next()?);
    serial.inside(INTEGER)?;
    issuer.inside(SEQUENCE)?;
    Some(sequence(&[issuer.whole, serial.whole]))
}

/// A data value in BER, with a definite length.
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    whole: &'a [u8],
    after: &'a [u8],
}

impl<'a> Element<'a> {
    /// The first one; a length may have more octets than it needs (X.690, 8.1.3.5).
    fn first(bytes: &'a [u8]) -> Option<Self> {
        let (&tag, &first) = (bytes.first()?, bytes.get(1)?);
        let (length, start) = match first {
            0..=0x7F => (usize::from(first), 2),
            0x80 => return None,
            _ => {
                let end = 2 + usize::from(first & 0x7F);
                let octets = bytes.get(2..end)?;
                let length = octets.iter().try_fold(0usize, |length, octet| {
                    length.checked_mul(256)?.checked_add(usize::from(*octet))
                })?;
                (length, end)
            }
        };
        let end = start.checked_add(length)?;
        let content = bytes.get(start..end)?;
        Some(Self { tag, content, whole: &bytes[..end], after: &bytes[end..] })
    }

    fn inside(&self, tag: u8) -> Option<&'a [u8]> {
        (self.tag == tag).then_some(self.content)
    }
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(SEQUENCE, parts)
}

/// A data value in DER.
fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let octets = content.len().to_be_bytes();
    let octets = &octets[octets.iter().take_while(|octet| **octet == 0).count()..];
    let length = match content.len() {
        short @ 0..=0x7F => vec![short as u8],
        _ => [&[0x80 | octets.len() as u8], octets].concat(),
    };
    [&[tag], length.as_slice(), &content].concat()
}

#[cfg(test)]
mod tests;
