//! GnuTLS: p11tool and gnutls-cli with `pkcs11:` URIs. `--provider` loads our module alone, so the system's
//! p11-kit configuration is neither needed nor touched.

use anyhow::{Context as _, Result, ensure};

use super::check::{Check, every_card, on_each, pass};
use crate::process;
use crate::report::StepOutcome;
use crate::testbed::Testbed;
use crate::testbed::client_environment::{CLIENT_LIMIT, ClientEnvironment, Tls};
use crate::testbed::portal::Visitor;

pub const PACKAGES: &[&str] = &["gnutls-bin"];

pub fn checks() -> Vec<Check> {
    let cards = every_card();
    [
        on_each(&cards, "gnutls-cli: logs in with TLS 1.2", |testbed| login(testbed, Tls::V1_2)),
        on_each(&cards, "gnutls-cli: logs in with TLS 1.3", |testbed| login(testbed, Tls::V1_3)),
        on_each(&cards, "p11tool: lists, and signs a test", p11tool),
    ]
    .concat()
}

fn login(testbed: &mut Testbed, tls: Tls) -> Result<StepOutcome> {
    pass(testbed.login(tls, visit)?.to_string())
}

/// Certificate and key as GnuTLS names them. It wants one object, not a description that one object fits, so its
/// own listing is asked, as a person would.
fn urls(client: &ClientEnvironment) -> Result<(String, String)> {
    let mut list = client.command("p11tool");
    list.arg("--provider").arg(&client.module).args(["--list-all-certs", &client.token_uri()]);
    let listing = client.run(list)?.succeed()?;
    let url = listing.stdout.lines().find_map(|line| line.trim().strip_prefix("URL: "));
    let url = url.with_context(|| listing.report("lists no certificate"))?;
    // The key's label need not be the certificate's; the ID is.
    let parts = url.split(';').filter(|part| !part.starts_with("object=") && !part.starts_with("type="));
    let common = parts.collect::<Vec<_>>().join(";");
    Ok((url.to_owned(), format!("{common};type=private")))
}

/// One page.
pub fn visit(client: &ClientEnvironment, tls: Tls) -> Result<Visitor> {
    let (certificate, key) = urls(client)?;
    client.visit(tls, |portal| {
        let mut command = client.command("gnutls-cli");
        command.env("GNUTLS_PIN", &client.pin).arg("--provider").arg(&client.module);
        command.args(["--x509certfile", &certificate, "--x509keyfile", &key]);
        command.arg("--x509cafile").arg(portal.ca_file());
        let versions = format!("NORMAL:-VERS-ALL:+VERS-TLS{}:%PROFILE_VERY_WEAK", tls.number());
        command.args(["--priority", &versions, "--port", &portal.port().to_string(), "localhost"]);
        process::run(command, "GET / HTTP/1.0\r\n\r\n", CLIENT_LIMIT)
    })
}

fn p11tool(testbed: &mut Testbed) -> Result<StepOutcome> {
    let client = &testbed.client;
    let tool = |arguments: &[&str]| {
        let mut command = client.command("p11tool");
        command.env("GNUTLS_PIN", &client.pin).arg("--provider").arg(&client.module).args(arguments);
        client.run(command)?.succeed()
    };
    tool(&["--list-tokens"])?.expect_output("pkcs11:")?;
    let all = tool(&["--list-all"])?;
    ensure!(all.stdout.contains("type=cert"), "{}", all.report("lists no certificate without login"));
    tool(&["--login", "--list-privkeys"])?.expect_output("type=private")?;
    tool(&["--login", "--test-sign", &urls(client)?.1])?.expect_output("ok")?;
    pass(format!("{} objects before login, test signature ok", all.stdout.matches("URL:").count()))
}
