//! The transmission protocols (ISO/IEC 7816-3), and the answer to reset that offers T=0.

/// A transmission protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// One byte P3 is Lc or Le: no command has both.
    T0,
    /// The whole command APDU.
    T1,
}

/// The answer to reset of a card with the same historical bytes that offers T=0 alone: no interface bytes, and so no check
/// byte (8.2).
pub(super) fn answer_to_reset(atr: &[u8]) -> Vec<u8> {
    let format = atr[1];
    let (mut at, mut indicator) = (2, format);
    while indicator & 0xF0 != 0 {
        let interface_bytes = (indicator >> 4).count_ones() as usize;
        at += interface_bytes;
        indicator = if indicator & 0x80 == 0 { 0 } else { atr[at - 1] };
    }
    let length = format & 0x0F;
    [&[0x3B, length], &atr[at..at + usize::from(length)]].concat()
}
