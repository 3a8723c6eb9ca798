//! `pkcs11.txt`: the list of modules in a folder of NSS's (a Firefox profile, Chromium's database).
//!
//! Stanzas of `key=value` lines, separated by empty lines, as `modutil` of NSS 3.87 writes them. Only text in, text
//! out; whatever is not ours stays as it is, to the byte.

use super::format::{Edit, FileFormat, Refusal};
use super::malformed::Malformed;
use crate::pkcs11::module_path::is_our_module;

/// A list of modules.
pub(crate) struct NssModules;

impl FileFormat for NssModules {
    fn modules(&self, text: &str) -> Result<Vec<String>, Malformed> {
        let libraries = stanzas(text).into_iter().filter_map(library);
        Ok(libraries.filter(|library| !library.is_empty()).map(str::to_owned).collect())
    }

    fn add(&self, text: Option<&str>, module: &str) -> Result<Edit, Refusal> {
        let text = text.unwrap_or_default();
        let mut gap = String::new();
        if !text.is_empty() && !text.ends_with('\n') {
            gap.push('\n');
        }
        if !text.is_empty() && !(text.ends_with("\n\n")) {
            gap.push('\n');
        }
        let name =
            free_name(|name| stanzas(text).into_iter().any(|stanza| value(stanza, "name") == Some(name)));
        let ours = format!("{gap}library={module}\nname={name}\n\n");
        Ok(Edit::inserted(format!("{text}{ours}"), ours))
    }

    fn module_in_line<'a>(&self, line: &'a str) -> Option<&'a str> {
        library(line)
    }

    /// Comments beside the stanza are a person's and stay, any other line makes the stanza that person's.
    fn without(&self, text: &str, ours: &str) -> Option<String> {
        let wanted: Vec<&str> = ours.lines().filter(|line| !line.trim().is_empty()).collect();
        let all = stanzas(text);
        let is_ours = |stanza: &&str| {
            let lines = stanza.lines().map(str::trim_end).filter(|line| !line.is_empty());
            let (comments, rest): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with('#'));
            (rest == wanted).then_some(!comments.is_empty())
        };
        let mut found = all.iter().enumerate().filter_map(|(at, stanza)| Some((at, is_ours(stanza)?)));
        let (at, has_comments) = found.next()?;
        if found.next().is_some() {
            return None;
        }
        let (mut before, after) = (all[..at].concat(), all[at + 1..].concat());
        let comments: String = if has_comments {
            let rest = all[at].split_inclusive('\n').filter(|line| !wanted.contains(&line.trim_end()));
            rest.collect()
        } else {
            // What stands before the first stanza, and empty lines beyond the one that was written.
            without_own_lines(all[at], wanted.len())
        };
        let gap = &ours[..ours.len() - ours.trim_start_matches('\n').len()];
        if after.is_empty() && comments.is_empty() && before.ends_with(gap) {
            before.truncate(before.len() - gap.len());
        }
        Some(before + &comments + &after)
    }

    fn take_out(&self, text: &str) -> Result<Option<String>, Refusal> {
        let all = stanzas(text);
        let (ours, others): (Vec<&str>, Vec<&str>) =
            all.into_iter().partition(|stanza| library(stanza).is_some_and(is_our_module));
        Ok((!ours.is_empty()).then(|| others.concat()))
    }

    fn is_of_one_user(&self) -> bool {
        true
    }

    fn mode(&self, _: bool) -> u32 {
        0o600
    }
}

/// The library of a stanza, if the stanza has one.
fn library(stanza: &str) -> Option<&str> {
    value(stanza, "library")
}

fn value<'a>(stanza: &'a str, key: &str) -> Option<&'a str> {
    let mut lines = stanza.lines();
    let line = lines.find_map(|line| line.trim_start().strip_prefix(key)?.strip_prefix('='))?;
    Some(line.trim().trim_matches('"'))
}

/// The stanzas, each with the empty lines after it: put together they are the text again.
fn stanzas(text: &str) -> Vec<&str> {
    let mut stanzas = Vec::new();
    let (mut start, mut at, mut ended) = (0, 0, false);
    for line in text.split_inclusive('\n') {
        let empty = line.trim().is_empty();
        if ended && !empty {
            stanzas.push(&text[start..at]);
            start = at;
        }
        ended = empty;
        at += line.len();
    }
    if start < text.len() {
        stanzas.push(&text[start..]);
    }
    stanzas
}

/// What programs show as the module's name: the first of such names that is free.
pub(crate) fn free_name(is_taken: impl Fn(&str) -> bool) -> String {
    let name = "Carta Nazionale dei Servizi".to_owned();
    let numbered = (2..).map(|number| format!("{name} (cns-pkcs11 {number})"));
    let mut names = [name.clone(), format!("{name} (cns-pkcs11)")].into_iter().chain(numbered);
    names.find(|name| !is_taken(name)).unwrap_or(name)
}

/// A stanza without its lines and the empty one after them.
fn without_own_lines(stanza: &str, count: usize) -> String {
    let mut lines = stanza.split_inclusive('\n');
    let mut rest = String::new();
    let mut left = count;
    for line in lines.by_ref() {
        if line.trim().is_empty() {
            rest.push_str(line);
        } else {
            left -= 1;
            if left == 0 {
                break;
            }
        }
    }
    lines.next();
    rest.extend(lines);
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `certutil -N` of NSS 3.87 makes, shortened.
    const FRESH: &str = "library=\nname=NSS Internal PKCS #11 Module\nparameters=configdir='sql:b' flags= \n\
                         NSS=Flags=internal,critical trustOrder=75\n\n";
    const PATH: &str = "/usr/lib/x86_64-linux-gnu/libcns_pkcs11.so";
    const NAME: &str = "Carta Nazionale dei Servizi";

    fn add(text: &str, path: &str) -> Edit {
        NssModules.add(Some(text), path).unwrap()
    }

    fn undo(text: &str, ours: &str) -> Option<String> {
        NssModules.without(text, ours)
    }

    fn take_out(text: &str) -> Option<String> {
        NssModules.take_out(text).unwrap()
    }

    #[test]
    fn the_same_bytes_as_modutil() {
        // modutil -force -add NAME -libfile PATH
        let expected = format!("{FRESH}library={PATH}\nname={NAME}\n\n");
        assert_eq!(add(FRESH, PATH).text, expected);
        // modutil -force -delete NAME
        assert_eq!(take_out(&expected).unwrap(), FRESH);
    }

    #[test]
    fn others_stay_to_the_byte() {
        let odd = "# by hand\r\n  library=\"/opt/x y/libother.so\"\r\nname=CNS\r\n\r\n\r\nlibrary=\nname=a";
        let with = add(odd, PATH);
        assert_eq!(NssModules.modules(&with.text).unwrap(), ["/opt/x y/libother.so", PATH]);
        assert_eq!(undo(&with.text, &with.changes[0].now).unwrap(), odd);
        assert_eq!(take_out(&with.text).unwrap(), format!("{odd}\n\n"));
        assert_eq!(take_out(odd), None);
    }

    #[test]
    fn only_what_was_written_is_undone() {
        let with = add(FRESH, PATH);
        let ours = &with.changes[0].now;
        let other = "library=/opt/libother.so\nname=Other\n\n";
        for (edited, rest) in [
            (with.text.clone() + other, FRESH.to_owned() + other),
            (with.text.trim_end().to_owned(), FRESH.to_owned()),
            (with.text.replace('\n', "\r\n"), FRESH.replace('\n', "\r\n")),
            (with.text.replace("library=/usr", "# my card\nlibrary=/usr"), format!("{FRESH}# my card\n\n")),
            (format!("\n{}", with.text), format!("\n{FRESH}")),
            (with.text.clone() + "\n\n", FRESH.to_owned() + "\n\n"),
        ] {
            assert_eq!(undo(&edited, ours).unwrap(), rest, "{edited:?}");
        }
        for edited in [
            with.text.replace(NAME, "My card"),
            with.text.replace(PATH, "/opt/libcns_pkcs11.so"),
            with.text.trim_end().to_owned() + "\nNSS=slotParams=(1={})\n\n",
            FRESH.to_owned(),
            with.text.clone() + ours,
        ] {
            assert_eq!(undo(&edited, ours), None, "{edited:?}");
        }
    }

    #[test]
    fn a_name_that_is_taken_is_not_used_twice() {
        let mut list = String::new();
        for expected in
            [NAME, "Carta Nazionale dei Servizi (cns-pkcs11)", "Carta Nazionale dei Servizi (cns-pkcs11 2)"]
        {
            let with = add(&list, PATH).text;
            assert!(with.ends_with(&format!("name={expected}\n\n")), "{with}");
            list += &format!("library=/opt/libother.so\nname={expected}\n\n");
        }
    }

    #[test]
    fn an_empty_list() {
        assert_eq!(add("", PATH).text, format!("library={PATH}\nname={NAME}\n\n"));
        assert_eq!(take_out(""), None);
    }
}
