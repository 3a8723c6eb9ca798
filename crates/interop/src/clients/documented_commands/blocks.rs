//! The fenced blocks of a Markdown document: files to write and commands to run, section by section.

/// What stands under a heading, up to the next.
#[derive(Debug, Default)]
pub struct Section {
    pub heading: String,
    pub blocks: Vec<Block>,
}

impl Section {
    /// What is to be run, in its order.
    pub fn commands(&self) -> String {
        let commands = self.blocks.iter().filter_map(|block| match block {
            Block::Commands(text) => Some(text.as_str()),
            _ => None,
        });
        commands.collect()
    }
}

/// A fenced block.
#[derive(Debug, PartialEq, Eq)]
pub enum Block {
    /// Commands that are run as they stand.
    Commands(String),
    /// Commands that need what a check does not have, which the second word behind the fence names: a desktop, another
    /// machine, the network.
    NotRun { line: usize, needs: String },
    /// A file for the current folder; the sentence before it ends with its name between back-quotes.
    File { name: String, text: String },
}

/// The sections of a document.
pub fn sections(document: &str) -> Vec<Section> {
    let mut sections = vec![Section::default()];
    let mut sentence = "";
    let mut lines = document.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            let text: Vec<&str> =
                lines.by_ref().map(|(_, line)| line).take_while(|line| !line.starts_with("```")).collect();
            if let (Some(block), Some(section)) = (block(at + 1, info, sentence, &text), sections.last_mut())
            {
                section.blocks.push(block);
            }
        } else if let Some(heading) = line.strip_prefix("## ") {
            sections.push(Section { heading: heading.to_owned(), blocks: Vec::new() });
        }
        if !line.trim().is_empty() {
            sentence = line;
        }
    }
    sections
}

fn block(line: usize, info: &str, sentence: &str, text: &[&str]) -> Option<Block> {
    let text = text.iter().map(|line| format!("{line}\n")).collect::<String>();
    let mut words = info.split_whitespace();
    match (words.next(), words.next()) {
        (Some("sh"), None) => Some(Block::Commands(text)),
        (Some("sh"), Some(needs)) => Some(Block::NotRun { line, needs: needs.to_owned() }),
        _ => {
            let (before, _) = sentence.strip_suffix(':')?.rsplit_once('`')?;
            let name = before.rsplit_once('`')?.1;
            (!name.contains('/')).then(|| Block::File { name: name.to_owned(), text })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_with_all_kinds_of_blocks() {
        let document = "# T\n```sh\nM=/m.so\n```\n## One\nA file `a.cnf`:\n\n```ini\nb = c\n```\n\n```sh desktop\nfirefox\n```\n\
                        ```\nno name\n```\n";
        let sections = sections(document);
        assert_eq!(sections.iter().map(|section| section.heading.as_str()).collect::<Vec<_>>(), ["", "One"]);
        assert_eq!(sections[0].blocks, [Block::Commands("M=/m.so\n".into())]);
        assert_eq!(
            sections[1].blocks,
            [
                Block::File { name: "a.cnf".into(), text: "b = c\n".into() },
                Block::NotRun { line: 12, needs: "desktop".into() },
            ]
        );
    }
}
