//! GnuTLS: p11tool and gnutls-cli with `pkcs11:` URIs. `--provider` loads our module alone, so the system's
//! p11-kit configuration is neither needed nor touched.

use anyhow::{Context as _, Result, ensure};

use super::{Check, every_card, on_each, shown};
use crate::process;
use crate::report::Outcome;
use crate::testbed::Stack;
use crate::testbed::desk::{CLIENT_LIMIT, Desk, Tls};
use crate::testbed::portal::Visitor;

pub const PACKAGES: &[&str] = &["gnutls-bin"];

pub fn checks() -> Vec<Check> {
    let cards = every_card();
    [
        on_each(&cards, "gnutls-cli: logs in with TLS 1.2", |stack| login(stack, Tls::V1_2)),
        on_each(&cards, "gnutls-cli: logs in with TLS 1.3", |stack| login(stack, Tls::V1_3)),
        on_each(&cards, "p11tool: lists, and signs a test", p11tool),
    ]
    .concat()
}

fn login(stack: &mut Stack, tls: Tls) -> Result<Outcome> {
    shown(stack.login(tls, visit)?.to_string())
}

/// Certificate and key as GnuTLS names them. It wants one object, not a description that one object fits, so its
/// own listing is asked, as a person would.
fn urls(desk: &Desk) -> Result<(String, String)> {
    let mut list = desk.client("p11tool");
    list.arg("--provider").arg(&desk.module).args(["--list-all-certs", &desk.token_uri()]);
    let listing = desk.run(list)?.succeed()?;
    let url = listing.stdout.lines().find_map(|line| line.trim().strip_prefix("URL: "));
    let url = url.with_context(|| listing.report("lists no certificate"))?;
    // The key's label need not be the certificate's; the ID is.
    let parts = url.split(';').filter(|part| !part.starts_with("object=") && !part.starts_with("type="));
    let common = parts.collect::<Vec<_>>().join(";");
    Ok((url.to_owned(), format!("{common};type=private")))
}

/// One page.
pub fn visit(desk: &Desk, tls: Tls) -> Result<Visitor> {
    let (certificate, key) = urls(desk)?;
    desk.visit(tls, |portal| {
        let mut command = desk.client("gnutls-cli");
        command.env("GNUTLS_PIN", &desk.pin).arg("--provider").arg(&desk.module);
        command.args(["--x509certfile", &certificate, "--x509keyfile", &key]);
        command.arg("--x509cafile").arg(portal.ca_file());
        let versions = format!("NORMAL:-VERS-ALL:+VERS-TLS{}:%PROFILE_VERY_WEAK", tls.number());
        command.args(["--priority", &versions, "--port", &portal.port().to_string(), "localhost"]);
        process::run(command, "GET / HTTP/1.0\r\n\r\n", CLIENT_LIMIT)
    })
}

fn p11tool(stack: &mut Stack) -> Result<Outcome> {
    let desk = &stack.desk;
    let tool = |arguments: &[&str]| {
        let mut command = desk.client("p11tool");
        command.env("GNUTLS_PIN", &desk.pin).arg("--provider").arg(&desk.module).args(arguments);
        desk.run(command)?.succeed()
    };
    tool(&["--list-tokens"])?.says("pkcs11:")?;
    let all = tool(&["--list-all"])?;
    ensure!(all.stdout.contains("type=cert"), "{}", all.report("lists no certificate without login"));
    tool(&["--login", "--list-privkeys"])?.says("type=private")?;
    tool(&["--login", "--test-sign", &urls(desk)?.1])?.says("ok")?;
    shown(format!("{} objects before login, test signature ok", all.stdout.matches("URL:").count()))
}
