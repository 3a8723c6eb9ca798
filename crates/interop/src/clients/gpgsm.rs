//! GnuPG's gpgsm (S/MIME: KMail, Kleopatra, mutt), which reaches the card through `gnupg-pkcs11-scd` in the place of its
//! own card daemon. The agent asks for the PIN by its pinentry, here a script.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use super::check::{Check, WRONG_PIN, on_each, pass};
use super::pkcs11_tool::expect_verifies;
use crate::process::{self, ProgramOutput};
use crate::report::StepOutcome;
use crate::testbed::client_environment::ClientEnvironment;
use crate::testbed::{Testbed, card, certificates};

pub const PACKAGES: &[&str] = &["gpg-agent", "gnupg-pkcs11-scd", "gpgconf", "gpgsm", "openssl"];

/// GnuPG 2.2 writes a signature as a number, with a zero in front where its first bit is set: openssl says "wrong signature
/// length" to up to half of them, GnuPG itself takes all. So many are never all of that kind.
const MESSAGES: usize = 30;

pub fn checks() -> Vec<Check> {
    on_each(&[card::DEFAULT, "idemia2021"], "gpgsm: learns the card, signs, verified by openssl too", sign)
}

fn sign(testbed: &mut Testbed) -> Result<StepOutcome> {
    let client = &testbed.client;
    let ca = client.write("cns-ca.pem", &certificates::pem(&testbed.card.ca_certificate())?)?;
    let home = Home::new(client)?;
    home.run(&["--import", &ca.to_string_lossy()])?.succeed()?;
    home.run(&["--learn-card"])?.succeed()?;
    let listing = home.run(&["--with-colons", "--list-secret-keys"])?.succeed()?;
    ensure!(listing.stdout.lines().any(|line| line.starts_with("crs:")), "{}", listing.report("no key"));
    expect_verifies(testbed, 0)?;
    client.write("pins", &format!("{WRONG_PIN}\n{}\n", client.pin))?;
    let mut signed = 0;
    loop {
        ensure!(signed < MESSAGES, "openssl verifies none of {signed} messages");
        signed += 1;
        client.write("message", &format!("Il messaggio {signed} da firmare\n"))?;
        home.run(&["--yes", "--output", "message.p7s", "--sign", "message"])?.succeed()?;
        home.run(&["--verify", "message.p7s"])?.succeed()?.expect_output("Good signature")?;
        let mut verify = client.command("openssl");
        verify.args(["cms", "-verify", "-inform", "DER", "-in", "message.p7s", "-CAfile", "cns-ca.pem"]);
        verify.args(["-purpose", "any", "-auth_level", "0"]);
        let verified = client.run(verify)?;
        if !verified.stderr.contains("wrong signature length") {
            verified.succeed()?.expect_output("da firmare")?;
            break;
        }
    }
    // A wrong PIN, then the right one, and no third command.
    expect_verifies(testbed, 2)?;
    ensure!(testbed.card.signature_count() == signed, "{} signatures", testbed.card.signature_count());
    let asked = process::read_lossy(&client.file("pinentry.log"))?;
    ensure!(asked.matches("GETPIN").count() == 2, "two PINs, but it asked:\n{asked}");
    pass("asked again after a wrong PIN, then no more; verified by gpgsm and by openssl")
}

/// GnuPG's folder, with an agent that ends with it.
#[derive(Debug)]
struct Home<'a> {
    client: &'a ClientEnvironment,
    folder: PathBuf,
}

impl<'a> Home<'a> {
    fn new(client: &'a ClientEnvironment) -> Result<Self> {
        let folder = client.file("gnupg");
        fs::create_dir(&folder)?;
        fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700))?;
        let pinentry = folder.join("pinentry");
        fs::write(&pinentry, pinentry_script(client))?;
        fs::set_permissions(&pinentry, std::fs::Permissions::from_mode(0o700))?;
        let daemon = ["/usr/bin/gnupg-pkcs11-scd", "/usr/libexec/gnupg-pkcs11-scd"];
        let daemon =
            daemon.iter().find(|path| PathBuf::from(path).exists()).context("no gnupg-pkcs11-scd")?;
        let agent = format!("scdaemon-program {daemon}\npinentry-program {}\n", pinentry.display());
        fs::write(folder.join("gpg-agent.conf"), agent)?;
        let card = format!("providers cns\nprovider-cns-library {}\n", client.module.display());
        fs::write(folder.join("gnupg-pkcs11-scd.conf"), card)?;
        // The lists of revoked certificates are on the network, which is not here.
        fs::write(folder.join("gpgsm.conf"), "disable-crl-checks\ndisable-policy-checks\n")?;
        fs::write(folder.join("trustlist.txt"), format!("{} S relax\n", fingerprint(client)?))?;
        Ok(Self { client, folder })
    }

    fn command(&self, program: &str) -> Command {
        let mut command = self.client.command(program);
        command.env("GNUPGHOME", &self.folder);
        command
    }

    fn run(&self, arguments: &[&str]) -> Result<ProgramOutput> {
        let mut command = self.command("gpgsm");
        command.arg("--batch").args(arguments);
        self.client.run(command)
    }
}

impl Drop for Home<'_> {
    fn drop(&mut self) {
        let mut end = self.command("gpgconf");
        end.args(["--kill", "all"]);
        let _ = self.client.run(end);
    }
}

/// The CA's fingerprint, by which GnuPG trusts it.
fn fingerprint(client: &ClientEnvironment) -> Result<String> {
    let mut command = client.command("openssl");
    command.args(["x509", "-in", "cns-ca.pem", "-noout", "-fingerprint", "-sha1"]);
    let said = client.run(command)?.succeed()?;
    let value = said.stdout.split_once('=').with_context(|| said.report("no fingerprint"))?.1;
    Ok(value.trim().to_owned())
}

/// Writes down what it is asked and types the next PIN.
fn pinentry_script(client: &ClientEnvironment) -> String {
    format!(
        "#!/bin/sh\necho OK\nwhile read -r line; do\n\
         echo \"$line\" >>{log}\n\
         case \"$line\" in\n\
         GETPIN*) echo \"D $(head -n 1 {pins})\"; sed -i 1d {pins} ;;\n\
         BYE*) echo OK; exit ;;\n\
         esac\n\
         echo OK\ndone\n",
        log = client.file("pinentry.log").display(),
        pins = client.file("pins").display(),
    )
}
