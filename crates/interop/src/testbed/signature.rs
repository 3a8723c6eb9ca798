//! Signatures of a card, judged by OpenSSL with the key of its certificate.

use std::path::Path;

use anyhow::{Context as _, Result};
use fs_err as fs;

use crate::testbed::client_environment::ClientEnvironment;

/// What the C programs sign.
pub const TEXT: &str = "Un testo da firmare\n";

/// RFC 8017, chapter 8; the salt of PSS is as long as the hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Padding {
    Pkcs1,
    Pss,
}

/// Fails unless this, in hexadecimal digits, is a signature of [`TEXT`] with SHA-256.
pub fn verify(client: &ClientEnvironment, digits: &str, padding: Padding) -> Result<()> {
    let (signature, text) = (client.file("signature"), client.write("text", TEXT)?);
    fs::write(&signature, bytes(digits).with_context(|| format!("no signature: {digits}"))?)?;
    verify_file(client, &signature, &text, "sha256", padding)
}

/// The same with files, and a hash that OpenSSL knows by this name.
pub fn verify_file(
    client: &ClientEnvironment,
    signature: &Path,
    text: &Path,
    hash: &str,
    padding: Padding,
) -> Result<()> {
    client.certificate_file()?;
    let mut key = client.command("openssl");
    key.args(["x509", "-in", "card.pem", "-noout", "-pubkey", "-out", "key.pem"]);
    client.run(key)?.succeed()?;
    let mut verify = client.command("openssl");
    verify.arg("dgst").arg(format!("-{hash}"));
    if padding == Padding::Pss {
        verify.args(["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"]);
    }
    verify.args(["-verify", "key.pem", "-signature"]).arg(signature).arg(text);
    client.run(verify)?.succeed()?.expect_output("Verified OK")?;
    Ok(())
}

/// The bytes that hexadecimal digits stand for.
pub fn bytes(digits: &str) -> Option<Vec<u8>> {
    let pairs = (0..digits.len()).step_by(2).map(|at| digits.get(at..at + 2));
    let bytes: Option<Vec<u8>> = pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect();
    bytes.filter(|bytes| !bytes.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_come_in_pairs() {
        assert_eq!(bytes("00ff10"), Some(vec![0, 255, 16]));
        assert_eq!((bytes("0"), bytes("0g"), bytes("")), (None, None, None));
    }
}
