//! What this user's processes remember of cards: public files only, stored by `cns-cache`, believed only of a card that
//! proves it is that one (`cns_card::open_with_cache`). Decision 0017.
//!
//! Must never hold anything secret, and never make a listing fail: without a cache it takes a few commands more.

use cns_cache::Cache;
use cns_card::CachedCard;

use crate::identity::TokenIdentity;

/// The cards that were listed before, the last one in front; none where the cache is switched off.
#[must_use]
pub fn cached_cards() -> Vec<CachedCard> {
    let Some(cache) = Cache::of_this_user() else { return Vec::new() };
    match cache.load() {
        Ok(entries) => entries.iter().filter_map(|entry| CachedCard::from_bytes(entry)).collect(),
        Err(error) => {
            tracing::debug!(%error, "no cards are cached");
            Vec::new()
        }
    }
}

/// Makes sure that the card of this number is read anew by the next process.
pub fn forget_card(serial: &str) {
    let Some(cache) = Cache::of_this_user() else { return };
    if let Err(error) = cache.forget(serial) {
        tracing::warn!(%error, "the card stays cached");
    }
}

/// Stores a card for the next process, by its number and its name.
pub fn store_card(card: &CachedCard, identity: &TokenIdentity) {
    let Some(cache) = Cache::of_this_user() else { return };
    if let Err(error) = cache.store(&identity.serial, &identity.name(), &card.to_bytes()) {
        tracing::debug!(%error, "the card is not cached");
    }
}
