//! A session with a card within one transaction: commands with the meaning of their answers, files, and what was
//! capabilities about this very card and reader on the way.

use zeroize::Zeroizing;

use super::select::ApplicationPosition;
use crate::error::CardError;
use crate::iso7816::{ChainForm, Command, Exchange, ExchangeError, LengthFields, MAX_SHORT_DATA, Response};
use crate::profile::Application;
use crate::transport::{CardChannel, TransmissionProtocol};

/// What one card has taught; kept as long as it stays in the reader.
#[derive(Debug, Default)]
pub(crate) struct Capabilities {
    /// SELECT by path is refused: file by file from the MF.
    pub(crate) select_step_by_step: bool,
    /// SELECT of a file wants an Le, for control information that nobody reads.
    pub(crate) select_wants_le: bool,
    /// SELECT of an application wants no Le.
    pub(crate) application_wants_no_le: bool,
    /// The most bytes that the card gives for one READ BINARY in short form, where that is not what its row says.
    pub(crate) longest_read: Option<u16>,
    /// READ BINARY in extended form worked, or was refused; `None`: not tried.
    pub(crate) extended_reads: Option<bool>,
    /// A command of more than 255 bytes got through as a chain, and not in extended form.
    pub(crate) chain_wanted: bool,
    /// An extended command was sent and no answer came: the reader may not carry it.
    pub(crate) extended_without_response: bool,
    /// Another application than the profile's holds PIN and key.
    pub(crate) key_application: Option<&'static Application>,
    /// An application in which a PIN was verified and the key was not found.
    pub(crate) application_without_key: Option<&'static Application>,
}

/// One transaction's worth of conversation.
pub(crate) struct CardSession<'a> {
    exchange: Exchange<'a>,
    operation: &'static str,
    pub(crate) capabilities: &'a mut Capabilities,
    /// What the reader carries, in bytes of command data.
    pub(crate) max_command_data: Option<usize>,
    /// What follows can be begun anew when the reader turns out not to carry an extended READ BINARY.
    pub(crate) may_try_extended: bool,
    /// The application that is current, and how sure that is.
    pub(super) application: Option<(&'static Application, ApplicationPosition)>,
    /// An application was selected, which ends every verified PIN.
    pub(crate) application_selected: bool,
    /// A command that can spend a try was handed to the reader, whatever came back.
    pub(crate) pin_command_sent: bool,
}

impl<'a> CardSession<'a> {
    /// At most `budget` commands for `operation`.
    pub(crate) fn new(
        channel: &'a mut dyn CardChannel,
        operation: &'static str,
        budget: u32,
        capabilities: &'a mut Capabilities,
    ) -> Self {
        // T=0 has no extended length fields.
        let max_command_data = match channel.protocol() {
            TransmissionProtocol::T0 => Some(MAX_SHORT_DATA),
            TransmissionProtocol::T1 => channel.max_command_data(),
        };
        let exchange = Exchange::new(channel, budget);
        Self {
            exchange,
            operation,
            capabilities,
            max_command_data,
            may_try_extended: false,
            application: None,
            application_selected: false,
            pin_command_sent: false,
        }
    }

    /// Sends a command once and only once: for everything that can spend a try.
    pub(crate) fn transmit(&mut self, command: &Command) -> Result<Response, CardError> {
        self.pin_command_sent |= command.secret;
        let result = self.exchange.transmit(command);
        self.answer(command, result)
    }

    /// [`CardSession::transmit`] for PINs that are typed at the reader's keypad, `fields` of them with so many digits.
    pub(crate) fn transmit_pin_pad(
        &mut self,
        command: &Command,
        fields: usize,
        digits: (usize, usize),
    ) -> Result<Response, CardError> {
        self.pin_command_sent |= command.secret;
        let result = self.exchange.transmit_pin_pad(command, fields, digits);
        self.answer(command, result)
    }

    /// Sends a command that is safe to repeat, and collects its whole answer.
    pub(crate) fn transmit_and_collect(
        &mut self,
        command: &Command,
        form: LengthFields,
    ) -> Result<Response, CardError> {
        let result = self.exchange.transmit_and_collect(command, form);
        self.answer(command, result)
    }

    /// Sends a command as a chain.
    pub(crate) fn chained(&mut self, command: &Command, form: ChainForm) -> Result<Response, CardError> {
        let result = self.exchange.chained(command, form);
        self.answer(command, result)
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
}
