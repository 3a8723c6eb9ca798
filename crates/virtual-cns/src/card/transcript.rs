//! The transcript: what was asked of the card, command by command, in words a person can review.
//!
//! Names and lengths only. A command's data is shown when it names a file, a key or an application, and never for
//! the PIN commands.

use crate::command::Command;

/// One command and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The command in words: `SELECT 1100/1101`, `READ BINARY @0 255`, `VERIFY P2=10`.
    pub name: String,
    /// Class byte.
    pub cla: u8,
    /// Instruction byte.
    pub ins: u8,
    /// First parameter.
    pub p1: u8,
    /// Second parameter.
    pub p2: u8,
    /// Length of the command data.
    pub lc: usize,
    /// The length asked for, if an Le field was there (0 written as 256 or 65536).
    pub le: Option<usize>,
    /// Length of the response data, without the status word.
    pub response_len: usize,
    /// The status word; 0 when the answer had none.
    pub sw: u16,
    /// All bytes of command and answer.
    pub bytes: usize,
}

impl std::fmt::Display for Exchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} -> {:04X}", self.name, self.sw)?;
        if self.response_len > 0 { write!(f, " +{}", self.response_len) } else { Ok(()) }
    }
}

impl Exchange {
    pub(super) fn new(command: &[u8], answer: &[u8]) -> Self {
        let (response_len, sw) = match answer {
            [data @ .., high, low] => (data.len(), u16::from_be_bytes([*high, *low])),
            short => (short.len(), 0),
        };
        let byte = |at: usize| command.get(at).copied().unwrap_or(0);
        let parsed = Command::parse(command).ok();
        let name = match &parsed {
            Some(parsed) => name_of(parsed),
            None => format!("MALFORMED {} bytes", command.len()),
        };
        let (lc, le) = parsed.map_or((0, None), |parsed| (parsed.data.len(), parsed.expected));
        let bytes = command.len() + answer.len();
        let (cla, ins, p1, p2) = (byte(0), byte(1), byte(2), byte(3));
        Exchange { name, cla, ins, p1, p2, lc, le, response_len, sw, bytes }
    }
}

fn name_of(command: &Command) -> String {
    let Command { ins, p1, p2, data, .. } = command;
    let length = command.expected.map_or_else(|| "-".into(), |le| le.to_string());
    let name = match (ins, p1, p2) {
        (0xA4, ..) => select_name(command),
        (0xB0, ..) => format!("READ BINARY @{} {length}", command.parameters()),
        (0xD6, ..) => format!("UPDATE BINARY @{} {}", command.parameters(), data.len()),
        (0x20, ..) if data.is_empty() => format!("VERIFY P2={p2:02X} empty"),
        (0x20, ..) => format!("VERIFY P2={p2:02X}"),
        (0x24, ..) => format!("CHANGE REFERENCE DATA P2={p2:02X}"),
        (0x2C, ..) => format!("RESET RETRY COUNTER P2={p2:02X}"),
        (0x22, 0xF3, _) => format!("MSE RESTORE {p2:02X}"),
        (0x22, ..) => {
            format!("MSE SET {p2:02X} key {}", data.last().map_or("-".into(), |key| format!("{key:02X}")))
        }
        (0x2A, 0x80, 0x86) => format!("PSO DECIPHER {}", data.len()),
        (0x2A, 0x9E, 0x9A) => format!("PSO SIGN {}", data.len()),
        (0x2A, ..) => format!("PSO {p1:02X}{p2:02X}"),
        (0x84, ..) => format!("GET CHALLENGE {length}"),
        (0xC0, ..) => format!("GET RESPONSE {length}"),
        (0xCA, ..) => format!("GET DATA {:04X}", command.parameters()),
        _ => format!("INS {ins:02X}"),
    };
    match command.cla {
        0x00 => name,
        0x10 => format!("{name} (chained)"),
        other => format!("{name} (class {other:02X})"),
    }
}

fn select_name(command: &Command) -> String {
    let groups: Vec<String> =
        command.data.chunks(2).map(|pair| pair.iter().map(|byte| format!("{byte:02X}")).collect()).collect();
    let target = match command.p1 {
        0x04 => format!("AID {}", groups.concat()),
        0x03 => "parent".into(),
        0x09 => format!("./{}", groups.join("/")),
        _ if groups.is_empty() => "MF".into(),
        _ => groups.join("/"),
    };
    match command.p2 {
        0x00 => format!("SELECT {target}"),
        p2 => format!("SELECT {target} P2={p2:02X}"),
    }
}
