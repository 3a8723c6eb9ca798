//! Commands within one transaction, with a bound on their number; what one card and its reader were found to take and to
//! refuse.

use crate::error::CardError;
use crate::iso7816::{
    ChainForm, CommandApdu, Exchange, ExchangeError, LengthFields, MAX_SHORT_DATA, ResponseApdu,
};
use crate::profile::Application;
use crate::transport::{CardChannel, TransmissionProtocol};

/// What one card and its reader support, as found by trying. Kept as long as the card stays in the reader.
#[derive(Debug, Default)]
pub(crate) struct Capabilities {
    /// What the reader says that it carries, in bytes of command data.
    pub(crate) max_command_data: Option<usize>,
    /// SELECT by path is refused: files are selected one by one from the MF.
    pub(crate) select_step_by_step: bool,
    /// SELECT of a file needs an Le.
    pub(crate) select_wants_le: bool,
    /// SELECT of an application is refused with an Le.
    pub(crate) application_wants_no_le: bool,
    /// The most bytes that the card gives for one READ BINARY in short form, where that is not what its row says.
    pub(crate) longest_read: Option<u16>,
    /// READ BINARY in extended form worked, or was refused; `None`: not tried.
    pub(crate) extended_reads: Option<bool>,
    /// A command of more than 255 bytes succeeded as a chain and failed in extended form.
    pub(crate) chain_wanted: bool,
    /// An extended command was sent and there was no response: the reader may not support it.
    pub(crate) extended_without_response: bool,
    /// Another application than the profile's holds PIN and key.
    pub(crate) key_application: Option<&'static Application>,
    /// An application in which a PIN was verified and the key was not found.
    pub(crate) application_without_key: Option<&'static Application>,
}

/// Where in an application the current DF is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ApplicationPosition {
    /// At its root.
    Root,
    /// Somewhere in it.
    Inside,
    /// Somewhere in it, unless another program has selected another since.
    Assumed,
}

/// The commands of one transaction.
pub(crate) struct CardSession<'a> {
    exchange: Exchange<'a>,
    operation: &'static str,
    pub(crate) capabilities: &'a mut Capabilities,
    /// The operation can start again when the reader fails at an extended READ BINARY.
    pub(crate) may_try_extended: bool,
    /// The current application, and where in it the current DF is.
    pub(super) application: Option<(&'static Application, ApplicationPosition)>,
    /// An application was selected, which clears the security status.
    pub(crate) application_selected: bool,
    /// A PIN command or a private-key operation was sent to the reader, whatever came back.
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
        capabilities.max_command_data = match channel.protocol() {
            TransmissionProtocol::T0 => Some(MAX_SHORT_DATA),
            TransmissionProtocol::T1 => channel.max_command_data(),
        };
        let exchange = Exchange::new(channel, budget);
        Self {
            exchange,
            operation,
            capabilities,
            may_try_extended: false,
            application: None,
            application_selected: false,
            pin_command_sent: false,
        }
    }

    /// Sends a command exactly once, whatever the response: for PIN commands.
    pub(crate) fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, CardError> {
        self.pin_command_sent |= command.secret;
        let result = self.exchange.transmit(command);
        self.card_result(command, result)
    }

    /// [`CardSession::transmit`] for PINs that are typed on the reader's PIN pad: `fields` of them, with the fewest and
    /// most digits.
    pub(crate) fn transmit_pin_pad(
        &mut self,
        command: &CommandApdu,
        fields: usize,
        digits: (usize, usize),
    ) -> Result<ResponseApdu, CardError> {
        self.pin_command_sent |= command.secret;
        let result = self.exchange.transmit_pin_pad(command, fields, digits);
        self.card_result(command, result)
    }

    /// Sends a command that is safe to repeat, and collects its whole response.
    pub(crate) fn transmit_and_collect(
        &mut self,
        command: &CommandApdu,
        form: LengthFields,
    ) -> Result<ResponseApdu, CardError> {
        let result = self.exchange.transmit_and_collect(command, form);
        self.card_result(command, result)
    }

    /// Sends a command as a chain.
    pub(crate) fn chained(
        &mut self,
        command: &CommandApdu,
        form: ChainForm,
    ) -> Result<ResponseApdu, CardError> {
        let result = self.exchange.chained(command, form);
        self.card_result(command, result)
    }

    /// A failed exchange as the error of this command or operation.
    fn card_result(
        &self,
        command: &CommandApdu,
        result: Result<ResponseApdu, ExchangeError>,
    ) -> Result<ResponseApdu, CardError> {
        result.map_err(|error| match error {
            ExchangeError::Transport(error) => CardError::Transport(error),
            ExchangeError::Malformed | ExchangeError::Length => {
                CardError::Malformed { command: command.name }
            }
            ExchangeError::BudgetExhausted => CardError::TooManyCommands { operation: self.operation },
        })
    }
}
