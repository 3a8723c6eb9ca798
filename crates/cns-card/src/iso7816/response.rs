//! Response APDUs (ISO/IEC 7816-4:2020, 5.2): data and a status word.

use zeroize::Zeroizing;

use super::StatusWord;

/// An answer. Its data are wiped when it is dropped: a decrypted block may be in it.
pub(crate) struct ResponseApdu {
    pub(crate) data: Zeroizing<Vec<u8>>,
    pub(crate) status: StatusWord,
}

impl ResponseApdu {
    /// Takes an answer apart; `None` when it is too short to end in a status word.
    pub(crate) fn parse(mut bytes: Zeroizing<Vec<u8>>) -> Option<Self> {
        let (_, &[sw1, sw2]) = bytes.split_last_chunk::<2>()?;
        let length = bytes.len() - 2;
        bytes.truncate(length);
        Some(Self { data: bytes, status: StatusWord(u16::from_be_bytes([sw1, sw2])) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_and_status() {
        let response = ResponseApdu::parse(Zeroizing::new(vec![1, 2, 0x90, 0x00])).unwrap();
        assert_eq!((response.data.as_slice(), response.status), (&[1, 2][..], StatusWord::SUCCESS));
        assert!(ResponseApdu::parse(Zeroizing::new(vec![0x90])).is_none());
        assert!(ResponseApdu::parse(Zeroizing::new(vec![])).is_none());
    }
}
