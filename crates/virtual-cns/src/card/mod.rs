//! The card: power, the current file, one command after another.
//!
//! The dispatch is here; what the instructions do is in the files beside, by chapter: `files`, `pins`, `keys`. A card
//! without power answers nothing. It must not know readers, sockets or PC/SC.

mod access;
pub(crate) mod builder;
mod certificates;
mod files;
mod keys;
mod latency;
mod pins;
mod protocol;
mod response;
mod state;
mod t0;
mod transcript;

use crate::command::Command;
use crate::filesystem::{FileId, FileSystem};
use crate::holders::Holder;
use crate::personality::{Chaining, Personality, Surplus};
use crate::security::KeyStore;
pub use latency::{Latency, Traffic};
pub use protocol::Protocol;
pub(crate) use response::{Answer, Reply};
use response::{low_byte, more};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant;
pub use transcript::Exchange;

/// A card that a reader and a test hold together.
pub type SharedCard = Arc<Mutex<Card>>;

/// What a fault does to a card.
pub type Effect = crate::faults::Effect<SharedCard>;
/// A fault of a card.
pub type Fault = crate::faults::Fault<SharedCard>;
/// The faults of a card.
pub type Faults = crate::faults::Faults<SharedCard>;
/// What a fault did to a card that its host must act on.
pub type Incident = crate::faults::Incident<SharedCard>;

/// One virtual card.
#[derive(Debug)]
pub struct Card {
    personality: Personality,
    holder: Holder,
    card_id: String,
    certificate: Vec<u8>,
    signature_certificate: Option<Vec<u8>>,
    further_certificates: Vec<Vec<u8>>,
    atr: Vec<u8>,
    files: FileSystem,
    key_store: KeyStore,
    start: Option<FileId>,
    data_objects: Vec<(u16, Vec<u8>)>,
    powered: bool,
    directory: Option<FileId>,
    elementary: Option<FileId>,
    chained: Option<Command>,
    protocol: Protocol,
    kept: Vec<u8>,
    challenge: u64,
    latency: Latency,
    faults: Faults,
    transcript: Vec<Exchange>,
    traffic: Traffic,
    verify_count: usize,
    signature_count: usize,
    state: Option<PathBuf>,
}

impl Card {
    /// Gives the card power: everything volatile starts afresh.
    pub fn power_on(&mut self) {
        self.forget();
        self.powered = true;
    }

    /// Takes the power away.
    pub fn power_off(&mut self) {
        self.forget();
        self.powered = false;
    }

    /// A reset, warm or cold: the same as power off and on.
    pub fn reset(&mut self) {
        self.power_on();
    }

    /// Whether the card has power.
    pub fn is_powered(&self) -> bool {
        self.powered
    }

    fn forget(&mut self) {
        self.key_store.forget();
        self.directory = self.start;
        self.elementary = None;
        self.chained = None;
        self.kept.clear();
    }

    /// Sends a command and takes the answer. Empty means that no answer came.
    pub fn transmit(&mut self, command: &[u8]) -> Vec<u8> {
        if !self.powered {
            return Vec::new();
        }
        let arrival = Instant::now();
        let (hooked, fault) = self.faults.due(command);
        let answer = match (hooked, fault) {
            (Some(answer), _) => answer,
            (None, None) => self.execute(command),
            (None, Some(fault)) => self.apply_fault(&fault, command),
        };
        let bytes = command.len() + answer.len();
        self.latency.wait(bytes);
        self.traffic.add(bytes, arrival);
        self.transcript.push(Exchange::new(command, &answer));
        answer
    }

    fn apply_fault(&mut self, fault: &Fault, command: &[u8]) -> Vec<u8> {
        let own = if fault.executed { self.execute(command) } else { Vec::new() };
        match &fault.effect {
            Effect::Answer(bytes) => bytes.clone(),
            Effect::Append(bytes) => {
                let mut answer = if fault.executed { own } else { self.execute(command) };
                answer.extend_from_slice(bytes);
                answer
            }
            Effect::Surplus(bytes) => {
                let mut answer = if fault.executed { own } else { self.execute(command) };
                let data = answer.len().saturating_sub(2);
                answer.splice(data..data, bytes.iter().copied());
                answer
            }
            Effect::Delay(time) => {
                std::thread::sleep(*time);
                if fault.executed { own } else { self.execute(command) }
            }
            Effect::Reset => {
                self.reset();
                self.faults.report(Incident::Reset);
                own
            }
            Effect::Timeout => {
                self.faults.report(Incident::TimedOut);
                Vec::new()
            }
            Effect::Remove => self.lose_power(Incident::Removed),
            Effect::Reinsert => self.lose_power(Incident::Reinserted),
            Effect::Replace(other) => self.lose_power(Incident::Replaced(Arc::clone(other))),
            Effect::Unplug => self.lose_power(Incident::Unplugged),
            Effect::StopService => self.lose_power(Incident::ServiceStopped),
        }
    }

    fn lose_power(&mut self, incident: Incident) -> Vec<u8> {
        self.power_off();
        self.faults.report(incident);
        Vec::new()
    }

    /// The card itself, without faults.
    fn execute(&mut self, bytes: &[u8]) -> Vec<u8> {
        let reply = self.reply(bytes);
        let (mut answer, status) = match reply {
            Ok(Answer { data, status }) => (data, status),
            Err(status) => (Vec::new(), status),
        };
        answer.extend(status.to_be_bytes());
        answer
    }

    fn reply(&mut self, bytes: &[u8]) -> Reply {
        let command = Command::parse(bytes).map_err(|_| 0x6700_u16)?;
        if self.protocol == Protocol::T0 {
            return self.reply_in_t0(command);
        }
        let kept = std::mem::take(&mut self.kept);
        let Some(command) = self.join_chain(command)? else { return Answer::done() };
        if command.extended && !self.personality.behaviour.extended {
            return Err(0x6700);
        }
        if command.ins == 0xC0 && self.personality.behaviour.surplus == Surplus::GetResponse {
            self.kept = kept;
            return self.rest(&command);
        }
        let answer = self.instruction(&command)?;
        self.fit_length(answer, command.expected)
    }

    /// The class byte: plain, chained, or refused. A chain in the making answers `None`.
    fn join_chain(&mut self, mut command: Command) -> Result<Option<Command>, u16> {
        let begun = self.chained.take();
        match (command.cla, self.personality.behaviour.chaining) {
            (0x00, _) => {}
            (0x10, Chaining::Accepted) if command.ins == 0x2A => {}
            (0x10, Chaining::Accepted) => return Err(0x6884),
            (0x10, Chaining::Refused(status)) => return Err(status),
            (0x04 | 0x08 | 0x0C, _) => return Err(0x6882),
            (0x01..=0x03, _) => return Err(0x6881),
            _ => return Err(0x6E00),
        }
        if let Some(mut chain) = begun {
            let same = |one: &Command| (one.ins, one.p1, one.p2);
            if same(&chain) != same(&command) {
                return Err(0x6883);
            }
            chain.data.append(&mut command.data);
            command.data = chain.data;
            command.extended |= chain.extended;
        }
        if command.cla == 0x00 {
            return Ok(Some(command));
        }
        if (command.expected.is_some() && !self.personality.behaviour.le_in_chain)
            || command.data.len() > 4096
        {
            return Err(0x6700);
        }
        self.chained = Some(command);
        Ok(None)
    }

    fn instruction(&mut self, command: &Command) -> Reply {
        match command.ins {
            0xA4 => self.select(command),
            0xB0 => self.read_binary(command),
            0xD6 => self.update_binary(command),
            0xCA => self.get_data(command),
            0x20 => self.verify(command),
            0x24 => self.change_reference_data(command),
            0x2C => self.reset_retry_counter(command),
            0x22 => self.manage_security_environment(command),
            0x2A => self.perform_security_operation(command),
            0x84 => self.get_challenge(command),
            _ => Err(0x6D00),
        }
    }

    /// Fits an answer to what the reader is ready to take.
    fn fit_length(&mut self, mut answer: Answer, expected: Option<usize>) -> Reply {
        let length = answer.data.len();
        if length <= expected.unwrap_or(0) {
            return Ok(answer);
        }
        match (self.personality.behaviour.surplus, expected) {
            (Surplus::GetResponse, _) => {
                self.kept = answer.data.split_off(expected.unwrap_or(0));
                answer.status = more(self.kept.len());
                Ok(answer)
            }
            (Surplus::ExactLe, Some(_)) => Err(0x6C00 | low_byte(length)),
            (Surplus::Dropped | Surplus::ExactLe, _) => {
                answer.data.truncate(expected.unwrap_or(0));
                Ok(answer)
            }
        }
    }

    /// GET RESPONSE.
    fn rest(&mut self, command: &Command) -> Reply {
        if command.parameters() != 0 {
            return Err(0x6A86);
        }
        let (Some(expected), true) = (command.expected, command.data.is_empty()) else { return Err(0x6700) };
        if self.kept.is_empty() {
            return Err(0x6985);
        }
        let later = self.kept.split_off(expected.min(self.kept.len()));
        let data = std::mem::replace(&mut self.kept, later);
        let status = if self.kept.is_empty() { 0x9000 } else { more(self.kept.len()) };
        Ok(Answer { data, status })
    }
}
