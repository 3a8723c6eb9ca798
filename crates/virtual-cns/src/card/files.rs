//! The file commands: SELECT, READ BINARY, UPDATE BINARY, GET DATA (ISO 7816-4 sections 7.1 to 7.4).

use super::{Answer, Card, Reply};
use crate::command::Command;
use crate::filesystem::{Access, FileId, Kind};
use crate::personality::{EndOfFile, SelectLe};

impl Card {
    pub(super) fn select(&mut self, command: &Command) -> Reply {
        match (self.personality.behaviour.select_le, command.expected) {
            (SelectLe::Wanted(status), None) | (SelectLe::Unwanted(status), Some(_)) => return Err(status),
            _ => {}
        }
        let with_information = match command.p2 {
            0x00 => true,
            0x0C if self.personality.behaviour.select_p2_0c => false,
            _ => return Err(0x6A86),
        };
        let target = self.target(command)?;
        self.enter(target);
        let information = if with_information { self.files.control_information(target) } else { Vec::new() };
        Answer::data(information)
    }

    fn target(&self, command: &Command) -> Result<FileId, u16> {
        if command.p1 == 0x04 {
            return self.by_name(&command.data);
        }
        if !matches!(command.p1, 0x00..=0x03 | 0x08 | 0x09) {
            return Err(0x6A86);
        }
        let current = self.directory.ok_or(0x6A82_u16)?;
        if command.p1 == 0x03 {
            if !command.data.is_empty() {
                return Err(0x6700);
            }
            return self.files.file(current).parent.ok_or(0x6A82);
        }
        if command.p1 == 0x00 && command.data.is_empty() {
            return Ok(self.files.root_of(current));
        }
        let path = identifiers(&command.data)?;
        let found = match command.p1 {
            0x08 => self.files.path(self.files.root_of(current), &path),
            0x09 => self.files.path(current, &path),
            form => {
                let [id] = path[..] else { return Err(0x6700) };
                match form {
                    0x00 => self.files.by_identifier(current, id),
                    0x01 => self.files.child(current, id).filter(|at| self.is_directory(*at)),
                    _ => self.files.child(current, id).filter(|at| !self.is_directory(*at)),
                }
            }
        };
        found.ok_or(0x6A82)
    }

    fn by_name(&self, name: &[u8]) -> Result<FileId, u16> {
        if name.is_empty() || name.len() > 16 {
            return Err(0x6700);
        }
        self.files.application(name).ok_or(0x6A82)
    }

    fn is_directory(&self, at: FileId) -> bool {
        matches!(self.files.file(at).kind, Kind::Dedicated { .. })
    }

    /// Makes a file current. Another application forgets everything, another DF the security environment.
    fn enter(&mut self, target: FileId) {
        let directory = self.files.directory_of(target);
        let before = self.directory.replace(directory);
        self.elementary = Some(target).filter(|_| !self.is_directory(target));
        let root = self.files.root_of(directory);
        if before.map(|before| self.files.root_of(before)) != Some(root) {
            self.key_store.forget();
        }
        if before != Some(directory) && !self.personality.behaviour.environment_survives_select {
            self.key_store.environment = Default::default();
        }
    }

    pub(super) fn read_binary(&mut self, command: &Command) -> Reply {
        if !command.data.is_empty() {
            return Err(0x6700);
        }
        let behaviour = &self.personality.behaviour;
        let expected = command.expected.filter(|le| behaviour.read_le_zero || *le < 256).ok_or(0x6700_u16)?;
        let offset = offset(command)?;
        let body = self.current_body(Access::Read)?;
        if offset >= body.len() {
            return Err(0x6B00);
        }
        let left = &body[offset..];
        let wanted = expected.min(behaviour.longest_read);
        if left.len() >= wanted {
            return Answer::data(left[..wanted].to_vec());
        }
        match behaviour.end_of_file {
            EndOfFile::ShortData => Answer::data(left.to_vec()),
            EndOfFile::Warning => Ok(Answer { data: left.to_vec(), status: 0x6282 }),
            EndOfFile::Refused(status) => Err(status),
            EndOfFile::ExactLe => Err(0x6C00 | super::low_byte(left.len())),
        }
    }

    pub(super) fn update_binary(&mut self, command: &Command) -> Reply {
        if command.data.is_empty() || command.expected.is_some() {
            return Err(0x6700);
        }
        let offset = offset(command)?;
        let size = self.current_body(Access::Update)?.len();
        if offset >= size {
            return Err(0x6B00);
        }
        if offset + command.data.len() > size {
            return Err(0x6A84);
        }
        let current = self.elementary.ok_or(0x6986_u16)?;
        if let Kind::Transparent(body) = &mut self.files.file_mut(current).kind {
            body[offset..offset + command.data.len()].copy_from_slice(&command.data);
        }
        Answer::done()
    }

    fn current_body(&self, access: Access) -> Result<&[u8], u16> {
        let current = self.elementary.ok_or(0x6986_u16)?;
        let file = self.files.file(current);
        let root = self.files.root_of(current);
        match file.access[access as usize] {
            0x00 => {}
            pin @ 0x01..=0x1F if self.key_store.is_verified(pin, root) => {}
            _ => return Err(0x6982),
        }
        match &file.kind {
            Kind::Transparent(body) => Ok(body),
            Kind::Dedicated { .. } => Err(0x6986),
        }
    }

    pub(super) fn get_data(&mut self, command: &Command) -> Reply {
        if !command.data.is_empty() || command.expected.is_none() {
            return Err(0x6700);
        }
        self.directory.ok_or(0x6A88_u16)?;
        let tag = command.parameters();
        let object = self.data_objects.iter().find(|(own, _)| *own == tag).ok_or(0x6A88_u16)?;
        Answer::data(object.1.clone())
    }
}

/// An offset of 15 bits. With bit 8 of P1 it would be a short file identifier, and no file has one.
fn offset(command: &Command) -> Result<usize, u16> {
    match command.p1 {
        0x00..=0x7F => Ok(usize::from(command.parameters())),
        0x80..=0x9F => Err(0x6A82),
        _ => Err(0x6A86),
    }
}

/// File identifiers, two bytes each, one at least.
fn identifiers(data: &[u8]) -> Result<Vec<u16>, u16> {
    if data.is_empty() || data.len() % 2 != 0 {
        return Err(0x6700);
    }
    Ok(data.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect())
}
