//! Apache as a server whose own key is the card's. It tries the engine first, and the provider only where there is none
//! or the key is in a file of the provider's own kind.

use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use fs_err as fs;

use super::check::{Check, on_each, pass};
use super::openssl::{self, Support};
use crate::process::{self, Process, wait_until};
use crate::report::StepOutcome;
use crate::testbed::client_environment::{ClientEnvironment, Tls};
use crate::testbed::{Testbed, card, display};

pub const PACKAGES: &[&str] = &["apache2", "curl", "libengine-pkcs11-openssl", "openssl"];
pub const PROVIDER_PACKAGES: &[&str] = &["apache2", "curl", "openssl", "pkcs11-provider"];

const MODULES: &[&str] = &["mpm_event", "authz_core", "ssl"];

/// The lines by which Apache loads these modules from Debian's folder.
pub fn load_modules(names: &[&str]) -> String {
    let line = |name: &&str| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n");
    names.iter().map(line).collect()
}
const PAGES: usize = 3;

pub fn checks() -> Vec<Check> {
    on_each(&[card::DEFAULT, "idemia2021"], "Apache, the card as its key", |testbed| {
        serve(testbed, Support::Engine)
    })
}

pub fn provider_checks() -> Vec<Check> {
    on_each(&[card::DEFAULT, "idemia2021"], "Apache with provider, the card as its key", |testbed| {
        serve(testbed, Support::Provider)
    })
}

fn serve(testbed: &mut Testbed, support: Support) -> Result<StepOutcome> {
    let client = &testbed.client;
    openssl::public_key(client)?;
    let key = match support {
        Support::Engine => client.key_uri(),
        Support::Provider => openssl::key_file(client)?.display().to_string(),
    };
    let (_server, port) = start(client, support, &key)?;
    let before = testbed.card.signature_count();
    for tls in [Tls::V1_2, Tls::V1_3] {
        for _ in 0..PAGES {
            page(client, port, tls)?;
        }
    }
    let signatures = testbed.card.signature_count() - before;
    ensure!(signatures == 2 * PAGES, "{signatures} signatures for {} pages", 2 * PAGES);
    // Apache reads its configuration twice, with the libraries of mod_ssl unloaded in between.
    let verifies = testbed.card.verify_count();
    ensure!(verifies <= 3, "{verifies} VERIFY for one server");
    pass(format!("{signatures} pages, {verifies} VERIFY"))
}

/// One page, from a server that has the card's key.
fn page(client: &ClientEnvironment, port: u16, tls: Tls) -> Result<()> {
    let mut command = client.command("curl");
    command.args(["--silent", "--show-error", "--fail", "--tls-max", tls.number()]);
    command.arg(format!("--tlsv{}", tls.number()));
    // The certificate names a person, not this host: what counts is its key.
    command.args([
        "--insecure",
        "--pinnedpubkey",
        "key.pem",
        &format!("https://127.0.0.1:{port}/index.html"),
    ]);
    client.run(command)?.succeed()?.expect_output("Benvenuto").map(|_| ())
}

fn start(client: &ClientEnvironment, support: Support, key: &str) -> Result<(Process, u16)> {
    let folder = client.fresh_folder("apache")?;
    fs::write(folder.join("index.html"), "Benvenuto")?;
    let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    let here = folder.display();
    let modules = load_modules(MODULES);
    let configuration = folder.join("apache.conf");
    fs::write(
        &configuration,
        format!(
            r#"{modules}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {here}/apache.pid
DefaultRuntimeDir {here}
Mutex default:{here}
ErrorLog {here}/error.log
LogLevel info
DocumentRoot {here}
KeepAlive Off
SSLEngine on
SSLSessionTickets off
SSLCertificateFile {certificate}
SSLCertificateKeyFile "{key}"
"#,
            certificate = client.file("card.pem").display(),
        ),
    )?;
    let mut command = client.command("/usr/sbin/apache2");
    command.env("OPENSSL_CONF", openssl::configuration_of(client, support)?);
    command.arg("-X").arg("-d").arg(&folder).arg("-f").arg(&configuration);
    let output = folder.join("apache.out");
    let mut process = Process::start(display::log_output(command, &output)?)?;
    let said = || {
        let files = [output.clone(), folder.join("error.log")];
        files.map(|file| process::read_lossy(&file).unwrap_or_default()).concat()
    };
    wait_until("Apache", Duration::from_secs(20), || {
        if !process.runs()? {
            bail!("Apache ended at once");
        }
        Ok(TcpStream::connect(("127.0.0.1", port)).is_ok())
    })
    .with_context(said)?;
    Ok((process, port))
}
