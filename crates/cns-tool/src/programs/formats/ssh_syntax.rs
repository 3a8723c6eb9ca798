//! What a configuration of OpenSSH says of providers and included files, by ssh_config(5).

use super::lines;

pub(crate) const KEYWORD: &str = "PKCS11Provider";

/// The provider that holds for every host, in this text alone.
pub(crate) fn provider_for_all(text: &str) -> Option<&str> {
    lines_for_all(text).find_map(provider)
}

/// A provider that OpenSSH comes to in a second reading only (`Match final`, `Match canonical`), when ours would have
/// been chosen already.
pub(crate) fn late_provider(text: &str) -> Option<&str> {
    lines_for(text, Hosts::Late).find_map(provider)
}

/// The hosts that a section is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hosts {
    All,
    Some,
    Late,
}

fn lines_for_all(text: &str) -> impl Iterator<Item = &str> {
    lines_for(text, Hosts::All)
}

fn lines_for(text: &str, wanted: Hosts) -> impl Iterator<Item = &str> {
    let mut hosts = Hosts::All;
    text.lines().filter(move |line| {
        hosts = section(line).unwrap_or(hosts);
        hosts == wanted
    })
}

/// The hosts of the section that begins with this line.
fn section(line: &str) -> Option<Hosts> {
    let (keyword, rest) = setting(line)?;
    let words = rest.split_whitespace().map(|word| word.trim_matches('"').to_lowercase());
    let words: Vec<String> = words.take_while(|word| !word.starts_with('#')).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let all = |patterns: &[&str]| {
        patterns.contains(&"*") && !patterns.iter().any(|pattern| pattern.starts_with('!'))
    };
    let for_all = match (keyword.to_lowercase().as_str(), words.as_slice()) {
        ("host", patterns) => all(patterns),
        ("match", words) if words.contains(&"final") || words.contains(&"canonical") => {
            return Some(Hosts::Late);
        }
        ("match", ["all"]) => true,
        ("match", ["host" | "originalhost", patterns]) => all(&patterns.split(',').collect::<Vec<_>>()),
        ("match", _) => false,
        _ => return None,
    };
    Some(if for_all { Hosts::All } else { Hosts::Some })
}

/// Every provider in the text, for whatever hosts.
pub(crate) fn providers(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(provider)
}

/// The patterns of the files that the text includes.
pub(crate) fn included(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(patterns)
}

/// The same, of files that are read for every host.
pub(crate) fn included_for_all(text: &str) -> impl Iterator<Item = &str> {
    lines_for_all(text).flat_map(patterns)
}

fn patterns(line: &str) -> impl Iterator<Item = &str> {
    let include = setting(line).filter(|(keyword, _)| keyword.eq_ignore_ascii_case("include"));
    let patterns = include.map(|(_, patterns)| patterns.split_whitespace());
    patterns.into_iter().flatten().map(|pattern| pattern.trim_matches('"'))
}

/// What a line names as provider: `PKCS11Provider path` or `PKCS11Provider=path`, in any case, perhaps in quotes.
pub(crate) fn provider(line: &str) -> Option<&str> {
    let (keyword, value) = setting(line)?;
    if !keyword.eq_ignore_ascii_case(KEYWORD) {
        return None;
    }
    match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => value.split_whitespace().next(),
    }
}

/// Keyword and value of a line, if it has both.
fn setting(line: &str) -> Option<(&str, &str)> {
    let line = lines::content(line).trim();
    let end = line.find(|letter: char| letter.is_whitespace() || letter == '=')?;
    let (keyword, rest) = line.split_at(end);
    let rest = rest.trim_start();
    let value = rest.strip_prefix('=').unwrap_or(rest).trim();
    (!keyword.starts_with('#')).then_some((keyword.trim_matches('"'), value))
}
