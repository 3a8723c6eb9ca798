//! T=0, the protocol of characters (ISO/IEC 7816-3:2006, clauses 10 and 12.2).

use super::protocol::Protocol;
use super::{Answer, Card, Reply, low_byte, more};
use crate::command::Command;

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
