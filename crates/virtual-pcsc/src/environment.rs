//! The card of a program that knows nothing of this crate: `VIRTUAL_PCSC_CARD` names a personality of `virtual-cns`.

use std::sync::Once;

use virtual_cns::{Card, Personality};

use crate::service::service;

/// The reader of a card that the environment names.
pub const READER: &str = "Virtual PCD 00 00";

const VARIABLE: &str = "VIRTUAL_PCSC_CARD";

/// Puts it in, before the first context. Without the variable nothing is done.
pub(crate) fn insert_card() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let named = std::env::var(VARIABLE).ok().and_then(|name| Personality::by_name(&name));
        if let Some(personality) = named {
            service().insert(READER, Card::new(&personality).shared());
        }
    });
}
