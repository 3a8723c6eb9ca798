//! Certificates for the run: a test CA and the portal's certificate, by the `openssl` command; DER to PEM.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use fs_err as fs;
use pem_rfc7468::LineEnding;

use crate::process;

/// A server certificate for localhost and the CA it is to be checked with.
#[derive(Debug)]
pub struct ServerCertificate {
    pub ca: PathBuf,
    pub chain: PathBuf,
    pub key: PathBuf,
}

impl ServerCertificate {
    /// Makes both in `folder`. Two levels, not one: browsers refuse a CA that serves as a server.
    pub fn make(folder: &Path) -> Result<Self> {
        let file = |name: &str| folder.join(name);
        let (ca, ca_key) = (file("portal-ca.pem"), file("portal-ca.key"));
        let (chain, key) = (file("portal.pem"), file("portal.key"));
        // A configuration of our own, for Debian's adds extensions of its own.
        fs::write(file("openssl-req.cnf"), "[req]\ndistinguished_name = name\n[name]\n")?;
        let configuration = file("openssl-req.cnf");
        let mut make_ca =
            request(&configuration, "/O=Portal for CNS tests/CN=Test CA of the portal", &ca, &ca_key);
        make_ca.args(["-addext", "basicConstraints=critical,CA:TRUE"]);
        make_ca.args(["-addext", "keyUsage=critical,keyCertSign,cRLSign"]);
        process::run(make_ca, "", Duration::from_secs(20))?.succeed()?;
        let mut make_server = request(&configuration, "/CN=localhost", &chain, &key);
        make_server.arg("-CA").arg(&ca).arg("-CAkey").arg(&ca_key);
        make_server.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
        make_server.args(["-addext", "keyUsage=critical,digitalSignature"]);
        make_server.args(["-addext", "extendedKeyUsage=serverAuth"]);
        make_server.args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]);
        process::run(make_server, "", Duration::from_secs(20))?.succeed()?;
        Ok(Self { ca, chain, key })
    }
}

/// A new P-256 key and a certificate for `subject`, two days long.
fn request(configuration: &Path, subject: &str, certificate: &Path, key: &Path) -> Command {
    let mut command = Command::new("openssl");
    command.args([
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-noenc",
        "-sha256",
    ]);
    command.arg("-config").arg(configuration);
    command.args(["-days", "2", "-subj", subject]).arg("-out").arg(certificate).arg("-keyout").arg(key);
    command
}

/// A certificate in PEM.
pub fn pem(der: &[u8]) -> Result<String> {
    pem_rfc7468::encode_string("CERTIFICATE", LineEnding::LF, der)
        .ok()
        .context("cannot write a certificate as PEM")
}
