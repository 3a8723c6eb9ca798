//! The files that Windows finds on a card, none of which a CNS has: they are made from its certificate.
//!
//! One container with an exchange key (`kxc00`): Windows signs with both kinds of key, and an exchange key is the one that
//! its log-on, older TLS clients and the choice of a default container look for. What the certificate allows, programs read
//! in the certificate.

use crate::context::CardContext;
use crate::error::{Error, Result};

/// The longest name of a file or directory, in characters (specification, "File Naming Requirements").
pub(crate) const LONGEST_NAME: usize = 8;

/// A valid container, and the default one (`CONTAINER_MAP_RECORD`).
const VALID_AND_DEFAULT: u8 = 3;
/// Characters of a container's name, its end included.
const CONTAINER_NAME: usize = 40;

/// A file, by the name that it has in every case of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum File {
    CardId,
    Freshness,
    Applications,
    ContainerMap,
    Certificate,
}

/// Who may read and write a file (`CARD_FILE_ACCESS_CONDITION`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum AccessCondition {
    EveryoneReadUserWrite = 1,
    EveryoneReadAdminWrite = 3,
}

impl File {
    pub(crate) fn access_condition(self) -> AccessCondition {
        match self {
            Self::CardId => AccessCondition::EveryoneReadAdminWrite,
            _ => AccessCondition::EveryoneReadUserWrite,
        }
    }
}

/// The directories there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CardDirectory {
    Root,
    /// That of the Base CSP.
    Mscp,
}

impl CardDirectory {
    /// `None` and an empty name are the root.
    pub(crate) fn named(name: Option<&str>) -> Result<Self> {
        match name.map(str::to_ascii_lowercase).as_deref() {
            None | Some("") => Ok(Self::Root),
            Some("mscp") => Ok(Self::Mscp),
            Some(_) => Err(Error::DirectoryNotFound),
        }
    }
}

impl CardContext {
    /// The files of a directory.
    pub(crate) fn files(&self, directory: CardDirectory) -> &'static [(&'static str, File)] {
        const MSCP: [(&str, File); 2] = [("cmapfile", File::ContainerMap), ("kxc00", File::Certificate)];
        match directory {
            CardDirectory::Root => {
                &[("cardid", File::CardId), ("cardcf", File::Freshness), ("cardapps", File::Applications)]
            }
            CardDirectory::Mscp if self.token.certificate.is_some() => &MSCP,
            CardDirectory::Mscp => &MSCP[..1],
        }
    }

    /// The file of this name.
    ///
    /// # Errors
    /// [`Error::FileNotFound`].
    pub(crate) fn file(&self, directory: CardDirectory, name: &str) -> Result<File> {
        let found = self.files(directory).iter().find(|(file, _)| name.eq_ignore_ascii_case(file));
        found.map(|(_, file)| *file).ok_or(Error::FileNotFound)
    }

    /// Its content.
    pub(crate) fn content(&self, file: File) -> Vec<u8> {
        match file {
            File::CardId => self.token.card_id().to_vec(),
            File::Freshness => self.cache_file().to_vec(),
            File::Applications => b"mscp\0\0\0\0".to_vec(),
            File::ContainerMap => self.container_map(),
            File::Certificate => self.token.certificate.clone().unwrap_or_default(),
        }
    }

    /// Version, freshness of the PINs, of the containers, of the files: the last two change with the certificate.
    fn cache_file(&self) -> [u8; 6] {
        let id = self.token.card_id();
        [1, 0, id[0], id[1], id[2], id[3]]
    }

    /// One record, all zeros where the card has no key that can be used.
    fn container_map(&self) -> Vec<u8> {
        let mut record = Vec::new();
        let name = self.token.key.as_ref().map(|_| self.token.container_name()).unwrap_or_default();
        let characters = name.encode_utf16().chain(std::iter::repeat(0)).take(CONTAINER_NAME);
        characters.for_each(|character| record.extend(character.to_le_bytes()));
        let bits = self.token.key.as_ref().map_or(0, |key| key.public.bits());
        let bits = u16::try_from(bits).unwrap_or_default();
        let flags = if bits > 0 { VALID_AND_DEFAULT } else { 0 };
        record.extend([flags, 0, 0, 0]);
        record.extend(bits.to_le_bytes());
        record
    }
}
