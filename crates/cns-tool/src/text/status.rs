//! `cns status`.

/// Messages of `cns status`.
pub trait StatusText {
    /// What the subcommand does: one line.
    fn status_about(&self) -> &'static str;
    /// In front of the card's family.
    fn family(&self) -> &'static str;
}
