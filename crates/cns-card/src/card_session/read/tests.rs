//! A file of 512 bytes in cards that take long reads, or not.

use super::*;
use crate::card_session::Capabilities;
use crate::transport::{CardChannel, Disposition, TransportError};
use zeroize::Zeroizing;

const FILE: usize = 512;

/// What a card answers to an Le, by the number of bytes that it asks for.
type Behaviour = fn(usize) -> Result<usize, [u8; 2]>;

struct File {
    behaviour: Behaviour,
    length: usize,
    /// What the reader says that it carries.
    carried: Option<usize>,
    sent: Vec<Vec<u8>>,
}

impl File {
    fn new(behaviour: Behaviour) -> Self {
        Self { behaviour, length: FILE, carried: None, sent: vec![] }
    }
}

impl CardChannel for File {
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        self.sent.push(command.to_vec());
        // ISO/IEC 7816-3:2006, 12.1.3: Le of cases 2S and 2E.
        let le = match command[4..] {
            [0] => 256,
            [le] => usize::from(le),
            [0, high, low] => usize::from(high) << 8 | usize::from(low),
            _ => panic!("no READ BINARY: {command:02X?}"),
        };
        let at = usize::from(command[2]) << 8 | usize::from(command[3]);
        Ok(Zeroizing::new(match (self.behaviour)(le) {
            Ok(given) => [vec![7; given.min(self.length - at)], vec![0x90, 0x00]].concat(),
            Err(status) => status.to_vec(),
        }))
    }
    fn max_command_data(&self) -> Option<usize> {
        self.carried
    }
    fn end(self: Box<Self>, _: Disposition) -> Result<(), TransportError> {
        Ok(())
    }
}

/// Reads the file twice; the commands of both times.
fn read(profile: &CardProfile, behaviour: Behaviour) -> [Vec<Vec<u8>>; 2] {
    let mut capabilities = Capabilities::default();
    [(); 2].map(|()| {
        let mut file = File::new(behaviour);
        let mut data = Vec::new();
        let mut session = CardSession::new(&mut file, "test", 20, &mut capabilities);
        session.may_try_extended = true;
        session.read_binary(profile, &mut data, Span::exactly(0, FILE)).unwrap();
        assert_eq!(data.len(), FILE);
        file.sent
    })
}

pub(super) fn profile(read_length: u16, extended_reads: bool) -> CardProfile {
    CardProfile { read_length, extended_reads, ..CardProfile::SPECIFICATION }
}

const READS_OF_256: [&[u8]; 2] = [&[0, 0xB0, 0, 0, 0], &[0, 0xB0, 1, 0, 0]];
const READS_OF_255: [&[u8]; 3] = [&[0, 0xB0, 0, 0, 255], &[0, 0xB0, 0, 255, 255], &[0, 0xB0, 1, 254, 2]];
const EXTENDED: &[u8] = &[0, 0xB0, 0, 0, 0, 2, 0];

#[test]
fn two_hundred_and_fifty_six_bytes_where_the_card_takes_it() {
    let [first, second] = read(&profile(256, false), Ok);
    assert_eq!((&first[..], &second[..]), (&READS_OF_256.map(<[u8]>::to_vec)[..], &first[..]));
    assert_eq!(read(&profile(255, false), Ok)[0], READS_OF_255);
}

/// Refused once, and not tried again.
#[test]
fn fewer_bytes_where_it_does_not() {
    for status in [[0x67, 0x00], [0x6F, 0x00], [0x6A, 0x86], [0x6A, 0x87], [0x6C, 0x00]] {
        REFUSAL.set(status);
        let [first, second] =
            read(&profile(256, false), |le| if le > 255 { Err(REFUSAL.get()) } else { Ok(le) });
        // 6C00 names 256 bytes, which is what was asked for: asked once more, as for any 6Cxx.
        let refused = if status[0] == 0x6C { 2 } else { 1 };
        assert!(first[..refused].iter().all(|command| command == READS_OF_256[0]));
        assert_eq!(&first[refused..], READS_OF_255);
        assert_eq!(second, READS_OF_255);
    }
}

std::thread_local! {
    static REFUSAL: std::cell::Cell<[u8; 2]> = const { std::cell::Cell::new([0; 2]) };
}

/// A card that names its own length, or just gives less, is asked for so much from then on.
#[test]
fn as_many_as_the_card_gives() {
    let [first, second] = read(&profile(256, false), |le| if le > 128 { Err([0x6C, 0x80]) } else { Ok(le) });
    assert_eq!(first.len(), 2 + 2 + 1 + 1);
    assert_eq!(second, [0, 128, 256, 384].map(|at: u16| [0, 0xB0, (at >> 8) as u8, at as u8, 128]));
    let [first, second] = read(&profile(256, false), |le| Ok(le.min(231)));
    assert_eq!((first.len(), second.len()), (3, 3));
    assert_eq!(second[0], [0, 0xB0, 0, 0, 231]);
}

#[test]
fn extended_where_card_and_reader_take_it() {
    let [first, second] = read(&profile(256, true), Ok);
    assert_eq!((&first[..], &second[..]), (&[EXTENDED.to_vec()][..], &first[..]));
    // Whatever it is refused with: that a card takes them is a hope, and the file is there.
    let refusals = [
        0x6700, 0x6E00, 0x6D00, 0x6884, 0x6A80, 0x6300, 0x6400, 0x6581, 0x6981, 0x6982, 0x6985, 0x6A82,
        0x6B00, 0x6F00, 0x9000, 0x0000,
    ];
    for status in refusals.map(u16::to_be_bytes) {
        REFUSAL.set(status);
        let refuses: Behaviour = |le| if le > 256 { Err(REFUSAL.get()) } else { Ok(le) };
        let [first, second] = read(&profile(256, true), refuses);
        assert_eq!((&first[0][..], &first[1..]), (EXTENDED, &READS_OF_256.map(<[u8]>::to_vec)[..]));
        assert_eq!(second, READS_OF_256, "remembered");
    }
    // An extended Le that brings no more than a short one is no use.
    let [first, second] = read(&profile(256, true), |le| Ok(le.min(256)));
    assert_eq!((&first[0][..], first.len()), (EXTENDED, 2));
    assert_eq!(second, READS_OF_256);
}

/// A reader that says what it carries is obeyed; without a try that is allowed, only what has worked is used.
#[test]
fn extended_is_not_tried_everywhere() {
    for (carried, may_try, works, extended) in [
        (Some(255), true, Some(true), false),
        (Some(261), true, None, true),
        (None, false, None, false),
        (None, false, Some(true), true),
        (None, true, Some(false), false),
    ] {
        let mut file = File { carried, ..File::new(Ok) };
        let mut capabilities = Capabilities { extended_reads: works, ..Capabilities::default() };
        let mut session = CardSession::new(&mut file, "test", 20, &mut capabilities);
        session.may_try_extended = may_try;
        session.read_binary(&profile(256, true), &mut Vec::new(), Span::exactly(0, FILE)).unwrap();
        assert_eq!(file.sent[0] == EXTENDED, extended, "{carried:?} {may_try} {works:?}");
    }
}

#[test]
fn a_part_of_a_file() {
    let mut file = File::new(Ok);
    let mut capabilities = Capabilities::default();
    let mut session = CardSession::new(&mut file, "test", 20, &mut capabilities);
    let mut data = Vec::new();
    session.read_binary(&profile(256, true), &mut data, Span::exactly(480, 32)).unwrap();
    assert_eq!((data.len(), file.sent), (32, vec![vec![0, 0xB0, 1, 0xE0, 32]]));
}

/// What one look at a file of some length teaches about long reads and about the most bytes at a time.
#[test]
fn what_a_short_answer_teaches() {
    let cases: [(Behaviour, usize, Option<bool>, Option<u16>); 10] = [
        (Ok, FILE, Some(true), None),
        // More than a short read brings, though not all of it.
        (|le| Ok(le.min(300)), FILE, Some(true), None),
        (|le| Ok(le.min(300)), 2 * FILE, Some(true), None),
        // Not more than a short read brings: no use, once the file is seen to go on.
        (|le| Ok(le.min(256)), FILE, Some(false), None),
        (|le| Ok(le.min(200)), FILE, Some(false), None),
        (|le| Ok(le.min(200)), 2 * FILE, Some(false), Some(200)),
        // The end of the file is no lack of strength.
        (Ok, 256, None, None),
        (Ok, 100, None, None),
        // Too few to be what a card can do.
        (|le| if le > 256 { Err([0x67, 0x00]) } else { Ok(le.min(63)) }, 256, Some(false), None),
        (|le| if le > 256 { Err([0x67, 0x00]) } else { Ok(le.min(64)) }, 256, Some(false), Some(64)),
    ];
    for (number, (behaviour, length, extended, longest)) in cases.into_iter().enumerate() {
        let mut file = File { length, ..File::new(behaviour) };
        let mut capabilities = Capabilities::default();
        let mut session = CardSession::new(&mut file, "test", 20, &mut capabilities);
        session.may_try_extended = true;
        let mut data = Vec::new();
        let span = Span::exactly(0, length.max(FILE));
        session.read_binary(&profile(256, true), &mut data, span).unwrap();
        assert_eq!(
            (data.len(), capabilities.extended_reads, capabilities.longest_read),
            (length, extended, longest),
            "{number}"
        );
    }
}

/// What a short read can bring is not asked for with a long one, and a refusal of what every card takes is one of the file.
#[test]
fn the_limits_of_a_short_read() {
    for (length, long) in [(255, false), (256, false), (257, true)] {
        let mut file = File::new(Ok);
        let mut capabilities = Capabilities { extended_reads: Some(true), ..Capabilities::default() };
        let mut session = CardSession::new(&mut file, "test", 20, &mut capabilities);
        session.read_binary(&profile(256, true), &mut Vec::new(), Span::exactly(0, length)).unwrap();
        assert_eq!((file.sent.len(), file.sent[0].len() > 5), (1, long), "{length}");
    }
    let mut file = File::new(|_| Err([0x67, 0x00]));
    let mut capabilities = Capabilities::default();
    let mut session = CardSession::new(&mut file, "test", 20, &mut capabilities);
    let result = session.read_binary(&profile(256, false), &mut Vec::new(), Span::exactly(0, FILE));
    let refused = CardError::Status { command: READ_BINARY, status: StatusWord::WRONG_LENGTH };
    assert_eq!((result, file.sent.len()), (Err(refused), 3), "256 bytes, 255, one");
    // What says nothing of the length is not tried with another one.
    for status in [0x6982, 0x6985, 0x6986, 0x6A82, 0x6400] {
        REFUSAL.set(u16::to_be_bytes(status));
        let mut file = File::new(|_| Err(REFUSAL.get()));
        let mut capabilities = Capabilities::default();
        let mut session = CardSession::new(&mut file, "test", 20, &mut capabilities);
        let result = session.read_binary(&profile(256, false), &mut Vec::new(), Span::exactly(0, FILE));
        assert_eq!((result.is_err(), file.sent.len()), (true, 1), "{status:04X}");
    }
}
