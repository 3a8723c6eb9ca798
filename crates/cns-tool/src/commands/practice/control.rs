//! How `cns practice --stop` reaches the practice that runs: a socket in Linux' abstract namespace, which leaves no file
//! behind however the process ends.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// What happens during a practice: a visitor of the portal, or the end.
#[derive(Debug)]
pub(super) enum PracticeEvent {
    /// A browser logged in with the virtual card; the version of TLS.
    LoggedIn(&'static str),
    /// `cns practice --stop`.
    Stop,
}

/// The practice of this user; there is one at a time. Those who asked it to stop learn of its end when it is dropped.
#[derive(Debug)]
pub(super) struct Control {
    waiting: Arc<Mutex<Vec<UnixStream>>>,
    listener: UnixListener,
}

/// Why a practice cannot be the only one.
#[derive(Debug)]
pub(super) enum ControlError {
    /// One runs already.
    RunsAlready,
    /// Another user has taken the name.
    TakenByAnother,
    Io(io::Error),
}

impl From<io::Error> for ControlError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// What asks for the end; a connection alone only looks whose the practice is.
const STOP: u8 = b's';
/// How long a connection may take to say so.
const PATIENCE: Duration = Duration::from_secs(1);

impl Control {
    /// That of this user.
    pub(super) fn open(events: Sender<PracticeEvent>) -> Result<Self, ControlError> {
        Self::open_at(&address()?, events)
    }

    fn open_at(address: &SocketAddr, events: Sender<PracticeEvent>) -> Result<Self, ControlError> {
        let listener = match UnixListener::bind_addr(address) {
            Err(error) if error.kind() == ErrorKind::AddrInUse => {
                let other = UnixStream::connect_addr(address)?;
                let is_ours = is_ours(&other);
                return Err(if is_ours { ControlError::RunsAlready } else { ControlError::TakenByAnother });
            }
            listener => listener?,
        };
        let waiting = Arc::new(Mutex::new(Vec::new()));
        let (asking, accepting) = (Arc::clone(&waiting), listener.try_clone()?);
        thread::spawn(move || {
            while let Ok((connection, _)) = accepting.accept() {
                // Other users see the socket, too.
                if is_ours(&connection) && asks_to_stop(&connection) {
                    asking.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
                    let _ = events.send(PracticeEvent::Stop);
                }
            }
        });
        Ok(Self { waiting, listener })
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
    let _ = running.write_all(&[STOP]).and_then(|()| running.read(&mut [0]));
    true
}

fn asks_to_stop(mut connection: &UnixStream) -> bool {
    let mut asked = [0];
    let read = connection.set_read_timeout(Some(PATIENCE)).and_then(|()| connection.read_exact(&mut asked));
    read.is_ok() && asked[0] == STOP
}

fn address() -> io::Result<SocketAddr> {
    SocketAddr::from_abstract_name(format!("cns-practice-{}", rustix::process::geteuid().as_raw()))
}

fn is_ours(connection: &UnixStream) -> bool {
    let peer = rustix::net::sockopt::socket_peercred(connection);
    peer.is_ok_and(|peer| peer.uid == rustix::process::geteuid())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Who finds that a practice runs does not end it.
    #[test]
    fn a_second_practice_leaves_the_first_alone() {
        let name = format!("cns-practice-test-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(name).unwrap();
        let (send, events) = mpsc::channel();
        let first = Control::open_at(&address, send.clone()).unwrap();
        for _ in 0..2 {
            let second = Control::open_at(&address, send.clone());
            assert!(matches!(second, Err(ControlError::RunsAlready)), "{second:?}");
        }
        let mut stop = UnixStream::connect_addr(&address).unwrap();
        stop.write_all(&[STOP]).unwrap();
        assert!(matches!(events.recv_timeout(Duration::from_secs(60)), Ok(PracticeEvent::Stop)));
        assert!(events.try_recv().is_err(), "it was asked to stop by who only looked");
        drop(first);
        assert_eq!(stop.read(&mut [0]).unwrap(), 0, "the end is the answer");
    }
}
