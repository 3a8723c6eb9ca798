//! Identity cards: CIE 3.0 behind its own ATR, a bare one, one that other cards have too, or one of nothing but zeros; the
//! first CIE, with contacts; and a card with the mark `CIE`, which is a card for health and regional services.

use super::Personality;
use super::foreign::{EMPTY, empty_card};

/// The IAS application of CIE 3.0.
const IAS: [u8; 13] = [0xA0, 0x00, 0x00, 0x00, 0x30, 0x80, 0x00, 0x00, 0x00, 0x09, 0x81, 0x60, 0x01];

/// The electronic identity card (CIE 3.0) over NFC: an IAS application and no classic file.
pub(super) const CIE3: Personality = Personality {
    name: "cie3",
    title: "Carta d'identità elettronica (CIE 3.0)",
    series: "21",
    atr: &[
        0x3B, 0x8F, 0x80, 0x01, 0x80, 0x31, 0x80, 0x65, 0x49, 0x54, 0x4A, 0x34, 0x41, 0x12, 0x0F, 0xFF, 0x82,
        0x90, 0x00, 0x88,
    ],
    layout: |_| empty_card(Some(&IAS)),
    ..EMPTY
};

/// A CIE 3.0 variant that shares the bare ATR of ST 2022 over NFC: only a SELECT by name distinguishes them.
pub(super) const ST_NFC: Personality = Personality {
    name: "cie-st-nfc",
    title: "CIE 3.0 with a bare ATR",
    series: "22",
    atr: &[0x3B, 0x80, 0x80, 0x01, 0x01],
    layout: |_| empty_card(Some(&IAS)),
    ..EMPTY
};

pub(super) const GEMALTO: Personality = Personality {
    name: "cie-gemalto",
    title: "CIE 3.0 with its maker's general ATR",
    series: "29",
    atr: &[
        0x3B, 0x8F, 0x80, 0x01, 0x80, 0x31, 0x80, 0x65, 0xB0, 0x85, 0x04, 0x00, 0x11, 0x12, 0x0F, 0xFF, 0x82,
        0x90, 0x00, 0x8A,
    ],
    layout: |_| empty_card(Some(&IAS)),
    ..EMPTY
};

pub(super) const ZEROS: Personality = Personality {
    name: "cie-zeros",
    title: "CIE 3.0 with an ATR of zeros",
    series: "30",
    atr: &[
        0x3B, 0x8F, 0x80, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFF, 0x82,
        0x90, 0x00, 0xE3,
    ],
    layout: |_| empty_card(Some(&IAS)),
    ..EMPTY
};

pub(super) const FIRST: Personality = Personality {
    name: "cie-first",
    title: "The first CIE, with contacts",
    series: "31",
    atr: &[0x3B, 0xF4, 0x18, 0x00, 0xFF, 0x81, 0x31, 0x80, 0x55, 0x00, 0x31, 0x80, 0x00, 0xC7],
    ..EMPTY
};

pub(super) const MARK: Personality = Personality {
    name: "cie-mark",
    title: "Hybrid card with the mark CIE",
    series: "32",
    atr: &[
        0x3B, 0xFF, 0x18, 0x00, 0x00, 0x81, 0x31, 0xFE, 0x45, 0x00, 0x6B, 0x04, 0x05, 0x01, 0x00, 0x01, 0x21,
        0x01, 0x43, 0x49, 0x45, 0x10, 0x31, 0x80, 0x48,
    ],
    ..EMPTY
};
