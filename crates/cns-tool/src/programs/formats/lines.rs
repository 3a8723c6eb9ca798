//! Lines of other programs' files: found, exchanged and taken out, with all others as they are, to the byte.

/// The lines of a text, each with its end.
pub(crate) fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// A line without its end, and without the mark that some editors put before the first one.
pub(crate) fn content(line: &str) -> &str {
    line.trim_start_matches('\u{feff}').trim_end_matches(['\r', '\n'])
}

/// How the lines of this text end.
pub(crate) fn line_end(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// What has to come before a new line at the end of this text.
pub(crate) fn end_of_last_line(text: &str) -> &'static str {
    if text.is_empty() || text.ends_with('\n') { "" } else { line_end(text) }
}

/// The text with each line `change` has an answer for exchanged, its end excepted; `None` if there is none.
pub(crate) fn exchange(text: &str, change: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut changed = false;
    let mut new = String::with_capacity(text.len());
    for line in lines(text) {
        match change(content(line)) {
            Some(other) => {
                new.push_str(&line.replacen(content(line), &other, 1));
                changed = true;
            }
            None => new.push_str(line),
        }
    }
    changed.then_some(new)
}

/// The text without the lines of `block`, which have to stand there once, one after the other, whatever ends them.
/// What was put before them to end the line above goes too if nothing follows them.
pub(crate) fn without_block(text: &str, block: &str) -> Option<String> {
    let wanted: Vec<&str> = lines(block.trim_start_matches(['\r', '\n'])).into_iter().map(content).collect();
    let wanted: Vec<&str> = {
        // Empty lines at the end may be of another.
        let end = wanted.iter().rposition(|line| !line.is_empty())? + 1;
        wanted[..end].to_vec()
    };
    let all = lines(text);
    let stands_at = |at: &usize| {
        wanted.iter().zip(&all[*at..]).all(|(wanted, line)| content(line).trim_end() == wanted.trim_end())
    };
    let mut found = (0..=all.len().checked_sub(wanted.len())?).filter(stands_at);
    let at = found.next()?;
    if found.next().is_some() {
        return None;
    }
    let (mut before, after) = (all[..at].concat(), &all[at + wanted.len()..]);
    let gap = block.len() - block.trim_start_matches(['\r', '\n']).len();
    if after.iter().all(|line| line.trim().is_empty()) && before.ends_with(&block[..gap]) {
        before.truncate(before.len() - gap);
    }
    Some(before + &after.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_goes_and_nothing_else() {
        let block = "# ours\nkey value\n";
        for (text, rest) in [
            ("a\n# ours\nkey value\nb\n", "a\nb\n"),
            ("a\r\n# ours\r\nkey value\r\nb", "a\r\nb"),
            ("# ours\nkey value", ""),
        ] {
            assert_eq!(without_block(text, block).as_deref(), Some(rest), "{text:?}");
        }
        for text in ["", "# ours\n", "# ours\nkey other\n", "# ours\n\nkey value\n", "x# ours\nkey value\n"] {
            assert_eq!(without_block(text, block), None, "{text:?}");
        }
        let twice = block.repeat(2);
        assert_eq!(without_block(&twice, block), None, "which of them is ours?");
    }

    #[test]
    fn what_ended_the_line_above_goes_with_the_last_block() {
        assert_eq!(without_block("a\nours\n", "\nours\n").as_deref(), Some("a"));
        assert_eq!(without_block("a\nours\nb\n", "\nours\n").as_deref(), Some("a\nb\n"));
    }

    #[test]
    fn a_line_is_exchanged_and_keeps_its_end() {
        let change = |line: &str| (line == "old").then(|| "new".to_owned());
        assert_eq!(exchange("a\r\nold\r\nb", change).as_deref(), Some("a\r\nnew\r\nb"));
        assert_eq!(exchange("a\nolder", change), None);
    }
}
