//! Where files are on a card: an application, and a path of file identifiers in it.

use crate::iso7816::{CommandApdu, commands};

/// A path of file identifiers from the MF, without the MF's own 3F00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Path {
    identifiers: [u16; Self::LONGEST],
    length: usize,
}

impl Path {
    pub(crate) const LONGEST: usize = 3;
    /// The MF itself.
    pub(crate) const MF: Self = Self::new(&[]);

    /// At most three identifiers: the path of a constant, so that a longer one does not compile.
    pub(crate) const fn new(path: &[u16]) -> Self {
        let mut identifiers = [0; Self::LONGEST];
        let mut i = 0;
        while i < path.len() {
            identifiers[i] = path[i];
            i += 1;
        }
        Self { identifiers, length: path.len() }
    }

    pub(crate) fn identifiers(&self) -> &[u16] {
        &self.identifiers[..self.length]
    }
}

/// An application on a card, which SELECT by name makes current (ISO/IEC 7816-4:2020, 11.2.2).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Application {
    /// Its AID.
    pub(crate) name: &'static [u8],
    /// How files in it are selected.
    pub(crate) paths: PathsFrom,
}

/// P1 of SELECT by path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PathsFrom {
    /// `08`: from the MF, which in an application is its own root.
    MasterFile,
    /// `09`: from the current DF; the application's root must be current.
    CurrentDirectory,
}

impl PathsFrom {
    /// SELECT of a path that begins here.
    pub(crate) fn select(self, path: &[u16]) -> CommandApdu {
        match self {
            Self::MasterFile => commands::select_path_from_mf(path),
            Self::CurrentDirectory => commands::select_path_from_current_df(path),
        }
    }
}

/// Where a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileReference {
    /// The application that it is in; `None`: the card's own, or a card without applications.
    pub(crate) application: Option<&'static Application>,
    pub(crate) path: Path,
}

impl FileReference {
    /// A file of the card's own application, if it has any.
    pub(crate) const fn own(path: &[u16]) -> Self {
        Self { application: None, path: Path::new(path) }
    }
}
