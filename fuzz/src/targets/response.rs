//! Answers in pieces, cut off, too long, without end: one operation on a card that answered correctly up to then.
//!
//! Bounded whatever comes; one command with a PIN for one that was asked for; and what is taken for data is data that
//! the card sent, whole pieces in their order.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use cns_card::{Card, DataFile, KeyReference, OpenedCard, PinPolicy, TransportError, open};

use crate::FuzzTarget;
use crate::hostile_card::{HostileCard, make_all, personalities};
use crate::input::Input;
use crate::reader::{OneReader, READER, Responder, count, pin_commands};

/// See above.
pub const TARGET: FuzzTarget = FuzzTarget { name: "response", longest: 6000, prepare: make_all, run };

/// The most commands of an operation (docs/architecture.md), and of a first look.
const MOST_COMMANDS: usize = 40;
/// The longest personal data that are read, in bytes.
const LONGEST_DATA: usize = 1024;

/// Answers as the card does until there is a script.
struct Script {
    card: HostileCard,
    answers: Arc<Mutex<Option<VecDeque<Vec<u8>>>>>,
    /// What was answered from the script, without status words.
    said: Arc<Mutex<Vec<Vec<u8>>>>,
    last: Vec<u8>,
}

impl Responder for Script {
    fn answer(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(script) = answers.as_mut() else { return self.card.answer(command) };
        let answer = script.pop_front().unwrap_or_else(|| self.last.clone());
        let data = answer[..answer.len().saturating_sub(2)].to_vec();
        self.said.lock().unwrap_or_else(PoisonError::into_inner).push(data);
        Ok(answer)
    }
}

/// How many operations there are.
pub const OPERATIONS: u8 = 5;

/// The operation of this number on an open card: personal data, VERIFY, another PIN, a signature (with a key of 1024
/// bits, or of 2048 when it is `long`), the counters. Its result, where that is bytes.
pub fn operate(card: &mut Card, key: Option<KeyReference>, operation: u8, long: bool) -> Option<Vec<u8>> {
    let pin = PinPolicy::CNS.pin(b"12345").expect("a PIN");

    match operation {
        0 => return card.read_data(DataFile::PersonalData).ok(),
        1 => drop(card.verify(&pin)),
        2 => drop(card.change_pin(&pin, &pin)),
        3 => {
            let mut block = vec![0xFF; if long { 256 } else { 128 }];
            block[..2].copy_from_slice(&[0x00, 0x01]);
            let result = card.private_key_operation(key?, &block).ok()?;
            assert_eq!(result.len(), block.len(), "the length of the modulus");
        }
        _ => drop((card.pin_retries(), card.puk_retries())),
    }
    None
}

fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let (personality, operation) = (usize::from(input.byte()), input.byte() % OPERATIONS);
    let length = usize::from(input.byte());
    let last = input.take(length).to_vec();
    let answers: VecDeque<Vec<u8>> = std::iter::from_fn(|| {
        let length = (!input.is_empty()).then(|| input.number())?;
        Some(input.take(length).to_vec())
    })
    .collect();

    let (script, said) = (Arc::new(Mutex::new(None)), Arc::<Mutex<Vec<_>>>::default());
    let card = HostileCard::new(personality, Vec::new(), false);
    let card = Script { card, answers: Arc::clone(&script), said: Arc::clone(&said), last };
    let all = personalities();
    let reader = OneReader::with(all[personality % all.len()].atr, card);
    let Ok(OpenedCard::Cns(mut card, files)) = open(&reader, READER) else { return };
    let _ = reader.sent();
    *script.lock().unwrap_or_else(PoisonError::into_inner) = Some(answers);
    let key = files.certificate.map(|certificate| certificate.key);
    if let Some(read) = operate(&mut card, key, operation, length & 1 == 1) {
        let said = said.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(read.len() <= LONGEST_DATA, "{} bytes of personal data", read.len());
        assert!(is_made_of(&read, &said), "bytes that the card did not send");
    }
    let sent = reader.sent();
    assert!(sent.len() <= 2 * MOST_COMMANDS, "{} commands", sent.len());
    let pins = match operation {
        1 => count(&sent, 0x20),
        2 => count(&sent, 0x24),
        _ => 0,
    };
    assert!(pins <= 1 && pin_commands(&sent) == pins, "{} commands with a PIN", pin_commands(&sent));
}

/// Can `whole` be made of some of these pieces, in their order?
fn is_made_of(whole: &[u8], pieces: &[Vec<u8>]) -> bool {
    let mut ends = vec![false; whole.len() + 1];
    ends[0] = true;
    for piece in pieces {
        for end in (0..ends.len()).rev() {
            if ends[end] && whole[end..].starts_with(piece) {
                ends[end + piece.len()] = true;
            }
        }
    }
    ends[whole.len()]
}
