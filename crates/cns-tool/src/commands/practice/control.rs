//! How `cns practice --stop` reaches the practice that runs: a socket in Linux' abstract namespace, which leaves no file
//! behind however the process ends.

use std::io::{self, ErrorKind, Read as _};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::event::PracticeEvent;

/// The practice of this user; there is one at a time. Those who asked it to stop learn of its end when it is dropped.
pub(super) struct Control {
    waiting: Arc<Mutex<Vec<UnixStream>>>,
    listener: UnixListener,
}

impl Control {
    /// `None` where a practice runs already.
    pub(super) fn open(events: Sender<PracticeEvent>) -> io::Result<Option<Self>> {
        let listener = match UnixListener::bind_addr(&address()?) {
            Err(error) if error.kind() == ErrorKind::AddrInUse => return Ok(None),
            listener => listener?,
        };
        let waiting = Arc::new(Mutex::new(Vec::new()));
        let (asking, accepting) = (Arc::clone(&waiting), listener.try_clone()?);
        thread::spawn(move || {
            while let Ok((connection, _)) = accepting.accept() {
                // Other users see the socket, too.
                if is_ours(&connection) {
                    asking.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
                    let _ = events.send(PracticeEvent::Stop);
                }
            }
        });
        Ok(Some(Self { waiting, listener }))
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        let _ = rustix::net::shutdown(&self.listener, rustix::net::Shutdown::Both);
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Asks the running practice to stop, and waits until it has; `false` where none runs.
pub(super) fn stop_running() -> bool {
    let Ok(mut running) = address().and_then(|address| UnixStream::connect_addr(&address)) else {
        return false;
    };
    // Other users can take the name, and would let it wait for ever.
    if !is_ours(&running) {
        return false;
    }
    // The end of the connection is the answer.
    let _ = running.read(&mut [0]);
    true
}

fn address() -> io::Result<SocketAddr> {
    SocketAddr::from_abstract_name(format!("cns-practice-{}", rustix::process::geteuid().as_raw()))
}

fn is_ours(connection: &UnixStream) -> bool {
    let peer = rustix::net::sockopt::socket_peercred(connection);
    peer.is_ok_and(|peer| peer.uid == rustix::process::geteuid())
}
