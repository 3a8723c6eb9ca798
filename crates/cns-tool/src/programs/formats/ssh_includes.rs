//! Providers that OpenSSH finds elsewhere than in the file that is edited: in files that it includes, and in the
//! system's own configuration. Only reads.

use std::fs;
use std::path::{Path, PathBuf};

use super::ssh_syntax::{included, included_for_all, late_provider, provider_for_all, providers};
use crate::host::Host;
use crate::pkcs11::module_path::is_our_module;
use crate::programs::scope::Scope;

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
    let (folder, pattern) = match (pattern.strip_prefix("~/"), pattern.strip_prefix('/')) {
        (Some(pattern), _) => (host.home().unwrap_or_default(), pattern),
        (_, Some(below)) if !Path::new(pattern).starts_with(&host.system.root) => (host.at("/"), below),
        (_, Some(_)) => (PathBuf::new(), pattern),
        _ => (folder.to_owned(), pattern),
    };
    let folder = glob::Pattern::escape(&folder.to_string_lossy());
    let pattern = Path::new(&folder).join(pattern);
    glob::glob(&pattern.to_string_lossy()).into_iter().flatten().flatten().collect()
}
