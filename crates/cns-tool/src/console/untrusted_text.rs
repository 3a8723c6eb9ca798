//! Characters that are not our own: names from certificates, readers, files and servers, as they may be shown.
//!
//! A terminal obeys control characters; format characters (Unicode, category Cf) turn words around or hide them. The
//! output layer cleans everything it writes with these functions, so that no source has to be trusted. It cannot know
//! whose a line break is: what goes into a sentence is made [`one_line`] first.

use std::borrow::Cow;
use std::fmt::Write as _;

/// In the place of each character that must not be shown.
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// Category Cf of Unicode 16, but for the signs that are visible (Arabic number signs and their like).
const FORMAT: [(char, char); 14] = [
    ('\u{AD}', '\u{AD}'),
    ('\u{61C}', '\u{61C}'),
    ('\u{180E}', '\u{180E}'),
    ('\u{200B}', '\u{200F}'),
    ('\u{2028}', '\u{202E}'),
    ('\u{2060}', '\u{206F}'),
    ('\u{FEFF}', '\u{FEFF}'),
    ('\u{FFF9}', '\u{FFFB}'),
    ('\u{13430}', '\u{1343F}'),
    ('\u{1BCA0}', '\u{1BCA3}'),
    ('\u{1D173}', '\u{1D17A}'),
    ('\u{E0001}', '\u{E0001}'),
    ('\u{E0020}', '\u{E007F}'),
    // Letters without a shape (Hangul fillers).
    ('\u{115F}', '\u{1160}'),
];

/// Without anything that a terminal would obey or a reader would not notice; lines stay lines.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if !text.contains(|letter| letter != '\n' && is_unfit(letter)) {
        return text.into();
    }
    text.chars().map(|letter| if letter == '\n' { letter } else { fit(letter) }).collect()
}

/// The same on one line.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unfit) {
        return text.into();
    }
    text.chars().map(fit).collect()
}

/// JSON in which such characters, which it may hold in strings as they are, are written as escapes (RFC 8259, 7).
pub(crate) fn escape_json(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for letter in json.chars() {
        if letter != '\n' && is_unfit(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(letter);
        }
    }
    escaped
}

fn is_unfit(letter: char) -> bool {
    letter.is_control() || FORMAT.iter().any(|(first, last)| (*first..=*last).contains(&letter))
}

fn fit(letter: char) -> char {
    match letter {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
        letter if is_unfit(letter) => REPLACEMENT,
        letter => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ESC, C1, bidirectional overrides and isolates, zero width, line ends, invisible tags.
    const HOSTILE: &str =
        "a\u{1b}[2J\u{9b}31m\u{7f}\u{202e}b\u{2066}\u{200b}\u{feff}\r\u{85}\u{2028}\u{e0041}c\u{0}\u{7}\u{8}";

    #[test]
    fn nothing_stays_that_is_obeyed_or_hides() {
        let shown = clean(HOSTILE);
        assert!(shown.chars().all(|letter| " abc[2J31m\u{fffd}".contains(letter)), "{shown:?}");
        assert_eq!(clean("x\ny\tz"), "x\ny z");
        assert_eq!(one_line("x\ny\r\nz"), "x y  z");
    }

    #[test]
    fn names_stay_as_they_are() {
        for name in ["Nicolò D'Alì", "Ștefan Țîru", "ΓΙΩΡΓΟΣ", "عائشة", "王芳", "✓ 5 €", "👩"]
        {
            assert_eq!((clean(name), one_line(name)), (name.into(), name.into()));
            assert_eq!(escape_json(name), name);
        }
    }

    #[test]
    fn json_says_the_same_in_escapes() {
        let json = serde_json::to_string_pretty(&[HOSTILE]).expect("text");
        let written = escape_json(&json);
        assert!(written.chars().all(|letter| letter == '\n' || (' '..='~').contains(&letter)), "{written}");
        let read: [String; 1] = serde_json::from_str(&written).expect("JSON");
        assert_eq!(read[0], HOSTILE);
    }
}
