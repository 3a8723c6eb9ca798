//! What the tests of the C functions share: virtual cards in readers of the same process, and thin callers of
//! the functions as a C program would call them.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses its part")]
#![allow(clippy::print_stderr, reason = "which card a failing test was on")]

pub mod apart;
pub mod codes;
pub mod library;
pub mod oracle;
pub mod pin_commands;
pub mod process_state;
pub mod standard;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tempfile::TempDir;
use virtual_cns::in_process::Readers;
use virtual_cns::{Card, CardBuilder, Personality, SharedCard};

pub use testkit::pkcs11::{Client, SessionGuard};

/// The reader of most tests.
pub const READER: &str = "Virtual PCD 00 00";

/// 1 June 2026, when the holders' certificates of fixed years are valid, whatever day it is.
pub fn holders_time() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_780_272_000)
}

/// One module for the process: one test at a time.
static STAGE: Mutex<()> = Mutex::new(());

/// Readers with a virtual card, and the module initialised over them.
pub struct Stage {
    pub readers: Readers,
    pub card: SharedCard,
    pub client: Client,
    cache: Option<TempDir>,
    _alone: MutexGuard<'static, ()>,
}

impl Stage {
    /// A card of this personality, inserted.
    pub fn with(personality: &Personality) -> Self {
        Self::with_card(Card::new(personality))
    }

    /// A card that was built for the test.
    pub fn built(builder: CardBuilder) -> Self {
        Self::with_card(builder.build())
    }

    pub fn with_card(card: Card) -> Self {
        let card = Arc::new(Mutex::new(card));
        let readers = Readers::with_card(READER, Arc::clone(&card));
        Self::over(readers, card)
    }

    /// Readers as the test made them; `card` is only at hand, not inserted here.
    pub fn over(readers: Readers, card: SharedCard) -> Self {
        let alone = STAGE.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: one test at a time, and no thread of another one is left. Nothing is remembered from test to test,
        // unless one asks for it.
        unsafe { std::env::set_var("CNS_PKCS11_CACHE", "off") };
        cns_pkcs11::testing::set_time(Some(holders_time()));
        let client = load();
        client.finalize();
        cns_pkcs11::testing::set_transport(Some(Arc::new(testkit::InProcess(readers.clone()))));
        client.initialize();
        Self { readers, card, client, cache: None, _alone: alone }
    }

    pub fn card(&self) -> MutexGuard<'_, Card> {
        self.card.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Commands the card got since the last call of [`Stage::forget`], by name.
    pub fn commands(&self) -> Vec<String> {
        self.card().transcript_names()
    }

    pub fn forget(&self) {
        self.card().clear_transcript();
    }

    /// Bytes of commands and answers, likewise.
    pub fn bytes(&self) -> usize {
        self.card().transcript().iter().map(|exchange| exchange.bytes).sum()
    }

    /// From now on cards are remembered, in a directory of this stage's own.
    pub fn remember(&mut self) -> &Path {
        let folder = tempfile::tempdir().expect("a folder");
        // SAFETY: one test at a time, and no thread of this one was started yet.
        unsafe { std::env::set_var("XDG_CACHE_HOME", folder.path()) };
        // SAFETY: as above.
        unsafe { std::env::set_var("CNS_PKCS11_CACHE", "on") };
        self.cache.insert(folder).path()
    }

    /// As another process begins: nothing is known but what is remembered. The card's transcript begins anew.
    pub fn another_process(&self) {
        self.client.finalize();
        self.forget();
        self.client.initialize();
    }

    /// Opens a session with the first slot.
    pub fn session(&self) -> SessionGuard<'_> {
        self.client.open(0)
    }

    /// Opens one and logs in.
    pub fn logged_in(&self) -> SessionGuard<'_> {
        let session = self.session();
        session.login(virtual_cns::DEFAULT_PIN.as_ref()).expect("login");
        session
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.client.finalize();
        cns_pkcs11::testing::set_transport(None);
    }
}

/// The module of this process, as a C program finds it.
pub fn load() -> Client {
    Client::of(cns_pkcs11::C_GetFunctionList, cns_pkcs11::C_GetInterface)
}

/// Runs a test on each card of families A to C.
pub fn on_each_card(test: impl FnMut(&Stage)) {
    on_each_of(Personality::all(), test);
}

/// Runs a test on each of these cards.
pub fn on_each_of(personalities: &[Personality], mut test: impl FnMut(&Stage)) {
    for personality in personalities {
        eprintln!("on {}", personality.name());
        test(&Stage::with(personality));
    }
}

/// The label of a card's token: whose card it is, and the last four digits of its number.
pub fn label_of(card: &Card) -> String {
    let holder = card.holder();
    format!("CNS {} {} {}", holder.given_name, holder.surname, &card.card_id()[12..])
}
