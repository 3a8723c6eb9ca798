//! NSS's lists of modules, one in each folder with a database of certificates: what browsers share.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::formats::format::FileFormat as _;
use super::formats::nss_modules::{NssModules, libraries};
use super::formats::policies::Malformed;
use super::program::{ConfigurationFile, State};
use crate::host::{Host, os};

/// The name of a list.
pub(crate) const LIST: &str = "pkcs11.txt";

/// The list in a folder that need not exist yet.
pub(crate) fn list(folder: PathBuf, open_in: Option<&'static str>) -> ConfigurationFile {
    ConfigurationFile { path: folder.join(LIST), format: &NssModules, open_in }
}

/// Whether NSS on this computer loads the modules of p11-kit by itself, as on Fedora: a module that both name cannot be
/// loaded twice.
pub(crate) fn uses_p11_kit(host: &Host, list: &Path) -> bool {
    let proxy = |path: &Path| {
        fs::read(path).is_ok_and(|content| String::from_utf8_lossy(&content).contains("p11-kit-proxy"))
    };
    proxy(&host.at("/etc/crypto-policies/back-ends/nss.config")) || proxy(list)
}

/// What the lists of a browser say of the module.
pub(crate) fn states(
    host: &Host,
    lists: &[ConfigurationFile],
    is_installed: bool,
    module: Option<&str>,
) -> Vec<State> {
    if lists.is_empty() {
        return vec![if is_installed { State::NeverStarted } else { State::NotInstalled }];
    }
    let mut states: Vec<State> = lists.iter().map(|list| state(host, &list.path, module)).collect();
    let registered = states.iter().any(|state| matches!(state, State::Registered(_)));
    for state in &mut states {
        if let State::NotRegistered(_, elsewhere) = state {
            *elsewhere = registered;
        }
    }
    states
}

fn state(host: &Host, list: &Path, module: Option<&str>) -> State {
    let path = host.shown(list);
    let owner = fs::metadata(list).ok().and_then(|metadata| os::owner(&metadata));
    if owner == Some(0) && !host.is_administrator() {
        return State::RootOwned(path);
    }
    if uses_p11_kit(host, list) {
        return State::ThroughP11Kit;
    }
    match fs::read_to_string(list) {
        Ok(text) => State::of_paths(host, path, &NssModules.our_modules(&text).unwrap_or_default(), module),
        Err(error) if error.kind() == io::ErrorKind::NotFound => State::NotRegistered(path, false),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            State::Malformed(path, Malformed::NotText)
        }
        Err(error) => State::Unreadable(path, error.into()),
    }
}

/// All modules in these lists.
pub(crate) fn loaded_modules(lists: Vec<ConfigurationFile>) -> Vec<(PathBuf, Vec<String>)> {
    let modules = |list: ConfigurationFile| {
        let text = fs::read_to_string(&list.path).unwrap_or_default();
        (list.path, libraries(&text).into_iter().map(str::to_owned).collect())
    };
    lists.into_iter().map(modules).collect()
}
