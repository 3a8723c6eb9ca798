//! A card that is one of the virtual cards until the bytes of an input bend what it answers.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use cns_card::TransportError;
use virtual_cns::{Card, Personality};

use crate::input::Choices;
use crate::reader::Responder;

/// What becomes of one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bend {
    /// So many answers are honest.
    Honest(usize),
    /// Something else comes.
    Instead(Vec<u8>),
    /// Another status word.
    Status([u8; 2]),
    /// Only the first bytes come.
    Cut(usize),
    /// A bit pattern falls on a byte, counted from the end.
    Flip(usize, u8),
    /// Many times the same byte, and a status word.
    Filled(usize, u8, [u8; 2]),
    /// The answer before comes again.
    Again,
    /// No answer.
    Failure(TransportError),
    /// The card is reset by somebody else after this answer.
    Reset,
    /// Bytes before the status word that the card did not send.
    Longer(Vec<u8>),
}

const FAILURES: &[TransportError] = &[
    TransportError::Transmit,
    TransportError::CardReset,
    TransportError::CardRemoved,
    TransportError::Timeout,
    TransportError::ServiceUnavailable,
    TransportError::ReaderUnavailable,
];

impl Bend {
    /// The next bend that an input asks for.
    pub fn read(choices: &mut Choices<'_>) -> Self {
        match choices.byte() % 10 {
            0 => Self::Honest(usize::from(choices.byte()) + 1),
            1 => {
                let length = choices.byte();
                Self::Instead(choices.take(usize::from(length)).to_vec())
            }
            2 => Self::Status(choices.array()),
            3 => Self::Cut(choices.number()),
            4 => Self::Flip(choices.number(), choices.byte()),
            5 => Self::Filled(choices.number(), choices.byte(), choices.array()),
            6 => Self::Again,
            7 => Self::Failure(choices.one_of(FAILURES)),
            8 => Self::Reset,
            _ => {
                let length = choices.byte();
                Self::Longer(choices.take(usize::from(length)).to_vec())
            }
        }
    }

    /// The bytes that [`Bend::read`] reads it from.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let pieces =
            |kind: u8, bytes: &[u8]| [&[kind, u8::try_from(bytes.len()).unwrap_or(u8::MAX)], bytes].concat();
        let number = |number: usize| u16::try_from(number).unwrap_or(u16::MAX).to_be_bytes();
        match self {
            Self::Honest(count) => vec![0, u8::try_from(count.saturating_sub(1)).unwrap_or(u8::MAX)],
            Self::Instead(bytes) => pieces(1, bytes),
            Self::Status([sw1, sw2]) => vec![2, *sw1, *sw2],
            Self::Cut(length) => [&[3][..], &number(*length)].concat(),
            Self::Flip(at, pattern) => [&[4][..], &number(*at), &[*pattern]].concat(),
            Self::Filled(count, byte, status) => [&[5][..], &number(*count), &[*byte], status].concat(),
            Self::Again => vec![6],
            Self::Failure(failure) => {
                let at = FAILURES.iter().position(|one| one == failure).unwrap_or_default();
                vec![7, u8::try_from(at).unwrap_or_default()]
            }
            Self::Reset => vec![8],
            Self::Longer(bytes) => pieces(9, bytes),
        }
    }

    fn of(self, honest: Vec<u8>, before: &[u8]) -> Result<Vec<u8>, TransportError> {
        let (data, status) = honest.split_at(honest.len().saturating_sub(2));
        Ok(match self {
            Self::Honest(_) | Self::Reset => honest,
            Self::Instead(bytes) => bytes,
            Self::Status(status) => [data, &status].concat(),
            Self::Cut(length) => honest[..length.min(honest.len())].to_vec(),
            Self::Flip(from_end, pattern) => {
                let mut bent = honest;
                let length = bent.len();
                if let Some(at) = length.checked_sub(1 + from_end % length.max(1)) {
                    bent[at] ^= pattern;
                }
                bent
            }
            Self::Filled(count, byte, status) => [&vec![byte; count][..], &status].concat(),
            Self::Again => before.to_vec(),
            Self::Failure(error) => return Err(error),
            Self::Longer(bytes) => [data, &bytes, status].concat(),
        })
    }
}

/// The personalities that lie: those that are a CNS, and after them those that are none.
#[must_use]
pub fn personalities() -> Vec<&'static Personality> {
    Personality::every().collect()
}

/// A virtual card under the bends of an input.
pub struct Liar {
    card: &'static Mutex<Card>,
    bends: VecDeque<Bend>,
    honest: usize,
    /// How many answers are bent by the last bend once there is no other; then the card is honest.
    endless: bool,
    before: Vec<u8>,
    reset: bool,
}

impl Liar {
    /// The personality with this number, and its bends. With `endless` the last bend never ends.
    #[must_use]
    pub fn new(personality: usize, bends: Vec<Bend>, endless: bool) -> Self {
        let card = card(personality);
        let mut powered = card.lock().unwrap_or_else(PoisonError::into_inner);
        powered.power_on();
        drop(powered);
        Self { card, bends: bends.into(), honest: 0, endless, before: Vec::new(), reset: false }
    }

    fn next(&mut self) -> Bend {
        if self.honest > 0 {
            self.honest -= 1;
            return Bend::Honest(1);
        }
        if self.endless
            && let [last] = self.bends.make_contiguous()
        {
            return last.clone();
        }
        let bend = self.bends.pop_front().unwrap_or(Bend::Honest(1));
        if let Bend::Honest(count) = bend {
            self.honest = count - 1;
        }
        bend
    }
}

impl Responder for Liar {
    fn answer(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let honest = {
            let mut card = self.card.lock().unwrap_or_else(PoisonError::into_inner);
            let honest = card.transmit(command);
            card.clear_transcript();
            honest
        };
        let bend = self.next();
        if bend == Bend::Reset {
            self.reset();
            self.reset = true;
        }
        let answer = bend.of(honest, &self.before)?;
        self.before.clone_from(&answer);
        Ok(answer)
    }

    fn reset(&mut self) {
        self.card.lock().unwrap_or_else(PoisonError::into_inner).reset();
    }

    fn was_reset(&mut self) -> bool {
        std::mem::take(&mut self.reset)
    }
}

/// The size of a personality's key here: most are shorter than real ones, because a card that signs slowly is a card
/// that lies seldom. What is particular about long commands and answers stays with two families.
#[must_use]
pub fn key_bits(personality: &Personality) -> usize {
    if ["st2021", "idemia2021"].contains(&personality.name) { 2048 } else { 1024 }
}

/// Makes all cards, so that no input has to wait for its keys.
pub fn make_all() {
    for personality in 0..personalities().len() {
        card(personality);
    }
}

fn new(personality: &Personality) -> Card {
    Card::builder(personality).key_bits(key_bits(personality)).build()
}

/// Cards are made once for the process: what an input does to one is undone by a reset and a right PIN.
fn card(personality: usize) -> &'static Mutex<Card> {
    static CARDS: Mutex<Vec<Option<&'static Mutex<Card>>>> = Mutex::new(Vec::new());
    let all = personalities();
    let at = personality % all.len();
    let mut cards = CARDS.lock().unwrap_or_else(PoisonError::into_inner);
    cards.resize(all.len(), None);
    let made = cards[at].unwrap_or_else(|| Box::leak(Box::new(Mutex::new(new(all[at])))));
    cards[at] = Some(made);
    made
}
