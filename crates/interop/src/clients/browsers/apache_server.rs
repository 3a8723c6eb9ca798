//! An Apache as the public CNS reference server is set up: TLS 1.2 only, a start page for everybody, a client
//! certificate demanded for one directory (so in the middle of the connection, by renegotiation), the CNS policy
//! checked, the tax code taken from the common name, and a CA list that holds nothing but the CNS CA.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use fs_err as fs;

use crate::clients::apache::load_modules;
use crate::process::{self, Process, wait_until};
use crate::testbed::certificates::{self, ServerCertificate};
use crate::testbed::client_environment::ClientEnvironment;
use crate::testbed::display;

/// A running Apache.
#[derive(Debug)]
pub struct Apache {
    _process: Process,
    folder: PathBuf,
    port: u16,
    certificate: ServerCertificate,
}

const MODULES: &[&str] = &["mpm_event", "authz_core", "ssl", "dir", "mime"];

impl Apache {
    /// Starts one that takes the cards of this CA (DER).
    pub fn start(client: &ClientEnvironment, cns_ca: &[u8]) -> Result<Self> {
        let folder = client.file("apache");
        fs::create_dir_all(folder.join("pages/protected"))?;
        fs::write(folder.join("pages/index.html"), "<title>home</title>Benvenuto")?;
        fs::write(folder.join("pages/protected/index.html"), "<title>area riservata</title>Area riservata")?;
        fs::create_dir_all(folder.join("pages/logout"))?;
        fs::write(folder.join("pages/logout/index.html"), "<title>arrivederci</title>Arrivederci")?;
        fs::write(folder.join("cns-ca.pem"), certificates::pem(cns_ca)?)?;
        let certificate = ServerCertificate::make(&folder)?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let configuration = folder.join("apache.conf");
        fs::write(&configuration, configuration_text(&folder, port, &certificate))?;
        let mut command = client.command("/usr/sbin/apache2");
        command.arg("-X").arg("-d").arg(&folder).arg("-f").arg(&configuration);
        let output = folder.join("apache.out");
        let mut process = Process::start(display::log_output(command, &output)?)?;
        wait_until("Apache", Duration::from_secs(10), || {
            if !process.runs()? {
                bail!("Apache ended at once");
            }
            Ok(TcpStream::connect(("127.0.0.1", port)).is_ok())
        })
        .with_context(|| process::read_lossy(&output).unwrap_or_default())?;
        Ok(Self { _process: process, folder, port, certificate })
    }

    /// Ends with a slash.
    pub fn url(&self) -> String {
        format!("https://localhost:{}/", self.port)
    }

    /// The CA of its own certificate, for clients to trust.
    pub fn ca_file(&self) -> &Path {
        &self.certificate.ca
    }

    pub fn access_log(&self) -> PathBuf {
        self.folder.join("access.log")
    }

    pub fn errors(&self) -> String {
        process::read_lossy(&self.folder.join("error.log")).unwrap_or_default()
    }
}

fn configuration_text(folder: &Path, port: u16, certificate: &ServerCertificate) -> String {
    let here = folder.display();
    let modules = load_modules(MODULES);
    format!(
        r#"{modules}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {here}/apache.pid
DefaultRuntimeDir {here}
Mutex default:{here}
ErrorLog {here}/error.log
LogLevel info
TypesConfig /etc/mime.types
DocumentRoot {here}/pages
DirectoryIndex index.html
LogFormat "%{{SSL_CLIENT_VERIFY}}x|%{{SSL_PROTOCOL}}x|%{{SSL_CIPHER}}x|CN=%{{SSL_CLIENT_S_DN_CN}}x|%r|%>s" seen
CustomLog {here}/access.log seen
KeepAlive Off
SSLEngine on
SSLProtocol TLSv1.2
SSLCipherSuite DEFAULT@SECLEVEL=0
SSLSessionTickets off
SSLCertificateFile {chain}
SSLCertificateKeyFile {key}
SSLCACertificateFile {here}/cns-ca.pem
SSLVerifyClient none
<Directory {here}/pages>
    Require all granted
</Directory>
<Directory {here}/pages/protected>
    SSLVerifyClient require
    SSLVerifyDepth 2
    SSLOptions +StdEnvVars
    SSLRequire "Policy: 1.3.76.16.2.1" in PeerExtList("2.5.29.32")
</Directory>
"#,
        chain = certificate.chain.display(),
        key = certificate.key.display(),
    )
}
