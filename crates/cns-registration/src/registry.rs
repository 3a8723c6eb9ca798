//! The registry of this machine.

use std::io;

use windows_registry::{Key, LOCAL_MACHINE, Type};

use crate::card_type::{CardType, KEY_STORAGE_PROVIDER, MINIDRIVER_VALUE, RegistryValue, SMART_CARDS};
use crate::changes::RegisteredType;

/// All card types; none where Windows has no such key.
///
/// # Errors
/// The system's.
pub fn read() -> io::Result<Vec<RegisteredType>> {
    let Ok(types) = LOCAL_MACHINE.open(SMART_CARDS) else { return Ok(Vec::new()) };
    let mut registered = Vec::new();
    for name in types.keys()? {
        let key = types.open(&name)?;
        let bytes = |name: &str| key.get_value(name).map(|value| value.to_vec()).unwrap_or_default();
        let (atr, mut mask) = (bytes("ATR"), bytes("ATRMask"));
        if mask.is_empty() {
            mask = vec![0xFF; atr.len()];
        }
        registered.push(RegisteredType {
            card_type: CardType { name, atr, mask },
            minidriver: key.get_string(MINIDRIVER_VALUE).unwrap_or_default(),
            key_storage_provider: key.get_string(KEY_STORAGE_PROVIDER).ok(),
        });
    }
    Ok(registered)
}

/// Writes the key of a card type anew.
///
/// # Errors
/// The system's: only an administrator may.
pub fn write(card_type: &CardType, minidriver: &str) -> io::Result<()> {
    let key = types()?.options().read().write().create().open(&card_type.name)?;
    for (name, value) in card_type.values(minidriver) {
        match value {
            RegistryValue::Text(text) => key.set_string(name, text)?,
            RegistryValue::Bytes(bytes) => key.set_bytes(name, Type::Bytes, &bytes)?,
        }
    }
    Ok(())
}

/// Removes the key of a card type.
///
/// # Errors
/// The system's.
pub fn remove(name: &str) -> io::Result<()> {
    Ok(types()?.remove_tree(name)?)
}

fn types() -> io::Result<Key> {
    Ok(LOCAL_MACHINE.options().read().write().create().open(SMART_CARDS)?)
}
