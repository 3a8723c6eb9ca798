//! A card that is nothing but files, written from ISO/IEC 7816-4:2020, 11.2.2 and 11.3.3.

use cns_card::TransportError;

use crate::reader::Responder;

const NOT_FOUND: [u8; 2] = [0x6A, 0x82];
const WRONG_OFFSET: [u8; 2] = [0x6B, 0x00];
const NOT_SUPPORTED: [u8; 2] = [0x6D, 0x00];
const DONE: [u8; 2] = [0x90, 0x00];

/// Files by their paths from the MF.
#[derive(Debug, Default, Clone)]
pub struct FileCard {
    files: Vec<(Vec<u16>, Vec<u8>)>,
    /// What every file below this path holds that is not named.
    below: Option<(Vec<u16>, Vec<u8>)>,
    current: Vec<u16>,
}

impl FileCard {
    /// No file yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With this file.
    #[must_use]
    pub fn file(mut self, path: &[u16], content: &[u8]) -> Self {
        self.files.push((path.to_vec(), content.to_vec()));
        self
    }

    /// With this content in every file of a DF that is not named.
    #[must_use]
    pub fn every_file_of(mut self, directory: &[u16], content: &[u8]) -> Self {
        self.below = Some((directory.to_vec(), content.to_vec()));
        self
    }

    fn content(&self, path: &[u16]) -> Option<&[u8]> {
        let named = self.files.iter().find(|(of, _)| of == path).map(|(_, content)| content.as_slice());
        named.or_else(|| match (&self.below, path.split_last()) {
            (Some((directory, content)), Some((_, of))) if directory == of => Some(content),
            _ => None,
        })
    }

    fn exists(&self, path: &[u16]) -> bool {
        let below = self.below.iter().any(|(directory, _)| directory.starts_with(path));
        below || self.content(path).is_some() || self.files.iter().any(|(of, _)| of.starts_with(path))
    }

    fn select(&mut self, p1: u8, data: &[u8]) -> [u8; 2] {
        let identifiers =
            data.chunks(2).map(|pair| pair.iter().fold(0, |id, &byte| id << 8 | u16::from(byte)));
        let path: Vec<u16> = match (p1, data) {
            (0x00, [0x3F, 0x00]) => Vec::new(),
            (0x00 | 0x09, _) => self.current.iter().copied().chain(identifiers).collect(),
            (0x08, _) => identifiers.collect(),
            _ => return NOT_FOUND,
        };
        if !self.exists(&path) {
            return NOT_FOUND;
        }
        self.current = path;
        DONE
    }

    fn read(&self, offset: usize, most: usize) -> Vec<u8> {
        match self.content(&self.current).and_then(|content| content.get(offset..)) {
            Some(rest) => [&rest[..most.min(rest.len())], &DONE].concat(),
            None => WRONG_OFFSET.to_vec(),
        }
    }
}

impl Responder for FileCard {
    fn answer(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        Ok(match *command {
            [0x00, 0xA4, p1, _, length, ref rest @ ..] => {
                self.select(p1, &rest[..usize::from(length).min(rest.len())]).to_vec()
            }
            [0x00, 0xB0, high, low, le] => {
                let most = if le == 0 { 256 } else { usize::from(le) };
                self.read(usize::from(u16::from_be_bytes([high, low])), most)
            }
            [0x00, 0xB0, high, low, 0x00, le_high, le_low] => {
                let le = usize::from(u16::from_be_bytes([le_high, le_low]));
                let most = if le == 0 { 65_536 } else { le };
                self.read(usize::from(u16::from_be_bytes([high, low])), most)
            }
            _ => NOT_SUPPORTED.to_vec(),
        })
    }

    fn reset(&mut self) {
        self.current.clear();
    }
}
