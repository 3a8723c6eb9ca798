//! Command APDUs (ISO/IEC 7816-4:2020, 5.2): their fields and their coding.

use zeroize::Zeroizing;

use super::secret_buffer::SecretBuffer;

/// Ne, the most bytes that the response data may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Le {
    /// No Le field: no data are expected.
    Absent,
    /// 1 to 65536 bytes (256 in short and 65536 in extended form are coded as zero).
    UpTo(u32),
}

/// How the length fields are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LengthFields {
    /// One byte each: at most 255 bytes of data, at most 256 of response data.
    Short,
    /// A zero byte and two bytes each.
    Extended,
}

/// Which commands of a chain have an Le.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ChainLe {
    /// None: with T=0 there is no place for it beside data.
    None,
    /// The last one.
    Last,
    /// Each.
    Each,
}

/// How the data of a chain are cut. The standard leaves it open (ISO/IEC 7816-4:2020, 5.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ChainForm {
    /// Data bytes of each command but the last, at most 255.
    pub(crate) block_length: u8,
    /// Which commands have an Le.
    pub(crate) le: ChainLe,
}

impl ChainForm {
    /// As few commands as possible, Le in the last.
    pub(crate) const FEWEST: Self = Self { block_length: 255, le: ChainLe::Last };
}

/// The longest data field in short form, in bytes.
pub(crate) const MAX_SHORT_DATA: usize = 255;
/// The longest response data in short form, in bytes.
pub(crate) const MAX_SHORT_RESPONSE: u32 = 256;

/// CLA bit 5: more commands of the chain follow (5.3.3).
const CLA_CHAINING: u8 = 0x10;

/// A command APDU. Its data are wiped when it is dropped, because some carry a PIN.
pub(crate) struct CommandApdu {
    /// What the standard calls it, for the log and for errors.
    pub(crate) name: &'static str,
    pub(crate) class: u8,
    pub(crate) instruction: u8,
    pub(crate) p1: u8,
    pub(crate) p2: u8,
    pub(crate) data: SecretBuffer,
    pub(crate) le: Le,
    /// Command or response carries a secret: their bytes are never logged.
    pub(crate) secret: bool,
}

impl CommandApdu {
    /// A command without data and without Le (case 1).
    pub(crate) fn new(name: &'static str, instruction: u8, p1: u8, p2: u8) -> Self {
        Self {
            name,
            class: 0x00,
            instruction,
            p1,
            p2,
            data: SecretBuffer::plain(0),
            le: Le::Absent,
            secret: false,
        }
    }

    pub(crate) fn with_data(mut self, data: &[u8]) -> Self {
        self.data = Zeroizing::new(data.to_vec()).into();
        self
    }

    /// Data that hold a PIN; the command becomes secret.
    pub(crate) fn with_secret(mut self, data: impl Into<SecretBuffer>) -> Self {
        self.data = data.into();
        self.secret = true;
        self
    }

    pub(crate) fn with_le(mut self, le: u32) -> Self {
        self.le = Le::UpTo(le);
        self
    }

    /// The same command with another Le.
    pub(crate) fn again(&self, le: Le) -> Option<Self> {
        let mut data = self.data.alike(self.data.len());
        data.append(&self.data)?;
        Some(Self { data, le, ..*self })
    }

    /// Can it be sent in short form as one command?
    pub(crate) fn fits_short(&self) -> bool {
        self.data.len() <= MAX_SHORT_DATA
    }

    /// The bytes to send. `None` when a length does not fit the form.
    pub(crate) fn encode(&self, form: LengthFields) -> Option<SecretBuffer> {
        self.encoded(self.class, &self.data, self.le, form)
    }

    /// The bytes for T=0, where P3 is either Lc or Le (ISO/IEC 7816-3:2006, 12.2): a command with data has no Le field. One
    /// with neither has P3 = 00 (12.2.2): not every reader's driver adds it.
    pub(crate) fn encode_for_t0(&self) -> Option<SecretBuffer> {
        let le = match (self.data.is_empty(), self.le) {
            (true, Le::Absent) => Le::UpTo(MAX_SHORT_RESPONSE),
            (true, le) => le,
            (false, _) => Le::Absent,
        };
        self.encoded(self.class, &self.data, le, LengthFields::Short)
    }

    /// The bytes of each command of a chain (5.3.3).
    pub(crate) fn encode_chain(&self, form: ChainForm) -> Option<Vec<SecretBuffer>> {
        let blocks = self.data.chunks(usize::from(form.block_length));
        let last = blocks.len().saturating_sub(1);
        // Ne above 256 has no short form; the card offers the rest with 61xx.
        let le = match self.le {
            Le::UpTo(n) if form.le != ChainLe::None => Le::UpTo(n.min(MAX_SHORT_RESPONSE)),
            _ => Le::Absent,
        };
        blocks
            .enumerate()
            .map(|(i, block)| {
                let class = if i < last { self.class | CLA_CHAINING } else { self.class };
                let le = if i < last && form.le != ChainLe::Each { Le::Absent } else { le };
                self.encoded(class, block, le, LengthFields::Short)
            })
            .collect()
    }

    /// In memory like that of the data: a command with a PIN is in locked pages too.
    fn encoded(&self, class: u8, data: &[u8], le: Le, form: LengthFields) -> Option<SecretBuffer> {
        let header = [class, self.instruction, self.p1, self.p2];
        let mut bytes = self.data.alike(header.len() + 3 + data.len() + 3);
        bytes.append(&header)?;
        match form {
            LengthFields::Short => {
                if !data.is_empty() {
                    bytes.append(&[u8::try_from(data.len()).ok()?])?;
                    bytes.append(data)?;
                }
                match le {
                    Le::Absent => {}
                    Le::UpTo(n @ 1..=255) => bytes.append(&[n as u8])?,
                    Le::UpTo(256) => bytes.append(&[0])?,
                    Le::UpTo(_) => return None,
                }
            }
            LengthFields::Extended => {
                if !data.is_empty() {
                    bytes.append(&[0])?;
                    bytes.append(&u16::try_from(data.len()).ok()?.to_be_bytes())?;
                    bytes.append(data)?;
                }
                match le {
                    Le::Absent => {}
                    Le::UpTo(n @ 1..=65536) => {
                        if data.is_empty() {
                            bytes.append(&[0])?;
                        }
                        bytes.append(&((n & 0xFFFF) as u16).to_be_bytes())?;
                    }
                    Le::UpTo(_) => return None,
                }
            }
        }
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use hex_literal::hex;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_seven_cases_of_the_standard() {
        // ISO/IEC 7816-3:2006, 12.1.3: cases 1, 2S, 3S, 4S, 2E, 3E, 4E.
        let plain = || CommandApdu::new("TEST", 0xA4, 0x01, 0x02);
        let short = |c: CommandApdu| c.encode(LengthFields::Short).unwrap().to_vec();
        let extended = |c: CommandApdu| c.encode(LengthFields::Extended).unwrap().to_vec();
        assert_eq!(short(plain()), hex!("00A40102"));
        assert_eq!(short(plain().with_le(5)), hex!("00A4010205"));
        assert_eq!(short(plain().with_le(256)), hex!("00A4010200"));
        assert_eq!(short(plain().with_data(&hex!("3F00"))), hex!("00A40102023F00"));
        assert_eq!(short(plain().with_data(&hex!("3F00")).with_le(256)), hex!("00A40102023F0000"));
        assert_eq!(extended(plain().with_le(0x1234)), hex!("00A40102001234"));
        assert_eq!(extended(plain().with_le(65536)), hex!("00A40102000000"));
        assert_eq!(extended(plain().with_data(&hex!("3F00"))), hex!("00A401020000023F00"));
        assert_eq!(extended(plain().with_data(&hex!("3F00")).with_le(256)), hex!("00A401020000023F000100"));
    }

    /// ISO/IEC 7816-3:2006, 12.2.2 to 12.2.5: the header of a command over T=0 has five bytes in each case.
    #[test]
    fn the_four_cases_over_t0() {
        let plain = || CommandApdu::new("TEST", 0x22, 0xF3, 0x03);
        let over_t0 = |command: CommandApdu| command.encode_for_t0().unwrap().to_vec();
        assert_eq!(over_t0(plain()), hex!("0022F30300"));
        assert_eq!(over_t0(plain().with_le(5)), hex!("0022F30305"));
        assert_eq!(over_t0(plain().with_data(&hex!("3F00"))), hex!("0022F303023F00"));
        assert_eq!(over_t0(plain().with_data(&hex!("3F00")).with_le(256)), hex!("0022F303023F00"));
    }

    /// ISO/IEC 7816-3:2006, 12.1.3: a short Lc says 1 to 255.
    #[test]
    fn short_form_ends_at_255_bytes() {
        let fits = |length| CommandApdu::new("TEST", 0, 0, 0).with_data(&vec![0; length]).fits_short();
        assert_eq!([0, 255, 256, 257].map(fits), [true, true, false, false]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(CommandApdu::new("TEST", 0, 0, 0).with_data(&[0; 256]).encode(LengthFields::Short).is_none());
        assert!(CommandApdu::new("TEST", 0, 0, 0).with_le(257).encode(LengthFields::Short).is_none());
        assert!(CommandApdu::new("TEST", 0, 0, 0).with_le(0).encode(LengthFields::Short).is_none());
        assert!(
            CommandApdu::new("TEST", 0, 0, 0).with_data(&[0; 65536]).encode(LengthFields::Extended).is_none()
        );
        assert!(CommandApdu::new("TEST", 0, 0, 0).with_le(65537).encode(LengthFields::Extended).is_none());
    }

    #[test]
    fn a_chain_marks_all_but_the_last() {
        let data: Vec<u8> = (0..257u32).map(|i| i as u8).collect();
        let chain = CommandApdu::new("PSO", 0x2A, 0x80, 0x86)
            .with_data(&data)
            .with_le(256)
            .encode_chain(ChainForm::FEWEST)
            .unwrap();
        assert_eq!(chain.len(), 2);
        assert_eq!(chain[0][..5], hex!("102A8086FF"));
        assert_eq!(chain[0].len(), 5 + 255);
        assert_eq!(*chain[1], hex!("002A8086 02 FF00 00"));
    }

    /// A strict reader of command APDUs, written from ISO/IEC 7816-3:2006, 12.1.3 alone.
    fn strict_parse(bytes: &[u8]) -> (Vec<u8>, Option<u32>) {
        let body = &bytes[4..];
        match *body {
            [] => (vec![], None),
            [le] => (vec![], Some(if le == 0 { 256 } else { u32::from(le) })),
            [0, hi, lo] => {
                let n = u32::from(hi) << 8 | u32::from(lo);
                (vec![], Some(if n == 0 { 65536 } else { n }))
            }
            [0, hi, lo, ref rest @ ..] => {
                let lc = usize::from(hi) << 8 | usize::from(lo);
                assert_ne!(lc, 0);
                let le = match rest[lc..] {
                    [] => None,
                    [0, 0] => Some(65536),
                    [hi, lo] => Some(u32::from(hi) << 8 | u32::from(lo)),
                    _ => panic!("left over"),
                };
                (rest[..lc].to_vec(), le)
            }
            [lc, ref rest @ ..] => {
                let lc = usize::from(lc);
                let le = match rest[lc..] {
                    [] => None,
                    [0] => Some(256),
                    [le] => Some(u32::from(le)),
                    _ => panic!("left over"),
                };
                (rest[..lc].to_vec(), le)
            }
        }
    }

    proptest! {
        #[test]
        fn encode_then_parse_strictly(
            data in proptest::collection::vec(any::<u8>(), 0..600),
            le in proptest::option::of(1u32..=65536),
        ) {
            let mut command = CommandApdu::new("TEST", 0x2A, 0x80, 0x86).with_data(&data);
            if let Some(le) = le {
                command = command.with_le(le);
            }
            let extended = command.encode(LengthFields::Extended).unwrap();
            prop_assert_eq!(strict_parse(&extended), (data.clone(), le));
            match command.encode(LengthFields::Short) {
                Some(short) => prop_assert_eq!(strict_parse(&short), (data, le)),
                None => prop_assert!(data.len() > 255 || le.unwrap_or(0) > 256),
            }
        }

        #[test]
        fn a_chain_carries_all_data_in_order(data in proptest::collection::vec(any::<u8>(), 1..1100)) {
            let chain = CommandApdu::new("TEST", 0x2A, 0x80, 0x86).with_data(&data).with_le(512).encode_chain(ChainForm::FEWEST).unwrap();
            let mut seen = Vec::new();
            for (i, bytes) in chain.iter().enumerate() {
                let (block, le) = strict_parse(bytes);
                let last = i + 1 == chain.len();
                prop_assert_eq!(bytes[0], if last { 0x00 } else { 0x10 });
                prop_assert_eq!(le, last.then_some(256));
                seen.extend(block);
            }
            prop_assert_eq!(seen, data);
        }
    }
}
