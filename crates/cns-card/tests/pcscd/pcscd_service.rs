//! A `pcscd` of one test, and a card that can be put into the reader of vpcd and taken out again.

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

use cns_card::{Occupancy, PcscTransport, Transport};

const DRIVER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";

/// What keeps the test from running here.
pub(crate) fn missing() -> Option<&'static str> {
    if !Path::new(DRIVER).exists() {
        return Some("vsmartcard-vpcd is not installed");
    }
    let works = |program: &str, arguments: &[&str]| {
        Command::new(program)
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    if !works("pcscd", &["--version"]) {
        return Some("pcscd is not installed");
    }
    (!works("unshare", &["-m", "true"])).then_some("no mount namespace of one's own (not root?)")
}

/// A new directory for a pcscd.
pub(crate) fn directory() -> PathBuf {
    let directory = std::env::temp_dir().join(format!("cns-card-pcscd-{}", std::process::id()));
    fs::create_dir_all(directory.join("run")).unwrap();
    fs::create_dir_all(directory.join("conf")).unwrap();
    directory
}

pub(crate) struct PcscdService {
    directory: PathBuf,
    port: u16,
    service: Option<Child>,
    log: PathBuf,
    card: Option<(TcpStream, JoinHandle<()>)>,
}

impl PcscdService {
    pub(crate) fn new(directory: PathBuf) -> Self {
        // vpcd listens on this port and the next, one per slot.
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let log = directory.join("log");
        let configuration = format!(
            "FRIENDLYNAME \"PcscdService\"\nDEVICENAME /dev/null:{port:#X}\nLIBPATH {DRIVER}\nCHANNELID {port:#X}\n"
        );
        fs::write(directory.join("conf/vpcd"), configuration).unwrap();
        Self { directory, port, service: None, log, card: None }
    }

    /// How many messages with this in their names clients have sent to the service.
    pub(crate) fn received(&self, name: &str) -> usize {
        let log = fs::read(&self.log).unwrap();
        let received = format!("Received command: {name}");
        String::from_utf8_lossy(&log).lines().filter(|line| line.contains(&received)).count()
    }

    pub(crate) fn start_service(&mut self) {
        let directory = self.directory.display();
        // Debian 13's pcscd asks polkit who may use a card, where nobody is there to ask.
        let script = format!(
            "polkit=$(pcscd --help | grep -o -e --disable-polkit); \
             mkdir -p /run/pcscd && mount --bind {directory}/run /run/pcscd && rm -f /run/pcscd/* && \
             exec pcscd $polkit --foreground --debug --config {directory}/conf"
        );
        let log = fs::File::create(&self.log).unwrap();
        let child = Command::new("unshare")
            .args(["-m", "sh", "-c", &script])
            .stdout(log)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.service = Some(child);
        let transport = PcscTransport::new();
        wait_until("pcscd runs", || transport.readers().is_ok_and(|readers| readers.len() == 2));
    }

    pub(crate) fn kill_service(&mut self) {
        let mut child = self.service.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        if let Some((_, thread)) = self.card.take() {
            thread.join().unwrap();
        }
    }

    /// The reader that cards are put into: the one whose port is the first.
    pub(crate) fn reader(&self, transport: &PcscTransport) -> String {
        transport.readers().unwrap().into_iter().map(|reader| reader.name).min().unwrap()
    }

    pub(crate) fn insert(&mut self, atr: &[u8]) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_nodelay(true).unwrap();
        let (ours, atr) = (stream.try_clone().unwrap(), atr.to_vec());
        let thread = std::thread::spawn(move || play(&mut stream, &atr));
        self.card = Some((ours, thread));
        self.wait_for(Occupancy::Card);
    }

    pub(crate) fn remove(&mut self) {
        let (stream, thread) = self.card.take().unwrap();
        stream.shutdown(Shutdown::Both).unwrap();
        thread.join().unwrap();
        drop(stream);
        self.wait_for(Occupancy::Empty);
    }

    fn wait_for(&self, occupancy: Occupancy) {
        let transport = PcscTransport::new();
        let name = self.reader(&transport);
        wait_until("the card came or went", || transport.reader(&name).unwrap().occupancy == occupancy);
    }
}

impl Drop for PcscdService {
    fn drop(&mut self) {
        if let Some(mut child) = self.service.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(15), "waited in vain until {what}");
        sleep(Duration::from_millis(50));
    }
}

/// vpcd's protocol: two bytes of length, then one control byte (0 off, 1 on, 2 reset, 4 ATR) or a command.
fn play(stream: &mut TcpStream, atr: &[u8]) {
    let mut card = Card::default();
    loop {
        let mut length = [0; 2];
        if stream.read_exact(&mut length).is_err() {
            return;
        }
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        if stream.read_exact(&mut message).is_err() {
            return;
        }
        let answer = match message[..] {
            [0..=2] => {
                card = Card::default();
                continue;
            }
            [4] => atr.to_vec(),
            ref command => card.answer(command),
        };
        let length = u16::try_from(answer.len()).unwrap().to_be_bytes();
        if stream.write_all(&[&length[..], &answer].concat()).is_err() {
            return;
        }
    }
}

/// Just enough of an ST 2021 card to be listed, verified and asked for a signature of A5s.
#[derive(Default)]
struct Card {
    file: Vec<u8>,
    verified: bool,
}

impl Card {
    fn answer(&mut self, command: &[u8]) -> Vec<u8> {
        match command {
            [0x00, 0xA4, 0x00, 0x00, 0x02, 0x3F, 0x00] => vec![0x90, 0x00],
            [0x00, 0xA4, 0x08, 0x00, 0x04, path @ ..] => {
                self.file = match path[..4] {
                    [0x10, 0x00, 0x10, 0x03] => b"6030000000000019".to_vec(),
                    [0x11, 0x00, 0x11, 0x01] => [&[0x30, 0x82, 0x02, 0x00][..], &[0x55; 700]].concat(),
                    _ => return vec![0x6A, 0x82],
                };
                vec![0x90, 0x00]
            }
            &[0x00, 0xB0, high, low, ref le @ ..] => {
                let from = usize::from(high) << 8 | usize::from(low);
                let le = match *le {
                    [0] => 256,
                    [le] => usize::from(le),
                    [0, high, low] => usize::from(high) << 8 | usize::from(low),
                    _ => return vec![0x67, 0x00],
                };
                let to = (from + le).min(self.file.len());
                [self.file.get(from..to).unwrap_or_default(), &[0x90, 0x00]].concat()
            }
            [0x00, 0x20, 0x00, 0x90, 0x08, pin @ ..] => {
                self.verified = pin == b"12345\xFF\xFF\xFF";
                if self.verified { vec![0x90, 0x00] } else { vec![0x63, 0xC2] }
            }
            [0x00, 0x22, ..] => vec![0x90, 0x00],
            [0x00, 0x2A, 0x80, 0x86, 0x00, 0x01, 0x01, ..] if self.verified => {
                [&[0xA5; 256][..], &[0x90, 0x00]].concat()
            }
            _ => vec![0x69, 0x82],
        }
    }
}
