//! Sends commands: collects responses in pieces, corrects Le, bounds the number of commands, and logs each.

use tracing::{debug, trace};
use zeroize::Zeroizing;

use super::command::{ChainForm, ChainLe, CommandApdu, Le, LengthFields, MAX_SHORT_RESPONSE};
use super::secret_buffer::SecretBuffer;
use super::{ResponseApdu, StatusWord, commands};
use crate::transport::{CardChannel, PinPadCommand, TransmissionProtocol, TransportError};

/// The most bytes that are collected for one command.
const MAX_RESPONSE: usize = 65_536;

/// Why an exchange gave no response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExchangeError {
    /// The transport failed.
    Transport(TransportError),
    /// The response is no response APDU, or longer than any.
    Malformed,
    /// The operation has used up its commands.
    BudgetExhausted,
    /// A length does not fit the APDU's form (a bug above, or an absurd length).
    Length,
}

impl From<TransportError> for ExchangeError {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

/// The commands of one transaction, with a bound on their number.
pub(crate) struct Exchange<'a> {
    channel: &'a mut dyn CardChannel,
    commands_left: u32,
    protocol: TransmissionProtocol,
}

impl<'a> Exchange<'a> {
    /// At most `budget` commands will be sent.
    pub(crate) fn new(channel: &'a mut dyn CardChannel, budget: u32) -> Self {
        let protocol = channel.protocol();
        Self { channel, commands_left: budget, protocol }
    }

    /// The bytes to send. With T=0 a command with data goes without its Le; the card offers the response with `61xx`
    /// (ISO/IEC 7816-3:2006, 12.2.5), and there are no extended length fields.
    fn encode(&self, command: &CommandApdu, form: LengthFields) -> Result<SecretBuffer, ExchangeError> {
        let bytes = match self.protocol {
            TransmissionProtocol::T1 => command.encode(form),
            TransmissionProtocol::T0 => command.encode_for_t0(),
        };
        bytes.ok_or(ExchangeError::Length)
    }

    /// Sends a command in short form exactly once, whatever the card answers.
    pub(crate) fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ExchangeError> {
        let bytes = self.encode(command, LengthFields::Short)?;
        self.send(command, &bytes)
    }

    /// The same, with PINs that are typed on the reader's PIN pad into `fields` fields of equal length.
    pub(crate) fn transmit_pin_pad(
        &mut self,
        command: &CommandApdu,
        fields: usize,
        digits: (usize, usize),
    ) -> Result<ResponseApdu, ExchangeError> {
        let bytes = self.encode(command, LengthFields::Short)?;
        let field_length = command.data.len().checked_div(fields).ok_or(ExchangeError::Length)?;
        self.count()?;
        let response =
            self.channel.send_on_pin_pad(&PinPadCommand { command: &bytes, fields, field_length, digits });
        log(command, &bytes, &response);
        ResponseApdu::parse(response?).ok_or(ExchangeError::Malformed)
    }

    /// Sends a command and collects the whole response: GET RESPONSE after `61xx` (ISO/IEC 7816-4, 11.8.1), and the
    /// command again with the Le of a `6Cxx`, at most once. Only for commands that carry no PIN.
    pub(crate) fn transmit_and_collect(
        &mut self,
        command: &CommandApdu,
        form: LengthFields,
    ) -> Result<ResponseApdu, ExchangeError> {
        let bytes = self.encode(command, form)?;
        let mut first = self.send(command, &bytes)?;
        if let (Some(le), Le::UpTo(_)) = (first.status.exact_le(), command.le) {
            let again = command.again(Le::UpTo(u32::from(le))).ok_or(ExchangeError::Length)?;
            let bytes = self.encode(&again, form)?;
            first = self.send(&again, &bytes)?;
        }
        self.collect(command, first)
    }

    /// Sends a command as a chain of short ones (ISO/IEC 7816-4, 5.3.3) and collects the response of the last. A block
    /// that is not answered `9000` ends it; that response is returned.
    pub(crate) fn chained(
        &mut self,
        command: &CommandApdu,
        form: ChainForm,
    ) -> Result<ResponseApdu, ExchangeError> {
        let form = match self.protocol {
            TransmissionProtocol::T0 => ChainForm { le: ChainLe::None, ..form },
            TransmissionProtocol::T1 => form,
        };
        let chain = command.encode_chain(form).ok_or(ExchangeError::Length)?;
        let Some((last, blocks)) = chain.split_last() else {
            return Err(ExchangeError::Length);
        };
        for block in blocks {
            let response = self.send(command, block)?;
            if !matches!(response.status, StatusWord::SUCCESS | StatusWord::SUCCESS_MEMORY_WEAK) {
                return Ok(response);
            }
        }
        let response = self.send(command, last)?;
        self.collect(command, response)
    }

    fn collect(&mut self, command: &CommandApdu, first: ResponseApdu) -> Result<ResponseApdu, ExchangeError> {
        let ResponseApdu { mut data, mut status } = first;
        while let Some(available) = status.bytes_available() {
            let mut get_response = commands::get_response(u32::from(available).min(MAX_SHORT_RESPONSE));
            get_response.secret = command.secret;
            let bytes = self.encode(&get_response, LengthFields::Short)?;
            let mut next = self.send(&get_response, &bytes)?;
            if let Some(le) = next.status.exact_le() {
                get_response.le = Le::UpTo(u32::from(le));
                let bytes = self.encode(&get_response, LengthFields::Short)?;
                next = self.send(&get_response, &bytes)?;
            }
            if next.data.is_empty() && next.status.bytes_available().is_some() {
                return Err(ExchangeError::Malformed);
            }
            data = joined(&data, &next.data)?;
            status = next.status;
        }
        Ok(ResponseApdu { data, status })
    }

    fn send(&mut self, command: &CommandApdu, bytes: &[u8]) -> Result<ResponseApdu, ExchangeError> {
        self.count()?;
        let response = self.channel.transmit(bytes);
        log(command, bytes, &response);
        ResponseApdu::parse(response?).ok_or(ExchangeError::Malformed)
    }

    fn count(&mut self) -> Result<(), ExchangeError> {
        self.commands_left = self.commands_left.checked_sub(1).ok_or(ExchangeError::BudgetExhausted)?;
        Ok(())
    }
}

/// A new buffer of the exact size, so that none grows and leaves a copy behind.
fn joined(left: &[u8], right: &[u8]) -> Result<Zeroizing<Vec<u8>>, ExchangeError> {
    let length = left.len() + right.len();
    if length > MAX_RESPONSE {
        return Err(ExchangeError::Malformed);
    }
    let mut data = Zeroizing::new(Vec::with_capacity(length));
    data.extend_from_slice(left);
    data.extend_from_slice(right);
    Ok(data)
}

/// The one log line per command: names, lengths and the status word. Bodies at trace level, never of a secret.
fn log(command: &CommandApdu, bytes: &[u8], response: &Result<Zeroizing<Vec<u8>>, TransportError>) {
    let CommandApdu { name, p1, p2, .. } = *command;
    let (lc, le) = (command.data.len(), command.le);
    match response {
        Ok(response) => match response.split_last_chunk::<2>() {
            Some((data, &status)) => {
                let status = StatusWord(u16::from_be_bytes(status));
                debug!(target: "cns_card::apdu", "{name} P1P2={p1:02X}{p2:02X} Lc={lc} Le={le} -> {} bytes, {status:?}", data.len());
            }
            None => {
                debug!(target: "cns_card::apdu", "{name} P1P2={p1:02X}{p2:02X} Lc={lc} Le={le} -> {} bytes, no status word", response.len())
            }
        },
        Err(error) => {
            debug!(target: "cns_card::apdu", "{name} P1P2={p1:02X}{p2:02X} Lc={lc} Le={le} -> {error}")
        }
    }
    if !command.secret {
        let response = response.as_ref().map_or(&[][..], |response| response.as_slice());
        trace!(target: "cns_card::apdu", "> {} < {}", Hexadecimal(bytes), Hexadecimal(response));
    }
}

/// Bytes as the log has them.
pub(crate) struct Hexadecimal<'a>(pub(crate) &'a [u8]);

impl std::fmt::Display for Hexadecimal<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

impl std::fmt::Display for Le {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Absent => f.write_str("-"),
            Self::UpTo(n) => write!(f, "{n}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use hex_literal::hex;

    use super::*;
    use crate::transport::Disposition;

    /// Answers from a list; the last one for ever.
    struct Script {
        responses: Vec<Vec<u8>>,
        sent: Vec<Vec<u8>>,
    }

    impl CardChannel for Script {
        fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
            self.sent.push(command.to_vec());
            let response =
                if self.responses.len() > 1 { self.responses.remove(0) } else { self.responses[0].clone() };
            Ok(Zeroizing::new(response))
        }
        fn end(self: Box<Self>, _: Disposition) -> Result<(), TransportError> {
            Ok(())
        }
    }

    type RunResult = Result<(Vec<u8>, u16), ExchangeError>;

    fn run(responses: &[&[u8]], budget: u32) -> (RunResult, Vec<Vec<u8>>) {
        let mut script = Script { responses: responses.iter().map(|a| a.to_vec()).collect(), sent: vec![] };
        let read = CommandApdu::new("READ BINARY", 0xB0, 0, 0).with_le(255);
        let result = Exchange::new(&mut script, budget).transmit_and_collect(&read, LengthFields::Short);
        (result.map(|r| (r.data.to_vec(), r.status.0)), script.sent)
    }

    #[test]
    fn pieces_are_joined() {
        let (result, sent) = run(&[&hex!("01 6102"), &hex!("0203 6100"), &hex!("04 9000")], 9);
        assert_eq!(result, Ok((vec![1, 2, 3, 4], 0x9000)));
        assert_eq!(sent, [hex!("00B00000FF"), hex!("00C0000002"), hex!("00C0000000")]);
    }

    #[test]
    fn a_wrong_le_is_corrected_once() {
        let (result, sent) = run(&[&hex!("6C02"), &hex!("0102 9000")], 9);
        assert_eq!(result, Ok((vec![1, 2], 0x9000)));
        assert_eq!(sent, [hex!("00B00000FF"), hex!("00B0000002")]);
        let (result, sent) = run(&[&hex!("6C02")], 9);
        assert_eq!((result, sent.len()), (Ok((vec![], 0x6C02)), 2));
    }

    #[test]
    fn endless_and_absurd_answers_end() {
        assert_eq!(run(&[&hex!("6110")], 9).0, Err(ExchangeError::Malformed));
        assert_eq!(run(&[&hex!("01 6110")], 9).0, Err(ExchangeError::BudgetExhausted));
        assert_eq!(run(&[&hex!("01 6110")], 9).1.len(), 9);
        assert_eq!(run(&[&[]], 9).0, Err(ExchangeError::Malformed));
        assert_eq!(run(&[&[0x90]], 9).0, Err(ExchangeError::Malformed));
        let long = [vec![0; 300], vec![0x61, 0x00]].concat();
        assert_eq!(run(&[&long], 300).0, Err(ExchangeError::Malformed), "more than 65,536 bytes in all");
    }

    /// ISO/IEC 7816-4:2020, 5.3.3: a chain goes on after 9000 only; what else a block is answered is the response.
    #[test]
    fn a_chain_ends_at_the_first_block_that_is_refused() {
        let cases = [
            ([0x9000_u16, 0x9000], (0x9000, 2)),
            ([0x9001, 0x9000], (0x9000, 2)),
            ([0x6883, 0x9000], (0x6883, 1)),
        ];
        for (responses, seen) in cases {
            let responses = responses.map(|status| status.to_be_bytes().to_vec()).to_vec();
            let mut script = Script { responses, sent: vec![] };
            let long = CommandApdu::new("PSO", 0x2A, 0x80, 0x86).with_data(&[0; 256]);
            let response = Exchange::new(&mut script, 9).chained(&long, ChainForm::FEWEST);
            assert_eq!((response.map(|response| response.status.0), script.sent.len()), (Ok(seen.0), seen.1));
        }
    }

    /// The longest response that a response APDU can have (ISO/IEC 7816-4:2020, 5.2: Ne up to 65,536) is still one.
    #[test]
    fn an_answer_in_pieces_may_be_as_long_as_the_longest_in_one() {
        let half = [vec![7; 32_768], vec![0x61, 0x00]].concat();
        let end = |length| [vec![7; length], vec![0x90, 0x00]].concat();
        let (longest, _) = run(&[&half, &end(32_768)], 9);
        assert_eq!(longest.map(|(data, status)| (data.len(), status)), Ok((65_536, 0x9000)));
        assert_eq!(run(&[&half, &end(32_769)], 9).0, Err(ExchangeError::Malformed));
    }

    /// ISO/IEC 7816-4:2020, 5.6: `6Cxx` to GET RESPONSE, too, names the Le that the card wants.
    #[test]
    fn get_response_is_corrected_once() {
        let (result, sent) = run(&[&hex!("6110"), &hex!("6C02"), &hex!("0102 9000")], 9);
        assert_eq!(result, Ok((vec![1, 2], 0x9000)));
        assert_eq!(sent, [hex!("00B00000FF"), hex!("00C0000010"), hex!("00C0000002")]);
        let (result, sent) = run(&[&hex!("6110"), &hex!("6C02")], 9);
        assert_eq!((result, sent.len()), (Ok((vec![], 0x6C02)), 3));
    }

    #[test]
    fn transmit_sends_once() {
        for status in [hex!("6110"), hex!("6C08"), hex!("6700")] {
            let mut script = Script { responses: vec![status.to_vec()], sent: vec![] };
            let verify = CommandApdu::new("VERIFY", 0x20, 0, 0x10).with_secret(Zeroizing::new(vec![0x31; 8]));
            assert!(Exchange::new(&mut script, 9).transmit(&verify).is_ok());
            assert_eq!(script.sent.len(), 1);
        }
    }
}
