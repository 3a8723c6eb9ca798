//! `cns status`.

use crate::text::{English, StatusText};

impl StatusText for English {
    fn status_about(&self) -> &'static str {
        "Show readers, cards, holder, expiry of the certificate and tries left"
    }

    fn family(&self) -> &'static str {
        "Kind of card"
    }
}
