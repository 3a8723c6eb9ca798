//! What has to change in the registry when the minidriver comes, is repaired, or goes.

use crate::card_type::{CardType, MINIDRIVER, to_register};
use crate::lots::{FIRST, bare_contactless, before_all_others, card_types, is_ours};

/// A card type with what its key says of the driver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredType {
    /// Name, ATR and mask.
    pub card_type: CardType,
    /// The minidriver: a file name or a full path; empty where the key has none.
    pub minidriver: String,
    /// The provider for programs that know CNG, where the key has one.
    pub key_storage_provider: Option<String>,
}

impl RegisteredType {
    /// Whether the key is one of this project's: by its name, and by its minidriver where it has one.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        let file = self.minidriver.rsplit(['\\', '/']).next().unwrap_or_default();
        is_ours(&self.card_type.name) && (file.is_empty() || file.eq_ignore_ascii_case(MINIDRIVER))
    }
}

/// What a person asks for besides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Lots that another product has are taken from it.
    pub take_over: bool,
    /// The bare ATR of ST 2022 over NFC.
    pub contactless: bool,
}

/// Keys to write, whole, and keys to remove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// Also those that are there already: the minidriver may lie elsewhere now.
    pub write: Vec<CardType>,
    /// Ours that another product has now.
    pub remove: Vec<String>,
}

/// What makes the registry right for our minidriver. What was asked for before stays.
#[must_use]
pub fn registration(registered: &[RegisteredType], wishes: Wishes) -> Changes {
    let (ours, foreign): (Vec<_>, Vec<_>) = registered.iter().partition(|key| key.is_ours());
    let foreign: Vec<CardType> = foreign.into_iter().map(|key| key.card_type.clone()).collect();
    let mut write = to_register(card_types(), &foreign);
    // Its key would be written over: the registry takes names in capital letters or not for the same.
    write.retain(|ours| foreign.iter().all(|its| !its.name.eq_ignore_ascii_case(&ours.name)));
    if wishes.take_over {
        let is_exact = |card_type: &CardType| card_type.mask.iter().all(|bits| *bits == 0xFF);
        let taken = |card_type: &CardType| foreign.iter().any(|its| its.matches(&card_type.atr));
        let lots = card_types().into_iter().filter(|lot| is_exact(lot) && taken(lot));
        write.extend(lots.map(|lot| before_all_others(&lot.atr)));
    }
    if wishes.contactless {
        write.push(bare_contactless());
    }
    for key in &ours {
        let asked_for = key.card_type.name.starts_with(FIRST) || key.card_type == bare_contactless();
        if asked_for && !write.contains(&key.card_type) {
            write.push(key.card_type.clone());
        }
    }
    let stays = |name: &str| write.iter().any(|card_type| card_type.name == name);
    let remove = ours.iter().map(|key| &key.card_type.name).filter(|name| !stays(name)).cloned().collect();
    Changes { write, remove }
}

/// The keys that go when the minidriver at this path goes: ours that name it, or none.
#[must_use]
pub fn removal<'a>(registered: &'a [RegisteredType], minidriver: &str) -> Vec<&'a str> {
    let names = |key: &RegisteredType| key.minidriver.eq_ignore_ascii_case(minidriver);
    let goes = |key: &&RegisteredType| key.is_ours() && (key.minidriver.is_empty() || names(key));
    registered.iter().filter(goes).map(|key| key.card_type.name.as_str()).collect()
}
