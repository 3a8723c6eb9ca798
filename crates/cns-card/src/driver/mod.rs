//! The drivers: one file per family of cards, the trait that they implement, and the table of them all.

mod ace2025;
pub(crate) mod card_driver;
mod classic;
mod cosmo7;
mod idemia;
mod idemia_nfc;
mod incard;
mod infocamere;
pub(crate) mod pin_command;
pub(crate) mod private_key;
pub(crate) mod retry_counter;
mod security_environment;
mod st_nfc;
mod unknown;

use crate::atr::Atr;

pub(crate) use ace2025::{CNS as ACE_CNS, ESIGN};
pub(crate) use card_driver::CardDriver;
pub(crate) use idemia_nfc::{IDEMIA_BY_APPLICATION, IDEMIA_CNS};
pub(crate) use st_nfc::{J_SIGN, ST_NFC};

/// Every driver that an ATR leads to, the particular before the general; the last takes every card with a CNS mark.
const DRIVERS: &[&[&dyn CardDriver]] = &[
    idemia::DRIVERS,
    idemia_nfc::DRIVERS,
    cosmo7::DRIVERS,
    ace2025::DRIVERS,
    incard::DRIVERS,
    classic::DRIVERS,
    unknown::DRIVERS,
];

/// The first driver whose row the ATR matches.
pub(crate) fn for_atr(atr: &Atr) -> Option<&'static dyn CardDriver> {
    DRIVERS.iter().copied().flatten().copied().find(|driver| driver.profile().atr_rule.matches(atr))
}
