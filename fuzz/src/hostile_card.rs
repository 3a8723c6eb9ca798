//! One of the virtual cards, with answers that are changed as the bytes of an input say.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use cns_card::TransportError;
use virtual_cns::{Card, Personality};

use crate::input::Input;
use crate::reader::Responder;

/// What is done to one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mutation {
    /// So many answers stay as they are.
    Skip(usize),
    /// Other bytes come instead.
    Replace(Vec<u8>),
    /// Another status word.
    Status([u8; 2]),
    /// Only so many bytes come.
    Truncate(usize),
    /// A byte, counted from the end, is XORed with a pattern.
    Xor(usize, u8),
    /// Many times the same byte, and a status word.
    Fill(usize, u8, [u8; 2]),
    /// The previous answer comes again.
    Repeat,
    /// No answer.
    Fail(TransportError),
    /// Another program resets the card after this answer.
    Reset,
    /// More data than the card sent, before the status word.
    Append(Vec<u8>),
}

const FAILURES: &[TransportError] = &[
    TransportError::Transmit,
    TransportError::CardReset,
    TransportError::CardRemoved,
    TransportError::Timeout,
    TransportError::ServiceUnavailable,
    TransportError::ReaderUnavailable,
];

impl Mutation {
    /// The next mutation that an input asks for.
    pub fn read(input: &mut Input<'_>) -> Self {
        match input.byte() % 10 {
            0 => Self::Skip(usize::from(input.byte()) + 1),
            1 => {
                let length = input.byte();
                Self::Replace(input.take(usize::from(length)).to_vec())
            }
            2 => Self::Status(input.array()),
            3 => Self::Truncate(input.number()),
            4 => Self::Xor(input.number(), input.byte()),
            5 => Self::Fill(input.number(), input.byte(), input.array()),
            6 => Self::Repeat,
            7 => Self::Fail(input.one_of(FAILURES)),
            8 => Self::Reset,
            _ => {
                let length = input.byte();
                Self::Append(input.take(usize::from(length)).to_vec())
            }
        }
    }

    /// The bytes that [`Mutation::read`] reads it from.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let pieces =
            |kind: u8, bytes: &[u8]| [&[kind, u8::try_from(bytes.len()).unwrap_or(u8::MAX)], bytes].concat();
        let number = |number: usize| u16::try_from(number).unwrap_or(u16::MAX).to_be_bytes();
        match self {
            Self::Skip(count) => vec![0, u8::try_from(count.saturating_sub(1)).unwrap_or(u8::MAX)],
            Self::Replace(bytes) => pieces(1, bytes),
            Self::Status([sw1, sw2]) => vec![2, *sw1, *sw2],
            Self::Truncate(length) => [&[3][..], &number(*length)].concat(),
            Self::Xor(at, pattern) => [&[4][..], &number(*at), &[*pattern]].concat(),
            Self::Fill(count, byte, status) => [&[5][..], &number(*count), &[*byte], status].concat(),
            Self::Repeat => vec![6],
            Self::Fail(failure) => {
                let at = FAILURES.iter().position(|one| one == failure).unwrap_or_default();
                vec![7, u8::try_from(at).unwrap_or_default()]
            }
            Self::Reset => vec![8],
            Self::Append(bytes) => pieces(9, bytes),
        }
    }

    fn apply(self, answer: Vec<u8>, previous: &[u8]) -> Result<Vec<u8>, TransportError> {
        let (data, status) = answer.split_at(answer.len().saturating_sub(2));
        Ok(match self {
            Self::Skip(_) | Self::Reset => answer,
            Self::Replace(bytes) => bytes,
            Self::Status(status) => [data, &status].concat(),
            Self::Truncate(length) => answer[..length.min(answer.len())].to_vec(),
            Self::Xor(from_end, pattern) => {
                let mut changed = answer;
                let length = changed.len();
                if let Some(at) = length.checked_sub(1 + from_end % length.max(1)) {
                    changed[at] ^= pattern;
                }
                changed
            }
            Self::Fill(count, byte, status) => [&vec![byte; count][..], &status].concat(),
            Self::Repeat => previous.to_vec(),
            Self::Fail(error) => return Err(error),
            Self::Append(bytes) => [data, &bytes, status].concat(),
        })
    }
}

/// All personalities: those that are a CNS, and after them the others.
#[must_use]
pub fn personalities() -> Vec<&'static Personality> {
    Personality::every().collect()
}

/// A virtual card and the mutations of an input.
pub struct HostileCard {
    card: &'static Mutex<Card>,
    mutations: VecDeque<Mutation>,
    /// How many answers still stay as they are.
    skip: usize,
    /// The last mutation applies to every further answer; else these stay as they are.
    repeat_last: bool,
    previous: Vec<u8>,
    reset: bool,
}

impl HostileCard {
    /// The personality with this number. With `repeat_last` the last mutation applies to every further answer.
    #[must_use]
    pub fn new(personality: usize, mutations: Vec<Mutation>, repeat_last: bool) -> Self {
        let card = card(personality);
        let mut powered = card.lock().unwrap_or_else(PoisonError::into_inner);
        powered.power_on();
        drop(powered);
        Self { card, mutations: mutations.into(), skip: 0, repeat_last, previous: Vec::new(), reset: false }
    }

    fn next(&mut self) -> Mutation {
        if self.skip > 0 {
            self.skip -= 1;
            return Mutation::Skip(1);
        }
        if self.repeat_last {
            if let [last] = self.mutations.make_contiguous() {
                return last.clone();
            }
        }
        let mutation = self.mutations.pop_front().unwrap_or(Mutation::Skip(1));
        if let Mutation::Skip(count) = mutation {
            self.skip = count - 1;
        }
        mutation
    }
}

impl Responder for HostileCard {
    fn answer(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let genuine = {
            let mut card = self.card.lock().unwrap_or_else(PoisonError::into_inner);
            let answer = card.transmit(command);
            card.clear_transcript();
            answer
        };
        let mutation = self.next();
        if mutation == Mutation::Reset {
            self.reset();
            self.reset = true;
        }
        let answer = mutation.apply(genuine, &self.previous)?;
        self.previous.clone_from(&answer);
        Ok(answer)
    }

    fn reset(&mut self) {
        self.card.lock().unwrap_or_else(PoisonError::into_inner).reset();
    }

    fn was_reset(&mut self) -> bool {
        std::mem::take(&mut self.reset)
    }
}

/// The size of a personality's key here: most are shorter than real ones, because a card that signs
/// slowly is tried less often. Two families keep long keys, for long commands and answers.
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
