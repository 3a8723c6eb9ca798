//! Asking a card in hexadecimal, so that a test reads like a trace.
#![allow(dead_code, reason = "each test file uses its share")]

use virtual_cns::{Card, Personality};

/// A card with power.
pub(crate) fn card(personality: &Personality) -> Card {
    let mut card = Card::new(personality);
    card.power_on();
    card
}

/// Sends a command written in hexadecimal; answers the response in hexadecimal.
pub(crate) fn ask(card: &mut Card, command: &str) -> String {
    hex(&card.transmit(&unhex(command)))
}

/// The status word of the answer.
pub(crate) fn status(card: &mut Card, command: &str) -> String {
    let answer = ask(card, command);
    answer[answer.len() - 4..].to_string()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// VERIFY with the default PIN `12345`, for a P2.
pub(crate) fn verify(p2: &str) -> String {
    format!("0020 00{p2} 08 3132333435FFFFFF")
}

/// VERIFY with the wrong PIN `54321`.
pub(crate) fn verify_wrong(p2: &str) -> String {
    format!("0020 00{p2} 08 3534333231FFFFFF")
}
