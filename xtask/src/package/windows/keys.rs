//! The keys of the registry that the installer writes, and what the list of programs says.

use anyhow::{Result, ensure};
use cns_registration::{CardType, MINIDRIVER, RegistryValue, SMART_CARDS, is_ours};

use super::registry_file::Registry;

/// Where it installs, as Windows has it.
pub const WINDOWS_FOLDER: &str = r"C:\Program Files\CNS";

/// The name of a key for `reg`, and as wine's file has it.
pub fn key(name: &str) -> String {
    format!(r"HKLM\{SMART_CARDS}\{name}")
}

pub fn file_key(name: &str) -> String {
    format!(r"{}\{name}", SMART_CARDS.replace("SOFTWARE", "Software"))
}

pub fn hex(bytes: &[u8], between: &str) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(between)
}

/// The versions that the list of programs has.
pub fn versions(registry: &Registry) -> Vec<&str> {
    let uninstall = r"Software\Microsoft\Windows\CurrentVersion\Uninstall\";
    let ours = |key: &str| {
        let name = registry.get(&(key.to_owned(), "DisplayName".to_owned()));
        key.starts_with(uninstall) && name.is_some_and(|name| name == "\"Carta CNS\"")
    };
    let all = registry.iter().filter(|((key, value), _)| value == "DisplayVersion" && ours(key));
    all.map(|(_, version)| version.trim_matches('"')).collect()
}

/// Fails unless our keys are exactly those of these types, each value as it must be.
pub fn expect_keys(registry: &Registry, types: &[CardType]) -> Result<()> {
    let mut expected = Registry::new();
    for card_type in types {
        for (name, value) in card_type.values(&format!("{WINDOWS_FOLDER}\\{MINIDRIVER}")) {
            let value = match value {
                RegistryValue::Text(text) => format!("\"{text}\""),
                RegistryValue::Bytes(bytes) => format!("hex:{}", hex(&bytes, ",")),
            };
            expected.insert((file_key(&card_type.name), name.to_owned()), value);
        }
    }
    let above = file_key("");
    let is_key_of_ours = |key: &str| key.strip_prefix(&above).is_some_and(is_ours);
    let found: Registry = registry
        .iter()
        .filter(|((key, _), _)| is_key_of_ours(key))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let missing: Vec<_> = expected.iter().filter(|(name, value)| found.get(*name) != Some(value)).collect();
    let more: Vec<_> = found.keys().filter(|name| !expected.contains_key(*name)).collect();
    ensure!(missing.is_empty() && more.is_empty(), "missing or other: {missing:?}; too much: {more:?}");
    Ok(())
}
