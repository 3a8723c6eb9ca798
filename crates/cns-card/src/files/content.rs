//! What is known of something that a card may have or not.

use crate::error::CardError;
use crate::iso7816::StatusWord;

/// The content of a file, or a part of it. A card may lack the file or hold nothing readable in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FileContent<T> {
    /// It was not looked for.
    NotRead,
    /// It was looked for and is not there.
    Absent,
    /// It is this.
    Present(T),
}

impl<T> FileContent<T> {
    pub(crate) fn present(&self) -> Option<&T> {
        match self {
            Self::Present(content) => Some(content),
            Self::NotRead | Self::Absent => None,
        }
    }

    /// A part of it; absent where `part` finds none.
    pub(crate) fn and_then<U>(&self, part: impl FnOnce(&T) -> Option<U>) -> FileContent<U> {
        match self {
            Self::NotRead => FileContent::NotRead,
            Self::Absent => FileContent::Absent,
            Self::Present(content) => part(content).into(),
        }
    }
}

/// Does the card refuse to show such a file (checking errors, 67xx to 6Exx), as opposed to failing at it (64xx to 66xx,
/// 6Fxx, or no status word at all)?
pub(crate) fn refuses(status: StatusWord) -> bool {
    matches!(status.0 >> 8, 0x62 | 0x63 | 0x67..=0x6E)
}

/// What reading it has found. A card that refuses has no such file; one that fails at it says nothing about it.
pub(crate) fn read_or_refused<T>(result: Result<Option<T>, CardError>) -> Result<FileContent<T>, CardError> {
    match result {
        Ok(found) => Ok(found.into()),
        Err(CardError::Status { status, .. }) if refuses(status) => Ok(FileContent::Absent),
        Err(CardError::Status { .. } | CardError::Malformed { .. }) => Ok(FileContent::NotRead),
        Err(error) => Err(error),
    }
}

/// What looking for it has found.
impl<T> From<Option<T>> for FileContent<T> {
    fn from(found: Option<T>) -> Self {
        found.map_or(Self::Absent, Self::Present)
    }
}
