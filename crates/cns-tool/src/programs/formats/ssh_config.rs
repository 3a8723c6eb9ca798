//! `~/.ssh/config`: `PKCS11Provider` for every host.
//!
//! Only text. ssh_config(5): the first value that is found counts. So ours goes to the end, for whatever host has no
//! other; where another one holds for every host already, ours would never be used.

use std::path::PathBuf;

use super::format::{Edit, FileFormat, Refusal, without_backslashes};
use super::lines;
use super::malformed::Malformed;
use super::ssh_includes::other_provider;
use super::ssh_syntax::{KEYWORD, late_provider, provider, provider_for_all};
use crate::host::Host;
use crate::pkcs11::module_path::is_our_module;
use crate::programs::scope::Scope;

/// Stands above our lines, so that their reader knows where they are from.
const COMMENT: &str =
    "# The CNS card, by `cns setup ssh`; `cns setup ssh --remove` takes these three lines away.";
/// What version 0.1.0 wrote above its line, at the top of the file.
const FIRST_COMMENT: &str =
    "# The CNS card, by `cns setup ssh`; `cns setup ssh --remove` takes these two lines away.\n";

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

    fn may_be_outdated(&self) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programs::formats::ssh_syntax::included;

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
