//! Showing personal data in part, for screens that others see and texts that are passed on.

/// The tax code with its surname and name letters only: `RSSMRA**********`.
#[must_use]
pub(crate) fn tax_code(tax_code: &str) -> String {
    let shown = tax_code.chars().take(6);
    let hidden = tax_code.chars().skip(6).map(|_| '*');
    shown.chain(hidden).collect()
}
