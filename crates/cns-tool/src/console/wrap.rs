//! Text broken between words at the width of the terminal.

use std::io;

/// `None` of what is no terminal.
pub(super) fn terminal_width(stream: &impl io::IsTerminal) -> Option<usize> {
    stream.is_terminal().then(textwrap::termwidth)
}

/// The text as lines of at most `width` columns, broken between words; what goes on is indented as its line was, and by
/// `hanging` at least. Names of files and addresses are left whole.
pub(super) fn wrap(text: &str, width: Option<usize>, hanging: usize) -> String {
    let mut lines = String::new();
    for line in text.split('\n') {
        match width {
            None => lines += line,
            Some(width) => {
                let own = line.len() - line.trim_start_matches(' ').len();
                let indent = " ".repeat(own.max(hanging));
                let options = textwrap::Options::new(width)
                    .break_words(false)
                    .word_separator(textwrap::WordSeparator::AsciiSpace)
                    .word_splitter(textwrap::WordSplitter::NoHyphenation)
                    .subsequent_indent(&indent);
                lines += &textwrap::fill(line, options);
            }
        }
        lines.push('\n');
    }
    lines
}
