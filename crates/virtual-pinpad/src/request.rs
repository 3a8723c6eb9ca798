//! `PIN_VERIFY_STRUCTURE` and `PIN_MODIFY_STRUCTURE` (PC/SC part 10, 2.5.2 and 2.5.3), parsed strictly, and the command
//! that a reader makes of them and of what was typed. Numbers are little-endian, as on every host pcscd runs on here.

use zeroize::Zeroizing;

/// What was typed, word by word.
type Words = Vec<Zeroizing<Vec<u8>>>;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestKind {
    /// One PIN.
    Verify,
    /// The present PIN, the new one, and the new one again.
    Modify,
}

/// What a person did at the PIN pad.
pub enum PinEntry {
    /// Typed these, in the order asked.
    Typed(Words),
    /// Pressed the cancel key.
    Cancelled,
    /// Did nothing.
    Timeout,
}

/// A request as this reader carries it out: ASCII digits, left-justified, in fields of a fixed size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    kind: RequestKind,
    /// The fewest and most digits.
    digits: (usize, usize),
    /// Where in the data the PINs go, in the order typed.
    places: Vec<usize>,
    /// How long each field is.
    size: usize,
    language: u16,
    template: Vec<u8>,
}

/// CLA, INS, P1, P2, Lc.
const HEADER: usize = 5;
/// `bmFormatString`: units of bytes, position 0, left-justified, ASCII.
const ASCII_LEFT: u8 = 0x82;
/// `bEntryValidationCondition`: the validation key ends the entry.
const BY_KEY: u8 = 0x02;
/// `bConfirmPIN`: the present PIN is asked for, and the new one twice.
const PRESENT_AND_TWICE: u8 = 0x03;
/// Part 10, 2.5: the two new PINs differ; a PIN is too short or too long.
const DIFFERENT: [u8; 2] = [0x64, 0x02];
const WRONG_LENGTH: [u8; 2] = [0x64, 0x03];

impl Request {
    /// Reads a structure.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(kind: RequestKind, structure: &[u8]) -> Result<Self, &'static str> {
        let mut rest = structure;
        let mut byte = || -> Result<u8, &'static str> {
            let (first, others) = rest.split_first().ok_or("too short")?;
            rest = others;
            Ok(*first)
        };
        let (_timeout, _timeout_after_first_key) = (byte()?, byte()?);
        if byte()? != ASCII_LEFT {
            return Err("not ASCII, left-justified, from the first byte on");
        }
        let block = byte()?;
        if block & 0xF0 != 0 || byte()? != 0 {
            return Err("a PIN length inside the command");
        }
        let places = match kind {
            RequestKind::Verify => vec![0],
            RequestKind::Modify => vec![usize::from(byte()?), usize::from(byte()?)],
        };
        let (most, fewest) = (usize::from(byte()?), usize::from(byte()?));
        if kind == RequestKind::Modify && byte()? != PRESENT_AND_TWICE {
            return Err("not the present PIN and the new one twice");
        }
        if byte()? != BY_KEY {
            return Err("not ended by the validation key");
        }
        let messages = byte()?;
        if messages != if kind == RequestKind::Verify { 1 } else { 3 } {
            return Err("a wrong number of messages");
        }
        let language = u16::from_le_bytes([byte()?, byte()?]);
        for _ in 0..messages {
            byte()?;
        }
        if [byte()?, byte()?, byte()?] != [0; 3] {
            return Err("a prologue");
        }
        let length = u32::from_le_bytes([byte()?, byte()?, byte()?, byte()?]);
        let template = rest.to_vec();
        if template.len() != length as usize {
            return Err("ulDataLength is not the length of the data");
        }
        let size = usize::from(block & 0x0F);
        let data = template.len().checked_sub(HEADER).ok_or("no command")?;
        if usize::from(template[HEADER - 1]) != data || places.iter().any(|place| place + size > data) {
            return Err("the fields do not fit the command");
        }
        if fewest > most || most > size {
            return Err("no PIN can have that length");
        }
        Ok(Self { kind, digits: (fewest, most), places, size, language, template })
    }

    /// One line for the account: no secret is known yet.
    pub(crate) fn summary(&self) -> String {
        let (fewest, most) = self.digits;
        format!("{:?} {fewest}..{most} digits, language {:04X}", self.kind, self.language)
    }

    /// The command with the PINs in it.
    ///
    /// # Errors
    /// The reader's own status word when what was typed cannot be sent.
    pub fn command(&self, words: &Words) -> Result<Zeroizing<Vec<u8>>, [u8; 2]> {
        let (fewest, most) = self.digits;
        let plausible =
            |word: &[u8]| (fewest..=most).contains(&word.len()) && word.iter().all(u8::is_ascii_digit);
        if !words.iter().all(|word| plausible(word)) {
            return Err(WRONG_LENGTH);
        }
        let fields = match (self.kind, &words[..]) {
            (RequestKind::Verify, [pin]) => vec![pin],
            (RequestKind::Modify, [present, new, again]) if new == again => vec![present, new],
            (RequestKind::Modify, [_, _, _]) => return Err(DIFFERENT),
            _ => return Err(WRONG_LENGTH),
        };
        let mut command = Zeroizing::new(self.template.clone());
        for (place, word) in self.places.iter().zip(fields) {
            let start = HEADER + place;
            command[start..start + word.len()].copy_from_slice(word);
        }
        Ok(command)
    }
}

#[cfg(test)]
mod tests {
    use hex_literal::hex;

    use super::*;

    fn typed(words: &[&str]) -> Words {
        words.iter().map(|word| Zeroizing::new(word.as_bytes().to_vec())).collect()
    }

    #[test]
    fn a_pin_goes_into_its_field() {
        let structure = hex!("00 00 82 08 00 08 05 02 01 1004 00 000000 0D000000 0020001008FFFFFFFFFFFFFFFF");
        let request = Request::parse(RequestKind::Verify, &structure).expect("a request");
        let command = request.command(&typed(&["12345"])).expect("a command");
        assert_eq!(command[..], hex!("0020001008 3132333435FFFFFF"));
        assert_eq!(request.command(&typed(&["1234"])).err(), Some(WRONG_LENGTH));
    }

    #[test]
    fn a_new_pin_is_typed_twice() {
        let structure = hex!(
            "00 00 82 08 00 00 08 08 05 03 02 03 1004 000102 000000 15000000 0024001010"
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
        );
        let request = Request::parse(RequestKind::Modify, &structure).expect("a request");
        let command = request.command(&typed(&["12345", "654321", "654321"])).expect("a command");
        assert_eq!(command[..], hex!("0024001010 3132333435FFFFFF 363534333231FFFF"));
        assert_eq!(request.command(&typed(&["12345", "654321", "654322"])).err(), Some(DIFFERENT));
    }

    #[test]
    fn what_is_not_exactly_so_is_refused() {
        let structure = hex!("00 00 82 08 00 08 05 02 01 1004 00 000000 0D000000 0020001008FFFFFFFFFFFFFFFF");
        for cut in 0..structure.len() {
            assert!(Request::parse(RequestKind::Verify, &structure[..cut]).is_err(), "{cut}");
        }
        assert!(Request::parse(RequestKind::Modify, &structure).is_err());
    }
}
