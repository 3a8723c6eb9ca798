//! Providers that OpenSSH finds elsewhere than in the file that is edited: in files that it includes, and in the
//! system's own configuration. Only reads.

use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::host::Host;
use crate::pkcs11::module_path::is_our_module;
use crate::programs::formats::ssh_config::{
    included, included_for_all, late_provider, provider_for_all, providers,
};
use crate::programs::program::Scope;

/// ssh_config(5) goes no deeper.
const DEEPEST: usize = 16;

/// A provider, and the file that names it, with which ours in the configuration `text` would be useless or in the way.
pub(crate) fn other_provider(host: &Host, scope: Scope, text: &str) -> Option<(String, PathBuf)> {
    let system = host.shared_configuration()?.join("ssh");
    let folder = match scope {
        Scope::User => host.home()?.join(".ssh"),
        Scope::Everybody => system.clone(),
    };
    for_all_in_included(host, &folder, text, 0).or_else(|| match scope {
        // The user's file is read before the system's: ours would take the place of whatever is chosen there.
        Scope::User => anywhere_in(host, &system, &system.join("ssh_config"), 0),
        Scope::Everybody => None,
    })
}

/// What is chosen for every host before the end of the text is reached, or would be chosen later.
fn for_all_in_included(host: &Host, folder: &Path, text: &str, depth: usize) -> Option<(String, PathBuf)> {
    let named = |pattern| files(host, folder, pattern);
    let for_all = included_for_all(text).filter(|_| depth < DEEPEST).flat_map(named);
    let for_all = for_all.map(|file| (file, true));
    let any = included(text).filter(|_| depth < DEEPEST).flat_map(named).map(|file| (file, false));
    for_all.chain(any).find_map(|(file, for_all)| {
        let text = read(&file)?;
        let provider = if for_all { provider_for_all(&text) } else { late_provider(&text) };
        match provider {
            Some(provider) => Some((provider.to_owned(), file)),
            None if for_all => for_all_in_included(host, folder, &text, depth + 1),
            None => None,
        }
    })
}

/// Another module, for whatever hosts.
fn anywhere_in(host: &Host, folder: &Path, file: &Path, depth: usize) -> Option<(String, PathBuf)> {
    let text = read(file)?;
    let other = providers(&text).find(|provider| !is_our_module(provider));
    if let Some(other) = other {
        return Some((other.to_owned(), file.to_owned()));
    }
    let patterns = included(&text).filter(|_| depth < DEEPEST);
    let mut files = patterns.flat_map(|pattern| files(host, folder, pattern));
    files.find_map(|file| anywhere_in(host, folder, &file, depth + 1))
}

fn read(file: &Path) -> Option<String> {
    let content = fs::metadata(file).ok()?.is_file().then(|| fs::read(file).ok())??;
    Some(String::from_utf8_lossy(&content).into_owned())
}

/// The files that a pattern of `Include` means, in the order in which they are read.
fn files(host: &Host, folder: &Path, pattern: &str) -> Vec<PathBuf> {
    let pattern = match pattern.strip_prefix("~/") {
        Some(rest) => host.home().unwrap_or_default().join(rest),
        None if pattern.starts_with('/') && !Path::new(pattern).starts_with(&host.system.root) => {
            host.at(pattern)
        }
        None => folder.join(pattern),
    };
    let mut found = vec![PathBuf::new()];
    for component in pattern.components() {
        found = found.into_iter().flat_map(|folder| below(&folder, component)).collect();
    }
    found
}

fn below(folder: &Path, component: Component<'_>) -> Vec<PathBuf> {
    let name = component.as_os_str();
    let pattern = name.to_string_lossy();
    if !pattern.contains(['*', '?', '[']) {
        return vec![folder.join(name)];
    }
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let names = entries.flatten().map(|entry| entry.file_name());
    let mut found: Vec<PathBuf> = names
        .filter(|name| matches(pattern.as_bytes(), name.to_string_lossy().as_bytes()))
        .map(|name| folder.join(name))
        .collect();
    found.sort();
    found
}

/// glob(7); a set of letters counts as any letter: what is looked for is whether there is such a file.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, rest) => rest.is_none(),
        (Some((b'*', rest)), _) => {
            matches(rest, name) || name.split_first().is_some_and(|(_, name)| matches(pattern, name))
        }
        (Some((b'[', rest)), Some((_, name))) => {
            let end = rest.iter().skip(1).position(|letter| *letter == b']');
            end.is_some_and(|end| matches(&rest[end + 2..], name))
        }
        (Some((b'?', rest)), Some((_, name))) => matches(rest, name),
        (Some((letter, rest)), Some((first, name))) => letter == first && matches(rest, name),
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns() {
        for (pattern, name) in
            [("*.conf", "a.conf"), ("*", "x"), ("a?c*", "abc"), ("[0-9]x", "7x"), ("**", "ab")]
        {
            assert!(matches(pattern.as_bytes(), name.as_bytes()), "{pattern} {name}");
        }
        for (pattern, name) in [("*.conf", "a.con"), ("a", "ab"), ("a?", "a"), ("[0-9", "7")] {
            assert!(!matches(pattern.as_bytes(), name.as_bytes()), "{pattern} {name}");
        }
    }
}
