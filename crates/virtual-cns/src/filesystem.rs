//! The card's files: a tree of DFs and EFs with access bytes, the rules of SELECT, and the FCI a SELECT answers.
//!
//! One card may hold several trees (applications with their own 3F00). This file must not know commands, PINs or
//! personalities; it answers questions about files only.

/// What an access byte (FCI tag 86) protects, in the order of the nine bytes of an EF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// READ BINARY.
    Read = 0,
    /// UPDATE BINARY.
    Update = 1,
}

/// Nine access bytes: 00 always, FF or 66 never, 01..1F the PIN of that number.
pub type AccessBytes = [u8; 9];

/// Always readable, never writable.
pub const READ_ONLY: AccessBytes = [0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
/// Closed for everything.
pub const CLOSED: AccessBytes = [0xFF; 9];
/// Readable by anyone, changeable after VERIFY of the PIN 10.
pub const WRITABLE_WITH_PIN: AccessBytes = [0x00, 0x10, 0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
/// Readable and changeable after VERIFY of the PIN 10 only.
pub const READABLE_WITH_PIN: AccessBytes = [0x10, 0x10, 0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

/// A file's place in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileId(usize);

/// One DF or EF.
#[derive(Debug, Clone)]
pub struct File {
    /// The two-byte file identifier.
    pub id: u16,
    /// The DF that holds it; `None` for a root.
    pub parent: Option<FileId>,
    /// What it is.
    pub kind: Kind,
    /// Who may do what.
    pub access: AccessBytes,
    /// Whether the FCI holds the size (tag 80); some cards leave it out for ID_Carta.
    pub tells_size: bool,
    /// Control information that a card answers word for word instead of the usual one.
    pub own_information: Option<Vec<u8>>,
}

/// DF or transparent EF.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A dedicated file; an application has a name.
    Dedicated {
        /// The application identifier that SELECT P1=04 finds.
        name: Option<Vec<u8>>,
    },
    /// A transparent elementary file.
    Transparent(Vec<u8>),
}

/// All files of a card.
#[derive(Debug, Clone, Default)]
pub struct FileSystem {
    files: Vec<File>,
}

impl FileSystem {
    /// Adds a tree of its own: the MF, or an application whose root is called 3F00 too.
    pub fn root(&mut self, name: Option<&[u8]>) -> FileId {
        self.add(0x3F00, None, Kind::Dedicated { name: name.map(<[u8]>::to_vec) }, CLOSED)
    }

    /// Adds a DF.
    pub fn dedicated(&mut self, parent: FileId, id: u16) -> FileId {
        self.add(id, Some(parent), Kind::Dedicated { name: None }, CLOSED)
    }

    /// Adds a transparent EF.
    pub fn transparent(&mut self, parent: FileId, id: u16, access: AccessBytes, body: Vec<u8>) -> FileId {
        self.add(id, Some(parent), Kind::Transparent(body), access)
    }

    fn add(&mut self, id: u16, parent: Option<FileId>, kind: Kind, access: AccessBytes) -> FileId {
        self.files.push(File { id, parent, kind, access, tells_size: true, own_information: None });
        FileId(self.files.len() - 1)
    }

    /// The file at a place.
    pub fn file(&self, at: FileId) -> &File {
        &self.files[at.0]
    }

    /// The same, to change it.
    pub fn file_mut(&mut self, at: FileId) -> &mut File {
        &mut self.files[at.0]
    }

    /// The bodies of all transparent files.
    pub fn bodies_mut(&mut self) -> impl Iterator<Item = &mut Vec<u8>> {
        self.files.iter_mut().filter_map(|file| match &mut file.kind {
            Kind::Transparent(body) => Some(body),
            Kind::Dedicated { .. } => None,
        })
    }

    /// Takes a file away. Its place stays, but no SELECT finds it.
    pub fn delete(&mut self, at: FileId) {
        self.files[at.0].parent = Some(at);
    }

    /// The DF at `at`, or the DF that holds the EF at `at`.
    pub fn directory_of(&self, at: FileId) -> FileId {
        match (&self.file(at).kind, self.file(at).parent) {
            (Kind::Transparent(_), Some(parent)) => parent,
            _ => at,
        }
    }

    /// The root of the tree that `at` belongs to.
    pub fn root_of(&self, at: FileId) -> FileId {
        let mut at = at;
        while let Some(parent) = self.file(at).parent.filter(|parent| *parent != at) {
            at = parent;
        }
        at
    }

    /// A child of a DF by identifier.
    pub fn child(&self, directory: FileId, id: u16) -> Option<FileId> {
        (0..self.files.len()).map(FileId).find(|at| {
            let file = self.file(*at);
            file.id == id && file.parent == Some(directory) && *at != directory
        })
    }

    /// A path of identifiers below a DF.
    pub fn path(&self, from: FileId, path: &[u16]) -> Option<FileId> {
        path.iter().try_fold(from, |at, id| self.child(at, *id))
    }

    /// An application by its whole name.
    pub fn application(&self, name: &[u8]) -> Option<FileId> {
        (0..self.files.len())
            .map(FileId)
            .find(|at| matches!(&self.file(*at).kind, Kind::Dedicated { name: Some(own) } if own == name))
    }

    /// The search order of SELECT P1=00 (ISO 7816-4, 7.1.1): the MF by its reserved identifier, children of the
    /// current DF, the parent DF, its children.
    pub fn by_identifier(&self, current: FileId, id: u16) -> Option<FileId> {
        if id == 0x3F00 {
            return Some(self.root_of(current));
        }
        let parent = self.file(current).parent;
        self.child(current, id)
            .or_else(|| parent.filter(|parent| self.file(*parent).id == id))
            .or_else(|| parent.and_then(|parent| self.child(parent, id)))
    }

    /// Finds a path of identifiers below any root, for tests that want to change a file.
    pub fn anywhere(&self, path: &[u16]) -> Option<FileId> {
        (0..self.files.len())
            .map(FileId)
            .filter(|at| self.file(*at).parent.is_none())
            .find_map(|root| self.path(root, path))
    }

    /// The file control information template of a file: 6F with 80/81 size, 82 descriptor, 83 identifier, 84 name,
    /// 85 proprietary byte, 86 access bytes, 8A life cycle, CB secure messaging conditions (none).
    pub fn control_information(&self, at: FileId) -> Vec<u8> {
        let file = self.file(at);
        if let Some(information) = &file.own_information {
            return information.clone();
        }
        let mut inner = Vec::new();
        match &file.kind {
            Kind::Dedicated { name } => {
                object(&mut inner, 0x81, &[0x70, 0x2C]);
                object(&mut inner, 0x82, &[0x38, 0x00, 0x00]);
                if let Some(name) = name {
                    object(&mut inner, 0x84, name);
                }
            }
            Kind::Transparent(body) => {
                if file.tells_size {
                    let size = u16::try_from(body.len()).unwrap_or(u16::MAX);
                    object(&mut inner, 0x80, &size.to_be_bytes());
                }
                object(&mut inner, 0x82, &[0x01, 0x00, 0x00]);
            }
        }
        object(&mut inner, 0x83, &file.id.to_be_bytes());
        object(&mut inner, 0x85, &[0x01]);
        object(&mut inner, 0x86, &file.access);
        object(&mut inner, 0x8A, &[0x05]);
        object(&mut inner, 0xCB, &[0xFF; 24]);
        let mut template = Vec::new();
        object(&mut template, 0x6F, &inner);
        template
    }
}

/// Appends a BER-TLV object with a one-byte tag and a definite length below 128.
fn object(to: &mut Vec<u8>, tag: u8, value: &[u8]) {
    let length = u8::try_from(value.len()).expect("control information is short");
    assert!(length < 0x80, "control information is short");
    to.extend([tag, length]);
    to.extend_from_slice(value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use hex_literal::hex;

    #[test]
    fn control_information_as_a_real_card_shows_it() {
        let mut files = FileSystem::default();
        let root = files.root(Some(&hex!("A000000530000B104001021A")));
        let data = files.transparent(root, 0x1102, READ_ONLY, vec![0; 0x190]);
        // The EF 1102 of an ACe 2025, docs/cards/README.md, section 2.
        let mut golden =
            hex!("6F38 80020190 8203010000 83021102 850101 860900FFFFFFFFFFFFFFFF 8A0105 CB18").to_vec();
        golden.extend([0xFF; 24]);
        assert_eq!(files.control_information(data), golden);
        let mut golden =
            hex!("6F46 8102702C 8203380000 840CA000000530000B104001021A 83023F00 850101 8609FFFFFFFFFFFFFFFFFF 8A0105 CB18")
                .to_vec();
        golden.extend([0xFF; 24]);
        assert_eq!(files.control_information(root), golden);
    }

    #[test]
    fn identifiers_are_searched_in_the_standard_order() {
        let mut files = FileSystem::default();
        let root = files.root(None);
        let first = files.dedicated(root, 0x1000);
        let second = files.dedicated(root, 0x1100);
        let leaf = files.transparent(second, 0x1101, READ_ONLY, vec![]);
        assert_eq!(files.by_identifier(second, 0x1101), Some(leaf));
        assert_eq!(files.by_identifier(second, 0x1000), Some(first));
        assert_eq!(files.by_identifier(first, 0x1101), None);
        assert_eq!(files.by_identifier(second, 0x3F00), Some(root));
        assert_eq!(files.path(root, &[0x1100, 0x1101]), Some(leaf));
        files.delete(leaf);
        assert_eq!(files.anywhere(&[0x1100, 0x1101]), None);
    }
}
