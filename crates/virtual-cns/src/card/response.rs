//! What a command answers.

/// What a command answers: data and a status word, or a status word alone.
pub(crate) type Reply = Result<Answer, u16>;

/// Data and a status word that goes with data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(super) data: Vec<u8>,
    pub(super) status: u16,
}

impl Answer {
    pub(super) fn done() -> Reply {
        Answer::data(Vec::new())
    }

    pub(super) fn data(data: Vec<u8>) -> Reply {
        Ok(Answer { data, status: 0x9000 })
    }
}

/// 61xx: so many bytes wait for GET RESPONSE.
pub(super) fn more(length: usize) -> u16 {
    0x6100 | low_byte(length)
}

/// A length as the second byte of 61xx and 6Cxx, where 00 says 256 and more.
pub(super) fn low_byte(length: usize) -> u16 {
    if length >= 256 { 0 } else { u16::try_from(length).unwrap_or(0) }
}
