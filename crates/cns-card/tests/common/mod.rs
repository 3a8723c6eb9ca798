//! A card that is a list: each expected command, byte for byte, with its answer. Written against the public traits only.
#![allow(dead_code, unreachable_pub, reason = "compiled into each test binary, which uses a part")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cns_card::{
    Cancellation, Card, CardChannel, CardConnection, Continuity, Disposition, OpenedCard, Pin, PinPad,
    PinPadCommand, PinPolicy, PublicFiles, ReaderStatus, TransmissionProtocol, Transport, TransportError,
};
use zeroize::Zeroizing;

// docs/cards, sample ATRs.
pub const CARDOS: &str = "3BFF1800FFC10A31FE55006B0508C80C011101434E5310318005";
pub const ATHENA: &str = "3BDF18008131FE7D006B150C0181011101434E53103180E8";
pub const OBERTHUR: &str = "3BFF1800008131FE45006B04050100011101434E5310318069";
pub const ST2021: &str = "3BFF1800FF8131FE55006B02091617011101434E531131808D";
pub const OLD_INCARD: &str = "3BFF1800FF8131FE55006B02090200011101434E531031808F";
pub const IDEMIA: &str = "3BFF1800008131FE45006B05052000012101434E5310318079";
pub const COSMO7: &str = "3BFF1800008131FE45006B11050700011101434E531131807B";
pub const COSMO91: &str = "3BFF1800008131FE45006B0505912001F101434E5310318038";
pub const ACE2025: &str = "3BFF1800FF8131FE4D006B0404B85B01F101434E531031809D";
/// ST 2022 over NFC, and others.
pub const BARE: &str = "3B80800101";
pub const IDEMIA_NFC: [&str; 2] = ["3B8B80010031C16408923354009000F3", "3B8B80010031C164092914540090006E"];
pub const IDEMIA_NFC_OF_ANOTHER_LOT: &str = "3B8B80010031C1640A11223300900004";
/// The mark in pre-issuing data.
pub const FIRMAQUI: &str = "3BDB18FF81B1FE451FC38073C8211065434E53107339";
pub const UNKNOWN_LOT: &str = "3BFF1800008131FE45006B33330100011101434E5310318069";

pub const CARD_ID: &[u8; 16] = b"6030000000000019";

/// What happens next.
enum Step {
    Exchange(Vec<u8>, Result<Vec<u8>, TransportError>),
    /// These PINs are typed at the reader's keypad.
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
    atr: Vec<u8>,
    max_command_data: Option<usize>,
    t0: bool,
    keypad: PinPad,
    state: Arc<Mutex<State>>,
}

impl Script {
    pub fn new(atr: &str) -> Self {
        Self {
            atr: bytes(atr),
            max_command_data: None,
            t0: false,
            keypad: PinPad::default(),
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

    pub fn with_keypad(mut self, keypad: PinPad) -> Self {
        self.keypad = keypad;
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
        self.keypad
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
            Some(Step::PinPad(..)) => panic!("the keypad was expected: {}", hex(command)),
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
    fn verify_on_pin_pad(&mut self, entry: &PinPadCommand<'_>) -> Result<Zeroizing<Vec<u8>>, TransportError> {
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

/// Something with the outline of a certificate: a SEQUENCE of `length` bytes in all.
pub fn certificate(length: usize) -> Vec<u8> {
    let mut der = vec![0x30, 0x82];
    der.extend_from_slice(&u16::try_from(length - 4).unwrap().to_be_bytes());
    der.extend((4..length).map(|i| (i % 251) as u8));
    der
}

/// EF Dati_personali of a synthetic person whose address has `address` characters; 400 bytes.
pub fn personal_data(address: usize) -> Vec<u8> {
    let address = format!("{address:02X}{}", "V".repeat(address));
    let fields = format!(
        "046030080101202108010120270 5ROSSI05MARIO080101198001M0010RSSMRA80A01H501U0004H501000004H501{address}00"
    )
    .replace(' ', "");
    let mut file = format!("{:06X}{fields}", fields.len()).into_bytes();
    assert!(file.len() <= 400);
    file.resize(400, 0);
    file
}

pub fn ok(data: &[u8]) -> Vec<u8> {
    [data, &[0x90, 0x00]].concat()
}

/// How the engine reads the files of a card (docs/cards: what each family is known to take, or worth a try).
fn reading(atr: &[u8]) -> (usize, bool) {
    let extended = [ST2021, BARE, IDEMIA, COSMO91, IDEMIA_NFC[0], IDEMIA_NFC[1]];
    let is = |known: &&str| bytes(known) == atr;
    match (extended.iter().any(is), [COSMO7, ACE2025].iter().any(is)) {
        (true, _) => (256, true),
        (_, true) => (256, false),
        _ => (255, false),
    }
}

/// The READ BINARYs that bring the first `length` bytes of a file.
pub fn expect_reads(script: &Script, file: &[u8], length: usize) {
    let (most, extended) = reading(&script.atr);
    let extended = extended && script.max_command_data.is_none_or(|most| most > 256);
    let mut offset = 0;
    while offset < length {
        // The first asks for a full piece, because the length is not yet known.
        let missing = if offset == 0 { most } else { length - offset };
        let (le, long) = if extended && missing > 256 { (missing, true) } else { (missing.min(most), false) };
        let mut command = vec![0x00, 0xB0, (offset >> 8) as u8, offset as u8];
        if long {
            command.extend([0, (le >> 8) as u8]);
        }
        command.push(le as u8);
        let piece = &file[offset..(offset + le).min(file.len())];
        script.expect_bytes(&command, &ok(piece));
        offset += le;
    }
}

/// One piece, on any card.
pub fn expect_personal_data(script: &Script, data: &[u8]) {
    script.expect_bytes(&bytes("00B00000FF"), &ok(&data[..255]));
}

/// Plays the first look at a classic card with a certificate of `length` bytes.
pub fn expect_classic_listing(script: &Script, certificate: &[u8]) {
    script.expect("00A40800 04 10001003", "6F00 9000");
    script.expect_bytes(&bytes("00B0000010"), &ok(CARD_ID));
    script.expect("00A40800 04 11001101", "9000");
    let mut file = certificate.to_vec();
    file.resize(2048.max(certificate.len()), 0);
    expect_reads(script, &file, certificate.len());
    script.expect("00A40800 04 11001102", "9000");
    expect_personal_data(script, &personal_data(20));
    script.expect(SIGNATURE_CERTIFICATE, "6A82");
}

/// The look for a signature keyset, on cards of the classic layout, where everything is read.
pub const SIGNATURE_CERTIFICATE: &str = "00A40800 04 14009010";

/// The same of an IDEMIA card.
pub fn expect_idemia_listing(script: &Script, certificate: &[u8]) {
    script.expect("00A40800 04 10001003", "9000");
    script.expect_bytes(&bytes("00B0000010"), &ok(CARD_ID));
    script.expect("00A40800 06 140090012002", "9000");
    let mut file = certificate.to_vec();
    file.resize(2048.max(certificate.len()), 0);
    expect_reads(script, &file, certificate.len());
    script.expect("00A40800 04 11001102", "9000");
    expect_personal_data(script, &personal_data(20));
}

/// A reset; then the beginning of the certificate proves the card, and the PIN is sent.
pub fn login_after_a_reset_with_proof_by_certificate(script: &Script, card: &mut Card, der: &[u8]) {
    script.reset();
    script.expect("00A40800 04 11001101", "9000");
    script.expect_bytes(&bytes("00B0000080"), &ok(&der[..128]));
    script.expect("00A40000 02 3F00", "9000").expect("00200090 08 3132333435FFFFFF", "9000");
    assert_eq!(card.verify(&pin()), Ok(()));
    script.done();
}

/// An open card, with the listing forgotten.
pub fn opened(script: &Script, certificate_length: usize) -> (Card, PublicFiles) {
    let certificate = certificate(certificate_length);
    if script.atr == bytes(IDEMIA) {
        expect_idemia_listing(script, &certificate);
    } else {
        expect_classic_listing(script, &certificate);
    }
    let opened = script.open_cns();
    script.done();
    script.sent_so_far();
    opened
}

/// An open card with a verified PIN.
pub fn logged_in(script: &Script) -> (Card, PublicFiles) {
    let (mut card, files) = opened(script, 1885);
    let incard = script.atr == bytes(ST2021) || script.atr == bytes(OLD_INCARD);
    let p2 = if incard { "90" } else { "10" };
    script.expect("00A40000 02 3F00", "9000").expect(&format!("002000{p2} 08 3132333435FFFFFF"), "9000");
    card.verify(&pin()).unwrap();
    script.done();
    (card, files)
}

pub fn pin() -> Pin {
    PinPolicy::CNS.pin(b"12345").unwrap()
}

pub fn puk() -> Pin {
    PinPolicy::CNS.puk(b"87654321").unwrap()
}
