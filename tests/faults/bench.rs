//! The bench of one card: its reader, another person's card at hand, and the state in which every case begins.

use std::sync::{Arc, MutexGuard, PoisonError};

use virtual_cns::holders::{DEFAULT_SIGNATURE_PIN, DEFAULT_SIGNATURE_PUK};
use virtual_cns::{Card, DEFAULT_PIN, DEFAULT_PUK, Exchange, Holder, Personality, SharedCard};

use crate::common::{READER, SessionGuard, Stage};

/// Every PIN and PUK that a card may have, as it was issued with: number and value.
const SECRETS: [(u8, &str); 4] =
    [(0x10, DEFAULT_PIN), (0x11, DEFAULT_PUK), (0x1A, DEFAULT_SIGNATURE_PIN), (0x1B, DEFAULT_SIGNATURE_PUK)];

/// What is special about a bench.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Setting {
    /// Every process sees every card for the first time.
    Plain,
    /// Cards are remembered from process to process, as they are where nobody says otherwise.
    Remembering,
    /// The card has a signature keyset with a PIN of its own, which is not driven.
    SignatureKeyset,
}

/// The number of the PIN that is used, in P2.
pub(crate) const PIN: u8 = 0x10;

pub(crate) struct Bench {
    pub(crate) stage: Stage,
    pub(crate) other: SharedCard,
    /// The personality's name.
    pub(crate) card: &'static str,
    /// The tries of every PIN and PUK of the card.
    full: Vec<(u8, u8)>,
}

impl Bench {
    pub(crate) fn new(personality: &Personality, setting: Setting) -> Self {
        let issued = |holder: Holder| {
            let builder = Card::builder(personality).holder(holder);
            if setting == Setting::SignatureKeyset { builder.signature_keyset() } else { builder }
        };
        let mut stage = Stage::built(issued(Holder::ROSSI));
        if setting == Setting::Remembering {
            stage.remember();
        }
        let tries = |(number, _)| Some((number, stage.card().tries_left(number)?));
        let full = SECRETS.into_iter().filter_map(tries).collect();
        Self { stage, other: issued(Holder::BIANCHI).shared(), card: personality.name(), full }
    }

    /// The card as it was issued, taken out and put back: nothing of an earlier case is left.
    pub(crate) fn begin_anew(&self) {
        self.mend();
        let mut card = self.stage.card();
        for (number, tries) in &self.full {
            let issued = SECRETS.iter().find(|(known, _)| known == number).expect("one of them");
            card.set_pin(*number, issued.1);
            card.set_tries(*number, *tries);
        }
        drop(card);
        self.put_in_again();
    }

    pub(crate) fn session(&self) -> SessionGuard<'_> {
        self.stage.client.open(0)
    }

    pub(crate) fn certificate(&self) -> Vec<u8> {
        self.stage.card().certificate_der().to_vec()
    }

    /// The PINs and PUKs of which tries are gone.
    pub(crate) fn spent(&self) -> Vec<u8> {
        let card = self.stage.card();
        let spent = self.full.iter().filter(|(number, full)| card.tries_left(*number) != Some(*full));
        spent.map(|(number, _)| *number).collect()
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
