//! A virtual card in a reader, and programs that use it.

use std::sync::{Arc, MutexGuard, Once, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use virtual_cns::in_process::Readers;
use virtual_cns::{Card, CardBuilder, Personality, SharedCard};

use crate::base_csp::BaseCsp;

pub(crate) const READER: &str = "Virtual PCD 00 00";
/// The card's PIN in P2, without the bit of the current DF.
pub(crate) const PIN: u8 = 0x10;
pub(crate) const PUK: u8 = 0x11;

pub(crate) struct Stage {
    pub(crate) readers: Readers,
    pub(crate) card: SharedCard,
}

impl Stage {
    pub(crate) fn with(personality: &Personality) -> Self {
        Self::built(Card::builder(personality))
    }

    pub(crate) fn built(builder: CardBuilder) -> Self {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            // SAFETY: the first thing that happens in this process, before a context reads it.
            unsafe { std::env::set_var("CNS_PKCS11_CACHE", "off") };
            // 1 June 2026, when the holders' certificates are valid, whatever day it is.
            cnscm::testing::set_time(Some(UNIX_EPOCH + Duration::from_secs(1_780_272_000)));
        });
        let card = builder.shared();
        Self { readers: Readers::with_card(READER, Arc::clone(&card)), card }
    }

    pub(crate) fn csp(&self) -> BaseCsp {
        self.try_csp().expect("a CNS")
    }

    pub(crate) fn try_csp(&self) -> Result<BaseCsp, u32> {
        BaseCsp::new(&self.readers, READER)
    }

    pub(crate) fn card(&self) -> MutexGuard<'_, Card> {
        self.card.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Commands with a PIN or PUK since the transcript was last cleared: VERIFY, CHANGE, RESET RETRY COUNTER.
    pub(crate) fn pin_commands(&self) -> [usize; 3] {
        let sent = |ins| {
            let card = self.card();
            card.transcript().iter().filter(|exchange| exchange.ins == ins && exchange.lc > 0).count()
        };
        [sent(0x20), sent(0x24), sent(0x2C)]
    }

    /// All commands since the transcript was last cleared.
    pub(crate) fn commands(&self) -> Vec<String> {
        self.card().transcript_names()
    }

    pub(crate) fn forget(&self) {
        self.card().clear_transcript();
    }
}

/// Every card with a certificate and a key.
pub(crate) fn personalities() -> impl Iterator<Item = &'static Personality> {
    Personality::all().iter().chain(Personality::further()).chain(Personality::other_lots())
}
