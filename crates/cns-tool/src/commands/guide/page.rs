//! A guide page as paragraphs, list items and commands, for terminals of any width and for the manual.

/// Where there is no terminal.
const COLUMNS: usize = 80;
/// Longer lines are hard to read.
const MOST_COLUMNS: usize = 100;
/// Deeper than any list: a line as it is, a command above all.
const COMMAND_INDENT: usize = 4;
/// Commands of two words whose third belongs to them.
const LONG_COMMANDS: [&str; 3] = ["guide", "pin", "cert"];

/// A part of a page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Block<'p> {
    /// An empty line.
    Gap,
    /// A paragraph, or an item of a list.
    Text {
        /// `- `, `1. ` or a name before two spaces; empty for a paragraph.
        marker: &'p str,
        /// On one line.
        text: String,
    },
    /// A line that is not broken.
    Command(&'p str),
}

/// The parts of a page: of the file's lines, those of one paragraph are joined.
pub(crate) fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    for line in page.lines() {
        let words = line.trim_start_matches(' ');
        let indent = line.len() - words.len();
        let marker = &line[..marker_length(line)];
        match blocks.last_mut() {
            _ if words.is_empty() => blocks.push(Block::Gap),
            Some(Block::Text { marker: above, text }) if marker.is_empty() && indent == above.len() => {
                text.push(' ');
                text.push_str(words);
            }
            _ if indent >= COMMAND_INDENT => blocks.push(Block::Command(words)),
            _ => blocks.push(Block::Text { marker, text: line[marker.len()..].to_owned() }),
        }
    }
    blocks
}

/// How long the list's mark at the beginning of the line is, in bytes; ASCII only.
fn marker_length(line: &str) -> usize {
    let name = line.bytes().take_while(u8::is_ascii_uppercase).count();
    let number = line.bytes().take_while(u8::is_ascii_digit).count();
    match line {
        _ if line.starts_with("- ") => 2,
        _ if number > 0 && line[number..].starts_with(". ") => number + 2,
        _ if name > 0 && line[name..].starts_with("  ") => name + 2,
        _ => 0,
    }
}

/// The page in lines of at most `width` columns; items go on below their beginning, a command stays whole.
pub(super) fn fill(page: &str, width: Option<usize>) -> String {
    let width = width.unwrap_or(COLUMNS).min(MOST_COLUMNS);
    let lines = blocks(page).into_iter().map(|block| match block {
        Block::Gap => String::new(),
        Block::Command(command) => format!("{:COMMAND_INDENT$}{command}", ""),
        Block::Text { marker, text } => {
            let indent = " ".repeat(marker.len());
            let options = textwrap::Options::new(width)
                .break_words(false)
                .word_separator(textwrap::WordSeparator::AsciiSpace)
                .word_splitter(textwrap::WordSplitter::NoHyphenation)
                .initial_indent(marker)
                .subsequent_indent(&indent);
            textwrap::fill(&unbroken_commands(&text), options).replace('\u{a0}', " ")
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// `cns guide codes` with spaces at which no line ends.
fn unbroken_commands(text: &str) -> String {
    let text = text.replace("cns ", "cns\u{a0}");
    LONG_COMMANDS.iter().fold(text, |text, command| {
        text.replace(&format!("cns\u{a0}{command} "), &format!("cns\u{a0}{command}\u{a0}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "Le carte che\nvanno bene:\n1. la tessera\n   sanitaria\nCIP  serve a\n     \
                        revocare\n\nPoi: cns guide codici\n    sudo snap connect firefox:pcscd";

    #[test]
    fn a_paragraph_is_joined_and_a_command_is_not() {
        let text = |marker, text: &str| Block::Text { marker, text: text.to_owned() };
        let expected = [
            text("", "Le carte che vanno bene:"),
            text("1. ", "la tessera sanitaria"),
            text("CIP  ", "serve a revocare"),
            Block::Gap,
            text("", "Poi: cns guide codici"),
            Block::Command("sudo snap connect firefox:pcscd"),
        ];
        assert_eq!(blocks(PAGE), expected);
    }

    #[test]
    fn items_go_on_below_their_beginning_and_commands_stay_whole() {
        let narrow = "Le carte che vanno\nbene:\n1. la tessera\n   sanitaria\nCIP  serve a\n     revocare\n\n\
                      Poi:\ncns guide codici\n    sudo snap connect firefox:pcscd";
        assert_eq!(fill(PAGE, Some(18)), narrow);
        assert!(fill(&"parola ".repeat(50), Some(500)).lines().all(|line| line.len() <= MOST_COLUMNS));
    }
}
