//! The transmission protocols; T=0, the protocol of characters, and the answer to reset that offers it
//! (ISO/IEC 7816-3:2006, clauses 8.2, 10 and 12.2).

use super::{Answer, Card, Reply, low_byte, more};
use crate::command::Command;

/// A transmission protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// One byte P3 is Lc or Le: no command has both.
    T0,
    /// The whole command APDU.
    T1,
}

/// The answer to reset of a card with the same historical bytes that offers T=0 alone: no interface bytes, and so no check
/// byte (8.2).
pub(super) fn answer_to_reset(atr: &[u8]) -> Vec<u8> {
    let format = atr[1];
    let (mut at, mut indicator) = (2, format);
    while indicator & 0xF0 != 0 {
        let interface_bytes = (indicator >> 4).count_ones() as usize;
        at += interface_bytes;
        indicator = if indicator & 0x80 == 0 { 0 } else { atr[at - 1] };
    }
    let length = format & 0x0F;
    [&[0x3B, length], &atr[at..at + usize::from(length)]].concat()
}

impl Card {
    /// The protocol that this card speaks.
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// ISO/IEC 7816-3:2006, 12.2: what has data has no Le, and its response waits for GET RESPONSE (61xx); an Le that asks
    /// for more than there is names the right one (6Cxx).
    pub(super) fn reply_in_t0(&mut self, command: Command) -> Reply {
        let has_data = !command.data.is_empty();
        if command.extended || (has_data && command.expected.is_some()) {
            return Err(0x6700);
        }
        let kept = std::mem::take(&mut self.kept);
        if command.ins == 0xC0 {
            self.kept = kept;
            return match command.expected {
                Some(expected) if expected > self.kept.len() && !self.kept.is_empty() => {
                    Err(0x6C00 | low_byte(self.kept.len()))
                }
                _ => self.rest(&command),
            };
        }
        let Some(mut command) = self.join_chain(command)? else { return Answer::done() };
        let ne = command.expected;
        if matches!(command.ins, 0xA4 | 0x2A) && has_data {
            command.expected = Some(65_536);
        }
        let mut answer = self.instruction(&command)?;
        let length = answer.data.len();
        match ne {
            None if length > 0 => {
                self.kept = std::mem::take(&mut answer.data);
                answer.status = more(length);
            }
            Some(ne) if ne > length && length > 0 => return Err(0x6C00 | low_byte(length)),
            Some(ne) => answer.data.truncate(ne),
            None => {}
        }
        Ok(answer)
    }
}
