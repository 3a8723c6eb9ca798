//! What certutil says of readers and cards, without what it says of the person: of each line the label stays, and its
//! value only where it is one of a few that are the same for everybody.

use cns_registration::RegisteredType;

use super::private_texts::LEFT_OUT;

/// Values that name a part of Windows.
const PROVIDERS: [&str; 2] =
    ["Microsoft Base Smart Card Crypto Provider", "Microsoft Smart Card Key Storage Provider"];
/// The longest label; what is longer is a sentence, or a name.
const LONGEST_LABEL: usize = 40;

/// The text without values. `keys` are the card types whose names stay.
pub(super) fn redact(text: &str, keys: &[RegisteredType]) -> String {
    text.lines().map(|line| redacted_line(line, keys) + "\n").collect()
}

fn redacted_line(line: &str, keys: &[RegisteredType]) -> String {
    let separator = line.find([':', '=']).filter(|_| !line.starts_with("=="));
    let Some(at) = separator else { return public_words(line) };
    let (label, value) = line.split_at(at);
    let value = value[1..].trim();
    let shown = if is_public(value, keys) { value.to_owned() } else { public_words(value) };
    let is_label = |letter: char| letter.is_alphabetic() || " -()".contains(letter);
    match label.len() <= LONGEST_LABEL && label.chars().all(is_label) {
        true => format!("{label}: {shown}"),
        false => format!("{LEFT_OUT}: {shown}"),
    }
}

fn is_public(value: &str, keys: &[RegisteredType]) -> bool {
    PROVIDERS.contains(&value) || keys.iter().any(|key| key.card_type.name == value)
}

/// Of a text only words that are codes of errors and states, and numbers of at most two digits: one, because several are
/// the bytes of a number or of a text.
fn public_words(text: &str) -> String {
    let is_count =
        |word: &str| (1..=2).contains(&word.len()) && word.bytes().all(|letter| letter.is_ascii_digit());
    let is_bracket = |letter: char| "(),.[]".contains(letter);
    let counts = text.split_whitespace().filter(|word| is_count(word.trim_matches(is_bracket))).count();
    let is_code = |word: &str| {
        if word.chars().all(|letter| "-=*".contains(letter)) {
            return true;
        }
        let word = word.trim_matches(is_bracket);
        let digits = word.strip_prefix("0x").unwrap_or(word);
        let number = word.starts_with("0x") && digits.len() <= 8;
        let count = counts == 1 && is_count(digits);
        let named = ["SCARD_", "NTE_", "CERT_", "CRYPT_", "ERROR_"].iter().any(|name| word.starts_with(name));
        !word.is_empty()
            && ((number && digits.chars().all(|letter| letter.is_ascii_hexdigit())) || count || named)
    };
    let mut words: Vec<&str> = Vec::new();
    for word in text.split_whitespace() {
        let shown = if is_code(word) { word } else { LEFT_OUT };
        if shown != LEFT_OUT || words.last() != Some(&LEFT_OUT) {
            words.push(shown);
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made up after what certutil prints; the person is one of the tests.
    #[test]
    fn only_what_is_the_same_for_everybody_stays() {
        let said = "The Microsoft Smart Card Resource Manager is running.\n\
                    Current reader/card status:\n  0: ACS CCID USB Reader 0\n--- Reader: ACS CCID USB Reader 0\n\
                    --- Status: SCARD_STATE_PRESENT | SCARD_STATE_INUSE\n--- Card: Microsoft Base Smart Card\n\
                    Provider = Microsoft Base Smart Card Crypto Provider\nKey Container = rossi-mario-7a1b\n\
                    ================ Certificate 0 ================\nSerial Number: 5a3f9912\n\
                    Subject: CN=\"RSSMRA80A01H501U/7420\", O=ROSSI MARIO\n  Rossi Mario\n\
                    Cert Hash(sha1): 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b\n\
                    Hash certificato (sha1): 17 86 d0 81 88\n0000  52 53 53 4d 52 41 38 30\n\
                    CertUtil: -SCInfo command FAILED: 0x80100069 (-2146434967 SCARD_W_REMOVED_CARD)\n";
        let clean = redact(said, &[]);
        for gone in ["ossi", "OSSI", "RSSMRA", "5a3f", "9f86", "7420", "ACS", "86", "88", "52"] {
            assert!(!clean.contains(gone), "{gone} in {clean}");
        }
        for kept in [
            "Provider : Microsoft Base Smart Card Crypto Provider",
            "--- Status: SCARD_STATE_PRESENT … SCARD_STATE_INUSE",
            "Serial Number: …",
            "================ … 0 ================",
            "SCARD_W_REMOVED_CARD",
        ] {
            assert!(clean.contains(kept), "{kept} not in {clean}");
        }
    }
}
