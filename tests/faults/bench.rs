//! The bench of one card: its reader, another person's card at hand, and the state in which every case begins.

use std::sync::{Arc, MutexGuard, PoisonError};

use virtual_cns::{Card, DEFAULT_PIN, DEFAULT_PUK, Exchange, Holder, Personality, SharedCard};

use crate::common::{READER, Stage};

/// The number of the PIN in P2, and that of the PUK.
pub(crate) const PIN: u8 = 0x10;
pub(crate) const PUK: u8 = 0x11;

pub(crate) struct Bench {
    pub(crate) stage: Stage,
    pub(crate) other: SharedCard,
    pub(crate) full: u8,
    pub(crate) full_puk: u8,
}

impl Bench {
    pub(crate) fn new(personality: &Personality) -> Self {
        let stage = Stage::with(personality);
        let full = stage.card().pin_tries_left();
        let full_puk = stage.card().puk_tries_left();
        let other = Card::builder(personality).holder(Holder::BIANCHI).shared();
        Self { stage, other, full, full_puk }
    }

    /// The card as it was issued, taken out and put back: nothing of an earlier case is left.
    pub(crate) fn begin_anew(&self) {
        self.mend();
        let mut card = self.stage.card();
        card.set_pin(PIN, DEFAULT_PIN);
        card.set_pin(PUK, DEFAULT_PUK);
        card.set_tries(PIN, self.full);
        card.set_tries(PUK, self.full_puk);
        drop(card);
        self.put_in_again();
    }

    /// The person takes the card out and puts it back.
    pub(crate) fn put_in_again(&self) {
        self.stage.readers.remove(READER);
        self.stage.readers.insert(READER, Arc::clone(&self.stage.card));
    }

    /// What a person or the system does after an incident: starts the service, plugs the reader in, puts the card in.
    /// A card that stayed in is not touched.
    pub(crate) fn mend(&self) {
        self.stage.card().faults().clear();
        self.other().faults().clear();
        let readers = &self.stage.readers;
        readers.start_service();
        readers.plug_in(READER);
        if !readers.holds(READER, &self.stage.card) {
            readers.swap(READER, Arc::clone(&self.stage.card));
        }
    }

    /// Commands that carry a PIN and reached the card, of this instruction or of any.
    pub(crate) fn pin_commands(&self, instruction: Option<u8>) -> usize {
        let commands = self.stage.card().transcript();
        let carrying = commands.iter().filter(|exchange| carries_pin(exchange));
        carrying.filter(|exchange| instruction.is_none_or(|wanted| exchange.ins == wanted)).count()
    }

    /// Those that reached the other person's card.
    pub(crate) fn pin_commands_to_the_other(&self) -> usize {
        self.other().transcript().iter().filter(|exchange| carries_pin(exchange)).count()
    }

    pub(crate) fn forget_commands(&self) {
        self.stage.forget();
        self.other().clear_transcript();
    }

    pub(crate) fn other(&self) -> MutexGuard<'_, Card> {
        self.other.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn carries_pin(exchange: &Exchange) -> bool {
    matches!(exchange.ins, 0x20 | 0x24 | 0x2C) && exchange.lc > 0
}
