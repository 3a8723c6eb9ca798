//! The card in a real pcscd: the client side of the vpcd reader's socket.
//!
//! Messages are a two-byte big-endian length and a body: one byte is a control (0 power off, 1 power on, 2 reset, 4
//! ask for the ATR), anything longer is a command. A connection is a card in the reader; closing it pulls the card.
//! When pcscd goes away the thread waits for it to come back, as a card in a reader would.

use crate::card::{Incident, SharedCard};
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

/// Where vpcd listens by default; a second reader listens one port higher.
pub const DEFAULT_ADDRESS: &str = "127.0.0.1:35963";

/// How often a lost pcscd is looked for.
const RETRY: Duration = Duration::from_millis(100);

/// A card in a vpcd reader, until it is removed or dropped.
#[derive(Debug)]
pub struct Insertion {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    address: SocketAddr,
    stop: AtomicBool,
    socket: Mutex<Option<TcpStream>>,
}

impl Insertion {
    /// Puts a card into the reader that listens at an address. Fails when no reader listens there.
    pub fn start(card: SharedCard, address: &str) -> io::Result<Insertion> {
        let address = address
            .to_socket_addrs()?
            .next()
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "no such address"))?;
        let socket = connect(&address)?;
        let shared = Arc::new(Shared {
            address,
            stop: AtomicBool::new(false),
            socket: Mutex::new(Some(socket.try_clone()?)),
        });
        let thread = std::thread::Builder::new().name("virtual card".into()).spawn({
            let shared = Arc::clone(&shared);
            move || shared.serve(card, socket)
        })?;
        Ok(Insertion { shared, thread: Some(thread) })
    }

    /// Whether the card is still in the reader: not removed, and no fault pulled it.
    pub fn is_inserted(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// Pulls the card.
    pub fn remove(mut self) {
        self.pull();
    }

    fn pull(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        if let Some(socket) = self.shared.socket().take() {
            let _ = socket.shutdown(Shutdown::Both);
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Insertion {
    fn drop(&mut self) {
        self.pull();
    }
}

enum End {
    /// The socket closed: pcscd went away, or the card was pulled from outside.
    Lost,
    /// A fault pulled the card; what comes next in the reader.
    Pulled(Option<SharedCard>),
}

impl Shared {
    fn socket(&self) -> MutexGuard<'_, Option<TcpStream>> {
        self.socket.lock().unwrap_or_else(|broken| broken.into_inner())
    }

    fn serve(&self, mut card: SharedCard, mut socket: TcpStream) {
        loop {
            let end = converse(&card, &mut socket);
            let _ = socket.shutdown(Shutdown::Both);
            lock_card(&card).power_off();
            match end {
                End::Lost => {}
                End::Pulled(None) => return,
                End::Pulled(Some(next)) => card = next,
            }
            match self.reconnect() {
                Some(fresh) => socket = fresh,
                None => return,
            }
        }
    }

    fn reconnect(&self) -> Option<TcpStream> {
        loop {
            std::thread::sleep(RETRY);
            // Held while connecting, so that a removal meanwhile finds the socket it must close.
            let mut kept = self.socket();
            if self.stop.load(Ordering::SeqCst) {
                return None;
            }
            if let Ok(socket) = connect(&self.address) {
                *kept = socket.try_clone().ok();
                return Some(socket);
            }
        }
    }
}

fn connect(address: &SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpStream::connect_timeout(address, Duration::from_secs(2))?;
    socket.set_nodelay(true)?;
    Ok(socket)
}

fn converse(card: &SharedCard, socket: &mut TcpStream) -> End {
    loop {
        let Ok(message) = receive(socket) else { return End::Lost };
        let mut card_now = lock_card(card);
        let answer = match message[..] {
            [0] => {
                card_now.power_off();
                continue;
            }
            [1] => {
                card_now.power_on();
                continue;
            }
            [2] => {
                card_now.reset();
                continue;
            }
            [4] => card_now.atr(),
            [] | [_] => continue,
            _ => card_now.transmit(&message),
        };
        let incident = card_now.faults().take_incident();
        drop(card_now);
        match incident {
            // A reader behind a socket cannot give up waiting: no answer is as near as it comes.
            None | Some(Incident::Reset | Incident::TimedOut) => {}
            // Nor can it unplug itself or kill the daemon: the card is gone, which is what a program sees of both.
            Some(Incident::Removed | Incident::Unplugged | Incident::ServiceStopped) => {
                return End::Pulled(None);
            }
            Some(Incident::Reinserted) => return End::Pulled(Some(Arc::clone(card))),
            Some(Incident::Replaced(next)) => return End::Pulled(Some(next)),
        }
        if send(socket, &answer).is_err() {
            return End::Lost;
        }
    }
}

fn lock_card(card: &SharedCard) -> MutexGuard<'_, crate::card::Card> {
    card.lock().unwrap_or_else(|broken| broken.into_inner())
}

fn receive(socket: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut length = [0; 2];
    acknowledge_at_once(socket);
    socket.read_exact(&mut length)?;
    acknowledge_at_once(socket);
    let mut body = vec![0; usize::from(u16::from_be_bytes(length))];
    socket.read_exact(&mut body)?;
    Ok(body)
}

/// vpcd writes length and body in two pieces; without this each command waits 40 ms for a delayed acknowledgement.
/// The kernel forgets the setting, so it is made before every read.
fn acknowledge_at_once(socket: &TcpStream) {
    #[cfg(target_os = "linux")]
    let _ = rustix::net::sockopt::set_tcp_quickack(socket, true);
    #[cfg(not(target_os = "linux"))]
    let _ = socket;
}

/// Sends one message, cut at what its length field can say.
fn send(socket: &mut TcpStream, body: &[u8]) -> io::Result<()> {
    let length = u16::try_from(body.len()).unwrap_or(u16::MAX);
    let mut message = length.to_be_bytes().to_vec();
    message.extend_from_slice(&body[..usize::from(length)]);
    socket.write_all(&message)
}
