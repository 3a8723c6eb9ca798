//! What is known of something that a card may have or not.

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

/// What looking for it has found.
impl<T> From<Option<T>> for FileContent<T> {
    fn from(found: Option<T>) -> Self {
        found.map_or(Self::Absent, Self::Present)
    }
}
