//! FirmaQUI (Intesi Group, 2025): the mark `CNS` in pre-issuing data instead of the specification's place. Its layout is
//! not public; it comes with the middleware of ACe 2025, and is taken to have the same two applications.

use super::{Personality, ace2025};

pub(super) const PERSONALITY: Personality = Personality {
    name: "firmaqui",
    title: "FirmaQUI (Intesi Group) 2025",
    series: "35",
    atr: &[
        0x3B, 0xDB, 0x18, 0xFF, 0x81, 0xB1, 0xFE, 0x45, 0x1F, 0xC3, 0x80, 0x73, 0xC8, 0x21, 0x10, 0x65, 0x43,
        0x4E, 0x53, 0x10, 0x73, 0x39,
    ],
    ..ace2025::PERSONALITY
};
