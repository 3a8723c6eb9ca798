//! A line that is typed, key by key as a terminal sends them. Knows no terminal: bytes in, what they did out.

use zeroize::Zeroizing;

use super::Visible;

/// Space for a line, given once, so that no copy is left behind by growing. What is typed past it is not taken.
const LONGEST: usize = 256;
const ESCAPE: u8 = 0x1b;
const BELL: u8 = 0x07;

/// The keys that edit a line, as the person has set them (stty).
#[derive(Debug, Clone, Copy)]
pub(super) struct EditingKeys {
    pub(super) erase: u8,
    pub(super) kill: u8,
    pub(super) word_erase: u8,
    pub(super) end: u8,
    /// These come as bytes only where the terminal makes no signals of them.
    pub(super) interrupt: [u8; 2],
}

/// What a byte did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyEffect {
    /// The line may be another than before.
    Continues,
    /// The line is complete.
    Entered,
    /// There will be no answer.
    Declined,
}

/// Where in an escape sequence (ECMA-48) the next byte stands. Arrows and marks of a paste are no part of a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sequence {
    No,
    Introduced,
    /// Until a final byte.
    Control,
    /// One byte.
    Single,
    /// Until BEL or the next ESC.
    Text,
}

#[derive(Debug)]
pub(super) struct TypedLine {
    keys: EditingKeys,
    typed: Zeroizing<Vec<u8>>,
    sequence: Sequence,
}

impl TypedLine {
    pub(super) fn new(keys: EditingKeys) -> Self {
        Self { keys, typed: Zeroizing::new(Vec::with_capacity(LONGEST)), sequence: Sequence::No }
    }

    /// Takes the next byte.
    pub(super) fn take(&mut self, byte: u8) -> KeyEffect {
        if self.is_in_sequence(byte) {
            return KeyEffect::Continues;
        }
        let EditingKeys { erase, kill, word_erase, end, interrupt } = self.keys;
        match byte {
            b'\r' | b'\n' => return KeyEffect::Entered,
            // A key that is switched off is a 0.
            0 => {}
            byte if interrupt.contains(&byte) => return KeyEffect::Declined,
            byte if byte == end && self.typed.is_empty() => return KeyEffect::Declined,
            byte if byte == erase || byte == 0x08 || byte == 0x7f => self.erase_last(),
            byte if byte == kill || byte == word_erase => self.clear(),
            1..=0x1f => {}
            _ if self.typed.len() == LONGEST => {}
            byte => self.typed.push(byte),
        }
        KeyEffect::Continues
    }

    /// Empties the line.
    pub(super) fn clear(&mut self) {
        self.sequence = Sequence::No;
        self.typed.clear();
    }

    /// What the screen shows of it, with this mark for what must not be read.
    pub(super) fn shown(&self, visible: Visible, mark: char) -> String {
        if visible == Visible::Nothing {
            return self.typed.iter().filter(|byte| is_first(**byte)).map(|_| mark).collect();
        }
        // Of a character whose bytes are not all there yet, nothing.
        let whole = self.typed.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        let is_alone = visible == Visible::Number && whole.len() == 1;
        whole.chars().map(|letter| if letter.is_numeric() && !is_alone { mark } else { letter }).collect()
    }

    /// What was typed; a sign that is in no PIN where it is not UTF-8.
    pub(super) fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(LONGEST));
        text.push_str(std::str::from_utf8(&self.typed).unwrap_or("\u{fffd}"));
        text
    }

    fn erase_last(&mut self) {
        while self.typed.pop().is_some_and(|byte| !is_first(byte)) {}
    }

    /// Belongs the byte to an escape sequence? ESC with another key (Alt and a digit) is that key: no digit is lost.
    fn is_in_sequence(&mut self, byte: u8) -> bool {
        let (next, inside) = match (self.sequence, byte) {
            (_, ESCAPE) => (Sequence::Introduced, true),
            // A control character, Enter above all, ends a sequence that is none.
            (Sequence::Text, BELL) => (Sequence::No, true),
            (_, 0..=0x1f) => (Sequence::No, false),
            (Sequence::Introduced, b'[') => (Sequence::Control, true),
            (Sequence::Introduced, b'O') => (Sequence::Single, true),
            (Sequence::Introduced, b'P' | b'X' | b']' | b'^' | b'_') => (Sequence::Text, true),
            (Sequence::Introduced, b'\\') | (Sequence::Single, _) => (Sequence::No, true),
            (Sequence::Control, b'@'..=b'~') => (Sequence::No, true),
            (Sequence::Control, b' '..=b'?') => (Sequence::Control, true),
            (Sequence::Text, _) => (Sequence::Text, true),
            (Sequence::No | Sequence::Introduced | Sequence::Control, _) => (Sequence::No, false),
        };
        self.sequence = next;
        inside
    }
}

/// Starts a character with this byte (UTF-8)?
fn is_first(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: EditingKeys =
        EditingKeys { erase: 0x7f, kill: 0x15, word_erase: 0x17, end: 0x04, interrupt: [0x03, 0x1c] };

    /// What is typed by these bytes, the marks that show it, and how it ended.
    fn typed(bytes: impl AsRef<[u8]>) -> (String, usize, KeyEffect) {
        let mut line = TypedLine::new(KEYS);
        let effects = bytes.as_ref().iter().map(|byte| line.take(*byte));
        let end = effects.into_iter().find(|effect| *effect != KeyEffect::Continues);
        let marks = line.shown(Visible::Nothing, '*').len();
        (line.text().to_string(), marks, end.unwrap_or(KeyEffect::Continues))
    }

    fn shown(bytes: &str, visible: Visible) -> String {
        let mut line = TypedLine::new(KEYS);
        for byte in bytes.bytes() {
            line.take(byte);
        }
        line.shown(visible, '*')
    }

    /// A person may take any question for that for the PIN.
    #[test]
    fn digits_show_nowhere_but_the_one_that_was_asked_for() {
        for (typed, of_words, of_number) in [
            ("", "", ""),
            ("sì", "sì", "sì"),
            ("2", "*", "2"),
            ("12345", "*****", "*****"),
            ("s1", "s*", "s*"),
            ("12\u{7f}", "*", "1"),
            ("２", "*", "*"),
        ] {
            assert_eq!(shown(typed, Visible::Words), of_words, "{typed}");
            assert_eq!(shown(typed, Visible::Number), of_number, "{typed}");
        }
        let mut line = TypedLine::new(KEYS);
        line.take("ì".as_bytes()[0]);
        assert_eq!(line.shown(Visible::Words, '*'), "", "half a character");
    }

    #[test]
    fn keys_edit_the_line() {
        let lines = [
            ("12345\n", "12345"),
            ("12345\r\n", "12345"),
            ("129\u{7f}345\n", "12345"),
            ("129\u{8}345\n", "12345"),
            ("\u{7f}\u{7f}12345\n", "12345"),
            ("98\u{15}12345\n", "12345"),
            ("98\u{17}12345\n", "12345"),
            // Ctrl-D within a line, Tab, Ctrl-A, Ctrl-L.
            ("12\u{4}3\t4\u{1}5\u{c}\n", "12345"),
            ("", ""),
            ("\n", ""),
        ];
        for (keys, line) in lines {
            let (text, marks, end) = typed(keys);
            assert_eq!((text.as_str(), marks), (line, line.len()), "{keys:?}");
            assert_eq!(end == KeyEffect::Entered, keys.ends_with('\n'), "{keys:?}");
        }
        for key in ["\u{4}", "\u{3}", "123\u{3}", "123\u{1c}"] {
            assert_eq!(typed(key).2, KeyEffect::Declined, "{key:?}");
        }
    }

    #[test]
    fn escape_sequences_are_no_part_of_it() {
        let left_up_delete_f1_paste = "\u{1b}[D1\u{1b}[1;5A2\u{1b}[3~3\u{1b}OP4\u{1b}[200~5\u{1b}[201~\n";
        let title = "12\u{1b}]0;98765\u{7}34\u{1b}P98765\u{1b}\\5\n";
        let alt_and_escape_alone = "\u{1b}1\u{1b}\u{1b}2345\n";
        let never_ended = "12345\u{1b}[98\n";
        for keys in [left_up_delete_f1_paste, title, alt_and_escape_alone, never_ended] {
            assert_eq!(typed(keys), ("12345".to_owned(), 5, KeyEffect::Entered), "{keys:?}");
        }
    }

    #[test]
    fn a_character_is_one_however_long() {
        assert_eq!(typed("1€２👩\u{7f}\u{7f}5\n"), ("1€5".to_owned(), 3, KeyEffect::Entered));
        assert_eq!(typed([b'1', 0xff, b'\n']), ("\u{fffd}".to_owned(), 2, KeyEffect::Entered));
    }

    #[test]
    fn there_is_an_end_of_space() {
        let mut line = TypedLine::new(KEYS);
        let space = line.typed.capacity();
        for _ in 0..10 * LONGEST {
            line.take(b'1');
        }
        assert_eq!(line.typed.len(), LONGEST);
        assert_eq!(line.typed.capacity(), space, "it grew: a copy is left behind");
    }
}
