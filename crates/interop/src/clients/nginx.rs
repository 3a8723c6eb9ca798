//! nginx as a server whose own key is the card's, through the engine: the master logs in once when it reads its
//! configuration, and the workers it forks sign. Nobody puts a CNS into a web server; but a module that survives
//! this survives every daemon that forks after its login.

use std::collections::BTreeSet;
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use fs_err as fs;

use super::{Check, on_each, openssl, shown};
use crate::process::{self, Process, wait_until};
use crate::testbed::desk::{Desk, Tls};
use crate::testbed::{Stack, card, display};

pub const PACKAGES: &[&str] = &["curl", "libengine-pkcs11-openssl", "nginx-light", "openssl"];

/// Each page goes to either worker; so many in a row never go to the same one.
const PAGES: usize = 40;

pub fn checks() -> Vec<Check> {
    let cards = [card::DEFAULT, "idemia2021"];
    on_each(&cards, "nginx, the card as its key: two forked workers sign", |stack| {
        let (first, second) = (pages(stack, Tls::V1_2)?, pages(stack, Tls::V1_3)?);
        shown(format!("TLS 1.2: {first}; TLS 1.3: {second}"))
    })
}

fn pages(stack: &Stack, tls: Tls) -> Result<String> {
    let desk = &stack.desk;
    let before = (stack.card.verify_count(), stack.card.signature_count());
    let (_server, port) = start(desk, tls)?;
    let mut workers = BTreeSet::new();
    let mut pages = 0;
    while workers.len() < 2 {
        ensure!(pages < PAGES, "only one worker answers");
        workers.insert(page(desk, port)?);
        pages += 1;
    }
    let verifies = stack.card.verify_count() - before.0;
    let signatures = stack.card.signature_count() - before.1;
    ensure!(signatures == pages, "{signatures} signatures for {pages} pages");
    ensure!(verifies <= 3, "{verifies} VERIFY for a master and two workers");
    Ok(format!("{pages} pages, {verifies} VERIFY"))
}

/// One page, from a server that has the card's key; answers the worker that served it.
fn page(desk: &Desk, port: u16) -> Result<String> {
    let mut command = desk.client("curl");
    command.env("OPENSSL_CONF", openssl::configuration(desk)?).args(["--silent", "--show-error", "--fail"]);
    // The certificate names a person, not this host: what counts is its key.
    command.args(["--insecure", "--pinnedpubkey", "key.pem", &format!("https://127.0.0.1:{port}/")]);
    let said = desk.run(command)?.succeed()?;
    let worker = said.stdout.strip_prefix("worker ").map(|worker| worker.trim().to_owned());
    worker.with_context(|| said.report("another page"))
}

fn start(desk: &Desk, tls: Tls) -> Result<(Process, u16)> {
    let folder = desk.fresh_folder("nginx")?;
    desk.certificate_file()?;
    let mut key = desk.client("openssl");
    key.args(["x509", "-in", "card.pem", "-noout", "-pubkey", "-out", "key.pem"]);
    desk.run(key)?.succeed()?;
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
    server {{
        listen 127.0.0.1:{port} ssl reuseport;
        ssl_certificate {certificate};
        ssl_certificate_key "engine:pkcs11:{key}";
        ssl_protocols TLSv{version};
        ssl_ciphers DEFAULT@SECLEVEL=0;
        ssl_session_cache off;
        ssl_session_tickets off;
        keepalive_timeout 0;
        location / {{
            default_type text/plain;
            return 200 "worker $pid\n";
        }}
    }}
}}
"#,
            certificate = desk.file("card.pem").display(),
            key = desk.key_uri(),
            version = tls.number(),
        ),
    )?;
    // nginx uses the engine without making it ready: openssl.cnf must.
    let openssl = process::lossy(&openssl::configuration(desk)?)?.replace("init = 0", "init = 1");
    let mut command = desk.client("nginx");
    command.env("OPENSSL_CONF", desk.write("nginx-openssl.cnf", &openssl)?);
    command.arg("-p").arg(&folder).arg("-c").arg(&configuration).arg("-e").arg(folder.join("error.log"));
    let output = folder.join("nginx.out");
    let mut process = Process::start(display::quiet(command, &output)?)?;
    wait_until("nginx", Duration::from_secs(10), || {
        if !process.runs()? {
            bail!("nginx ended at once");
        }
        Ok(TcpStream::connect(("127.0.0.1", port)).is_ok())
    })
    .with_context(|| process::lossy(&output).unwrap_or_default())?;
    Ok((process, port))
}
