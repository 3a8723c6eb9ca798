//! `pkcs11.txt`: the list of modules in a folder of NSS's (a Firefox profile, Chromium's database).
//!
//! Stanzas of `key=value` lines, separated by empty lines, as `modutil` of NSS 3.87 writes them. Only text in, text
//! out; whatever is not ours stays as it is, to the byte.

use crate::module_path::is_our_module;

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

/// The libraries that a list names, in its order.
#[must_use]
pub fn libraries(text: &str) -> Vec<&str> {
    stanzas(text).into_iter().filter_map(library).filter(|library| !library.is_empty()).collect()
}

/// The list with our module in it once, at `path`; `None` if it is so already. Entries of the module at other paths,
/// from an earlier installation, go away.
#[must_use]
pub(super) fn with_module(text: &str, path: &str, name: &str) -> Option<String> {
    let ours: Vec<&str> = libraries(text).into_iter().filter(|library| is_our_module(library)).collect();
    if ours == [path] {
        return None;
    }
    let mut list = without_module(text).unwrap_or_else(|| text.to_owned());
    if !list.is_empty() && !list.ends_with('\n') {
        list.push('\n');
    }
    if !list.is_empty() && !list.ends_with("\n\n") {
        list.push('\n');
    }
    let taken = stanzas(&list).into_iter().any(|stanza| value(stanza, "name") == Some(name));
    let name = if taken { format!("{name} (cns-pkcs11)") } else { name.to_owned() };
    Some(format!("{list}library={path}\nname={name}\n\n"))
}

/// The list without our module; `None` if it is not in there.
#[must_use]
pub(super) fn without_module(text: &str) -> Option<String> {
    let all = stanzas(text);
    let (ours, others): (Vec<&str>, Vec<&str>) =
        all.into_iter().partition(|stanza| library(stanza).is_some_and(is_our_module));
    (!ours.is_empty()).then(|| others.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `certutil -N` of NSS 3.87 makes, shortened.
    const FRESH: &str = "library=\nname=NSS Internal PKCS #11 Module\nparameters=configdir='sql:b' flags= \n\
                         NSS=Flags=internal,critical trustOrder=75\n\n";
    const PATH: &str = "/usr/lib/x86_64-linux-gnu/libcns_pkcs11.so";
    const NAME: &str = "Carta Nazionale dei Servizi";

    #[test]
    fn the_same_bytes_as_modutil() {
        // modutil -force -add NAME -libfile PATH
        let expected = format!("{FRESH}library={PATH}\nname={NAME}\n\n");
        assert_eq!(with_module(FRESH, PATH, NAME).unwrap(), expected);
        // modutil -force -delete NAME
        assert_eq!(without_module(&expected).unwrap(), FRESH);
    }

    #[test]
    fn never_twice() {
        let once = with_module(FRESH, PATH, NAME).unwrap();
        assert_eq!(with_module(&once, PATH, NAME), None);
        let twice = format!("{once}library={PATH}\nname=CNS\n\n");
        assert_eq!(with_module(&twice, PATH, NAME).unwrap(), once);
    }

    #[test]
    fn an_earlier_path_is_replaced() {
        let old = with_module(FRESH, "/usr/local/lib/libcns_pkcs11.so", "CNS").unwrap();
        let new = with_module(&old, PATH, NAME).unwrap();
        assert_eq!(libraries(&new), [PATH]);
    }

    #[test]
    fn others_stay_to_the_byte() {
        let odd = "# by hand\r\n  library=\"/opt/x y/libother.so\"\r\nname=CNS\r\n\r\n\r\nlibrary=\nname=a";
        let with = with_module(odd, PATH, NAME).unwrap();
        assert_eq!(libraries(&with), ["/opt/x y/libother.so", PATH]);
        assert_eq!(without_module(&with).unwrap(), format!("{odd}\n\n"));
        assert_eq!(without_module(odd), None);
    }

    #[test]
    fn a_name_that_is_taken_is_not_used_twice() {
        let other = format!("library=/opt/libother.so\nname={NAME}\n\n");
        let with = with_module(&other, PATH, NAME).unwrap();
        assert!(with.ends_with("name=Carta Nazionale dei Servizi (cns-pkcs11)\n\n"), "{with}");
    }

    #[test]
    fn an_empty_list() {
        assert_eq!(with_module("", PATH, NAME).unwrap(), format!("library={PATH}\nname={NAME}\n\n"));
        assert_eq!(without_module(""), None);
    }
}
