//! One card in one reader of the virtual service, and the state in which every case begins.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use virtual_cns::{Card, Personality, SharedCard};
use virtual_pcsc::service;

use crate::common::{Client, READER, load};

/// One module and one service for the process: one bench at a time.
static BENCH: Mutex<()> = Mutex::new(());
/// The number of a PIN in P2, without the bit of the current DF.
const PIN: u8 = 0x10;

pub(crate) struct Bench {
    pub(crate) client: Client,
    pub(crate) personality: Personality,
    card: SharedCard,
    tries: u8,
    _alone: MutexGuard<'static, ()>,
}

impl Bench {
    pub(crate) fn new(personality: &Personality) -> Self {
        let alone = BENCH.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(virtual_pcsc::linked().iter().all(|address| *address != 0));
        let card = Card::new(personality);
        let tries = card.pin_tries_left();
        cns_pkcs11::testing::set_transport(None);
        // SAFETY: one bench at a time, and no thread of another one is left.
        unsafe { std::env::set_var("CNS_PKCS11_CACHE", "off") };
        Self { client: load(), personality: personality.clone(), card: card.shared(), tries, _alone: alone }
    }

    pub(crate) fn card(&self) -> MutexGuard<'_, Card> {
        self.card.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A service that was just started, the card as it was issued, a module that knows nothing; and no other process has
    /// noted anything of this card.
    pub(crate) fn begin_anew(&self) {
        static CASES: AtomicUsize = AtomicUsize::new(0);
        service().plan(virtual_pcsc::Plan::clear);
        self.client.finalize();
        let name = format!("pcsc faults {} {}", std::process::id(), CASES.fetch_add(1, Ordering::Relaxed));
        // SAFETY: as above.
        unsafe { std::env::set_var("PCSCLITE_CSOCK_NAME", name) };
        let mut card = self.card();
        card.power_off();
        card.set_tries(PIN, self.tries);
        card.clear_transcript();
        drop(card);
        service().begin(READER, &self.card);
        self.client.initialize();
    }

    /// VERIFY commands with a PIN that reached the card.
    pub(crate) fn verifies(&self) -> usize {
        self.card().transcript().iter().filter(|exchange| exchange.ins == 0x20 && exchange.lc > 0).count()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        service().plan(virtual_pcsc::Plan::clear);
        self.client.finalize();
    }
}
