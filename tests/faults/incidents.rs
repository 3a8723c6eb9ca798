//! What can happen to one command.

use std::time::Duration;

use virtual_cns::faults::When;
use virtual_cns::{Effect, Fault, SharedCard};

/// One incident: its name, and what it does.
pub(crate) struct Incident {
    pub(crate) name: String,
    pub(crate) effect: Effect,
    /// It strikes every command from then on.
    pub(crate) without_end: bool,
    /// The card itself lies: data that may be data.
    pub(crate) is_credible: bool,
    /// It is about the way back: the card may have carried the command out.
    pub(crate) may_be_executed: bool,
    /// A card may say it of a file or a key that it does not have, or that is empty.
    pub(crate) may_mean_absent: bool,
}

/// Status words that a card may send instead of its answer. `6Cxx` and `61xx` are instructions to the reader's side.
const STATUS_WORDS: [u16; 26] = [
    0x6281, 0x6282, 0x6300, 0x63C0, 0x63C1, 0x63C2, 0x6400, 0x6581, 0x6700, 0x6882, 0x6982, 0x6983, 0x6984,
    0x6985, 0x6988, 0x6A80, 0x6A82, 0x6A86, 0x6A88, 0x6B00, 0x6C00, 0x6C10, 0x6D00, 0x6E00, 0x6F00, 0x0000,
];

/// All incidents. `other` is the card that is put in by the one called "another card".
pub(crate) fn all(other: &SharedCard) -> Vec<Incident> {
    let mut incidents: Vec<Incident> = STATUS_WORDS.iter().map(|word| status_word(*word)).collect();
    incidents.extend([
        Incident { without_end: true, ..answer("61xx without end", vec![0x61, 0x10]) },
        Incident { without_end: true, ..answer("61xx with data without end", vec![0xAA, 0x61, 0x10]) },
        Incident { may_mean_absent: true, ..answer("6Cxx and a byte", vec![0x00, 0x6C, 0x10]) },
        answer("no answer", vec![]),
        answer("one byte", vec![0x90]),
        answer("256 zeros", vec![0; 256]),
        answer("300 random bytes", random_bytes(300)),
        Incident {
            may_mean_absent: true,
            ..answer("300 random bytes and 9000", [random_bytes(298), vec![0x90, 0x00]].concat())
        },
        Incident {
            is_credible: true,
            may_mean_absent: true,
            ..answer("128 random bytes and 9000", [random_bytes(128), vec![0x90, 0x00]].concat())
        },
        Incident {
            is_credible: true,
            may_mean_absent: true,
            ..answer("256 random bytes and 9000", [random_bytes(256), vec![0x90, 0x00]].concat())
        },
        Incident {
            may_mean_absent: true,
            ..answer("64 KiB", [random_bytes(65_534), vec![0x90, 0x00]].concat())
        },
        happening("one byte too many", Effect::Append(vec![0x00])),
        happening("one byte of data too many", Effect::Surplus(vec![0x5A])),
        happening("timeout", Effect::Timeout),
        happening("card removed", Effect::Remove),
        happening("same card back", Effect::Reinsert),
        happening("another card", Effect::Replace(SharedCard::clone(other))),
        happening("card reset", Effect::Reset),
        happening("reader removed", Effect::Unplug),
        happening("pcscd killed", Effect::StopService),
    ]);
    incidents
}

/// Not one of the list: the answer is the card's own, and comes so late.
pub(crate) fn late(delay: Duration) -> Incident {
    happening("late", Effect::Delay(delay))
}

impl Incident {
    /// Whether what comes says that all went well.
    pub(crate) fn is_success(&self) -> bool {
        matches!(&self.effect, Effect::Answer(bytes) if bytes.ends_with(&[0x90, 0x00]))
    }

    /// The fault for the card, at this command.
    pub(crate) fn fault(&self, command: usize, executed: bool) -> Fault {
        let when = if self.without_end { When::From(command) } else { When::Command(command) };
        let fault = Fault::new(when, self.effect.clone());
        let fault = if executed { fault.after_execution() } else { fault };
        if self.without_end { fault.without_end() } else { fault }
    }
}

/// 6400 and 6581 are failures of the card itself, 6F00 says nothing, 0000 is no status word.
fn status_word(word: u16) -> Incident {
    let may_mean_absent = !matches!(word, 0x6400 | 0x6581 | 0x6F00 | 0x0000);
    Incident { may_mean_absent, ..answer(&format!("{word:04X}"), word.to_be_bytes().to_vec()) }
}

/// The card's answer is lost on the way and these bytes come instead, or it never saw the command.
fn answer(name: &str, bytes: Vec<u8>) -> Incident {
    happening(name, Effect::Answer(bytes))
}

fn happening(name: &str, effect: Effect) -> Incident {
    let always_executed = matches!(effect, Effect::Append(_) | Effect::Surplus(_));
    Incident {
        name: name.to_owned(),
        effect,
        without_end: false,
        is_credible: false,
        may_be_executed: !always_executed,
        may_mean_absent: false,
    }
}

/// The same bytes in every run.
fn random_bytes(length: usize) -> Vec<u8> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let byte = |state: &mut u64| {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        state.to_be_bytes()[0]
    };
    (0..length).map(|_| byte(&mut state)).collect()
}
