//! The module, initialised over one reader, and every call of it watched.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};

use crate::client::Client;
use crate::panics;
use crate::reader::{OneReader, READER, pin_commands};

/// The most commands that one call may send. A look at a card asks what it is (3) and reads its public files (128),
/// and is begun anew once when the reader did not carry a long command; number and name are asked for after it (40
/// each). An operation takes 40, and a signature that is not confirmed is asked for once more.
const MOST_COMMANDS: usize = 2 * (3 + 128) + 2 * 40 + 2 * 40;

/// How many inputs pass between two removals of notes.
const INPUTS_BETWEEN: usize = 512;

/// One module for the process: one input at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// The module at work.
pub(crate) struct Stage {
    pub(crate) client: Client,
    reader: OneReader,
    _alone: MutexGuard<'static, ()>,
}

impl Stage {
    pub(crate) fn over(reader: OneReader) -> Self {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        prepare();
        let client = Client::load();
        client.finalize();
        cns_pkcs11::testing::set_transport(Some(Arc::new(reader.clone())));
        client.initialize();
        panics::note();
        Self { client, reader, _alone: alone }
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

impl Drop for Stage {
    fn drop(&mut self) {
        self.client.finalize();
        cns_pkcs11::testing::set_transport(None);
        forget_tries();
    }
}

/// Removes now and then what was noted of wrong PINs, an earlier process's notes first: looking for them takes long
/// where other tests left many.
fn forget_tries() {
    static INPUTS: AtomicUsize = AtomicUsize::new(0);
    if !INPUTS.fetch_add(1, Ordering::Relaxed).is_multiple_of(INPUTS_BETWEEN) {
        return;
    }
    let user = fs::metadata("/proc/self").map_or(0, |process| process.uid());
    for folder in [format!("/run/user/{user}/cns-pkcs11"), format!("/tmp/cns-pkcs11-{user}")] {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if fs::read_to_string(entry.path()).is_ok_and(|noted| noted.contains(READER)) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// What is noted of the cards of this process concerns no other, and nothing is remembered from input to input.
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
