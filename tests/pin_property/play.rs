//! What a process plays with: a card, and what is special about the run.

use virtual_cns::Personality;

/// The personality of the further runs.
const OF_THE_FURTHER: &str = "st2021";
/// Both cards have a signature keyset with a PIN of its own, which is not driven.
const WITH_SIGNATURE_KEYSET: &str = "with a signature keyset";
/// Cards are remembered from process to process, as they are where nobody says otherwise.
const REMEMBERED: &str = "remembered";

pub(crate) struct Play {
    pub(crate) personality: Personality,
    pub(crate) has_signature_keyset: bool,
    pub(crate) is_remembered: bool,
}

impl Play {
    /// All of them, by name: every supported card, and the further runs.
    pub(crate) fn names() -> Vec<String> {
        let supported = Personality::all().iter().chain(Personality::further());
        let further = [WITH_SIGNATURE_KEYSET, REMEMBERED].map(|what| format!("{OF_THE_FURTHER} {what}"));
        supported.map(|personality| personality.name().to_owned()).chain(further).collect()
    }

    pub(crate) fn of(name: &str) -> Self {
        let (card, special) = name.split_once(' ').unwrap_or((name, ""));
        Self {
            personality: Personality::by_name(card).expect("a personality"),
            has_signature_keyset: special == WITH_SIGNATURE_KEYSET,
            is_remembered: special == REMEMBERED,
        }
    }
}
