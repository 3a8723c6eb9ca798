//! Values in JSON by their `Display`.

use std::fmt::Display;

use serde::Serializer;

pub(crate) fn as_text<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}
