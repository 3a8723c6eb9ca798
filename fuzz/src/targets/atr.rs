//! Answers to reset of any bytes: taken apart, and followed to what the card is then asked.

use cns_card::atr::Atr;
use cns_card::{OpenedCard, TransportError, open};

use crate::FuzzTarget;
use crate::input::Input;
use crate::reader::{OneReader, READER, Responder, pin_commands};

/// See above.
pub const TARGET: FuzzTarget = FuzzTarget { name: "atr", longest: 64, prepare: || (), run };

/// Always the same answer.
struct ConstantAnswer(Vec<u8>);

impl Responder for ConstantAnswer {
    fn answer(&mut self, _: &[u8]) -> Result<Vec<u8>, TransportError> {
        Ok(self.0.clone())
    }
}

fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let status =
        input.one_of(&[[0x6A, 0x82], [0x90, 0x00], [0x6D, 0x00], [0x61, 0x00], [0x6C, 0x10], [0x69, 0x82]]);
    let bytes = input.rest();
    if let Ok(atr) = Atr::parse(bytes) {
        let historical = &atr.historical;
        assert!(historical.len() <= 15, "ISO/IEC 7816-3, 8.2.4: at most 15 historical bytes");
        let among = historical.is_empty() || bytes.windows(historical.len()).any(|part| part == historical);
        assert!(among, "bytes that are not in the ATR");
        assert!(atr.protocols.iter().all(|protocol| *protocol < 15));
        let as_specified = historical.len() >= 12 && historical.starts_with(&[0x00, 0x6B]);
        assert_eq!(atr.cns_fields().is_some(), as_specified);
    }
    let reader = OneReader::with(bytes, ConstantAnswer(status.to_vec()));
    let opened = open(&reader, READER);
    let sent = reader.sent();
    // A card that grants every SELECT is believed until its files turn out to be none.
    let grants = status == [0x90, 0x00];
    let most = match opened {
        Ok(OpenedCard::Unsupported { is_certain, .. }) if is_certain || !grants => 3,
        _ => 3 + 128,
    };
    assert!(sent.len() <= most, "{} commands", sent.len());
    assert_eq!(pin_commands(&sent), 0, "no PIN was typed");
}
