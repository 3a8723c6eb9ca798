//! NSS's lists of modules, one in each folder with a database of certificates, and the locks that browsers hold on these
//! folders: what browsers share.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::config_file::ConfigFile;
use super::formats::format::FileFormat as _;
use super::formats::malformed::Malformed;
use super::formats::nss_modules::NssModules;
use super::program::{Program, ProgramState};
use super::scope::Scope;
use super::{nss_policy, p11_kit};
use crate::host::{Host, os};

/// The name of a list.
pub(crate) const LIST: &str = "pkcs11.txt";

/// The list in a folder that need not exist yet.
pub(crate) fn list(folder: PathBuf, open_in: Option<&'static str>) -> ConfigFile {
    ConfigFile { open_in, ..ConfigFile::new(folder.join(LIST), &NssModules) }
}

/// Whether the browser loads the modules of p11-kit: one that both name cannot be loaded twice. A browser in a sandbox has
/// an NSS of its own.
pub(crate) fn uses_p11_kit(list: &ConfigFile) -> bool {
    list.module_copy.is_none() && (list.loads_p11_kit || nss_policy::names_p11_kit(&list.path))
}

/// What the lists of a browser say of the module.
pub(crate) fn states(
    program: &'static dyn Program,
    host: &Host,
    (lists, is_installed): (&[ConfigFile], bool),
    module: Option<&str>,
) -> Vec<ProgramState> {
    if lists.is_empty() {
        let (never, not) = (ProgramState::NeverStarted { program }, ProgramState::NotInstalled { program });
        return vec![if is_installed { never } else { not }];
    }
    let mut states: Vec<_> = lists.iter().map(|list| state(program, host, list, module)).collect();
    let registered = states.iter().any(|state| matches!(state, ProgramState::Registered { .. }));
    for state in &mut states {
        if let ProgramState::NotRegistered { elsewhere, .. } = state {
            *elsewhere = registered;
        }
    }
    states
}

fn state(
    program: &'static dyn Program,
    host: &Host,
    list: &ConfigFile,
    module: Option<&str>,
) -> ProgramState {
    let path = host.shown(&list.path);
    let owner = fs::metadata(&list.path).ok().and_then(|metadata| os::owner(&metadata));
    if owner == Some(0) && !host.is_administrator() {
        return ProgramState::RootOwned { program, path };
    }
    let ours = |text: String| NssModules.our_modules(&text).unwrap_or_default();
    if uses_p11_kit(list) {
        let named = fs::read_to_string(&list.path).is_ok_and(|text| !ours(text).is_empty());
        return match named && p11_kit::has_module(host, Scope::User) {
            true => ProgramState::RegisteredTwice { program, path },
            false => ProgramState::ThroughP11Kit { program },
        };
    }
    match fs::read_to_string(&list.path) {
        Ok(text) => match &list.module_copy {
            Some(copy) => ProgramState::of_copy((program, path), host, &ours(text), (module, copy)),
            None => ProgramState::of_paths((program, path), host, &ours(text), module),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            ProgramState::NotRegistered { program, path, elsewhere: false }
        }
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            ProgramState::Malformed { program, path, why: Malformed::NotText }
        }
        Err(error) => ProgramState::Unreadable { program, path, why: error.into() },
    }
}

/// Whether a link `…separator number` names a process that runs here. `host` is what has to stand before the number,
/// where the lock names the computer: a lock of another computer (a home on the network) counts as held.
pub(crate) fn link_names_a_process(host: &Host, link: &Path, separator: char, with_host: bool) -> bool {
    let Ok(target) = fs::read_link(link) else { return false };
    let target = target.to_string_lossy().into_owned();
    let Some((locked_by, process)) = target.rsplit_once(separator) else { return true };
    if with_host && host.host_name().is_some_and(|name| name != locked_by) {
        return true;
    }
    host.runs(process.trim_start_matches('+'))
}
