//! MIT Kerberos with PKINIT: the card in the place of a password, for a domain of its own on the loopback. The account
//! has no key but the card's, which its `pkinit_cert_match` names by the holder's tax code.

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};

use super::check::{Check, on_each, pass, wrong_pin};
use crate::process::{self, Process, run, wait_until};
use crate::report::StepOutcome;
use crate::testbed::client_environment::{CLIENT_LIMIT, ClientEnvironment};
use crate::testbed::{Testbed, card, certificates, display};

pub const PACKAGES: &[&str] = &["krb5-admin-server", "krb5-kdc", "krb5-pkinit", "krb5-user", "openssl"];

const REALM: &str = "CNS.TEST";
const ACCOUNT: &str = "cittadino";
/// An account for which no card has been named.
const OTHER_ACCOUNT: &str = "altro";

/// A certificate that PKINIT takes as a domain's (RFC 4556): its purpose, and the domain's own name.
const EXTENSIONS: &str = "[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
[kdc]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = 1.3.6.1.5.2.3.5
subjectAltName = otherName:1.3.6.1.5.2.2;SEQUENCE:principal
[principal]
realm = EXP:0,GeneralString:CNS.TEST
name = EXP:1,SEQUENCE:service
[service]
type = EXP:0,INTEGER:1
string = EXP:1,SEQUENCE:strings
[strings]
first = GeneralString:krbtgt
second = GeneralString:CNS.TEST
";

pub fn checks() -> Vec<Check> {
    on_each(&[card::DEFAULT, "idemia2021"], "Kerberos kinit: a ticket for the card (PKINIT)", ticket)
}

fn ticket(testbed: &mut Testbed) -> Result<StepOutcome> {
    let domain = Domain::start(testbed)?;
    wrong_pin(testbed, |pin| domain.kinit(ACCOUNT, pin))?;
    let before = (testbed.card.verify_count(), testbed.card.signature_count());
    domain.kinit(ACCOUNT, &testbed.client.pin)?.succeed().with_context(|| domain.log())?;
    let after = (testbed.card.verify_count(), testbed.card.signature_count());
    ensure!(after == (before.0 + 1, before.1 + 1), "VERIFY and signatures: {before:?}, then {after:?}");
    let listing = testbed.client.run(domain.command("klist"))?.succeed()?;
    let listing = listing.expect_output(&format!("Default principal: {ACCOUNT}@{REALM}"))?;
    listing.expect_output(&format!("krbtgt/{REALM}@{REALM}"))?;
    let issued = domain.log().lines().any(|line| line.contains("ISSUE") && line.contains(ACCOUNT));
    ensure!(issued, "the domain issued no ticket\n{}", domain.log());
    let refused = domain.kinit(OTHER_ACCOUNT, &testbed.client.pin)?;
    ensure!(refused.status.is_some_and(|status| !status.success()), "{}", refused.report("let in"));
    refused.expect_output("Client name mismatch").with_context(|| domain.log())?;
    pass(format!(
        "a ticket for {}, one PIN; a wrong PIN cost one try; none for another account",
        testbed.card.identity().0
    ))
}

/// A domain's server with one account.
#[derive(Debug)]
struct Domain<'a> {
    client: &'a ClientEnvironment,
    _process: Process,
}

impl<'a> Domain<'a> {
    fn start(testbed: &'a Testbed) -> Result<Self> {
        let client = &testbed.client;
        client.write("cns-ca.pem", &certificates::pem(&testbed.card.ca_certificate())?)?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        certificate(client)?;
        configuration(client, port)?;
        let mut create = command(client, "kdb5_util");
        create.args(["create", "-s", "-r", REALM, "-P", "of-the-database"]);
        client.run(create)?.succeed()?;
        let (tax_code, _) = testbed.card.identity();
        for line in [
            format!("addprinc -nokey +requires_preauth {OTHER_ACCOUNT}"),
            format!("addprinc -nokey +requires_preauth {ACCOUNT}"),
            format!("setstr {ACCOUNT} pkinit_cert_match <SUBJECT>^.*CN={tax_code}/.*$"),
        ] {
            let mut administer = command(client, "kadmin.local");
            administer.args(["-r", REALM, "-q", &line]);
            client.run(administer)?.succeed()?;
        }
        let mut server = command(client, "krb5kdc");
        server.args(["-n", "-r", REALM]);
        let output = client.file("krb5kdc.out");
        let mut process = Process::start(display::log_output(server, &output)?)?;
        wait_until("krb5kdc", Duration::from_secs(10), || {
            if !process.runs()? {
                bail!("krb5kdc ended at once");
            }
            Ok(TcpStream::connect(("127.0.0.1", port)).is_ok())
        })
        .with_context(|| process::read_lossy(&output).unwrap_or_default())?;
        Ok(Self { client, _process: process })
    }

    fn command(&self, program: &str) -> Command {
        command(self.client, program)
    }

    /// A ticket with the card; the PIN is typed.
    fn kinit(&self, account: &str, pin: &str) -> Result<process::ProgramOutput> {
        let mut kinit = self.command("kinit");
        kinit.arg("-X").arg(format!("X509_user_identity=PKCS11:{}", self.client.module.display()));
        kinit.arg(account);
        run(kinit, &format!("{pin}\n"), CLIENT_LIMIT)
    }

    fn log(&self) -> String {
        process::read_lossy(&self.client.file("krb5kdc.log")).unwrap_or_default()
    }
}

/// A program of this domain, and of none that the system may belong to.
fn command(client: &ClientEnvironment, program: &str) -> Command {
    let mut command = client.command(program);
    let cache = format!("FILE:{}", client.file("tickets").display());
    command.env("KRB5_CONFIG", client.file("krb5.conf")).env("KRB5_KDC_PROFILE", client.file("kdc.conf"));
    command.env("KRB5CCNAME", cache).env("KRB5RCACHENAME", "none:");
    command
}

fn configuration(client: &ClientEnvironment, port: u16) -> Result<PathBuf> {
    let here = client.file("");
    let here = here.display();
    // The client looks for its own certificate's CA, too.
    client.write(
        "krb5.conf",
        &format!(
            "[libdefaults]\ndefault_realm = {REALM}\ndns_lookup_kdc = false\ndns_lookup_realm = false\n\
             [realms]\n{REALM} = {{\n kdc = 127.0.0.1:{port}\n pkinit_anchors = FILE:{here}/kdc-ca.pem\n \
             pkinit_anchors = FILE:{here}/cns-ca.pem\n}}\n"
        ),
    )?;
    // A CNS has no purpose of Kerberos' own: the account's rule says whose card it is.
    client.write(
        "kdc.conf",
        &format!(
            "[kdcdefaults]\nkdc_listen = 127.0.0.1:{port}\nkdc_tcp_listen = 127.0.0.1:{port}\n\
             [realms]\n{REALM} = {{\n database_name = {here}/principal\n key_stash_file = {here}/stash\n \
             pkinit_identity = FILE:{here}/kdc.pem,{here}/kdc.key\n pkinit_anchors = FILE:{here}/cns-ca.pem\n \
             pkinit_eku_checking = none\n}}\n[logging]\nkdc = FILE:{here}/krb5kdc.log\n"
        ),
    )
}

/// The domain's CA and certificate.
fn certificate(client: &ClientEnvironment) -> Result<()> {
    client.write("kdc.cnf", EXTENSIONS)?;
    let make = |extensions: &str, name: &str, signed: &[&str]| {
        let mut command = client.command("openssl");
        command.args(["req", "-x509", "-newkey", "rsa:2048", "-noenc", "-days", "2", "-config", "kdc.cnf"]);
        command.args(["-extensions", extensions, "-subj", &format!("/CN={name}")]);
        command.args(["-out", &format!("{name}.pem"), "-keyout", &format!("{name}.key")]).args(signed);
        client.run(command)?.succeed()
    };
    make("authority", "kdc-ca", &[])?;
    make("kdc", "kdc", &["-CA", "kdc-ca.pem", "-CAkey", "kdc-ca.key"])?;
    Ok(())
}
