//! The readers of these tests. The virtual card never sees a hidden PIN: a command that carries one is looked at, and
//! another one, with the card's own PIN or PUK, goes on to the card.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use cns_card::{CardChannel, CardConnection, Continuity, Disposition, Transport, TransportError};
use virtual_cns::in_process::Readers;
use virtual_cns::{DEFAULT_PIN, DEFAULT_PUK};
use zeroize::Zeroizing;

use crate::common::readers::{InProcess, Wrapped};
use crate::hidden::protection;

/// What becomes of commands with a PIN.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// The card finds what it keeps.
    Right,
    /// The card finds something else.
    Wrong,
    /// The transport panics with the PIN in its hands.
    Panics,
    /// It panics, and its message tells the PIN.
    PanicsAloud,
}

static MANNER: Mutex<Manner> = Mutex::new(Manner::Right);
static SEEN: Mutex<Vec<SecretCommand>> = Mutex::new(Vec::new());

/// A command that carried a PIN: its instruction, and how the memory was protected where it lay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SecretCommand(pub(crate) u8, pub(crate) Vec<&'static str>);

pub(crate) fn behave(manner: Manner) {
    *sound(&MANNER) = manner;
}

/// The PIN commands since the last time.
pub(crate) fn seen() -> Vec<SecretCommand> {
    std::mem::take(&mut sound(&SEEN))
}

fn sound<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// These readers, through which no hidden PIN reaches the card.
pub(crate) fn exchanging(readers: Readers) -> impl Transport {
    Wrapped(InProcess(readers), |connection| {
        Box::new(ExchangingConnection(connection)) as Box<dyn CardConnection>
    })
}

struct ExchangingConnection(Box<dyn CardConnection>);

struct ExchangingChannel<'a>(Box<dyn CardChannel + 'a>);

impl CardConnection for ExchangingConnection {
    fn atr(&self) -> &[u8] {
        self.0.atr()
    }

    fn status(&mut self) -> Result<Continuity, TransportError> {
        self.0.status()
    }

    fn begin(&mut self) -> Result<(Box<dyn CardChannel + '_>, Continuity), TransportError> {
        let (channel, continuity) = self.0.begin()?;
        Ok((Box::new(ExchangingChannel(channel)), continuity))
    }

    fn wait_until(&mut self, deadline: Option<Instant>) {
        self.0.wait_until(deadline);
    }

    fn disconnect(self: Box<Self>, disposition: Disposition) -> Result<(), TransportError> {
        self.0.disconnect(disposition)
    }
}

impl CardChannel for ExchangingChannel<'_> {
    fn max_command_data(&self) -> Option<usize> {
        self.0.max_command_data()
    }

    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        let (instruction, data) = (command[1], command.get(5..).unwrap_or_default());
        if !matches!(instruction, 0x20 | 0x24 | 0x2C) || data.is_empty() {
            return self.0.transmit(command);
        }
        sound(&SEEN).push(SecretCommand(instruction, protection(command.as_ptr() as u64)));
        let manner = *sound(&MANNER);
        match manner {
            Manner::Panics => panic!("planted"),
            Manner::PanicsAloud => {
                panic!("planted: {} is {command:02x?}", String::from_utf8_lossy(data));
            }
            Manner::Right | Manner::Wrong => {}
        }
        let pin = if manner == Manner::Right { DEFAULT_PIN } else { "99999" };
        let puk = if manner == Manner::Right { DEFAULT_PUK } else { "99999999" };
        // The new PIN is the card's own one: it keeps what it has.
        let fields: &[&str] = match instruction {
            0x20 => &[pin],
            0x24 => &[pin, DEFAULT_PIN],
            _ => &[puk, DEFAULT_PIN],
        };
        let mut exchanged = command[..5].to_vec();
        fields
            .iter()
            .for_each(|field| exchanged.extend(format!("{field:\u{ff}<8}").chars().map(|c| c as u8)));
        assert_eq!(exchanged.len(), command.len(), "a PIN command of {instruction:02X}");
        self.0.transmit(&exchanged)
    }

    fn end(self: Box<Self>, disposition: Disposition) -> Result<(), TransportError> {
        self.0.end(disposition)
    }
}
