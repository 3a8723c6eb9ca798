//! What `cns generate` says.

use crate::text::Language;

/// Man pages and completions could not be written into this folder.
pub(crate) fn manual_not_written(language: Language, folder: &str) -> String {
    language.pick(
        format!("Non riesco a scrivere le pagine di manuale in {folder}."),
        format!("The manual pages could not be written into {folder}."),
    )
}
