//! A dialogue with a card within one transaction: commands with the meaning of their answers, files, and what was
//! learned about this very card and reader on the way.

use zeroize::Zeroizing;

use crate::error::CardError;
use crate::iso7816::{Command, Exchange, ExchangeError, Form, Response, StatusWord};
use crate::profile::{Application, CardProfile, FileReference, Path, PathsFrom, SelectAnswer};
use crate::transport::CardChannel;

const MF: u16 = 0x3F00;

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

/// Where in an application the current DF is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// At its root.
    Root,
    /// Somewhere in it.
    Inside,
    /// Somewhere in it, unless another program has selected another since.
    Supposed,
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

    /// This application was current when the card was left, and selecting it anew would end a login.
    pub(crate) fn suppose(&mut self, application: &'static Application) {
        self.application = Some((application, Standing::Supposed));
    }

    /// Sends a command once and only once: for everything that can spend a try.
    pub(crate) fn once(&mut self, command: &Command) -> Result<Response, CardError> {
        let result = self.exchange.once(command);
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

    /// `00 A4 00 00 02 3F00`: the MF, in an application its root, becomes the current DF (ISO/IEC 7816-4:2020, 11.2.2).
    pub(crate) fn select_mf(&mut self) -> Result<(), CardError> {
        let status = self.select_identifier(MF)?;
        if selected(status) { Ok(()) } else { Err(CardError::Status { command: SELECT, status }) }
    }

    /// `00 A4 04 00 Lc AID 00`: an application becomes current. `Ok(false)`: there is no such application.
    pub(crate) fn select_application(
        &mut self,
        application: &'static Application,
    ) -> Result<bool, CardError> {
        let command = Command::new(SELECT, 0xA4, 0x04, 0x00).with_data(application.name).with_le(256);
        let status = self.select_with(command)?;
        if selected(status) {
            self.application = Some((application, Standing::Root));
            self.application_selected = true;
        }
        found(status)
    }

    /// Makes sure that an application is current, and for paths from its root that this is the current DF.
    pub(crate) fn enter_application(&mut self, application: &'static Application) -> Result<bool, CardError> {
        match self.application {
            Some((current, Standing::Root)) if current == application => Ok(true),
            Some((current, Standing::Inside))
                if current == application && application.paths == PathsFrom::MasterFile =>
            {
                Ok(true)
            }
            _ => self.select_application(application),
        }
    }

    /// Selects a file by its path. `Ok(false)`: there is no such file.
    pub(crate) fn select(&mut self, profile: &CardProfile, file: FileReference) -> Result<bool, CardError> {
        let Some(application) = file.application.or(profile.application) else {
            return self.select_path(file.path, PathsFrom::MasterFile, profile.select);
        };
        if self.is_supposed(application) && self.select_path(file.path, application.paths, profile.select)? {
            return Ok(true);
        }
        if !self.enter_application(application)? {
            return Ok(false);
        }
        if file.path.identifiers().len() > 1 {
            self.application = Some((application, Standing::Inside));
        }
        self.select_path(file.path, application.paths, profile.select)
    }

    /// Is the application current as far as is known, without having been selected in this transaction?
    fn is_supposed(&self, application: &'static Application) -> bool {
        application.paths == PathsFrom::MasterFile
            && self.application == Some((application, Standing::Supposed))
    }

    /// Selects a file by its path in whatever application is current. `Ok(false)`: there is no such file.
    pub(crate) fn select_path(
        &mut self,
        path: Path,
        from: PathsFrom,
        answer: SelectAnswer,
    ) -> Result<bool, CardError> {
        let path = path.identifiers();
        if path.is_empty() {
            return self.select_mf().map(|()| true);
        }
        if !self.learned.select_step_by_step {
            let status = self.select_at_once(path, from, answer)?;
            if !by_path_refused(status) {
                return found(status);
            }
        }
        let found = self.select_each(path)?;
        // One file that is found file by file, after its path was refused, proves the point.
        self.learned.select_step_by_step |= found;
        Ok(found)
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

    fn select_at_once(
        &mut self,
        path: &[u16],
        from: PathsFrom,
        answer: SelectAnswer,
    ) -> Result<StatusWord, CardError> {
        let bytes: Vec<u8> = path.iter().flat_map(|id| id.to_be_bytes()).collect();
        let p1 = match from {
            PathsFrom::MasterFile => 0x08,
            PathsFrom::CurrentDirectory => 0x09,
        };
        let command = Command::new(SELECT, 0xA4, p1, 0x00).with_data(&bytes);
        self.select_with(match answer {
            SelectAnswer::FileControlInformation => command.with_le(256),
            SelectAnswer::Nothing => command,
        })
    }

    fn select_each(&mut self, path: &[u16]) -> Result<bool, CardError> {
        self.select_mf()?;
        for &identifier in path {
            let status = self.select_identifier(identifier)?;
            if !found(status)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn select_identifier(&mut self, identifier: u16) -> Result<StatusWord, CardError> {
        let command = Command::new(SELECT, 0xA4, 0x00, 0x00).with_data(&identifier.to_be_bytes());
        self.select_with(command)
    }

    /// The file is not selected yet by a command that is answered 6Cxx. A card that names its Le is given it.
    fn select_with(&mut self, command: Command) -> Result<StatusWord, CardError> {
        let status = self.once(&command)?.status;
        match status.exact_le() {
            Some(le) => Ok(self.once(&command.with_le(u32::from(le)))?.status),
            None => Ok(status),
        }
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

const SELECT: &str = "SELECT";
const READ_BINARY: &str = "READ BINARY";

/// The offset of READ BINARY has 15 bits; bit 8 of P1 means something else.
fn offset(bytes: usize) -> Option<[u8; 2]> {
    u16::try_from(bytes).ok().filter(|offset| *offset < 0x8000).map(u16::to_be_bytes)
}

/// Was the file selected? With `61xx` it was, and nobody wants the information that the card offers.
fn selected(status: StatusWord) -> bool {
    status.is_success()
}

fn found(status: StatusWord) -> Result<bool, CardError> {
    match status {
        status if selected(status) => Ok(true),
        StatusWord::FILE_NOT_FOUND => Ok(false),
        status => Err(CardError::Status { command: SELECT, status }),
    }
}

/// Does the card not know P1 = 08, as opposed to the file?
fn by_path_refused(status: StatusWord) -> bool {
    matches!(
        status,
        StatusWord::INCORRECT_P1_P2
            | StatusWord::FUNCTION_NOT_SUPPORTED
            | StatusWord::LC_INCONSISTENT_WITH_P1_P2
            | StatusWord::INCORRECT_DATA
            | StatusWord::WRONG_P1_P2
            | StatusWord::WRONG_LENGTH
            | StatusWord::INSTRUCTION_NOT_SUPPORTED
            | StatusWord::CLASS_NOT_SUPPORTED
    )
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
