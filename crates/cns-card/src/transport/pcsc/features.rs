//! The features of a reader: its PIN pad, and the length of commands that it takes (PC/SC part 10, release 2.02.09).

use pcsc::Transaction;

use super::super::{PinPad, PinPadCommand};

/// `CM_IOCTL_GET_FEATURE_REQUEST` (2.2), by the platform's own numbering.
const GET_FEATURE_REQUEST: u32 = 3400;
/// Features (2.3): `FEATURE_VERIFY_PIN_DIRECT`, `FEATURE_MODIFY_PIN_DIRECT`, `FEATURE_GET_TLV_PROPERTIES`.
const VERIFY_PIN_DIRECT: u8 = 0x06;
const MODIFY_PIN_DIRECT: u8 = 0x07;
const TLV_PROPERTIES: u8 = 0x12;
/// `dwMaxAPDUDataSize`, `wIdVendor` and `wIdProduct` among the properties (2.6).
const MAX_APDU_DATA_SIZE: u8 = 0x0A;
const ID_VENDOR: u8 = 0x0B;
const ID_PRODUCT: u8 = 0x0C;
/// What every reader carries, in bytes of command data.
const SHORT_DATA: usize = 255;

/// Readers, by USB vendor and product, whose descriptors claim a PIN pad (`bPINSupport`) that they do not have: libccid's
/// list, which its older releases and other CCID drivers lack, and a virtual one. Believed, they would keep every program
/// from asking for the PIN. A reader whose PIN pad also sends the digits to the computer is not among them.
const WITHOUT_PIN_PAD: [(u16, u16); 8] = [
    // bit4id miniLector EVO, the commonest reader for these cards.
    (0x25DD, 0x3111),
    // HID and OMNIKEY readers.
    (0x076B, 0x3A21),
    (0x076B, 0x3031),
    (0x076B, 0x6632),
    // Cherry GmbH, Fujitsu and C3PO readers.
    (0x046A, 0x00A7),
    (0x0BF8, 0x1024),
    (0x0783, 0x0006),
    // VMware's virtual reader.
    (0x0E0F, 0x0004),
];
/// The environment's switch: `off` disables PIN pads. It only takes a feature away, so it counts in every
/// program.
const SWITCH: &str = "CNS_PKCS11_PINPAD";

/// `bmFormatString` (2.5.2): the PIN begins at byte 0 of the command's data, is left-justified and coded in ASCII.
const ASCII_LEFT_JUSTIFIED: u8 = 0x82;
/// `bEntryValidationCondition`: the person ends the entry with the validation key.
const VALIDATION_KEY: u8 = 0x02;
/// `bConfirmPIN` (2.5.3): the present PIN is asked for, and the new one twice.
const ASK_PRESENT_AND_CONFIRM: u8 = 0x03;
/// `wLangId`: Italian, for readers with a display.
const ITALIAN: u16 = 0x0410;

/// Queried once per connection.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Features {
    pub(super) max_command_data: Option<usize>,
    verify: Option<u32>,
    modify: Option<u32>,
}

impl Features {
    /// Queries the reader, within a transaction, so that no other program makes it wait. A reader that fails has none.
    pub(super) fn query(transaction: &Transaction<'_>) -> Self {
        let mut buffer = [0; 264];
        let request = pcsc::ctl_code(GET_FEATURE_REQUEST.into());
        let Ok(list) = transaction.control(request, &[], &mut buffer) else { return Self::default() };
        let mut buffer = [0; 264];
        let properties = code(list, TLV_PROPERTIES)
            .and_then(|code| transaction.control(code.into(), &[], &mut buffer).ok())
            .unwrap_or_default();
        let off = std::env::var_os(SWITCH).is_some_and(|value| value.eq_ignore_ascii_case("off"));
        Self::of(list, properties, !off)
    }

    /// From the responses to `CM_IOCTL_GET_FEATURE_REQUEST` and `FEATURE_GET_TLV_PROPERTIES`, the latter empty without one.
    fn of(list: &[u8], properties: &[u8], pin_pad_allowed: bool) -> Self {
        let pin_pad =
            pin_pad_allowed && !WITHOUT_PIN_PAD.iter().any(|reader| usb_id(properties) == Some(*reader));
        Self {
            max_command_data: max_command_data(properties),
            verify: code(list, VERIFY_PIN_DIRECT).filter(|_| pin_pad),
            modify: code(list, MODIFY_PIN_DIRECT).filter(|_| pin_pad),
        }
    }

    pub(super) fn pin_pad(&self) -> PinPad {
        PinPad { verify: self.verify.is_some(), modify: self.modify.is_some() }
    }

    /// The control code and the structure for PINs that are typed on the PIN pad; `None` when the reader has no such
    /// feature, or its structure cannot say what is wanted.
    pub(super) fn request(&self, entry: &PinPadCommand<'_>) -> Option<(u32, Vec<u8>)> {
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

/// `PIN_VERIFY_STRUCTURE` (2.5.2) or `PIN_MODIFY_STRUCTURE` (2.5.3): little-endian, its fields side by side.
///
/// The command comes with FF in each PIN's field. The reader overwrites these bytes from the left with the digits that are
/// typed; the rest stays FF, which is the card's padding.
fn structure(entry: &PinPadCommand<'_>, offsets: &[u8], conditions: &[u8], messages: u8) -> Option<Vec<u8>> {
    let field_length = u8::try_from(entry.field_length).ok().filter(|length| *length <= 0x0F)?;
    let (fewest, most) = (u8::try_from(entry.digits.0).ok()?, u8::try_from(entry.digits.1).ok()?);
    let mut bytes = Vec::with_capacity(32 + entry.command.len());
    // bTimerOut, bTimerOut2: the reader's own time limits.
    bytes.extend([0, 0]);
    // bmFormatString; bmPINBlockString: no length is inserted, and the PIN's field has so many bytes.
    bytes.extend([ASCII_LEFT_JUSTIFIED, field_length]);
    // bmPINLengthFormat: the command holds no length of the PIN.
    bytes.push(0);
    // Only to change a PIN: bInsertionOffsetOld, bInsertionOffsetNew.
    bytes.extend(offsets);
    // wPINMaxExtraDigit: the fewest in the high byte, the most in the low one.
    bytes.extend(u16::from_be_bytes([fewest, most]).to_le_bytes());
    // bConfirmPIN (only to change a PIN), bEntryValidationCondition, bNumberMessage.
    bytes.extend(conditions);
    // wLangId; bMsgIndex, or bMsgIndex1 to bMsgIndex3.
    bytes.extend(ITALIAN.to_le_bytes());
    bytes.extend(0..messages);
    // bTeoPrologue: for readers that make T=1 blocks from it; zero otherwise.
    bytes.extend([0; 3]);
    // ulDataLength, abData.
    bytes.extend(u32::try_from(entry.command.len()).ok()?.to_le_bytes());
    bytes.extend(entry.command);
    Some(bytes)
}

/// A feature's control code.
fn code(list: &[u8], feature: u8) -> Option<u32> {
    Some(u32::from_be_bytes(tlv(list, feature)?.try_into().ok()?))
}

/// `wIdVendor` and `wIdProduct`, each with its low byte first.
fn usb_id(properties: &[u8]) -> Option<(u16, u16)> {
    let id = |tag| Some(u16::from_le_bytes(tlv(properties, tag)?.try_into().ok()?));
    Some((id(ID_VENDOR)?, id(ID_PRODUCT)?))
}

fn max_command_data(properties: &[u8]) -> Option<usize> {
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

    /// The response of libccid for a Gemalto reader with a PIN pad (published at blog.apdu.fr): 08E6:34C0, short APDUs.
    const FEATURES: &[u8] = &hex!("060442330006 070442330007 0A044233000A 120442330012");
    const PROPERTIES: &[u8] = &hex!(
        "01021104 04021100 05020400 030100 0810 47656D43783030 2D56372E30342E3035 060104 070110 020102"
        "090100 0B02E608 0C02C034 0A0400000000"
    );

    /// The same reader with another vendor and product.
    fn properties_of(vendor: u16, product: u16) -> Vec<u8> {
        let [vendor, product] = [vendor, product].map(u16::to_le_bytes);
        let mut properties = PROPERTIES.to_vec();
        let place = properties.len() - 14;
        assert_eq!(properties[place..place + 8], hex!("0B02E608 0C02C034"));
        properties[place + 2..place + 4].copy_from_slice(&vendor);
        properties[place + 6..place + 8].copy_from_slice(&product);
        properties
    }

    #[test]
    fn a_true_pin_pad() {
        let features = Features::of(FEATURES, PROPERTIES, true);
        assert_eq!((features.verify, features.modify), (Some(0x4233_0006), Some(0x4233_0007)));
        assert_eq!(features.max_command_data, Some(255));
        assert_eq!(features.pin_pad(), PinPad { verify: true, modify: true });
        assert_eq!(usb_id(PROPERTIES), Some((0x08E6, 0x34C0)));
    }

    /// The ids as libccid's list has them, vendor and product; what else the reader says of itself stays true.
    #[test]
    fn a_claimed_pin_pad() {
        for id in [
            "25DD:3111",
            "076B:3A21",
            "076B:3031",
            "076B:6632",
            "046A:00A7",
            "0BF8:1024",
            "0783:0006",
            "0E0F:0004",
        ] {
            let (vendor, product) = id.split_once(':').unwrap();
            let [vendor, product] = [vendor, product].map(|id| u16::from_str_radix(id, 16).unwrap());
            let features = Features::of(FEATURES, &properties_of(vendor, product), true);
            assert_eq!(features.pin_pad(), PinPad::default(), "{id}");
            assert_eq!(features.max_command_data, Some(255), "{id}");
            // Another product of the vendor, and the product's number with another vendor.
            for (vendor, product) in [(vendor, product ^ 0x0100), (vendor ^ 0x0100, product)] {
                let features = Features::of(FEATURES, &properties_of(vendor, product), true);
                assert!(features.pin_pad().verify && features.pin_pad().modify);
            }
        }
    }

    #[test]
    fn a_reader_without_properties_is_believed() {
        assert!(Features::of(FEATURES, &[], true).pin_pad().verify);
        assert_eq!(Features::of(&[], &[], true).pin_pad(), PinPad::default());
    }

    #[test]
    fn the_switch_takes_the_pin_pad_and_nothing_else() {
        let features = Features::of(FEATURES, PROPERTIES, false);
        assert_eq!(features.pin_pad(), PinPad::default());
        assert_eq!(features.max_command_data, Some(255));
        let entry = PinPadCommand { command: &[0; 13], fields: 1, field_length: 8, digits: (5, 8) };
        assert_eq!(features.request(&entry), None);
    }

    const BOTH: Features = Features { max_command_data: None, verify: Some(6), modify: Some(7) };

    #[test]
    fn one_pin() {
        let command = hex!("0020001008FFFFFFFFFFFFFFFF");
        let entry = PinPadCommand { command: &command, fields: 1, field_length: 8, digits: (5, 8) };
        // bTimerOut … bmPINLengthFormat, wPINMaxExtraDigit 0x0508, condition, 1 message, wLangId 0x0410, bMsgIndex,
        // bTeoPrologue, ulDataLength 13, the command.
        let expected = hex!("00 00 82 08 00 0805 02 01 1004 00 000000 0D000000 0020001008FFFFFFFFFFFFFFFF");
        assert_eq!(BOTH.request(&entry), Some((6, expected.to_vec())));
        assert_eq!(Features { verify: None, ..BOTH }.request(&entry), None);
    }

    #[test]
    fn a_new_pin() {
        let command = hex!("0024001010FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF");
        let entry = PinPadCommand { command: &command, fields: 2, field_length: 8, digits: (5, 8) };
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
        let entry = PinPadCommand { command: &[0; 5], fields: 1, field_length: 16, digits: (5, 8) };
        assert_eq!(BOTH.request(&entry), None);
        assert_eq!(BOTH.request(&PinPadCommand { fields: 3, field_length: 8, ..entry }), None);
    }
}
