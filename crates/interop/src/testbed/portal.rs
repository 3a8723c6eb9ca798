//! The portal: an nginx that lets nobody in without a CNS certificate and says whom it saw.
//!
//! It is what a public administration's login page is to a citizen: TLS 1.2 and 1.3, a client certificate demanded,
//! only the CNS issuer's CA accepted. Its own certificate is made for the run by a test CA.
//!
//! `@SECLEVEL=0`: half of the CNS cards in pockets hold 1024-bit keys, which OpenSSL 3 refuses by default on the
//! server's side too; the public portals that take CNS do the same.

use std::fmt;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use fs_err as fs;

use crate::process::{self, Process, wait_until};
use crate::testbed::certificates::{self, ServerCertificate};

/// A running portal.
#[derive(Debug)]
pub struct Portal {
    _process: Process,
    folder: PathBuf,
    port: u16,
    certificate: ServerCertificate,
}

/// Whose cards a portal takes.
#[derive(Debug, Clone)]
pub enum Issuer {
    /// Those of this CA only (DER), as a real portal does.
    Only(Vec<u8>),
    /// Anybody's, proof of possession only: for a person's own card, whose CA is not at hand.
    Any,
}

/// Whom the portal saw, by its page or its access log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    pub tax_code: String,
    pub card_id: String,
    pub protocol: String,
}

impl fmt::Display for Visitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, card {}, {}", self.tax_code, self.card_id, self.protocol)
    }
}

impl Portal {
    /// Starts a portal that takes the cards of `issuer`.
    pub fn start(folder: &Path, issuer: &Issuer) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let certificate = ServerCertificate::make(folder)?;
        let demand = match issuer {
            Issuer::Only(ca) => {
                fs::write(folder.join("cns-ca.pem"), certificates::pem(ca)?)?;
                format!(
                    "ssl_client_certificate {}/cns-ca.pem;\n        ssl_verify_client on;",
                    folder.display()
                )
            }
            Issuer::Any => "ssl_verify_client optional_no_ca;".to_owned(),
        };
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let configuration = folder.join("nginx.conf");
        fs::write(&configuration, nginx_configuration(folder, port, &certificate, &demand))?;
        let mut command = Command::new("nginx");
        command.arg("-p").arg(folder).arg("-c").arg(&configuration).arg("-e").arg(folder.join("error.log"));
        let output = fs::File::create(folder.join("nginx.out"))?.into_file();
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let mut process = Process::start(command)?;
        let ready = wait_until("nginx", Duration::from_secs(10), || {
            if !process.runs()? {
                bail!("nginx ended at once");
            }
            Ok(std::net::TcpStream::connect(("127.0.0.1", port)).is_ok())
        });
        ready.with_context(|| process::read_lossy(&folder.join("nginx.out")).unwrap_or_default())?;
        Ok(Self { _process: process, folder: folder.to_owned(), port, certificate })
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// `localhost:PORT`, for programs that take no URL.
    pub fn host_and_port(&self) -> String {
        format!("localhost:{}", self.port)
    }

    /// The protected page.
    pub fn url(&self) -> String {
        format!("https://localhost:{}/", self.port)
    }

    /// The CA that signed the portal's own certificate, for the client to trust (PEM).
    pub fn ca_file(&self) -> &Path {
        &self.certificate.ca
    }

    /// Everybody the portal has let in so far.
    pub fn visitors(&self) -> Result<Vec<Visitor>> {
        let log = process::read_lossy(&self.folder.join("access.log"))?;
        Ok(log.lines().filter_map(visitor).collect())
    }

    /// The last one it let in; the log line is written just after the page.
    pub fn last_visitor(&self, before: usize) -> Result<Visitor> {
        wait_until("a visitor in the portal's log", Duration::from_secs(5), || {
            Ok(self.visitors()?.len() > before)
        })
        .with_context(|| format!("the portal's error log:\n{}", self.errors()))?;
        self.visitors()?.pop().context("no visitor")
    }

    /// What nginx complained about; its greetings are left out.
    pub fn errors(&self) -> String {
        let log = process::read_lossy(&self.folder.join("error.log")).unwrap_or_default();
        log.lines().filter(|line| !line.contains("[notice]")).map(|line| format!("{line}\n")).collect()
    }
}

/// One process in the foreground, so that one process id ends it; no session is ever resumed, so that each page is
/// a full handshake with a signature by the card. `user`: in a sandbox of an account that is not root there is no other
/// user to change to.
fn nginx_configuration(folder: &Path, port: u16, certificate: &ServerCertificate, demand: &str) -> String {
    let here = folder.display();
    format!(
        r#"daemon off;
master_process off;
user root root;
pid {here}/nginx.pid;
error_log {here}/error.log info;
events {{ worker_connections 64; }}
http {{
    log_format seen '$ssl_client_verify|$ssl_protocol|$ssl_cipher|$ssl_client_s_dn|$request';
    access_log {here}/access.log seen;
    client_body_temp_path {here}/body;
    proxy_temp_path {here}/proxy;
    fastcgi_temp_path {here}/fastcgi;
    uwsgi_temp_path {here}/uwsgi;
    scgi_temp_path {here}/scgi;
    map $ssl_client_s_dn $tax_code {{
        default "";
        "~CN=(?<code>[A-Z0-9]+)/" $code;
    }}
    server {{
        listen 127.0.0.1:{port} ssl;
        server_name localhost;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_ciphers DEFAULT@SECLEVEL=0;
        ssl_session_cache off;
        ssl_session_tickets off;
        {demand}
        keepalive_timeout 0;
        location / {{
            default_type text/plain;
            return 200 "$ssl_client_verify|$ssl_protocol|$ssl_cipher|$ssl_client_s_dn|page\n";
        }}
        location = /it {{
            default_type "text/html; charset=utf-8";
            return 200 "{italian}";
        }}
        location = /en {{
            default_type "text/html; charset=utf-8";
            return 200 "{english}";
        }}
    }}
}}
"#,
        certificate = certificate.chain.display(),
        key = certificate.key.display(),
        italian = for_people("Accesso riuscito", "Il portale di prova ti ha riconosciuto con la tessera:"),
        english = for_people("You are logged in", "The test portal has recognised you by the card:"),
    )
}

/// A page for people; that of the other paths is for programs.
fn for_people(title: &str, text: &str) -> String {
    format!(
        "<!DOCTYPE html><title>{title}</title><style>body{{font:18px sans-serif;margin:2em}}</style>\
         <h1>{title}</h1><p>{text} <strong>$tax_code</strong></p>"
    )
}

/// Reads a line `SUCCESS|TLSv1.3|cipher|subject|request`.
fn visitor(line: &str) -> Option<Visitor> {
    let mut fields = line.split('|');
    if fields.next().is_none_or(|verdict| verdict == "NONE") {
        return None;
    }
    let protocol = fields.next()?.to_owned();
    let (tax_code, card_id) = identity(fields.nth(1)?)?;
    Some(Visitor { tax_code, card_id, protocol })
}

/// The tax code and the card id in a subject `CN=CODICEFISCALE/ID_CARTA.base64…,…` as a CNS certificate has it.
pub fn identity(subject: &str) -> Option<(String, String)> {
    let names = subject.split(',').map(str::trim);
    let name = names.filter_map(|part| part.strip_prefix("CN=")).find(|name| name.contains('/'))?;
    let (tax_code, rest) = name.split_once('/')?;
    let (card_id, _) = rest.split_once('.')?;
    Some((tax_code.to_owned(), card_id.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_line_tells_who_came_in() {
        let line = r"SUCCESS|TLSv1.3|TLS_AES_256_GCM_SHA384|CN=RSSMRA80A01H501U/6090010000000001.q\+/abc=,OU=X,C=IT|GET /";
        let expected = Visitor {
            tax_code: "RSSMRA80A01H501U".into(),
            card_id: "6090010000000001".into(),
            protocol: "TLSv1.3".into(),
        };
        assert_eq!(visitor(line), Some(expected));
        assert_eq!(visitor("NONE|TLSv1.3|x||GET /"), None);
    }

    #[test]
    fn a_subject_without_card_is_nobody() {
        assert_eq!(identity("CN=localhost,C=IT"), None);
    }
}
