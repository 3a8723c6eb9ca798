//! The portal of the practice: a page with the ways to log in, over HTTP, and a page behind a login with the virtual card,
//! over TLS. Both listen on 127.0.0.1 only.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use rustls::{ProtocolVersion, ServerConfig, ServerConnection, StreamOwned};

use super::control::PracticeEvent;
use super::page;
use crate::card::certificate::CertificateDetails;
use crate::commands::test_login::{HttpsError, practice_server};
use crate::text::Language;

/// How long a browser may take for its request. It opens connections that it may need later, and says nothing on them.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest request that is read.
const LONGEST: u64 = 16 * 1024;

/// The portal; it ends with the process.
pub(super) struct Portal {
    port: u16,
}

impl Portal {
    /// Opens it for the holder of a certificate.
    pub(super) fn open(
        holder: &[u8],
        language: Language,
        events: Sender<PracticeEvent>,
    ) -> Result<Self, HttpsError> {
        let config = practice_server(holder)?;
        let details = Arc::new(CertificateDetails::parse(holder).ok_or(HttpsError::NoAnswer)?);
        let (chooser, login) =
            (TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?, TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?);
        let (port, login_port) = (chooser.local_addr()?.port(), login.local_addr()?.port());
        let first = page::chooser(language, &format!("https://localhost:{login_port}/"));
        serve_each(chooser, move |stream| respond(stream, |_| first.clone()));
        serve_each(login, move |stream| log_in(stream, &config, &details, language, &events));
        Ok(Self { port })
    }

    /// The address of its first page.
    pub(super) fn url(&self) -> String {
        format!("http://localhost:{}/", self.port)
    }
}

/// Each connection in a thread of its own.
fn serve_each(listener: TcpListener, serve: impl Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static) {
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = Arc::clone(&serve);
            thread::spawn(move || {
                let limited =
                    stream.set_read_timeout(Some(PATIENCE)).and(stream.set_write_timeout(Some(PATIENCE)));
                // What a browser breaks off it asks for again.
                let _ = limited.and_then(|()| serve(stream));
            });
        }
    });
}

fn log_in(
    stream: TcpStream,
    config: &Arc<ServerConfig>,
    holder: &CertificateDetails,
    language: Language,
    events: &Sender<PracticeEvent>,
) -> io::Result<()> {
    let connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
    let mut stream = StreamOwned::new(connection, stream);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    let tls = match stream.conn.protocol_version() {
        Some(ProtocolVersion::TLSv1_3) => "TLS 1.3",
        _ => "TLS 1.2",
    };
    let with_card = stream.conn.peer_certificates().is_some();
    respond(&mut stream, |path| match with_card {
        true if path == "/" => {
            let _ = events.send(PracticeEvent::LoggedIn(tls));
            page::welcome(language, holder, tls)
        }
        true => String::new(),
        false => page::no_certificate(language),
    })?;
    stream.conn.send_close_notify();
    stream.flush()
}

/// Reads a request and writes the page for its path; there is nothing at the paths of an empty one.
fn respond(mut stream: impl Read + Write, page: impl FnOnce(&str) -> String) -> io::Result<()> {
    let Some(path) = request(&mut stream)? else { return Ok(()) };
    let page = if path == "/favicon.ico" { String::new() } else { page(&path) };
    let status = if page.is_empty() { "404 Not Found" } else { "200 OK" };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         Connection: close\r\n\r\n{page}",
        page.len()
    )?;
    stream.flush()
}

/// The path that is asked for; `None` where the connection ends before.
fn request(stream: &mut impl Read) -> io::Result<Option<String>> {
    let mut limited = stream.take(LONGEST);
    let (mut bytes, mut piece) = (Vec::new(), [0; 1024]);
    loop {
        let length = limited.read(&mut piece)?;
        if length == 0 {
            return Ok(None);
        }
        bytes.extend_from_slice(&piece[..length]);
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut request = httparse::Request::new(&mut headers);
        if request.parse(&bytes).map_err(io::Error::other)?.is_complete() {
            return Ok(request.path.map(str::to_owned));
        }
    }
}
