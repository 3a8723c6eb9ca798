//! `~/.ssh/config`: `PKCS11Provider` for every host.
//!
//! Only text in, text out. ssh_config(5): the first value found counts, and what stands before the first `Host` or
//! `Match` holds for all hosts. So ours goes to the top, unless somebody else's is there already.

use crate::module_path::is_our_module;

/// Stands above our line, so that its reader knows where it is from.
const COMMENT: &str =
    "# The CNS card, by `cns setup ssh`; `cns setup ssh --remove` takes these two lines away.\n";
const KEYWORD: &str = "PKCS11Provider";

/// Another provider holds for all hosts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct OtherProvider(pub String);

/// The file with our module for every host; `None` if it is so already.
///
/// # Errors
/// [`OtherProvider`]: ours would take its place.
pub(super) fn with_module(text: &str, path: &str) -> Result<Option<String>, OtherProvider> {
    match global_provider(text) {
        Some(other) if !is_our_module(other) => return Err(OtherProvider(other.to_owned())),
        Some(ours) if ours == path => return Ok(None),
        _ => {}
    }
    let rest = without_module(text).unwrap_or_else(|| text.to_owned());
    let path = if path.contains(' ') { format!("\"{path}\"") } else { path.to_owned() };
    Ok(Some(format!("{COMMENT}{KEYWORD} {path}\n{rest}")))
}

/// The file without the line that leads to our module, wherever it is; `None` if there is none.
#[must_use]
pub(super) fn without_module(text: &str) -> Option<String> {
    let ours = |line: &str| provider(line).is_some_and(is_our_module) || line == COMMENT;
    let lines = || text.split_inclusive('\n');
    lines().any(ours).then(|| lines().filter(|line| !ours(line)).collect())
}

/// The provider that holds for all hosts.
fn global_provider(text: &str) -> Option<&str> {
    let section = |line: &&str| {
        let word = line.split_whitespace().next().unwrap_or_default();
        word.eq_ignore_ascii_case("host") || word.eq_ignore_ascii_case("match")
    };
    text.lines().take_while(|line| !section(line)).find_map(provider)
}

/// What a line names as provider: `PKCS11Provider path` or `PKCS11Provider=path`, in any case, perhaps in quotes.
fn provider(line: &str) -> Option<&str> {
    let line = line.trim();
    let end = line.find(|letter: char| letter.is_whitespace() || letter == '=')?;
    let (keyword, rest) = line.split_at(end);
    let value = rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '=');
    keyword.eq_ignore_ascii_case(KEYWORD).then(|| value.trim_end().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "/usr/lib/x86_64-linux-gnu/libcns_pkcs11.so";

    #[test]
    fn there_and_back() {
        for theirs in ["", "Host a\n  User b\n", "Host a\n  PKCS11Provider none", "# only a comment"] {
            let with = with_module(theirs, PATH).unwrap().unwrap();
            assert!(with.contains(&format!("\nPKCS11Provider {PATH}\n")), "{with}");
            assert_eq!(with_module(&with, PATH), Ok(None));
            assert_eq!(without_module(&with).unwrap(), theirs);
        }
    }

    #[test]
    fn somebody_elses_provider_is_left_alone() {
        let error = with_module("pkcs11provider=/opt/libother.so\nHost a\n", PATH).unwrap_err();
        assert_eq!(error, OtherProvider("/opt/libother.so".into()));
    }

    #[test]
    fn an_earlier_path_is_replaced() {
        let old = "PKCS11Provider \"/usr/local/lib/libcns_pkcs11.so\"\nHost a\n";
        let new = with_module(old, PATH).unwrap().unwrap();
        assert_eq!(new.matches("PKCS11Provider").count(), 1);
        assert!(new.ends_with("Host a\n"));
    }
}
