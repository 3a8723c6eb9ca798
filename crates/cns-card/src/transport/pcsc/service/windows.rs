//! The smart card service of Windows.

/// There is one, and no way to name another.
pub(super) fn name() -> String {
    String::new()
}

/// It does not say since when it runs. Then a count of insertions from before a restart may be taken for one of now: the
/// retry guard refuses too much until the card is taken out, never too little.
pub(super) fn life() -> String {
    String::new()
}
