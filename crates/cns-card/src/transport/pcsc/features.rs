//! What a reader can do beyond moving bytes, and its keypad (PC/SC part 10, release 2.02.09).

use pcsc::Transaction;

use super::super::{Keypad, KeypadEntry};

/// `CM_IOCTL_GET_FEATURE_REQUEST` (2.2), by the platform's own numbering.
const GET_FEATURE_REQUEST: u32 = 3400;
/// Features (2.3): `FEATURE_VERIFY_PIN_DIRECT`, `FEATURE_MODIFY_PIN_DIRECT`, `FEATURE_GET_TLV_PROPERTIES`.
const VERIFY_PIN_DIRECT: u8 = 0x06;
const MODIFY_PIN_DIRECT: u8 = 0x07;
const TLV_PROPERTIES: u8 = 0x12;
/// `dwMaxAPDUDataSize` among the properties (2.6).
const MAX_APDU_DATA_SIZE: u8 = 0x0A;
/// What every reader carries, in bytes of command data.
const SHORT_DATA: usize = 255;

/// `bmFormatString` (2.5.2): the PIN's place counts in bytes, is the first one, left-justified, and holds ASCII.
const ASCII_LEFT_JUSTIFIED: u8 = 0x82;
/// `bEntryValidationCondition`: the person ends the entry with the validation key.
const VALIDATION_KEY: u8 = 0x02;
/// `bConfirmPIN` (2.5.3): the present PIN is asked for, and the new one a second time.
const ASK_PRESENT_AND_CONFIRM: u8 = 0x03;
/// `wLangId`: Italian, for readers with a display.
const ITALIAN: u16 = 0x0410;

/// Asked once per connection.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Features {
    pub(super) max_command_data: Option<usize>,
    verify: Option<u32>,
    modify: Option<u32>,
}

impl Features {
    /// Asks the reader, within a transaction, where nobody makes it wait. One that does not answer has none.
    pub(super) fn ask(transaction: &Transaction<'_>) -> Self {
        let mut room = [0; 264];
        let request = pcsc::ctl_code(GET_FEATURE_REQUEST.into());
        let Ok(list) = transaction.control(request, &[], &mut room) else { return Self::default() };
        let code = |feature| {
            let code = tlv(list, feature)?;
            Some(u32::from_be_bytes(code.try_into().ok()?))
        };
        Self {
            max_command_data: code(TLV_PROPERTIES).and_then(|code| max_command_data(transaction, code)),
            verify: code(VERIFY_PIN_DIRECT),
            modify: code(MODIFY_PIN_DIRECT),
        }
    }

    pub(super) fn keypad(&self) -> Keypad {
        Keypad { verify: self.verify.is_some(), modify: self.modify.is_some() }
    }

    /// The control code and the structure for an entry; `None` when the reader has no such feature, or its structure
    /// cannot say what is wanted.
    pub(super) fn request(&self, entry: &KeypadEntry<'_>) -> Option<(u32, Vec<u8>)> {
        match entry.fields {
            1 => Some((self.verify?, structure(entry, &[], &[VALIDATION_KEY, 1], 1)?)),
            2 => {
                let offsets = [0, u8::try_from(entry.field_length).ok()?];
                let conditions = [ASK_PRESENT_AND_CONFIRM, VALIDATION_KEY, 3];
                Some((self.modify?, structure(entry, &offsets, &conditions, 3)?))
            }
            _ => None,
        }
    }
}

/// `PIN_VERIFY_STRUCTURE` (2.5.2) or `PIN_MODIFY_STRUCTURE` (2.5.3): little-endian, without padding between fields.
fn structure(entry: &KeypadEntry<'_>, offsets: &[u8], conditions: &[u8], messages: u8) -> Option<Vec<u8>> {
    let field_length = u8::try_from(entry.field_length).ok().filter(|length| *length <= 0x0F)?;
    let (fewest, most) = (u8::try_from(entry.digits.0).ok()?, u8::try_from(entry.digits.1).ok()?);
    let mut bytes = Vec::with_capacity(32 + entry.command.len());
    // bTimerOut, bTimerOut2: the reader's own patience.
    bytes.extend([0, 0]);
    bytes.extend([ASCII_LEFT_JUSTIFIED, field_length]);
    // bmPINLengthFormat: the command holds no length of the PIN.
    bytes.push(0);
    bytes.extend(offsets);
    // wPINMaxExtraDigit: the fewest in the high byte, the most in the low one.
    bytes.extend(u16::from_be_bytes([fewest, most]).to_le_bytes());
    bytes.extend(conditions);
    bytes.extend(ITALIAN.to_le_bytes());
    bytes.extend(0..messages);
    // bTeoPrologue: for readers that make T=1 blocks from it; zero otherwise.
    bytes.extend([0; 3]);
    bytes.extend(u32::try_from(entry.command.len()).ok()?.to_le_bytes());
    bytes.extend(entry.command);
    Some(bytes)
}

fn max_command_data(transaction: &Transaction<'_>, code: u32) -> Option<usize> {
    let mut room = [0; 264];
    let properties = transaction.control(code.into(), &[], &mut room).ok()?;
    let size = tlv(properties, MAX_APDU_DATA_SIZE)?;
    let size = u32::from_le_bytes(size.try_into().ok()?);
    Some(usize::try_from(size).ok()?.max(SHORT_DATA))
}

/// The value of a tag in a list of one-byte tags and lengths (PC/SC part 10).
fn tlv(mut list: &[u8], tag: u8) -> Option<&[u8]> {
    while let [found, length, rest @ ..] = list {
        let (value, rest) = rest.split_at_checked(usize::from(*length))?;
        if *found == tag {
            return Some(value);
        }
        list = rest;
    }
    None
}

#[cfg(test)]
mod tests {
    use hex_literal::hex;

    use super::*;

    #[test]
    fn properties_come_as_tags_and_lengths() {
        // What the CCID driver answers for a reader with extended APDUs, shortened.
        let list = hex!("0701 00 0A04 00000100 0B02 1234");
        assert_eq!(tlv(&list, MAX_APDU_DATA_SIZE), Some(&hex!("00000100")[..]));
        assert_eq!(tlv(&list, 0x0C), None);
        assert_eq!(tlv(&hex!("0A04 0000"), MAX_APDU_DATA_SIZE), None);
        assert_eq!(tlv(&hex!("0A"), MAX_APDU_DATA_SIZE), None);
        assert_eq!(tlv(&[], MAX_APDU_DATA_SIZE), None);
    }

    const BOTH: Features = Features { max_command_data: None, verify: Some(6), modify: Some(7) };

    #[test]
    fn one_pin() {
        let command = hex!("0020001008FFFFFFFFFFFFFFFF");
        let entry = KeypadEntry { command: &command, fields: 1, field_length: 8, digits: (5, 8) };
        // bTimerOut … bmPINLengthFormat, wPINMaxExtraDigit 0x0508, condition, 1 message, wLangId 0x0410, bMsgIndex,
        // bTeoPrologue, ulDataLength 13, the command.
        let expected = hex!("00 00 82 08 00 0805 02 01 1004 00 000000 0D000000 0020001008FFFFFFFFFFFFFFFF");
        assert_eq!(BOTH.request(&entry), Some((6, expected.to_vec())));
        assert_eq!(Features { verify: None, ..BOTH }.request(&entry), None);
    }

    #[test]
    fn a_new_pin() {
        let command = hex!("0024001010FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF");
        let entry = KeypadEntry { command: &command, fields: 2, field_length: 8, digits: (5, 8) };
        // The offsets of the two PINs follow bmPINLengthFormat, bConfirmPIN precedes the condition; three messages.
        let expected = hex!(
            "00 00 82 08 00 00 08 0805 03 02 03 1004 000102 000000 15000000"
            "0024001010FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
        );
        assert_eq!(BOTH.request(&entry), Some((7, expected.to_vec())));
        assert_eq!(Features { modify: None, ..BOTH }.request(&entry), None);
    }

    #[test]
    fn what_the_structure_cannot_say() {
        let entry = KeypadEntry { command: &[0; 5], fields: 1, field_length: 16, digits: (5, 8) };
        assert_eq!(BOTH.request(&entry), None);
        assert_eq!(BOTH.request(&KeypadEntry { fields: 3, field_length: 8, ..entry }), None);
    }
}
