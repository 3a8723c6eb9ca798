//! The objects of a token, as a program finds them.

use anyhow::{Context as _, Result};
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;

/// What is signed.
pub const TEXT: &[u8] = b"Un testo da firmare\n";

/// The private key, which is seen once the user is logged in.
pub fn key(session: &Session) -> Result<ObjectHandle> {
    let keys = session.find_objects(&[Attribute::Class(ObjectClass::PRIVATE_KEY)])?;
    keys.first().copied().context("no private key is seen")
}

/// What a program shows of a certificate, and its value.
pub fn value(session: &Session, certificate: ObjectHandle) -> Result<Vec<u8>> {
    session.get_attributes(certificate, &[AttributeType::Label, AttributeType::Id])?;
    match session.get_attributes(certificate, &[AttributeType::Value])?.pop() {
        Some(Attribute::Value(value)) => Ok(value),
        _ => anyhow::bail!("a certificate without value"),
    }
}

pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
