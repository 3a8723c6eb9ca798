//! What a browser is given before it starts: its database of certificates, and what `cns setup` writes for it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use crate::clients::examples::prepared;
use crate::process;
use crate::testbed::client_environment::{CLIENT_LIMIT, ClientEnvironment, Mount};

/// The module's name in the browsers.
pub const MODULE: &str = "Carta Nazionale dei Servizi";
pub const PROGRAM: &str = "cns";
/// Where Debian's Firefox has its distributor's policies.
pub const DISTRIBUTION: &str = "/usr/lib/firefox-esr/distribution";
/// Policies that were there before.
pub const THEIRS: &str = "{\n\t\"policies\": { \"DisableTelemetry\": true }\n}\n";

/// A database as NSS's browsers use it, made before they start: it trusts the site's CA, and knows the module if wanted.
pub fn nss_database(client: &ClientEnvironment, folder: &Path, with_module: bool, ca: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let database = format!("sql:{}", folder.display());
    let certutil = |arguments: &[&str]| {
        let mut command = client.command("certutil");
        command.args(["-d", &database]).args(arguments);
        client.run(command)?.succeed()
    };
    certutil(&["-N", "--empty-password"])?;
    let ca = ca.to_str().context("a path")?;
    certutil(&["-A", "-n", "portal", "-t", "C,,", "-a", "-i", ca])?;
    if with_module {
        let mut command = client.command("modutil");
        command.args(["-dbdir", &database, "-force", "-add", MODULE, "-libfile"]).arg(&client.module);
        client.run(command)?.succeed()?.expect_output("added")?;
    }
    Ok(())
}

/// For [`Registration::CnsSetup`]: a home whose only profile is this one, and the command told so.
pub fn set_up_profile(client: &ClientEnvironment, profile: &Path) -> Result<()> {
    let folder = home(client).join(".mozilla/firefox");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("profiles.ini"), format!("[Profile0]\nName=only\nPath={}\n", profile.display()))?;
    fs::copy(profile.join("pkcs11.txt"), before(client))?;
    succeed(own(client, &["firefox", "--module", module(client)?]))?;
    // A second time adds nothing.
    succeed(own(client, &["firefox", "--module", module(client)?]))?;
    let list = fs::read_to_string(profile.join("pkcs11.txt"))?;
    ensure!(list.matches("libcns_pkcs11.so").count() == 1, "{list}");
    Ok(())
}

/// For [`Registration::CnsSetupForEverybody`]: the distributor's policies with the module in them, in `folder`.
pub fn set_up_everybody(client: &ClientEnvironment, folder: &Path) -> Result<()> {
    fs::write(folder.join("policies.json"), THEIRS)?;
    succeed(everybodys(client, folder, &["firefox", "--module", module(client)?])?)
}

pub fn module(client: &ClientEnvironment) -> Result<&str> {
    client.module.to_str().context("the module's path")
}

pub fn home(client: &ClientEnvironment) -> PathBuf {
    client.file("firefox-home")
}

/// The list as it was before.
pub fn before(client: &ClientEnvironment) -> PathBuf {
    client.file("pkcs11.before")
}

/// The built command, in English, in the user's own folders only.
pub fn cns(client: &ClientEnvironment, arguments: &[&str]) -> Command {
    let mut command = client.command(&prepared(client, PROGRAM).display().to_string());
    command.env_remove("XDG_STATE_HOME").env_remove("XDG_DATA_HOME").args(["--lang", "en"]).args(arguments);
    command
}

pub fn own(client: &ClientEnvironment, arguments: &[&str]) -> Command {
    let mut command = cns(client, &["setup", "--user"]);
    command.args(arguments).env("HOME", home(client));
    command
}

pub fn chromium_home(client: &ClientEnvironment) -> PathBuf {
    client.file("chromium-home")
}

pub fn chrome(client: &ClientEnvironment, arguments: &[&str]) -> Command {
    let mut command = cns(client, &["setup", "--user", "chrome"]);
    command.args(arguments).env("HOME", chromium_home(client));
    command
}

/// As administrator, with folders of the check's own in the place of the system's.
pub fn everybodys(client: &ClientEnvironment, policies: &Path, arguments: &[&str]) -> Result<Command> {
    let state = client.file("var-lib");
    fs::create_dir_all(&state)?;
    let mounts = [Mount::new(policies, DISTRIBUTION), Mount::new(&state, "/var/lib")];
    let mut command = client.command_with(&mounts, prepared(client, PROGRAM));
    command.args(["--lang", "en", "setup"]).args(arguments).env("HOME", home(client));
    Ok(command)
}

pub fn succeed(command: Command) -> Result<()> {
    process::run(command, "", CLIENT_LIMIT)?.succeed().map(|_| ())
}
