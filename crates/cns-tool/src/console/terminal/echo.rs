//! A question on the screen, and behind it what shows of its answer.

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::fd::AsFd;

use rustix::termios::tcgetwinsize;
use textwrap::core::display_width;

const BULLET: char = '•';
/// Where the screen has no bullet.
const STAR: char = '*';
/// Columns of a terminal that does not tell.
const WIDTH: usize = 80;

pub(super) struct Echo {
    screen: Box<dyn Write>,
    question: String,
    /// In the place of what must not be read.
    pub(super) mark: char,
    shown: String,
    /// How many characters show at most: one that began a new row could not be taken back.
    space: usize,
}

impl Echo {
    /// Asks the question on this screen.
    pub(super) fn on(screen: impl Write + AsFd + 'static, question: &str) -> io::Result<Self> {
        let width = tcgetwinsize(&screen).map_or(0, |size| usize::from(size.ws_col));
        let width = if width == 0 { WIDTH } else { width };
        let last_row = question.rsplit('\n').next().unwrap_or_default();
        let space = width - 1 - display_width(last_row) % width;
        let mark = if is_utf8(|name| std::env::var_os(name)) { BULLET } else { STAR };
        let (question, shown) = (question.to_owned(), String::new());
        let mut echo = Self { screen: Box::new(screen), question, mark, shown, space };
        echo.put(&echo.question.clone())?;
        Ok(echo)
    }

    /// Shows this behind the question, in the place of what was there.
    pub(super) fn show(&mut self, text: &str) -> io::Result<()> {
        let text: String = text.chars().take(self.space).collect();
        let same = self.shown.chars().zip(text.chars()).take_while(|(before, now)| before == now);
        let same: usize = same.map(|(_, letter)| letter.len_utf8()).sum();
        let back = "\u{8} \u{8}".repeat(display_width(&self.shown[same..]));
        self.put(&(back + &text[same..]))?;
        self.shown = text;
        Ok(())
    }

    /// The question again, without an answer; in its own row, if the cursor is still there.
    pub(super) fn start_again(&mut self) -> io::Result<()> {
        self.show("")?;
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
