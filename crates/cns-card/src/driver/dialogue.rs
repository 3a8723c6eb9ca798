//! A dialogue with a card within one transaction: commands with the meaning of their answers, files, and what was
//! learned about this very card and reader on the way.

mod select;

use zeroize::Zeroizing;

use self::select::Standing;
use crate::error::CardError;
use crate::iso7816::{Command, Exchange, ExchangeError, Form, Response, StatusWord};
use crate::profile::Application;
use crate::transport::CardChannel;

/// What one card has taught; kept as long as it stays in the reader.
#[derive(Debug, Default)]
pub(crate) struct Learned {
    /// SELECT by path is refused: file by file from the MF.
    pub(crate) select_step_by_step: bool,
    /// READ BINARY with Le = 00 is refused.
    pub(crate) no_le_zero: bool,
    /// MSE RESTORE is taken only without the final 00 of the CNS specification.
    pub(crate) bare_restore: bool,
    /// MSE RESTORE is refused, and MSE SET does without.
    pub(crate) restore_refused: bool,
    /// How a command of more than 255 bytes got through.
    pub(crate) large_commands: Option<LargeCommands>,
    /// An extended command was sent and no answer came: the reader may not carry it.
    pub(crate) extended_unanswered: bool,
    /// Another application than the profile's holds PIN and key.
    pub(crate) key_application: Option<&'static Application>,
    /// An application in which a PIN was verified and the key was not found.
    pub(crate) application_without_key: Option<&'static Application>,
}

/// How commands with more than 255 bytes of data are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LargeCommands {
    /// Extended length fields.
    Extended,
    /// Command chaining.
    Chained,
}

/// One transaction's worth of conversation.
pub(crate) struct Dialogue<'a> {
    exchange: Exchange<'a>,
    operation: &'static str,
    pub(crate) learned: &'a mut Learned,
    /// What the reader carries, in bytes of command data.
    pub(crate) max_command_data: Option<usize>,
    /// The application that is current, and how sure that is.
    application: Option<(&'static Application, Standing)>,
    /// An application was selected, which ends every verified PIN.
    pub(crate) application_selected: bool,
}

impl<'a> Dialogue<'a> {
    /// At most `budget` commands for `operation`.
    pub(crate) fn new(
        channel: &'a mut dyn CardChannel,
        operation: &'static str,
        budget: u32,
        learned: &'a mut Learned,
        max_command_data: Option<usize>,
    ) -> Self {
        let exchange = Exchange::new(channel, budget);
        Self {
            exchange,
            operation,
            learned,
            max_command_data,
            application: None,
            application_selected: false,
        }
    }

    /// Sends a command once and only once: for everything that can spend a try.
    pub(crate) fn once(&mut self, command: &Command) -> Result<Response, CardError> {
        let result = self.exchange.once(command);
        self.answer(command, result)
    }

    /// [`Dialogue::once`] for PINs that are typed at the reader's keypad, `fields` of them with so many digits.
    pub(crate) fn once_from_keypad(
        &mut self,
        command: &Command,
        fields: usize,
        digits: (usize, usize),
    ) -> Result<Response, CardError> {
        let result = self.exchange.once_from_keypad(command, fields, digits);
        self.answer(command, result)
    }

    /// Sends a command that is safe to repeat, and collects its whole answer.
    pub(crate) fn complete(&mut self, command: &Command, form: Form) -> Result<Response, CardError> {
        let result = self.exchange.complete(command, form);
        self.answer(command, result)
    }

    /// Sends a command as a chain.
    pub(crate) fn chained(&mut self, command: &Command) -> Result<Response, CardError> {
        let result = self.exchange.chained(command);
        self.answer(command, result)
    }

    /// Reads the current EF from byte `data.len()` on, until there are `enough` bytes or the file ends. Asks for what
    /// is missing to `most` bytes, at most `per_read` a command (READ BINARY, ISO/IEC 7816-4:2020, 11.3.3).
    pub(crate) fn read_binary(
        &mut self,
        data: &mut Vec<u8>,
        enough: usize,
        most: usize,
        per_read: u16,
    ) -> Result<(), CardError> {
        while data.len() < enough.min(most) {
            let per_read = if self.learned.no_le_zero { per_read.min(255) } else { per_read };
            let le = (most - data.len()).min(usize::from(per_read));
            let Some([high, low]) = offset(data.len()) else {
                return Err(CardError::Malformed { command: READ_BINARY });
            };
            let command = Command::new(READ_BINARY, 0xB0, high, low).with_le(le as u32);
            let Response { data: piece, status } = self.complete(&command, Form::Short)?;
            if piece.len() > le {
                return Err(CardError::Malformed { command: READ_BINARY });
            }
            match status {
                StatusWord::SUCCESS if piece.is_empty() => return Ok(()),
                StatusWord::SUCCESS => data.extend_from_slice(&piece),
                StatusWord::END_OF_FILE => {
                    data.extend_from_slice(&piece);
                    return Ok(());
                }
                StatusWord::WRONG_P1_P2 => return Ok(()),
                StatusWord::WRONG_LENGTH if le == 256 => self.learned.no_le_zero = true,
                status => return Err(CardError::Status { command: READ_BINARY, status }),
            }
        }
        Ok(())
    }

    fn answer(
        &self,
        command: &Command,
        result: Result<Response, ExchangeError>,
    ) -> Result<Response, CardError> {
        result.map_err(|error| match error {
            ExchangeError::Transport(error) => CardError::Transport(error),
            ExchangeError::Malformed | ExchangeError::Length => {
                CardError::Malformed { command: command.name }
            }
            ExchangeError::BudgetExhausted => CardError::TooManyCommands { operation: self.operation },
        })
    }
}

const READ_BINARY: &str = "READ BINARY";

/// The offset of READ BINARY has 15 bits; bit 8 of P1 means something else.
fn offset(bytes: usize) -> Option<[u8; 2]> {
    u16::try_from(bytes).ok().filter(|offset| *offset < 0x8000).map(u16::to_be_bytes)
}

/// Brings the answer of a raw RSA operation to the modulus's length.
///
/// RFC 8017 (I2OSP) makes it exactly as long. A card that drops leading zero bytes is understood: up to 8 may be
/// missing (more are missing by chance once in 2^64 times), and what is left of an integer then starts with another
/// byte than zero. The caller checks the result with the public key, so a wrong guess here cannot become a signature.
pub(crate) fn modulus_sized(data: Zeroizing<Vec<u8>>, length: usize) -> Option<Zeroizing<Vec<u8>>> {
    const MOST_MISSING: usize = 8;
    let missing = length.checked_sub(data.len())?;
    if missing == 0 {
        return Some(data);
    }
    if missing > MOST_MISSING || *data.first()? == 0 {
        return None;
    }
    let mut padded = Zeroizing::new(Vec::with_capacity(length));
    padded.resize(missing, 0);
    padded.extend_from_slice(&data);
    Some(padded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::{Disposition, TransportError};

    #[test]
    fn results_of_a_raw_operation() {
        let sized = |bytes: &[u8]| modulus_sized(Zeroizing::new(bytes.to_vec()), 128).map(|d| d.to_vec());
        assert_eq!(sized(&[0; 128]), Some(vec![0; 128]));
        assert_eq!(sized(&[5; 127]), Some([&[0][..], &[5; 127]].concat()));
        assert_eq!(sized(&[5; 120]).map(|d| d.len()), Some(128));
        assert_eq!(sized(&[5; 119]), None);
        assert_eq!(sized(&[0; 127]), None);
        assert_eq!(sized(&[5; 129]), None);
        assert_eq!(sized(&[]), None);
    }

    /// 256 bytes of file; Le = 00 is refused, or not.
    struct File {
        takes_le_zero: bool,
        sent: Vec<Vec<u8>>,
    }

    impl CardChannel for File {
        fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
            self.sent.push(command.to_vec());
            let le = if command[4] == 0 { 256 } else { usize::from(command[4]) };
            Ok(Zeroizing::new(match le {
                256 if !self.takes_le_zero => vec![0x67, 0x00],
                le => [vec![7; le], vec![0x90, 0x00]].concat(),
            }))
        }
        fn end(self: Box<Self>, _: Disposition) -> Result<(), TransportError> {
            Ok(())
        }
    }

    #[test]
    fn reading_256_bytes_where_the_card_takes_it() {
        let read = |takes_le_zero| {
            let mut file = File { takes_le_zero, sent: vec![] };
            let mut learned = Learned::default();
            let mut data = Vec::new();
            let mut dialogue = Dialogue::new(&mut file, "test", 9, &mut learned, None);
            dialogue.read_binary(&mut data, 512, 512, 256).unwrap();
            assert_eq!(data.len(), 512);
            file.sent
        };
        assert_eq!(read(true), [[0, 0xB0, 0, 0, 0], [0, 0xB0, 1, 0, 0]]);
        let reads = [[0, 0xB0, 0, 0, 0], [0, 0xB0, 0, 0, 255], [0, 0xB0, 0, 255, 255], [0, 0xB0, 1, 254, 2]];
        assert_eq!(read(false), reads);
    }

    #[test]
    fn offsets_have_fifteen_bits() {
        assert_eq!(offset(0x0100), Some([1, 0]));
        assert_eq!(offset(0x7FFF), Some([0x7F, 0xFF]));
        assert_eq!(offset(0x8000), None);
        assert_eq!(offset(0x1_0000), None);
    }
}
