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

/// The narrowest column in which an explanation goes on below its beginning.
const NARROWEST: usize = 24;

/// Help as `clap` writes it: what an option does goes on in its column.
pub(super) fn wrap_help(text: &str, width: Option<usize>) -> String {
    text.split('\n').map(|line| wrap(line, width, hanging(line, width))).collect()
}

/// Where the second column of a line of help begins.
fn hanging(line: &str, width: Option<usize>) -> usize {
    let line = anstream::adapter::strip_str(line).to_string();
    let name = line.trim_start_matches(' ');
    let indent = line.len() - name.len();
    let Some((name, explanation)) = name.split_once("  ") else { return indent };
    let spaces = explanation.len() - explanation.trim_start_matches(' ').len();
    let column = indent + name.chars().count() + "  ".len() + spaces;
    match width {
        Some(width) if column + NARROWEST > width => indent + "    ".len(),
        _ => column,
    }
}

/// Our own text for the error output, as `Output::note` writes it there; for who has no `Output`.
pub(crate) fn wrap_for_terminal(text: &str) -> String {
    wrap(text, terminal_width(&io::stderr()), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_explanation_of_an_option_goes_on_in_its_column() {
        let help = "Comandi:\n  \u{1b}[1mtest-login\u{1b}[0m  Prova un accesso, senza usare la rete\n130  interrotto (Ctrl-C)";
        let lines = anstream::adapter::strip_str(&wrap_help(help, Some(40))).to_string();
        let expected = "Comandi:\n  test-login  Prova un accesso, senza\n              usare la rete\n130  interrotto (Ctrl-C)\n";
        assert_eq!(lines, expected);
        let narrow = anstream::adapter::strip_str(&wrap_help(help, Some(30))).to_string();
        assert!(narrow.contains("\n  test-login  Prova un\n      accesso, senza usare la\n"), "{narrow}");
        assert!(wrap_help("Il PIN ha da 5 a 8 cifre.", Some(16)).ends_with("\n8 cifre.\n"));
    }
}
