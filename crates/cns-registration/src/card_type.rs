//! One entry of the registry, ours or another product's, and which of them Windows takes.

use std::cmp::Ordering;

use crate::prompts::prompts;

/// The key of all card types, below `HKEY_LOCAL_MACHINE`. Programs of 32 bits have another, which we leave alone.
pub const SMART_CARDS: &str = r"SOFTWARE\Microsoft\Cryptography\Calais\SmartCards";

/// The file name of the minidriver.
pub const MINIDRIVER: &str = "cnscm.dll";

/// The provider for programs that know CAPI only.
const CSP: &str = "Microsoft Base Smart Card Crypto Provider";

/// The provider for programs that know CNG: without it there is no RSA-PSS, so no TLS 1.3.
const KSP: &str = "Microsoft Smart Card Key Storage Provider";

/// The name of the value that holds the provider for programs that know CNG.
pub const KEY_STORAGE_PROVIDER: &str = "Smart Card Key Storage Provider";

/// The name of the value that holds the path of the minidriver.
pub const MINIDRIVER_VALUE: &str = "80000001";

/// A card type as Windows knows it: a name, and the ATRs that are of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardType {
    /// The name of the key.
    pub name: String,
    /// The ATR, as it is after the mask was applied.
    pub atr: Vec<u8>,
    /// Which bits of an ATR are compared; as long as the ATR.
    pub mask: Vec<u8>,
}

/// What a value of an entry holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistryValue {
    /// `REG_SZ`.
    Text(String),
    /// `REG_BINARY`.
    Bytes(Vec<u8>),
}

impl CardType {
    /// A card type of exactly one ATR.
    #[must_use]
    pub fn exact(name: &str, atr: &[u8]) -> Self {
        Self { name: name.to_owned(), atr: atr.to_owned(), mask: vec![0xFF; atr.len()] }
    }

    /// Whether a card with this ATR is of this type.
    #[must_use]
    pub fn matches(&self, atr: &[u8]) -> bool {
        self.overlaps(&Self::exact("", atr))
    }

    /// The names of the entry's values with what they hold, for a minidriver at this full path.
    #[must_use]
    pub fn values(&self, minidriver: &str) -> Vec<(&'static str, RegistryValue)> {
        let text = |text: &str| RegistryValue::Text(text.to_owned());
        let mut values = vec![
            ("ATR", RegistryValue::Bytes(self.atr.clone())),
            ("ATRMask", RegistryValue::Bytes(self.mask.clone())),
            ("Crypto Provider", text(CSP)),
            (KEY_STORAGE_PROVIDER, text(KSP)),
            (MINIDRIVER_VALUE, text(minidriver)),
        ];
        values.extend(prompts().map(|(name, prompt)| (name, RegistryValue::Text(prompt))));
        values
    }

    /// Whether some ATR is of both types.
    fn overlaps(&self, other: &Self) -> bool {
        self.is_well_formed() && other.is_well_formed() && self.agrees(other, |ours, its| ours & its)
    }

    /// Whether every ATR of the other type is of this one.
    fn covers(&self, other: &Self) -> bool {
        let fixes_more = || self.mask.iter().zip(&other.mask).any(|(ours, its)| ours & !its != 0);
        self.overlaps(other) && !fixes_more()
    }

    /// Whether both have the same bits where both masks, combined so, have ones.
    fn agrees(&self, other: &Self, combined: impl Fn(u8, u8) -> u8) -> bool {
        let masks = self.mask.iter().zip(&other.mask).map(|(ours, its)| combined(*ours, *its));
        let same = |((ours, its), mask): ((&u8, &u8), u8)| (ours ^ its) & mask == 0;
        self.atr.len() == other.atr.len() && self.atr.iter().zip(&other.atr).zip(masks).all(same)
    }

    /// Windows passes over an entry without an ATR, with a mask of another length, or with bits that the mask clears.
    fn is_well_formed(&self) -> bool {
        let stays = |(atr, mask): (&u8, &u8)| atr & mask == *atr;
        !self.atr.is_empty()
            && self.atr.len() == self.mask.len()
            && self.atr.iter().zip(&self.mask).all(stays)
    }
}

/// The order in which Windows goes through the keys: by their names in capital letters, as UTF-16.
fn order(one: &CardType, other: &CardType) -> Ordering {
    let key = |card_type: &CardType| card_type.name.to_uppercase().encode_utf16().collect::<Vec<_>>();
    key(one).cmp(&key(other))
}

/// The type that Windows takes a card with this ATR for: the first that matches.
#[must_use]
pub fn pairing<'a>(registered: &'a [CardType], atr: &[u8]) -> Option<&'a CardType> {
    registered.iter().filter(|card_type| card_type.matches(atr)).min_by(|one, other| order(one, other))
}

/// Those of `ours` after whose registration every card that is of a type of `foreign` stays so: left out is what another
/// product has, and what would come before another product's type for some ATR.
#[must_use]
pub fn to_register(ours: Vec<CardType>, foreign: &[CardType]) -> Vec<CardType> {
    let comes_first = |ours: &CardType, its: &CardType| ours.overlaps(its) && order(ours, its).is_lt();
    let taken = |ours: &CardType| foreign.iter().any(|its| its.covers(ours) || comes_first(ours, its));
    ours.into_iter().filter(|card_type| !taken(card_type)).collect()
}
