//! A card that is a list: each expected command, byte for byte, with its answer. Written against the public traits only.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cns_card::{
    Cancellation, Card, CardChannel, CardConnection, Continuity, Disposition, OpenedCard, PinPad,
    PinPadCommand, PublicFiles, ReaderStatus, TransmissionProtocol, Transport, TransportError,
};
use zeroize::Zeroizing;

/// What happens next.
enum Step {
    Exchange(Vec<u8>, Result<Vec<u8>, TransportError>),
    /// These PINs are typed on the reader's PIN pad.
    PinPad(Entry, Result<Vec<u8>, TransportError>),
    /// Whatever is sent, this is the answer.
    Any(Result<Vec<u8>, TransportError>),
    /// The next `begin` finds the card reset.
    Reset,
    BeginFails(TransportError),
}

/// What a reader with a PIN pad receives: the command with space for the PINs, how many fields of which length, and the
/// fewest and most digits.
pub type Entry = (String, usize, usize, (usize, usize));

#[derive(Default)]
struct State {
    steps: VecDeque<Step>,
    /// When the steps are over: the answer to everything, for ever.
    forever: Option<Vec<u8>>,
    sent: Vec<Vec<u8>>,
    transactions: u32,
    disconnected: Vec<Disposition>,
    /// How transactions ended, other than by leaving the card.
    ended: Vec<Disposition>,
    status: Option<Result<Continuity, TransportError>>,
}

/// The list, shared with the connection that plays it.
#[derive(Clone)]
pub struct Script {
    pub(super) atr: Vec<u8>,
    pub(super) max_command_data: Option<usize>,
    t0: bool,
    pin_pad: PinPad,
    state: Arc<Mutex<State>>,
}

impl Script {
    pub fn new(atr: &str) -> Self {
        Self {
            atr: bytes(atr),
            max_command_data: None,
            t0: false,
            pin_pad: PinPad::default(),
            state: Arc::default(),
        }
    }

    /// Reader and card have agreed on T=0.
    pub fn t0(mut self) -> Self {
        self.t0 = true;
        self
    }

    pub fn carrying(mut self, most: usize) -> Self {
        self.max_command_data = Some(most);
        self
    }

    pub fn with_pin_pad(mut self, pin_pad: PinPad) -> Self {
        self.pin_pad = pin_pad;
        self
    }

    /// Expect this command, answer that (hexadecimal, blanks allowed).
    pub fn expect(&self, command: &str, answer: &str) -> &Self {
        self.expect_bytes(&bytes(command), &bytes(answer))
    }

    pub fn expect_bytes(&self, command: &[u8], answer: &[u8]) -> &Self {
        self.push(Step::Exchange(command.to_vec(), Ok(answer.to_vec())))
    }

    pub fn expect_failure(&self, command: &str, error: TransportError) -> &Self {
        self.expect_failure_bytes(&bytes(command), error)
    }

    pub fn expect_failure_bytes(&self, command: &[u8], error: TransportError) -> &Self {
        self.push(Step::Exchange(command.to_vec(), Err(error)))
    }

    /// Expect that the reader is asked for PINs; this comes of it.
    pub fn expect_typing(&self, entry: Entry, answer: Result<Vec<u8>, TransportError>) -> &Self {
        self.push(Step::PinPad(entry, answer))
    }

    pub fn answer_any(&self, answer: Result<Vec<u8>, TransportError>) -> &Self {
        self.push(Step::Any(answer))
    }

    pub fn reset(&self) -> &Self {
        self.push(Step::Reset)
    }

    pub fn begin_fails(&self, error: TransportError) -> &Self {
        self.push(Step::BeginFails(error))
    }

    pub fn forever(&self, answer: &[u8]) -> &Self {
        self.state.lock().unwrap().forever = Some(answer.to_vec());
        self
    }

    pub fn status(&self, status: Result<Continuity, TransportError>) -> &Self {
        self.state.lock().unwrap().status = Some(status);
        self
    }

    fn push(&self, step: Step) -> &Self {
        self.state.lock().unwrap().steps.push_back(step);
        self
    }

    /// Forgets what was sent so far; returns how many commands it was.
    pub fn sent_so_far(&self) -> usize {
        std::mem::take(&mut self.state.lock().unwrap().sent).len()
    }

    /// The commands that were sent since last asked.
    pub fn sent(&self) -> Vec<Vec<u8>> {
        self.state.lock().unwrap().sent.clone()
    }

    pub fn transactions(&self) -> u32 {
        self.state.lock().unwrap().transactions
    }

    pub fn disconnected(&self) -> Vec<Disposition> {
        self.state.lock().unwrap().disconnected.clone()
    }

    /// How transactions ended since last asked, other than by leaving the card.
    pub fn ended(&self) -> Vec<Disposition> {
        std::mem::take(&mut self.state.lock().unwrap().ended)
    }

    /// Commands with an instruction byte that were sent since last asked.
    pub fn count(&self, instruction: u8) -> usize {
        self.state.lock().unwrap().sent.iter().filter(|command| command[1] == instruction).count()
    }

    /// All was played.
    pub fn done(&self) {
        let state = self.state.lock().unwrap();
        assert_eq!(state.steps.len(), 0, "steps left over");
        assert_eq!(state.ended, [], "a transaction must leave the card");
    }

    pub fn open(&self) -> Result<OpenedCard, cns_card::CardError> {
        cns_card::open(self, "reader")
    }

    /// Opens a card that must be a CNS.
    pub fn open_cns(&self) -> (Card, PublicFiles) {
        match self.open().unwrap() {
            OpenedCard::Cns(card, files) => (*card, files),
            OpenedCard::Unsupported { what, .. } => panic!("unsupported: {what}"),
        }
    }
}

impl Transport for Script {
    fn readers(&self) -> Result<Vec<ReaderStatus>, TransportError> {
        Ok(vec![])
    }
    fn reader(&self, _: &str) -> Result<ReaderStatus, TransportError> {
        Err(TransportError::ReaderUnavailable)
    }
    fn wait_for_change(
        &self,
        _: &[ReaderStatus],
        _: Option<Duration>,
        _: &Cancellation,
    ) -> Result<(), TransportError> {
        Ok(())
    }
    fn connect(&self, reader: &str) -> Result<Box<dyn CardConnection>, TransportError> {
        assert_eq!(reader, "reader");
        Ok(Box::new(self.clone()))
    }
}

impl CardConnection for Script {
    fn atr(&self) -> &[u8] {
        &self.atr
    }
    fn pin_pad(&self) -> PinPad {
        self.pin_pad
    }
    fn status(&mut self) -> Result<Continuity, TransportError> {
        self.state.lock().unwrap().status.unwrap_or(Ok(Continuity::Same))
    }
    fn begin(&mut self) -> Result<(Box<dyn CardChannel + '_>, Continuity), TransportError> {
        let mut state = self.state.lock().unwrap();
        let continuity = match state.steps.front() {
            Some(Step::Reset) => Continuity::WasReset,
            Some(&Step::BeginFails(error)) => {
                state.steps.pop_front();
                return Err(error);
            }
            _ => Continuity::Same,
        };
        if continuity == Continuity::WasReset {
            state.steps.pop_front();
        }
        state.transactions += 1;
        drop(state);
        Ok((Box::new(Channel(self)), continuity))
    }
    fn disconnect(self: Box<Self>, disposition: Disposition) -> Result<(), TransportError> {
        self.state.lock().unwrap().disconnected.push(disposition);
        Ok(())
    }
}

struct Channel<'a>(&'a Script);

impl CardChannel for Channel<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        let mut state = self.0.state.lock().unwrap();
        state.sent.push(command.to_vec());
        let answer = match state.steps.pop_front() {
            Some(Step::Exchange(expected, answer)) => {
                assert_eq!(hex(command), hex(&expected), "another command was expected");
                answer
            }
            Some(Step::Any(answer)) => answer,
            Some(Step::Reset | Step::BeginFails(_)) => panic!("a new transaction was expected"),
            Some(Step::PinPad(..)) => panic!("the PIN pad was expected: {}", hex(command)),
            None => match &state.forever {
                Some(answer) => Ok(answer.clone()),
                None => panic!("no command was expected: {}", hex(command)),
            },
        };
        answer.map(Zeroizing::new)
    }
    fn protocol(&self) -> TransmissionProtocol {
        if self.0.t0 { TransmissionProtocol::T0 } else { TransmissionProtocol::T1 }
    }
    fn max_command_data(&self) -> Option<usize> {
        self.0.max_command_data
    }
    fn send_on_pin_pad(&mut self, entry: &PinPadCommand<'_>) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        let mut state = self.0.state.lock().unwrap();
        state.sent.push(entry.command.to_vec());
        let Some(Step::PinPad(expected, answer)) = state.steps.pop_front() else {
            panic!("no typing was expected: {entry:?}")
        };
        assert_eq!((hex(entry.command), entry.fields, entry.field_length, entry.digits), expected);
        answer.map(Zeroizing::new)
    }
    fn end(self: Box<Self>, disposition: Disposition) -> Result<(), TransportError> {
        if disposition != Disposition::Leave {
            self.0.state.lock().unwrap().ended.push(disposition);
        }
        Ok(())
    }
}

pub fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}
