//! The key commands: MANAGE SECURITY ENVIRONMENT, PERFORM SECURITY OPERATION, GET CHALLENGE (ISO 7816-8).
//!
//! The block that a decipher gets is raw: this card does not look at its padding, and it knows none of the module's.

use super::{Answer, Card, Reply};
use crate::command::Command;
use crate::security::{BadBlock, Environment, Key};
use sha2::{Digest, Sha256};

impl Card {
    pub(super) fn manage_security_environment(&mut self, command: &Command) -> Reply {
        match (command.p1, command.p2) {
            (0xF3, 0x03) => {
                if !command.data.is_empty() {
                    return Err(0x6700);
                }
                self.key_store.environment = Environment { restored: Some(0x03), ..Environment::default() };
            }
            (0xF3, _) => return Err(0x6A88),
            (0xF1, template @ (0xB8 | 0xB6)) => self.set_key(command, template)?,
            _ => return Err(0x6A86),
        }
        Answer::done()
    }

    fn set_key(&mut self, command: &Command, template: u8) -> Result<(), u16> {
        if command.data.is_empty() || command.expected.is_some() {
            return Err(0x6700);
        }
        let [0x83, 0x01, number] = command.data[..] else { return Err(0x6A80) };
        if self.personality.behaviour.restore_first && self.key_store.environment.restored.is_none() {
            return Err(0x6985);
        }
        self.key(number)?;
        let environment = &mut self.key_store.environment;
        match template {
            0xB8 => environment.decipher_key = Some(number),
            _ => environment.signature_key = Some(number),
        }
        Ok(())
    }

    pub(super) fn perform_security_operation(&mut self, command: &Command) -> Reply {
        self.keys_reachable()?;
        let (number, block) = match (command.p1, command.p2) {
            (0x80, 0x86) => {
                let key = self.key_store.environment.decipher_key;
                let Some((indicator, block)) = command.data.split_first() else { return Err(0x6700) };
                if *indicator != 0x00 {
                    return Err(0x6A80);
                }
                (key, block.to_vec())
            }
            (0x9E, 0x9A) if self.personality.behaviour.pads_signatures => {
                (self.key_store.environment.signature_key, Vec::new())
            }
            _ => return Err(0x6A86),
        };
        let number = number.ok_or(0x6985_u16)?;
        let key = self.key(number)?.clone();
        if !self.key_store.is_verified(key.pin, self.root()?) {
            return Err(0x6982);
        }
        if command.expected.is_none_or(|expected| expected < key.size()) {
            return Err(0x6700);
        }
        let block = if command.p1 == 0x9E { type_one_block(&command.data, key.size())? } else { block };
        let result = key.raw(&block).map_err(|bad| match bad {
            BadBlock::Length => 0x6700_u16,
            BadBlock::Value => 0x6A80,
        })?;
        self.signature_count += 1;
        if key.spends_pin {
            if let Some(pin) = self.key_store.pins.iter_mut().find(|pin| pin.number == key.pin) {
                pin.verified = false;
            }
        }
        Answer::data(result)
    }

    /// A key that can be named from where the card is.
    fn key(&self, number: u8) -> Result<&Key, u16> {
        let root = self.root()?;
        let key = self.key_store.keys.iter().find(|key| {
            let home = self.files.root_of(key.home);
            key.number == number && home == root
        });
        key.ok_or(0x6A88)
    }

    /// On some cards no key is used outside the DF that holds the keys: PSO is refused there, after its data. MSE is
    /// accepted anywhere ([#2483], review).
    fn keys_reachable(&self) -> Result<(), u16> {
        let directory = self.directory.ok_or(0x6985_u16)?;
        if self.personality.behaviour.key_in_current_df
            && !self.key_store.keys.iter().any(|key| key.home == directory)
        {
            return Err(0x6984);
        }
        Ok(())
    }

    fn root(&self) -> Result<crate::filesystem::FileId, u16> {
        self.directory.map(|directory| self.files.root_of(directory)).ok_or(0x6985)
    }

    pub(super) fn get_challenge(&mut self, command: &Command) -> Reply {
        if command.parameters() != 0 {
            return Err(0x6A86);
        }
        let (Some(length), true) = (command.expected, command.data.is_empty()) else { return Err(0x6700) };
        self.root()?;
        if length > self.personality.behaviour.longest_challenge {
            return Err(0x6700);
        }
        let mut bytes = Vec::new();
        while bytes.len() < length {
            self.challenge += 1;
            bytes.extend(Sha256::digest(format!("{}{}", self.card_id, self.challenge)));
        }
        bytes.truncate(length);
        Answer::data(bytes)
    }
}

/// The card's own padding for COMPUTE DIGITAL SIGNATURE: block type 01 of RFC 8017 section 9.2 around a DigestInfo.
fn type_one_block(digest_info: &[u8], size: usize) -> Result<Vec<u8>, u16> {
    if digest_info.is_empty() || digest_info.len() + 11 > size {
        return Err(0x6700);
    }
    let mut block = vec![0x00, 0x01];
    block.resize(size - digest_info.len() - 1, 0xFF);
    block.push(0x00);
    block.extend_from_slice(digest_info);
    Ok(block)
}
