//! One GET over TLS, and the beginning of the answer. Redirections are shown, not followed.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, SocketAddrV4, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::client::ResolvesClientCert;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, StreamOwned};
use url::{Host, Url};

use super::https_error::{HttpsError, MOST, MOST_HEADERS, PATIENCE};

/// How much of a page is shown: lines, and characters of a line.
const SHOWN: (usize, usize) = (10, 120);

/// The only version of TLS that is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum TlsVersion {
    /// TLS 1.2.
    #[value(name = "1.2")]
    V12,
    /// TLS 1.3.
    #[value(name = "1.3")]
    V13,
}

impl TlsVersion {
    /// As people name it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::V12 => "TLS 1.2",
            Self::V13 => "TLS 1.3",
        }
    }
}

/// Where to ask.
#[derive(Debug, Clone)]
pub(super) struct Endpoint {
    host: Host<String>,
    port: u16,
    path: String,
}

/// The beginning of an answer.
#[derive(Debug)]
pub(super) struct HttpResponse {
    pub(super) protocol: Option<ProtocolVersion>,
    pub(super) suite: String,
    pub(super) status: u16,
    reason: String,
    pub(super) location: Option<String>,
    pub(super) first_lines: Vec<String>,
    /// Whether all of it is here, as far as it says how long it is.
    whole: bool,
}

impl HttpResponse {
    pub(super) fn status_line(&self) -> String {
        format!("{} {}", self.status, self.reason).trim_end().to_owned()
    }
}

impl Endpoint {
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

    /// The address at which it takes connections.
    pub(super) fn reachable_address(&self) -> io::Result<SocketAddr> {
        // Without the brackets of an IPv6 address in a URL.
        let host = match &self.host {
            Host::Ipv6(address) => address.to_string(),
            other => other.to_string(),
        };
        let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for address in (host.as_str(), self.port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, PATIENCE) {
                Ok(_) => return Ok(address),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn server_name(&self) -> Result<ServerName<'static>, HttpsError> {
        match &self.host {
            Host::Domain(name) => ServerName::try_from(name.clone())
                .map_err(|_| HttpsError::Tls(rustls::Error::General(name.clone()))),
            Host::Ipv4(address) => Ok(ServerName::from(std::net::IpAddr::from(*address))),
            Host::Ipv6(address) => Ok(ServerName::from(std::net::IpAddr::from(*address))),
        }
    }
}

/// A connection that ends at a moment, however little comes at a time.
struct DeadlineStream {
    stream: TcpStream,
    end: Instant,
}

impl DeadlineStream {
    fn left(&self) -> io::Result<Option<Duration>> {
        let left = self.end.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(Some(left)) }
    }
}

impl Read for DeadlineStream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(self.left()?)?;
        self.stream.read(into)
    }
}

impl Write for DeadlineStream {
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.left()?)?;
        self.stream.write(from)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// Asks for the page over a connection that is to be opened, as the holder of an identity.
pub(super) fn get(
    open: impl FnOnce() -> io::Result<TcpStream>,
    target: &Endpoint,
    trusted: Vec<CertificateDer<'static>>,
    only: Option<TlsVersion>,
    identity: Arc<dyn ResolvesClientCert>,
) -> Result<HttpResponse, HttpsError> {
    let end = Instant::now() + PATIENCE;
    let connected = DeadlineStream { stream: open()?, end };
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
        .map_err(HttpsError::Tls)?
        .with_root_certificates(roots)
        .with_client_cert_resolver(identity);
    let connection =
        ClientConnection::new(Arc::new(config), target.server_name()?).map_err(HttpsError::Tls)?;
    let mut stream = StreamOwned::new(connection, connected);
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: cns/{}\r\nAccept: */*\r\nConnection: close\r\n\r\n",
        target.path,
        target.name(),
        env!("CARGO_PKG_VERSION")
    );
    stream.write_all(request.as_bytes())?;
    stream.flush()?;
    let mut answer = read(&mut stream)?;
    answer.protocol = stream.conn.protocol_version();
    answer.suite =
        stream.conn.negotiated_cipher_suite().map(|suite| format!("{:?}", suite.suite())).unwrap_or_default();
    Ok(answer)
}

/// To the end or the limit. A server that closes without saying so, or says nothing more, has still answered.
fn read(stream: &mut impl Read) -> Result<HttpResponse, HttpsError> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let ended = match stream.read(&mut piece) {
            Ok(0) => Some(HttpsError::NoAnswer),
            Ok(length) => {
                bytes.extend_from_slice(&piece[..length]);
                (bytes.len() >= MOST).then_some(HttpsError::TooLong)
            }
            Err(error) => Some(error.into()),
        };
        match (parse(&bytes)?, ended) {
            (Some(answer), ended) if answer.whole || ended.is_some() => return Ok(answer),
            (None, Some(trouble)) => return Err(trouble),
            _ => {}
        }
    }
}

/// The final answer; `None` where it is still to come. What goes before it (100 Continue, 103 Early Hints) decides
/// nothing (RFC 9110, 15.2).
fn parse(bytes: &[u8]) -> Result<Option<HttpResponse>, HttpsError> {
    let mut rest = bytes;
    loop {
        let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut response = httparse::Response::new(&mut headers);
        let head = match response.parse(rest) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(httparse::Error::TooManyHeaders) => return Err(HttpsError::TooManyHeaders),
            Err(_) => return Err(HttpsError::NotHttp),
        };
        let body = rest.get(head..).unwrap_or_default();
        match response.code {
            Some(100..=199) => rest = body,
            Some(status @ 200..) => return Ok(Some(answer(status, &response, body))),
            _ => return Err(HttpsError::NotHttp),
        }
    }
}

fn answer(status: u16, response: &httparse::Response<'_, '_>, body: &[u8]) -> HttpResponse {
    let header = |name: &str| {
        let found = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        found.map(|header| printable(&String::from_utf8_lossy(header.value)))
    };
    let length = header("content-length").and_then(|length| length.trim().parse::<usize>().ok());
    let is_text =
        header("content-type").is_some_and(|kind| kind.starts_with("text/") || kind.contains("json"));
    let text = String::from_utf8_lossy(body);
    let lines = text.lines().map(printable).filter(|line| !line.trim().is_empty());
    HttpResponse {
        protocol: None,
        suite: String::new(),
        status,
        reason: printable(response.reason.unwrap_or_default()),
        location: header("location"),
        first_lines: if is_text { lines.take(SHOWN.0).collect() } else { Vec::new() },
        whole: length.is_some_and(|length| body.len() >= length),
    }
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
        let target = |url: &str| Endpoint::of(&Url::parse(url).expect("a URL"));
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

    fn parsed(bytes: &[u8]) -> HttpResponse {
        parse(bytes).expect("HTTP").expect("an answer")
    }

    #[test]
    fn answers() {
        let answer = parsed(
            b"HTTP/1.1 302 Found\r\nLocation: /in\r\nContent-Type: text/html\r\n\r\n\n<p>\x1b[2J here</p>\n",
        );
        assert_eq!((answer.status_line().as_str(), answer.location.as_deref()), ("302 Found", Some("/in")));
        assert_eq!(answer.first_lines, ["<p>[2J here</p>"]);
        let picture = parsed(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\x89PNG");
        assert!(picture.first_lines.is_empty());
        assert!(parse(b"HTTP/1.1 200 OK\r\nLoc").expect("HTTP so far").is_none());
        assert!(matches!(parse(b"SSH-2.0-OpenSSH\r\n"), Err(HttpsError::NotHttp)));
        assert!(matches!(parse(b"HTTP/1.1 042 Odd\r\n\r\n"), Err(HttpsError::NotHttp)));
    }

    /// RFC 9110, 15.2: a final response follows each interim one.
    #[test]
    fn the_final_status_counts() {
        let hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n";
        let goes_on = "HTTP/1.1 100 Continue\r\n\r\n";
        let refused = "HTTP/1.1 403 Forbidden\r\n\r\n";
        for before in [hints.to_owned(), goes_on.to_owned(), goes_on.to_owned() + hints + hints] {
            assert_eq!(parsed((before.clone() + refused).as_bytes()).status, 403);
            assert!(parse(before.as_bytes()).expect("HTTP").is_none(), "nothing final yet");
            assert!(matches!(read(&mut before.as_bytes()), Err(HttpsError::NoAnswer)));
        }
    }

    #[test]
    fn bounds_have_names() {
        let with_headers =
            |count: usize| format!("HTTP/1.1 200 OK\r\n{}\r\n", "Set-Cookie: a=b\r\n".repeat(count));
        assert_eq!(read(&mut with_headers(MOST_HEADERS).as_bytes()).expect("an answer").status, 200);
        let trouble = read(&mut with_headers(MOST_HEADERS + 1).as_bytes()).expect_err("too many");
        assert!(matches!(trouble, HttpsError::TooManyHeaders));
        let long = format!("HTTP/1.1 200 OK\r\nA: {}\r\n\r\n", "b".repeat(MOST));
        assert!(matches!(read(&mut long.as_bytes()), Err(HttpsError::TooLong)));
        let endless = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(MOST);
        assert!(matches!(read(&mut endless.as_bytes()), Err(HttpsError::TooLong)));
    }

    /// A server that keeps talking, a byte at a time, and one that keeps the connection open after its answer.
    #[test]
    fn one_limit_for_all_of_it() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let stream = TcpStream::connect(listener.local_addr().expect("an address")).expect("connected");
        let (mut server, _) = listener.accept().expect("accepted");
        let drip = std::thread::spawn(move || {
            while server.write_all(b"H").is_ok() {
                std::thread::sleep(Duration::from_millis(10));
            }
        });
        let mut limited = DeadlineStream { stream, end: Instant::now() + Duration::from_millis(300) };
        let mut came = 0;
        let error = loop {
            match limited.read(&mut [0; 1]) {
                Ok(length) => came += length,
                Err(error) => break error,
            }
        };
        assert!(came > 1, "it did not drip");
        assert!(matches!(HttpsError::from(error), HttpsError::TooSlow));
        drop(limited);
        drip.join().expect("no panic");

        struct Open<'a>(&'a [u8]);
        impl Read for Open<'_> {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                assert!(!self.0.is_empty(), "waited for more than there is");
                self.0.read(into)
            }
        }
        let whole = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        assert_eq!(read(&mut Open(whole)).expect("an answer").status, 200);
    }
}
