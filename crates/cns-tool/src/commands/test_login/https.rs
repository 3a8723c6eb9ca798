//! One GET over TLS, and the beginning of the answer. No redirection is followed: what the server says is told.

use std::io::{self, Read, Write};
use std::net::{SocketAddrV4, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use rustls::client::ResolvesClientCert;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, StreamOwned};
use url::{Host, Url};

use super::TlsVersion;

/// How long a server may take to take a connection, and between two pieces of its answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// How much of an answer is read, in bytes.
const MOST: usize = 64 * 1024;
/// How many header lines an answer may have.
const MOST_HEADERS: usize = 100;
/// How much of a page is shown: lines, and characters of a line.
const SHOWN: (usize, usize) = (10, 120);

/// Where to ask.
#[derive(Debug, Clone)]
pub(super) struct Target {
    host: Host<String>,
    port: u16,
    path: String,
}

/// The beginning of an answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) protocol: Option<ProtocolVersion>,
    pub(super) suite: String,
    pub(super) status: u16,
    reason: String,
    pub(super) location: Option<String>,
    pub(super) first_lines: Vec<String>,
}

impl Answer {
    pub(super) fn status_line(&self) -> String {
        format!("{} {}", self.status, self.reason).trim_end().to_owned()
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    #[error(transparent)]
    Tls(rustls::Error),
    #[error(transparent)]
    Io(io::Error),
    #[error("no HTTP answer")]
    Answer,
}

impl From<io::Error> for Trouble {
    /// rustls wraps its errors into those of the stream.
    fn from(error: io::Error) -> Self {
        let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match tls {
            Some(tls) => Self::Tls(tls.clone()),
            None => Self::Io(error),
        }
    }
}

impl Target {
    /// `None` for anything but `https`.
    pub(super) fn of(url: &Url) -> Option<Self> {
        let host = url.host().filter(|_| url.scheme() == "https")?.to_owned();
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        Some(Self { host, port: url.port_or_known_default()?, path: format!("{}{query}", url.path()) })
    }

    /// The first page at an address.
    pub(super) fn at(address: SocketAddrV4) -> Self {
        Self { host: Host::Ipv4(*address.ip()), port: address.port(), path: "/".into() }
    }

    /// As people name it.
    pub(super) fn name(&self) -> String {
        match self.port {
            443 => self.host.to_string(),
            port => format!("{}:{port}", self.host),
        }
    }

    pub(super) fn connect(&self) -> io::Result<TcpStream> {
        // Without the brackets of an IPv6 address in a URL.
        let host = match &self.host {
            Host::Ipv6(address) => address.to_string(),
            other => other.to_string(),
        };
        let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for address in (host.as_str(), self.port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, PATIENCE) {
                Ok(stream) => {
                    stream.set_read_timeout(Some(PATIENCE))?;
                    stream.set_write_timeout(Some(PATIENCE))?;
                    return Ok(stream);
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn server_name(&self) -> Result<ServerName<'static>, Trouble> {
        match &self.host {
            Host::Domain(name) => ServerName::try_from(name.clone())
                .map_err(|_| Trouble::Tls(rustls::Error::General(name.clone()))),
            Host::Ipv4(address) => Ok(ServerName::from(std::net::IpAddr::from(*address))),
            Host::Ipv6(address) => Ok(ServerName::from(std::net::IpAddr::from(*address))),
        }
    }
}

/// Asks for the page, as the holder of an identity.
pub(super) fn get(
    target: &Target,
    trusted: Vec<CertificateDer<'static>>,
    only: Option<TlsVersion>,
    identity: Arc<dyn ResolvesClientCert>,
) -> Result<Answer, Trouble> {
    get_over(target.connect()?, target, trusted, only, identity)
}

/// The same, over a connection that is open already.
pub(super) fn get_over(
    connected: TcpStream,
    target: &Target,
    trusted: Vec<CertificateDer<'static>>,
    only: Option<TlsVersion>,
    identity: Arc<dyn ResolvesClientCert>,
) -> Result<Answer, Trouble> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(trusted);
    let versions = match only {
        None => vec![&TLS13, &TLS12],
        Some(TlsVersion::V12) => vec![&TLS12],
        Some(TlsVersion::V13) => vec![&TLS13],
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&versions)
        .map_err(Trouble::Tls)?
        .with_root_certificates(roots)
        .with_client_cert_resolver(identity);
    let connection = ClientConnection::new(Arc::new(config), target.server_name()?).map_err(Trouble::Tls)?;
    let mut stream = StreamOwned::new(connection, connected);
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: cns/{}\r\nAccept: */*\r\nConnection: close\r\n\r\n",
        target.path,
        target.name(),
        env!("CARGO_PKG_VERSION")
    );
    stream.write_all(request.as_bytes())?;
    stream.flush()?;
    let bytes = read_some(&mut stream)?;
    let mut answer = parse(&bytes).ok_or(Trouble::Answer)?;
    answer.protocol = stream.conn.protocol_version();
    answer.suite =
        stream.conn.negotiated_cipher_suite().map(|suite| format!("{:?}", suite.suite())).unwrap_or_default();
    Ok(answer)
}

/// To the end or the limit. A server that closes without saying so has still answered.
fn read_some(stream: &mut impl Read) -> Result<Vec<u8>, Trouble> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    while bytes.len() < MOST {
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => bytes.extend_from_slice(&piece[..length]),
            Err(_) if parse(&bytes).is_some() => break,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(bytes)
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(body) = response.parse(bytes).ok()? else { return None };
    let header = |name: &str| {
        let found = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        found.map(|header| printable(&String::from_utf8_lossy(header.value)))
    };
    let is_text =
        header("content-type").is_some_and(|kind| kind.starts_with("text/") || kind.contains("json"));
    let text = String::from_utf8_lossy(bytes.get(body..).unwrap_or_default());
    let lines = text.lines().map(printable).filter(|line| !line.trim().is_empty());
    Some(Answer {
        protocol: None,
        suite: String::new(),
        status: response.code?,
        reason: printable(response.reason.unwrap_or_default()),
        location: header("location"),
        first_lines: if is_text { lines.take(SHOWN.0).collect() } else { Vec::new() },
    })
}

/// A line of somebody else's, without anything that a terminal would obey.
fn printable(line: &str) -> String {
    line.chars().filter(|character| !character.is_control()).take(SHOWN.1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        let target = |url: &str| Target::of(&Url::parse(url).expect("a URL"));
        let plain = target("https://example.org/a/b?c=d#e").expect("https");
        assert_eq!(
            (plain.name().as_str(), plain.port, plain.path.as_str()),
            ("example.org", 443, "/a/b?c=d")
        );
        assert_eq!(target("https://127.0.0.1:8443").expect("https").name(), "127.0.0.1:8443");
        assert_eq!(target("https://[::1]:8443").expect("https").name(), "[::1]:8443");
        assert!(target("http://example.org").is_none());
        assert!(target("file:///etc/passwd").is_none());
    }

    #[test]
    fn answers() {
        let answer = parse(
            b"HTTP/1.1 302 Found\r\nLocation: /in\r\nContent-Type: text/html\r\n\r\n\n<p>\x1b[2J here</p>\n",
        )
        .unwrap();
        assert_eq!((answer.status_line().as_str(), answer.location.as_deref()), ("302 Found", Some("/in")));
        assert_eq!(answer.first_lines, ["<p>[2J here</p>"]);
        assert!(
            parse(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\x89PNG")
                .unwrap()
                .first_lines
                .is_empty()
        );
        assert!(parse(b"HTTP/1.1 200 OK\r\nLoc").is_none());
        assert!(parse(b"SSH-2.0-OpenSSH\r\n").is_none());
    }
}
