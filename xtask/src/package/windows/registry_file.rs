//! The registry as wine keeps it: a text of keys in brackets, each with its values.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use fs_err as fs;

/// Every value, by its key and name: texts in quotation marks, anything else as wine writes it.
pub type Registry = BTreeMap<(String, String), String>;

/// Keys of wine itself, which it writes at each start.
const WINES_OWN: [&str; 2] = [r"Software\Wine", r"Software\Microsoft\Windows NT\CurrentVersion\NetworkCards"];

/// The values below `Software`, of a file of wine's.
pub fn read(file: &Path) -> Result<Registry> {
    Ok(parse(&fs::read_to_string(file)?))
}

fn parse(text: &str) -> Registry {
    let mut registry = Registry::new();
    let mut key = String::new();
    // Long values go on in the next line.
    for line in text.replace("\\\n  ", "").lines() {
        if let Some(begun) = line.strip_prefix('[') {
            key = unescaped(begun.rsplit_once(']').map_or(begun, |(name, _time)| name));
        } else if let Some((name, value)) = line.strip_prefix('"').and_then(|line| line.split_once("\"=")) {
            registry.insert((key.clone(), unescaped(name)), unescaped(value));
        }
    }
    let is_own = |key: &str| WINES_OWN.iter().any(|own| key.starts_with(own));
    registry.retain(|(key, _), _| key.starts_with(r"Software\") && !is_own(key));
    registry
}

/// `\\`, `\"`, and other characters by their number in UTF-16, in at most four digits.
fn unescaped(text: &str) -> String {
    let mut units = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        let escaped = if character == '\\' { rest.next() } else { None };
        if escaped == Some('x') {
            let mut unit = 0;
            for _ in 0..4 {
                let Some(digit) = rest.next_if(char::is_ascii_hexdigit) else { break };
                unit = unit << 4 | digit.to_digit(16).unwrap_or_default() as u16;
            }
            units.push(unit);
        } else {
            units.extend(escaped.unwrap_or(character).encode_utf16(&mut [0; 2]).iter());
        }
    }
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values_come_apart() {
        let text = "WINE REGISTRY Version 2\n\n[Software\\\\A b\\\\~C] 1795946397\n#time=1dd7\n\"Name\"=\"B\\xfcrger \
                    \\\"x\\\" C:\\\\y\"\n\"ATR\"=hex:3b,ff,\\\n  18\n\n[Software\\\\Wine\\\\Fonts] 1\n\"a\"=dword:1\n\
                    [System\\\\X] 1\n\"b\"=\"c\"\n";
        let expected = [
            ((r"Software\A b\~C".to_owned(), "ATR".to_owned()), "hex:3b,ff,18".to_owned()),
            ((r"Software\A b\~C".to_owned(), "Name".to_owned()), r#""Bürger "x" C:\y""#.to_owned()),
        ];
        assert_eq!(parse(text), Registry::from(expected));
    }
}
