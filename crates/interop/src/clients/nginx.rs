//! nginx as a server whose own key is the card's, through engine and provider: the master logs in once when it reads its
//! configuration, and the workers it forks sign. Nobody puts a CNS into a web server; but a module that survives
//! this survives every daemon that forks after its login.

use std::collections::BTreeSet;
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

pub const PACKAGES: &[&str] = &["curl", "libengine-pkcs11-openssl", "nginx-light", "openssl"];
pub const PROVIDER_PACKAGES: &[&str] = &["curl", "nginx-light", "openssl", "pkcs11-provider"];

/// Each page goes to either worker; so many in a row never go to the same one.
const PAGES: usize = 40;

const CARDS: [&str; 2] = [card::DEFAULT, "idemia2021"];

pub fn checks() -> Vec<Check> {
    on_each(&CARDS, "nginx, the card as its key: two forked workers sign", |testbed| {
        both_versions(testbed, Support::Engine)
    })
}

pub fn provider_checks() -> Vec<Check> {
    on_each(&CARDS, "nginx with provider, the card as its key: two forked workers sign", |testbed| {
        both_versions(testbed, Support::Provider)
    })
}

fn both_versions(testbed: &mut Testbed, support: Support) -> Result<StepOutcome> {
    let (first, second) = (pages(testbed, support, Tls::V1_2)?, pages(testbed, support, Tls::V1_3)?);
    pass(format!("TLS 1.2: {first}; TLS 1.3: {second}"))
}

fn pages(testbed: &Testbed, support: Support, tls: Tls) -> Result<String> {
    let client = &testbed.client;
    let before = (testbed.card.verify_count(), testbed.card.signature_count());
    let (_server, port) = start(client, support, tls)?;
    let mut workers = BTreeSet::new();
    let mut pages = 0;
    while workers.len() < 2 {
        ensure!(pages < PAGES, "only one worker answers");
        workers.insert(page(client, port)?);
        pages += 1;
    }
    let verifies = testbed.card.verify_count() - before.0;
    let signatures = testbed.card.signature_count() - before.1;
    ensure!(signatures == pages, "{signatures} signatures for {pages} pages");
    ensure!(verifies <= 3, "{verifies} VERIFY for a master and two workers");
    Ok(format!("{pages} pages, {verifies} VERIFY"))
}

/// One page, from a server that has the card's key; answers the worker that served it.
fn page(client: &ClientEnvironment, port: u16) -> Result<String> {
    let mut command = client.command("curl");
    // At level 0 for the sake of 1024-bit keys.
    command.env("OPENSSL_CONF", client.file("openssl.cnf")).args(["--silent", "--show-error", "--fail"]);
    // The certificate names a person, not this host: what counts is its key.
    command.args(["--insecure", "--pinnedpubkey", "key.pem", &format!("https://127.0.0.1:{port}/")]);
    let said = client.run(command)?.succeed()?;
    let worker = said.stdout.strip_prefix("worker ").map(|worker| worker.trim().to_owned());
    worker.with_context(|| said.report("another page"))
}

fn start(client: &ClientEnvironment, support: Support, tls: Tls) -> Result<(Process, u16)> {
    openssl::public_key(client)?;
    let server = format!(
        "ssl_certificate {certificate};
        ssl_certificate_key \"{key}\";
        ssl_protocols TLSv{version};
        ssl_ciphers DEFAULT@SECLEVEL=0;
        ssl_session_cache off;
        ssl_session_tickets off;
        location / {{
            default_type text/plain;
            return 200 \"worker $pid\\n\";
        }}",
        certificate = client.file("card.pem").display(),
        key = key(client, support)?,
        version = tls.number(),
    );
    serve(client, support, "ssl reuseport", &server)
}

/// The card's key as nginx is told of it, which opens no URI of a provider before 1.29.
pub fn key(client: &ClientEnvironment, support: Support) -> Result<String> {
    Ok(match support {
        Support::Engine => format!("engine:pkcs11:{}", client.key_uri()),
        Support::Provider => openssl::key_file(client)?.display().to_string(),
    })
}

/// nginx with one server, which listens in this way on the port, with two workers.
pub fn serve(
    client: &ClientEnvironment,
    support: Support,
    listen: &str,
    server: &str,
) -> Result<(Process, u16)> {
    let folder = client.fresh_folder("nginx")?;
    let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    let here = folder.display();
    let configuration = folder.join("nginx.conf");
    // nginx empties its environment: what the module needs of it is named.
    fs::write(
        &configuration,
        format!(
            r#"daemon off;
user root root;
worker_processes 2;
env HOME;
env XDG_RUNTIME_DIR;
env PCSCLITE_CSOCK_NAME;
env CNS_PKCS11_LOG;
pid {here}/nginx.pid;
error_log {here}/error.log info;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {here}/body;
    proxy_temp_path {here}/proxy;
    fastcgi_temp_path {here}/fastcgi;
    uwsgi_temp_path {here}/uwsgi;
    scgi_temp_path {here}/scgi;
    keepalive_timeout 0;
    server {{
        listen 127.0.0.1:{port} {listen};
        {server}
    }}
}}
"#
        ),
    )?;
    // nginx uses the engine without making it ready: openssl.cnf must.
    let openssl =
        process::read_lossy(&openssl::configuration_of(client, support)?)?.replace("init = 0", "init = 1");
    let mut command = client.command("nginx");
    command.env("OPENSSL_CONF", client.write("nginx-openssl.cnf", &openssl)?);
    command.arg("-p").arg(&folder).arg("-c").arg(&configuration).arg("-e").arg(folder.join("error.log"));
    let output = folder.join("nginx.out");
    let mut process = Process::start(display::log_output(command, &output)?)?;
    wait_until("nginx", Duration::from_secs(10), || {
        if !process.runs()? {
            bail!("nginx ended at once");
        }
        Ok(TcpStream::connect(("127.0.0.1", port)).is_ok())
    })
    .with_context(|| process::read_lossy(&output).unwrap_or_default())?;
    Ok((process, port))
}
