//! The module, initialised over one reader; the commands of every call are counted.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};

use crate::panics;
use crate::reader::{OneReader, READER, pin_commands};
use testkit::pkcs11::Client;

/// The most commands that one call may send. A look at a card asks what it is (3) and reads its public files (128),
/// and is begun anew once when the reader did not carry a long command; number and name are asked for after it (40
/// each). An operation takes 40, and a signature that is not confirmed is asked for once more.
const MOST_COMMANDS: usize = 2 * (3 + 128) + 2 * 40 + 2 * 40;

/// How many inputs pass between two removals of retry records.
const INPUTS_BETWEEN: usize = 512;

/// One module for the process: one input at a time.
static LOCK: Mutex<()> = Mutex::new(());

/// The module, initialised.
pub(crate) struct Harness {
    pub(crate) client: Client,
    reader: OneReader,
    _lock: MutexGuard<'static, ()>,
}

impl Harness {
    pub(crate) fn new(reader: OneReader) -> Self {
        let lock = LOCK.lock().unwrap_or_else(PoisonError::into_inner);
        prepare();
        let client = Client::of(cns_pkcs11::C_GetFunctionList, cns_pkcs11::C_GetInterface);
        client.finalize();
        cns_pkcs11::testing::set_transport(Some(Arc::new(reader.clone())));
        client.initialize();
        panics::record();
        Self { client, reader, _lock: lock }
    }

    /// Makes a call that may send at most `pins` commands with a PIN, and no more commands than any call may.
    pub(crate) fn call<T>(&self, pins: usize, call: impl FnOnce() -> T) -> T {
        self.calls(1, pins, call)
    }

    /// Makes so many calls that may send commands.
    pub(crate) fn calls<T>(&self, count: usize, pins: usize, calls: impl FnOnce() -> T) -> T {
        let _ = self.reader.sent();
        let result = calls();
        let sent = self.reader.sent();
        assert!(sent.len() <= count * MOST_COMMANDS, "{} commands in {count} calls", sent.len());
        assert!(pin_commands(&sent) <= pins, "{} commands with a PIN, {pins} allowed", pin_commands(&sent));
        result
    }
}

impl Drop for Harness {
    fn drop(&mut self) {
        self.client.finalize();
        cns_pkcs11::testing::set_transport(None);
        remove_retry_records();
    }
}

/// Removes the records of wrong PINs now and then, an earlier process's first: reading them takes long where other
/// tests left many.
fn remove_retry_records() {
    static INPUTS: AtomicUsize = AtomicUsize::new(0);
    if INPUTS.fetch_add(1, Ordering::Relaxed) % INPUTS_BETWEEN != 0 {
        return;
    }
    let user = fs::metadata("/proc/self").map_or(0, |process| process.uid());
    for folder in [format!("/run/user/{user}/cns-pkcs11"), format!("/tmp/cns-pkcs11-{user}")] {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if fs::read_to_string(entry.path()).is_ok_and(|record| record.contains(READER)) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// Other processes do not see this one's retry records, and the cache is off.
fn prepare() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let service = format!("cns-pkcs11 fuzzing {}", std::process::id());
        // SAFETY: the first input, one at a time: no other thread reads the environment.
        unsafe { std::env::set_var("PCSCLITE_CSOCK_NAME", service) };
        // SAFETY: as above.
        unsafe { std::env::set_var(cns_cache::SWITCH, "off") };
    });
}
