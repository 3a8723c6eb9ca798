//! NSS, the library of Firefox, Chromium and LibreOffice, through its own tools: what fails here fails in browsers.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use super::pkcs11_tool::expect_verifies;
use super::{Check, every_card, on_each, shown};
use crate::process::Finished;
use crate::report::Outcome;
use crate::testbed::Stack;
use crate::testbed::desk::{Desk, Tls};
use crate::testbed::portal::Visitor;

pub const PACKAGES: &[&str] = &["libnss3-tools"];

pub fn checks() -> Vec<Check> {
    let cards = every_card();
    [
        on_each(&cards, "NSS modutil and certutil: module added, certificate listed", list),
        on_each(&cards, "NSS tstclnt: logs in with TLS 1.2", |stack| login(stack, Tls::V1_2)),
        on_each(&cards, "NSS tstclnt: logs in with TLS 1.3", |stack| login(stack, Tls::V1_3)),
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
    pub fn new(desk: &Desk) -> Result<Self> {
        let folder = desk.fresh_folder("nssdb")?;
        let password_file = desk.write("nss-password", &format!("{}\n", desk.pin))?;
        let database = Self { folder, password_file };
        database.tool(desk, "certutil", &["-N", "--empty-password"])?;
        let module = desk.module.to_str().context("the module's path")?;
        database.tool(desk, "modutil", &["-force", "-add", "CNS", "-libfile", module])?.says("added")?;
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
    pub fn tool(&self, desk: &Desk, program: &str, arguments: &[&str]) -> Result<Finished> {
        let mut command = desk.client(program);
        command.args(arguments).arg(if program == "modutil" { "-dbdir" } else { "-d" }).arg(self.argument());
        desk.run(command)?.succeed()
    }

    /// `token label:certificate label` of the certificate on the card, as `certutil -L -h all` lists it: without a
    /// PIN, as a browser lists it in its chooser.
    pub fn nickname(&self, desk: &Desk) -> Result<String> {
        let listing = self.tool(desk, "certutil", &["-L", "-h", "all"])?;
        let line = listing.stdout.lines().find(|line| line.trim_end().ends_with("u,u,u"));
        let line = line.with_context(|| listing.report("lists no user certificate"))?;
        Ok(line.trim_end().trim_end_matches("u,u,u").trim().to_owned())
    }
}

fn list(stack: &mut Stack) -> Result<Outcome> {
    let database = Database::new(&stack.desk)?;
    database.tool(&stack.desk, "modutil", &["-list"])?.says("CNS")?;
    expect_verifies(stack, 0)?;
    let nickname = database.nickname(&stack.desk)?;
    ensure!(nickname.matches(':').count() == 1, "an ambiguous nickname: {nickname}");
    shown(nickname)
}

fn login(stack: &mut Stack, tls: Tls) -> Result<Outcome> {
    shown(stack.login(tls, visit)?.to_string())
}

/// One page through tstclnt.
pub fn visit(desk: &Desk, tls: Tls) -> Result<Visitor> {
    let database = Database::new(desk)?;
    let ca = desk.portal()?.ca_file().to_str().context("a path")?;
    database.tool(desk, "certutil", &["-A", "-n", "portal", "-t", "C,,", "-a", "-i", ca])?;
    let nickname = database.nickname(desk)?;
    desk.visit(tls, |portal| {
        // -4: it tries one address of localhost only, and the portal listens on 127.0.0.1.
        let mut command = desk.client("tstclnt");
        command
            .arg("-d")
            .arg(database.argument())
            .args(["-4", "-h", "localhost"])
            .args(["-p", &portal.port().to_string()]);
        command.args(["-V", &format!("tls{0}:tls{0}", tls.number()), "-n", &nickname]);
        command.arg("-W").arg(&database.password_file);
        command.arg("-A").arg(desk.write("request", "GET / HTTP/1.0\r\n\r\n")?);
        desk.run(command)
    })
}
