//! NSS, the library of Firefox, Chromium and LibreOffice, through its own tools: what fails here fails in browsers.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use super::check::{Check, every_card, on_each, pass};
use super::pkcs11_tool::expect_verifies;
use crate::process::ProgramOutput;
use crate::report::StepOutcome;
use crate::testbed::Testbed;
use crate::testbed::client_environment::{ClientEnvironment, Tls};
use crate::testbed::portal::Visitor;

pub const PACKAGES: &[&str] = &["libnss3-tools"];

pub fn checks() -> Vec<Check> {
    let cards = every_card();
    [
        on_each(&cards, "NSS modutil and certutil: module added, certificate listed", list),
        on_each(&cards, "NSS tstclnt: logs in with TLS 1.2", |testbed| login(testbed, Tls::V1_2)),
        on_each(&cards, "NSS tstclnt: logs in with TLS 1.3", |testbed| login(testbed, Tls::V1_3)),
    ]
    .concat()
}

/// A database of our own with the module in it.
#[derive(Debug)]
pub struct Database {
    folder: PathBuf,
    password_file: PathBuf,
}

impl Database {
    pub fn new(client: &ClientEnvironment) -> Result<Self> {
        let folder = client.fresh_folder("nssdb")?;
        let password_file = client.write("nss-password", &format!("{}\n", client.pin))?;
        let database = Self { folder, password_file };
        database.tool(client, "certutil", &["-N", "--empty-password"])?;
        let module = client.module.to_str().context("the module's path")?;
        database
            .tool(client, "modutil", &["-force", "-add", "CNS", "-libfile", module])?
            .expect_output("added")?;
        Ok(database)
    }

    /// As the tools want it named.
    pub fn argument(&self) -> String {
        format!("sql:{}", self.folder.display())
    }

    /// A file that holds the PIN.
    pub fn password_file(&self) -> &Path {
        &self.password_file
    }

    /// One of NSS's tools on this database.
    pub fn tool(
        &self,
        client: &ClientEnvironment,
        program: &str,
        arguments: &[&str],
    ) -> Result<ProgramOutput> {
        let mut command = client.command(program);
        command.args(arguments).arg(if program == "modutil" { "-dbdir" } else { "-d" }).arg(self.argument());
        client.run(command)?.succeed()
    }

    /// `token label:certificate label` of the certificate on the card, as `certutil -L -h all` lists it: without a
    /// PIN, as a browser lists it in its chooser.
    pub fn nickname(&self, client: &ClientEnvironment) -> Result<String> {
        let listing = self.tool(client, "certutil", &["-L", "-h", "all"])?;
        let line = listing.stdout.lines().find(|line| line.trim_end().ends_with("u,u,u"));
        let line = line.with_context(|| listing.report("lists no user certificate"))?;
        Ok(line.trim_end().trim_end_matches("u,u,u").trim().to_owned())
    }
}

fn list(testbed: &mut Testbed) -> Result<StepOutcome> {
    let database = Database::new(&testbed.client)?;
    database.tool(&testbed.client, "modutil", &["-list"])?.expect_output("CNS")?;
    expect_verifies(testbed, 0)?;
    let nickname = database.nickname(&testbed.client)?;
    ensure!(nickname.matches(':').count() == 1, "an ambiguous nickname: {nickname}");
    pass(nickname)
}

fn login(testbed: &mut Testbed, tls: Tls) -> Result<StepOutcome> {
    pass(testbed.login(tls, visit)?.to_string())
}

/// One page through tstclnt.
pub fn visit(client: &ClientEnvironment, tls: Tls) -> Result<Visitor> {
    let database = Database::new(client)?;
    let ca = client.portal()?.ca_file().to_str().context("a path")?;
    database.tool(client, "certutil", &["-A", "-n", "portal", "-t", "C,,", "-a", "-i", ca])?;
    let nickname = database.nickname(client)?;
    client.visit(tls, |portal| {
        // -4: it tries one address of localhost only, and the portal listens on 127.0.0.1.
        let mut command = client.command("tstclnt");
        command
            .arg("-d")
            .arg(database.argument())
            .args(["-4", "-h", "localhost"])
            .args(["-p", &portal.port().to_string()]);
        command.args(["-V", &format!("tls{0}:tls{0}", tls.number()), "-n", &nickname]);
        command.arg("-W").arg(&database.password_file);
        command.arg("-A").arg(client.write("request", "GET / HTTP/1.0\r\n\r\n")?);
        client.run(command)
    })
}
