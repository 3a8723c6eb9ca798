//! `~/.ssh/config`: `PKCS11Provider` for every host.
//!
//! Only text. ssh_config(5): the first value that is found counts. So ours goes to the end, for whatever host has no
//! other; where another one holds for every host already, ours would never be used.

use std::path::PathBuf;

use super::format::{Edit, FileFormat, Refusal, without_backslashes};
use super::lines;
use super::policies::Malformed;
use super::ssh_includes::other_provider;
use crate::host::Host;
use crate::pkcs11::module_path::is_our_module;
use crate::programs::program::Scope;

/// Stands above our lines, so that their reader knows where they are from.
const COMMENT: &str =
    "# The CNS card, by `cns setup ssh`; `cns setup ssh --remove` takes these three lines away.";
/// What version 0.1.0 wrote above its line, at the top of the file.
const FIRST_COMMENT: &str =
    "# The CNS card, by `cns setup ssh`; `cns setup ssh --remove` takes these two lines away.\n";
const KEYWORD: &str = "PKCS11Provider";

/// A configuration of the client.
pub(crate) struct SshConfig;

impl FileFormat for SshConfig {
    /// The one for every host.
    fn modules(&self, text: &str) -> Result<Vec<String>, Malformed> {
        Ok(provider_for_all(text).map(str::to_owned).into_iter().collect())
    }

    fn add(&self, text: Option<&str>, module: &str) -> Result<Edit, Refusal> {
        let text = text.unwrap_or_default();
        if let Some(other) = provider_for_all(text).or_else(|| late_provider(text)) {
            return Err(Refusal::Occupied(other.to_owned()));
        }
        let (gap, end) = (lines::end_of_last_line(text), lines::line_end(text));
        let ours = format!("{gap}{COMMENT}{end}Match all{end}    {KEYWORD} {}{end}", quoted(module));
        Ok(Edit::inserted(format!("{text}{ours}"), ours))
    }

    fn module_in_line<'a>(&self, line: &'a str) -> Option<&'a str> {
        provider(line)
    }

    fn path_in_file(&self, module: &str) -> String {
        without_backslashes(module)
    }

    fn without(&self, text: &str, ours: &str) -> Option<String> {
        lines::without_block(text, ours)
    }

    fn take_out(&self, text: &str) -> Result<Option<String>, Refusal> {
        Ok(take_out(text))
    }

    fn first_version(&self, original: Option<&str>, module: &str) -> Option<Edit> {
        let ours = format!("{FIRST_COMMENT}{KEYWORD} {}\n", quoted(module));
        Some(Edit::inserted(format!("{ours}{}", original.unwrap_or_default()), ours))
    }

    fn other_module(&self, host: &Host, scope: Scope, text: &str) -> Option<(String, PathBuf)> {
        other_provider(host, scope, text)
    }

    fn is_last(&self) -> bool {
        true
    }

    fn mode(&self, everybody: bool) -> u32 {
        if everybody { 0o644 } else { 0o600 }
    }
}

fn quoted(module: &str) -> String {
    let path = without_backslashes(module);
    if path.contains(' ') { format!("\"{path}\"") } else { path }
}

/// The file without each line that leads to our module, ours or a person's; `None` if there is none.
fn take_out(text: &str) -> Option<String> {
    let ours = |line: &&str| provider(line).is_some_and(is_our_module);
    let line = text.lines().find(ours)?;
    // Three lines of ours, where they stand together still.
    if let Some(rest) = lines::without_block(text, &format!("{COMMENT}\nMatch all\n{line}\n")) {
        return Some(take_out(&rest).unwrap_or(rest));
    }
    let rest = text.split_inclusive('\n').filter(|line| !ours(line) && *line != FIRST_COMMENT);
    Some(rest.collect())
}

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
fn provider(line: &str) -> Option<&str> {
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

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "/usr/lib/x86_64-linux-gnu/libcns_pkcs11.so";

    #[test]
    fn there_and_back() {
        for theirs in [
            "",
            "Host a\n  User b\n",
            "Host a\n  PKCS11Provider none",
            "# only a comment",
            "\u{feff}Host a\r\n  User b\r\n",
            "Host * !x\n  PKCS11Provider /opt/libother.so\n",
            "Match host * user root\n  PKCS11Provider /opt/libother.so\n",
            "Match host x\n  PKCS11Provider=/opt/libother.so\n\n",
        ] {
            let with = SshConfig.add(Some(theirs), PATH).unwrap();
            assert!(with.text.starts_with(theirs));
            assert_eq!(provider_for_all(&with.text), Some(PATH));
            assert_eq!(lines::without_block(&with.text, &with.changes[0].now).unwrap(), theirs);
        }
    }

    #[test]
    fn somebody_elses_provider_for_every_host_is_left_alone() {
        for theirs in [
            "pkcs11provider=/opt/libother.so\nHost a\n",
            "Host a\n  User b\nHost *\n  PKCS11Provider \"/opt/libother.so\"\n",
            "Host a b *\nPKCS11Provider /opt/libother.so\n",
            "Host \"*\"\nPKCS11Provider /opt/libother.so\n",
            "Match host * # all\nPKCS11Provider /opt/libother.so\n",
            "Match final host x\nPKCS11Provider /opt/libother.so\n",
            "Match canonical all\nPKCS11Provider /opt/libother.so\n",
            "Host a\nMatch  ALL\n\tPKCS11Provider = /opt/libother.so # theirs\n",
        ] {
            assert_eq!(
                SshConfig.add(Some(theirs), PATH),
                Err(Refusal::Occupied("/opt/libother.so".into())),
                "{theirs}"
            );
        }
        assert_eq!(SshConfig.add(Some("PKCS11Provider none\n"), PATH), Err(Refusal::Occupied("none".into())));
    }

    #[test]
    fn includes() {
        let text = "Include config.d/* ~/more\nHost a\n  include \"/etc/x\"\n# Include no\n";
        assert_eq!(included(text).collect::<Vec<_>>(), ["config.d/*", "~/more", "/etc/x"]);
    }
}
