//! The contactless side of a TS-CNS that has its CNS behind the contacts only: no application that anybody knows.

use super::Personality;
use super::foreign::EMPTY;

pub(super) const PERSONALITY: Personality = Personality {
    name: "ts-contactless-side",
    title: "TS-CNS, the side without CNS",
    series: "33",
    atr: &[0x3B, 0x88, 0x80, 0x01, 0x00, 0x00, 0x00, 0x00, 0x33, 0x81, 0x81, 0x00, 0x3A],
    ..EMPTY
};
