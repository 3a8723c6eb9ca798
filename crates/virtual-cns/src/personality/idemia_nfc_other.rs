//! IDEMIA over NFC behind the ATR of another lot: the CNS application has a name, and is to be selected by it.

use super::{Contents, LayoutInput, Personality, applet, idemia_nfc};

/// The CNS application of the applet.
const CNS: [u8; 16] =
    [0xA0, 0x00, 0x00, 0x00, 0x77, 0x01, 0x03, 0x00, 0x06, 0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02];

fn layout(input: &LayoutInput) -> Contents {
    Contents { start: None, ..applet::layout_with_name(input, 0x02, Some(&CNS)) }
}

pub(super) const PERSONALITY: Personality = Personality {
    name: "idemia-nfc-other",
    title: "IDEMIA over NFC, another lot",
    series: "36",
    atr: &[0x3B, 0x8B, 0x80, 0x01, 0x00, 0x31, 0xC1, 0x64, 0x0A, 0x11, 0x22, 0x33, 0x00, 0x90, 0x00, 0x04],
    layout,
    ..idemia_nfc::PERSONALITY
};
