//! BER-TLV headers (ISO/IEC 7816-4:2020, 5.4.2; ISO/IEC 8825-1, 8.1): tag and length, no more than is needed.

/// Tag and length fields of a data object with a one-byte tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) tag: u8,
    /// Bytes of tag and length fields together.
    pub(crate) header_length: usize,
    /// Bytes of the value.
    pub(crate) value_length: usize,
}

impl Header {
    /// Reads the header at the start of `bytes`, with a definite length of at most four bytes. `None` when it is not
    /// all there or of another kind (longer tag, indefinite length).
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let (&tag, rest) = bytes.split_first()?;
        if tag & 0x1F == 0x1F {
            return None;
        }
        let (&first, rest) = rest.split_first()?;
        match first {
            0x00..=0x7F => Some(Self { tag, header_length: 2, value_length: usize::from(first) }),
            0x81..=0x84 => {
                let count = usize::from(first & 0x7F);
                let value = rest.get(..count)?.iter().fold(0u64, |value, &byte| value << 8 | u64::from(byte));
                Some(Self { tag, header_length: 2 + count, value_length: usize::try_from(value).ok()? })
            }
            _ => None,
        }
    }

    /// Bytes of the whole data object.
    pub(crate) fn total_length(self) -> usize {
        self.header_length.saturating_add(self.value_length)
    }
}

#[cfg(test)]
mod tests {
    use hex_literal::hex;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lengths_of_one_to_five_bytes() {
        let total = |bytes: &[u8]| Header::parse(bytes).map(Header::total_length);
        assert_eq!(total(&hex!("3003")), Some(5));
        assert_eq!(total(&hex!("307F")), Some(129));
        assert_eq!(total(&hex!("308180")), Some(131));
        assert_eq!(total(&hex!("30820759")), Some(0x75D));
        assert_eq!(total(&hex!("3083010000")), Some(0x10005));
        assert_eq!(total(&hex!("3084FFFFFFFF")), Some(0x1_0000_0005));
        assert_eq!(total(&hex!("3080")), None);
        assert_eq!(total(&hex!("3085 0000000001")), None);
        assert_eq!(total(&hex!("308207")), None);
        assert_eq!(total(&hex!("7F21 03")), None);
        assert_eq!(total(&hex!("30")), None);
        assert_eq!(total(&[]), None);
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..16)) {
            if let Some(header) = Header::parse(&bytes) {
                prop_assert!(header.header_length <= bytes.len());
                prop_assert_eq!(header.tag, bytes[0]);
            }
        }
    }
}
