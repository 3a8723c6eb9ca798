//! The question for a secret on the screen, and behind it a mark for each character.

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::fd::AsFd;

use rustix::termios::tcgetwinsize;

const BULLET: &str = "•";
/// Where the screen has no bullet.
const STAR: &str = "*";
/// Columns of a terminal that does not tell.
const WIDTH: usize = 80;

pub(super) struct Marks {
    screen: Box<dyn Write>,
    question: String,
    mark: &'static str,
    characters: usize,
    /// How many marks there are at most: one that began a new row could not be taken back.
    space: usize,
}

impl Marks {
    /// Asks the question on this screen.
    pub(super) fn on(screen: impl Write + AsFd + 'static, question: &str) -> io::Result<Self> {
        let width = tcgetwinsize(&screen).map_or(0, |size| usize::from(size.ws_col));
        let width = if width == 0 { WIDTH } else { width };
        let space = width - 1 - textwrap::core::display_width(question) % width;
        let mark = if is_utf8(|name| std::env::var_os(name)) { BULLET } else { STAR };
        let mut marks =
            Self { screen: Box::new(screen), question: question.to_owned(), mark, characters: 0, space };
        marks.put(question)?;
        Ok(marks)
    }

    pub(super) fn add(&mut self) -> io::Result<()> {
        self.characters += 1;
        if self.characters <= self.space { self.put(self.mark) } else { Ok(()) }
    }

    pub(super) fn erase(&mut self, characters: usize) -> io::Result<()> {
        let shown = self.characters.min(self.space);
        self.characters = self.characters.saturating_sub(characters);
        self.put(&"\u{8} \u{8}".repeat(shown - self.characters.min(self.space)))
    }

    /// The question again, without marks; in its own row, if the cursor is still there.
    pub(super) fn start_again(&mut self) -> io::Result<()> {
        self.erase(self.characters)?;
        self.put(&format!("\r{}", self.question))
    }

    pub(super) fn end(mut self) -> io::Result<()> {
        self.put("\n")
    }

    fn put(&mut self, text: &str) -> io::Result<()> {
        self.screen.write_all(text.as_bytes())?;
        self.screen.flush()
    }
}

/// Does the locale write UTF-8 (POSIX: `LC_ALL`, then `LC_CTYPE`, then `LANG`)?
fn is_utf8(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let mut set = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(variable);
    let locale = set.find(|value| !value.is_empty()).unwrap_or_default();
    locale.to_string_lossy().to_lowercase().replace('-', "").ends_with("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_with_a_bullet() {
        let is = |set: &[(&str, &str)]| {
            is_utf8(|name| set.iter().find(|(other, _)| *other == name).map(|(_, value)| value.into()))
        };
        for set in [
            &[("LANG", "it_IT.UTF-8")][..],
            &[("LANG", "C.utf8")],
            &[("LC_ALL", ""), ("LC_CTYPE", "en_US.UTF-8"), ("LANG", "C")],
            &[("LC_ALL", "C.UTF-8"), ("LC_CTYPE", "C")],
        ] {
            assert!(is(set), "{set:?}");
        }
        for set in [
            &[][..],
            &[("LANG", "it_IT")],
            &[("LANG", "it_IT.ISO-8859-15@euro")],
            &[("LC_ALL", "C"), ("LANG", "it_IT.UTF-8")],
        ] {
            assert!(!is(set), "{set:?}");
        }
    }
}
