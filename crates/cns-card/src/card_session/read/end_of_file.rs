//! Tests of files in cards that refuse a READ beyond a file's end, or a long one.

use super::tests::profile;
use super::*;
use crate::card_session::Capabilities;
use crate::transport::{CardChannel, Disposition, TransportError};
use zeroize::Zeroizing;

/// A card that refuses to read beyond a file's end, instead of giving what is left.
struct StrictFile {
    length: usize,
    refusal: [u8; 2],
    /// Longer pieces are refused everywhere.
    longest: usize,
    sent: Vec<usize>,
}

impl CardChannel for StrictFile {
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        let le = match command[4] {
            0 => 256,
            le => usize::from(le),
        };
        self.sent.push(le);
        let at = usize::from(command[2]) << 8 | usize::from(command[3]);
        Ok(Zeroizing::new(match at + le <= self.length && le <= self.longest {
            true => [vec![7; le], vec![0x90, 0x00]].concat(),
            false => self.refusal.to_vec(),
        }))
    }
    fn max_command_data(&self) -> Option<usize> {
        None
    }
    fn end(self: Box<Self>, _: Disposition) -> Result<(), TransportError> {
        Ok(())
    }
}

fn read_strictly(file: &mut StrictFile, read_length: u16, span: Span) -> (Result<(), CardError>, usize) {
    let mut capabilities = Capabilities::default();
    let mut session = CardSession::new(file, "test", 60, &mut capabilities);
    let mut data = Vec::new();
    let result = session.read_binary(&profile(read_length, false), &mut data, span);
    (result, data.len())
}

#[test]
fn a_file_that_ends_before_what_is_asked_for_is_read_to_its_end() {
    for refusal in [[0x6B, 0x00], [0x67, 0x00]] {
        for read_length in [255, 256] {
            for length in [1, 4, 16, 100, 254, 255, 256, 257, 400, 509, 510, 511, 512, 900] {
                let mut file = StrictFile { length, refusal, longest: 256, sent: vec![] };
                let whole = read_strictly(&mut file, read_length, Span::exactly(0, 1024));
                assert_eq!(whole, (Ok(()), length), "{length} bytes, {:?}", file.sent);
                assert!(file.sent.len() <= length / 255 + 18, "{length} bytes, {:?}", file.sent);
            }
        }
    }
}

/// One READ more, when a few bytes are enough.
#[test]
fn the_beginning_of_a_short_file_costs_one_shorter_read() {
    for refusal in [[0x6B, 0x00], [0x67, 0x00]] {
        let mut file = StrictFile { length: 100, refusal, longest: 256, sent: vec![] };
        let beginning = Span { start: 0, enough: 4, most: 255 };
        assert_eq!(read_strictly(&mut file, 255, beginning), (Ok(()), 4));
        assert_eq!(file.sent, [255, 4]);
    }
}

/// The end of the file is no reason to ask more than once for one byte more.
#[test]
fn the_exact_end_costs_one_read() {
    let mut file = StrictFile { length: 510, refusal: [0x6B, 0x00], longest: 256, sent: vec![] };
    assert_eq!(read_strictly(&mut file, 255, Span::exactly(0, 1024)), (Ok(()), 510));
    assert_eq!(file.sent, [255, 255, 255, 1]);
}

/// An empty file: 6B00 is its end, 6700 says nothing of that.
#[test]
fn an_empty_file_is_no_loop() {
    let empty = |refusal| StrictFile { length: 0, refusal, longest: 256, sent: vec![] };
    assert_eq!(read_strictly(&mut empty([0x6B, 0x00]), 255, Span::exactly(0, 16)), (Ok(()), 0));
    let (result, _) = read_strictly(&mut empty([0x67, 0x00]), 255, Span::exactly(0, 16));
    assert_eq!(result, Err(CardError::Status { command: READ_BINARY, status: StatusWord::WRONG_LENGTH }));
}

/// A card that gives 128 bytes at a time and calls more a wrong length: its files are read whole all the same.
#[test]
fn a_card_of_short_pieces_is_not_taken_for_short_files() {
    let mut file = StrictFile { length: 1000, refusal: [0x67, 0x00], longest: 128, sent: vec![] };
    assert_eq!(read_strictly(&mut file, 255, Span::exactly(0, 1000)), (Ok(()), 1000));
}
