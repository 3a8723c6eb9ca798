//! A PIN on its way to the card: in locked memory that no core file gets, and nowhere once `C_Login` returned.
//!
//! The last reader of the PIN is here the test's own transport. With a real reader it is libpcsclite, which hands the
//! command to `pcscd` through a socket: what it and the daemon keep of it is not ours to wipe, and not looked at here.
#![cfg(target_os = "linux")]

mod common;

use std::fs::{self, File};
use std::hint::black_box;
use std::os::unix::fs::FileExt;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use cns_card::{
    CardChannel, CardConnection, Continuity, Disposition, ReaderStatus, Transport, TransportError,
};
use cryptoki_sys::*;
use virtual_cns::in_process::Readers;
use virtual_cns::{Card, DEFAULT_PIN, Personality};
use zeroize::{Zeroize, Zeroizing};

use common::client::call;
use common::readers::InProcess;
use common::{Client, READER};

const ALONE: &str = "CNS_TEST_SCANS_ITS_MEMORY";

/// In a process of its own: the memory of other tests is none of its business.
#[test]
fn after_a_login_no_byte_of_the_pin_is_left() {
    let (_, log) = alone("in_a_process_of_its_own");
    assert!(log.contains("C_Login CKR_OK"), "logged at trace");
}

/// Whoever wrote the message of a panic may have looked at the PIN: only its place is told.
#[test]
fn a_panic_with_the_pin_in_its_message_tells_its_place_only() {
    let (said, log) = alone("panicking_with_the_pin");
    assert!(log.contains("C_Login CKR_GENERAL_ERROR"), "{log}");
    assert!(log.contains("cns_pkcs11::panic") && log.contains("secrets.rs"), "{log}");
    let in_hex: String = DEFAULT_PIN.bytes().map(|digit| format!("{digit:02x}")).collect();
    for secret in [DEFAULT_PIN, &in_hex, "planted"] {
        assert!(!said.contains(secret), "{secret} was printed: {said}");
        assert!(!log.to_lowercase().contains(secret), "{secret} is in the log: {log}");
    }
}

/// Runs a test of this program by itself, logged at `trace`; answers what it printed and the log.
fn alone(test: &str) -> (String, String) {
    let log = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}.log"));
    let _ = fs::remove_file(&log);
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", test, "--nocapture"])
        .env(ALONE, "1")
        .env("CNS_PKCS11_LOG", format!("{}:trace", log.display()))
        .output()
        .expect("this program runs again");
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let logged = fs::read_to_string(&log).expect("a log");
    fs::remove_file(log).expect("removed");
    (said.into_owned(), logged)
}

#[test]
fn in_a_process_of_its_own() {
    if std::env::var_os(ALONE).is_none() {
        return;
    }
    let pin = HiddenPin::new();
    let card = Card::new(&Personality::st2021()).shared();
    let readers = Readers::with_card(READER, Arc::clone(&card));
    cns_pkcs11::testing::set_transport(Some(Arc::new(Exchanging(InProcess(readers)))));
    let client = Client::load();
    client.initialize();
    client.slots(true).expect("slots");

    let mut typed = pin.shown();
    assert_eq!(pin.copies(), 1, "the scan finds what is there");
    let session = client.open(0);
    let login = call!(client.v2, C_Login, session.handle, CKU_USER, typed.as_mut_ptr(), 8);
    typed.zeroize();
    assert_eq!((login, pin.copies()), (CKR_OK, 0));
    assert_eq!(VERIFIES.load(Ordering::Relaxed), 1);
    assert_eq!(PROTECTED.load(Ordering::Relaxed), 1, "the command lay in locked memory, not to be dumped");

    // And so for the other commands: the PUK too, which waits between two calls, locked.
    let mut new = pin.shown();
    let (old, old_length) = (DEFAULT_PIN.as_ptr().cast_mut(), DEFAULT_PIN.len() as CK_ULONG);
    assert_eq!(call!(client.v2, C_SetPIN, session.handle, old, old_length, new.as_mut_ptr(), 8), CKR_OK);
    assert_eq!(call!(client.v2, C_Logout, session.handle), CKR_OK);
    assert_eq!(call!(client.v2, C_Login, session.handle, CKU_SO, new.as_mut_ptr(), 8), CKR_OK);
    new.zeroize();
    assert_eq!(pin.copies(), 1, "the PUK waits for C_InitPIN");
    assert_eq!(call!(client.v2, C_Logout, session.handle), CKR_OK);
    assert_eq!(pin.copies(), 0);
}

#[test]
fn panicking_with_the_pin() {
    if std::env::var_os(ALONE).is_none() {
        return;
    }
    let card = Card::new(&Personality::st2021()).shared();
    let readers = Readers::with_card(READER, Arc::clone(&card));
    cns_pkcs11::testing::set_transport(Some(Arc::new(Exchanging(InProcess(readers)))));
    let client = Client::load();
    client.initialize();
    PANICS.store(true, Ordering::Relaxed);
    let session = client.open(0);
    assert_eq!(session.login(DEFAULT_PIN.as_bytes()), Err(CKR_GENERAL_ERROR));
    // The first call afterwards finds its session gone with the connection; the program goes on.
    PANICS.store(false, Ordering::Relaxed);
    let again = || client.open(0).login(DEFAULT_PIN.as_bytes());
    assert_eq!(again().or_else(|_| again()), Ok(()));
    assert_eq!(card.lock().expect("sound").verify_count(), 1, "one VERIFY for the login that worked");
}

/// Eight digits that are nowhere in memory as they are.
struct HiddenPin {
    digits: [u8; 8],
    mask: [u8; 8],
}

impl HiddenPin {
    fn new() -> Self {
        let (mut digits, mut mask) = ([0; 8], [0; 8]);
        let mut random = [0; 16];
        File::open("/dev/urandom").expect("a device").read_exact_at(&mut random, 0).expect("random bytes");
        for place in 0..8 {
            mask[place] = random[8 + place] | 0x80;
            digits[place] = (b'0' + random[place] % 10) ^ mask[place];
        }
        random.zeroize();
        Self { digits, mask }
    }

    fn digit(&self, place: usize) -> u8 {
        black_box(self.digits[place]) ^ black_box(self.mask[place])
    }

    fn shown(&self) -> Zeroizing<Vec<u8>> {
        let mut shown = Zeroizing::new(vec![0; 8]);
        for place in 0..8 {
            shown[place] = self.digit(place);
        }
        shown
    }

    /// How often it stands in the memory of this process: as digits, which is how a command carries it.
    fn copies(&self) -> usize {
        let memory = File::open("/proc/self/mem").expect("this process's memory");
        // Mapped before the list is read, so that it is known by its address and left out.
        let mut page = vec![0; 1 << 20];
        let own = page.as_ptr() as u64;
        let maps = fs::read_to_string("/proc/self/maps").expect("this process's map");
        let mut copies = 0;
        for line in maps.lines().filter(|line| line.contains(" rw") && !line.contains("[v")) {
            let (start, end) =
                line.split(' ').next().and_then(|range| range.split_once('-')).expect("a range");
            let address = |text| u64::from_str_radix(text, 16).expect("an address");
            let (mut at, end) = (address(start), address(end));
            while at < end {
                let length = usize::try_from(end - at).expect("a length").min(page.len());
                let Ok(read) = memory.read_at(&mut page[..length], at) else { break };
                copies += (0..read.saturating_sub(7))
                    .filter(|offset| !(own..own + (1 << 20)).contains(&(at + *offset as u64)))
                    .filter(|offset| (0..8).all(|place| page[offset + place] == self.digit(place)))
                    .count();
                // A copy across two readings is found in the second.
                let last = at + length as u64 == end;
                at += if last { length as u64 } else { length as u64 - 7 };
            }
            page.zeroize();
            page.resize(1 << 20, 0);
        }
        copies
    }
}

static VERIFIES: AtomicUsize = AtomicUsize::new(0);
static PROTECTED: AtomicUsize = AtomicUsize::new(0);
/// The transport panics with the PIN in its hands.
static PANICS: AtomicBool = AtomicBool::new(false);

/// The virtual card never sees the hidden PIN: a PIN command is looked at and another one, with the card's own PIN, goes
/// on to it.
struct Exchanging(InProcess);

struct ExchangingConnection(Box<dyn CardConnection>);

struct ExchangingChannel<'a>(Box<dyn CardChannel + 'a>);

impl Transport for Exchanging {
    fn readers(&self) -> Result<Vec<ReaderStatus>, TransportError> {
        self.0.readers()
    }

    fn reader(&self, name: &str) -> Result<ReaderStatus, TransportError> {
        self.0.reader(name)
    }

    fn wait_for_change(
        &self,
        known: &[ReaderStatus],
        timeout: std::time::Duration,
    ) -> Result<(), TransportError> {
        self.0.wait_for_change(known, timeout)
    }

    fn connect(&self, reader: &str) -> Result<Box<dyn CardConnection>, TransportError> {
        Ok(Box::new(ExchangingConnection(self.0.connect(reader)?)))
    }
}

impl CardConnection for ExchangingConnection {
    fn atr(&self) -> &[u8] {
        self.0.atr()
    }

    fn status(&mut self) -> Result<Continuity, TransportError> {
        self.0.status()
    }

    fn begin(&mut self) -> Result<(Box<dyn CardChannel + '_>, Continuity), TransportError> {
        let (channel, continuity) = self.0.begin()?;
        Ok((Box::new(ExchangingChannel(channel)), continuity))
    }

    fn disconnect(self: Box<Self>, disposition: Disposition) {
        self.0.disconnect(disposition);
    }
}

impl CardChannel for ExchangingChannel<'_> {
    fn max_command_data(&self) -> Option<usize> {
        self.0.max_command_data()
    }

    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        match (command[1], command.len()) {
            (0x20, 13) => {
                let panics = PANICS.load(Ordering::Relaxed);
                assert!(!panics, "planted: {} is {command:02x?}", String::from_utf8_lossy(&command[5..]));
                VERIFIES.fetch_add(1, Ordering::Relaxed);
                PROTECTED.fetch_add(usize::from(is_protected(command)), Ordering::Relaxed);
                let header = [&command[..5], DEFAULT_PIN.as_bytes(), &[0xFF; 3]].concat();
                self.0.transmit(&header)
            }
            // The card keeps its own PIN.
            (0x24, _) => Ok(Zeroizing::new(vec![0x90, 0x00])),
            _ => self.0.transmit(command),
        }
    }

    fn end(self: Box<Self>, disposition: Disposition) -> Result<(), TransportError> {
        self.0.end(disposition)
    }
}

/// Whether the kernel says "locked", "do not dump" and "do not copy on fork" of the memory at this place.
fn is_protected(place: &[u8]) -> bool {
    let address = place.as_ptr() as u64;
    let map = fs::read_to_string("/proc/self/smaps").expect("this process's map");
    let mut inside = false;
    for line in map.lines() {
        let range = line.split(' ').next().and_then(|range| range.split_once('-'));
        let number = |text| u64::from_str_radix(text, 16).ok();
        if let Some((start, end)) = range.and_then(|(start, end)| Some((number(start)?, number(end)?))) {
            inside = (start..end).contains(&address);
        }
        if let (true, Some(flags)) = (inside, line.strip_prefix("VmFlags:")) {
            return ["lo", "dd", "dc"]
                .iter()
                .all(|flag| flags.split_whitespace().any(|known| known == *flag));
        }
    }
    false
}
