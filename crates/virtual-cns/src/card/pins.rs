//! The PIN commands: VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER (ISO 7816-4 section 7.5).
//!
//! Every change of a counter is on disk before the answer leaves the card.

use super::{Answer, Card, Reply};
use crate::command::Command;
use crate::filesystem::FileId;
use crate::personality::VerifyWithoutData;
use crate::security::{Outcome, is_well_formed};

impl Card {
    pub(super) fn verify(&mut self, command: &Command) -> Reply {
        self.verify_count += 1;
        if command.p1 != 0x00 {
            return Err(0x6A86);
        }
        let (number, home) = self.named_pin(command.p2)?;
        match (command.data.len(), command.expected) {
            (8, None) => self.offer(number, home, &command.data),
            (0, None) => self.verify_nothing(number, home),
            _ => Err(0x6700),
        }
    }

    fn verify_nothing(&mut self, number: u8, home: FileId) -> Reply {
        match self.personality.behaviour.verify_without_data {
            VerifyWithoutData::WrongLength => Err(0x6700),
            VerifyWithoutData::CountsAsWrong => self.offer(number, home, &[]),
            VerifyWithoutData::TellsTries => match self.key_store.pin(number, home) {
                None => Err(0x6A88),
                Some(pin) if pin.tries == 0 => Err(0x6983),
                Some(pin) if pin.verified => Answer::done(),
                Some(pin) => Err(0x63C0 | u16::from(pin.tries)),
            },
        }
    }

    fn offer(&mut self, number: u8, home: FileId, value: &[u8]) -> Reply {
        self.compare(number, home, value)?;
        if let Some(pin) = self.key_store.pin(number, home) {
            pin.verified = true;
        }
        Answer::done()
    }

    pub(super) fn change_reference_data(&mut self, command: &Command) -> Reply {
        if command.p1 != 0x00 {
            return Err(0x6A86);
        }
        let (number, home) = self.named_pin(command.p2)?;
        let (old, new) = two_references(command)?;
        self.compare(number, home, old)?;
        self.replace(number, home, new)
    }

    pub(super) fn reset_retry_counter(&mut self, command: &Command) -> Reply {
        if command.p1 != 0x00 {
            return Err(0x6A86);
        }
        let (number, home) = self.named_pin(command.p2)?;
        let (unblocking, new) = two_references(command)?;
        let puk = self.key_store.pin(number, home).and_then(|pin| pin.unblocked_by).ok_or(0x6A88_u16)?;
        self.compare(puk, home, unblocking)?;
        self.replace(number, home, new)?;
        if let Some(pin) = self.key_store.pin(number, home) {
            pin.tries = pin.limit;
        }
        self.save()?;
        Answer::done()
    }

    fn replace(&mut self, number: u8, home: FileId, new: &[u8]) -> Reply {
        if !is_well_formed(new) {
            return Err(0x6A80);
        }
        if let Some(pin) = self.key_store.pin(number, home) {
            pin.value.copy_from_slice(new);
        }
        self.save()?;
        Answer::done()
    }

    /// Compares, counts, writes the counter down, and says it in status words.
    fn compare(&mut self, number: u8, home: FileId, value: &[u8]) -> Result<(), u16> {
        let outcome = self.key_store.pin(number, home).ok_or(0x6A88_u16)?.compare(value);
        self.save()?;
        match outcome {
            Outcome::Right => Ok(()),
            Outcome::Blocked => Err(0x6983),
            Outcome::Wrong(_) if !self.personality.behaviour.wrong_pin_tells_tries => Err(0x6300),
            Outcome::Wrong(left) => Err(0x63C0 | u16::from(left)),
        }
    }

    /// What P2 names. Bit 8 means "search upwards from here" on the cards that know it; those find the PIN without it
    /// only while the MF is current.
    fn named_pin(&mut self, p2: u8) -> Result<(u8, FileId), u16> {
        let directory = self.directory.ok_or(0x6A88_u16)?;
        let root = self.files.root_of(directory);
        let upwards = p2 & 0x80 != 0;
        let number = p2 & 0x7F;
        let reachable = match self.personality.behaviour.local_pin_bit {
            true => upwards || directory == root,
            false => !upwards,
        };
        // A DF may have a PIN of the same number: the nearest one is meant.
        let mut home = directory;
        while home != root && self.key_store.pin(number, home).is_none() {
            home = self.files.file(home).parent.unwrap_or(root);
        }
        if !reachable || self.key_store.pin(number, home).is_none() {
            return Err(0x6A88);
        }
        Ok((number, home))
    }
}

fn two_references(command: &Command) -> Result<(&[u8], &[u8]), u16> {
    if command.data.len() != 16 || command.expected.is_some() {
        return Err(0x6700);
    }
    Ok(command.data.split_at(8))
}
