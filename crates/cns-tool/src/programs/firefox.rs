//! Firefox: its profiles, and where its policies are.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::context::OperatingSystem;
use crate::host::Host;
use crate::programs::{Database, browser_lock as in_use};

const NAME: &str = "Firefox";

/// Where Firefox looks for policies first, for all users. It reads only one file: if this one is there, the next is not
/// looked at (EnterprisePoliciesParent.sys.mjs).
pub const POLICIES: &str = "/etc/firefox/policies/policies.json";
/// Where distributions put theirs, and Firefox's own installation has them.
const DISTRIBUTED_POLICIES: &[&str] = &[
    "/usr/lib/firefox-esr/distribution/policies.json",
    "/usr/lib/firefox/distribution/policies.json",
    "/usr/lib64/firefox/distribution/policies.json",
    "/opt/firefox/distribution/policies.json",
];
const PROGRAMS: &[&str] =
    &["/usr/bin/firefox", "/usr/bin/firefox-esr", "/usr/local/bin/firefox", "/opt/firefox/firefox"];
/// What a Mac installs.
const BUNDLE: &str = "/Applications/Firefox.app";
/// The folder that Windows installs it in, in one of those for programs.
const FOLDER: &str = "Mozilla Firefox";

/// Whether a Firefox of the system is installed.
#[must_use]
pub fn is_installed(host: &Host) -> bool {
    match host.system.operating_system {
        OperatingSystem::Windows => windows_folders(host).any(|folder| folder.join("firefox.exe").exists()),
        OperatingSystem::MacOs => host.at(BUNDLE).exists(),
        OperatingSystem::Linux => PROGRAMS.iter().any(|program| host.at(program).exists()),
    }
}

/// The policies that Firefox reads now: a file that may not be there yet. On Windows and macOS it belongs to the
/// installation.
#[must_use]
pub fn policies(host: &Host) -> PathBuf {
    match host.system.operating_system {
        OperatingSystem::Windows => {
            let there = windows_folders(host).find(|folder| folder.is_dir());
            let usual = || PathBuf::from(r"C:\Program Files").join(FOLDER);
            let folder = there.or_else(|| windows_folders(host).next()).unwrap_or_else(usual);
            folder.join("distribution").join("policies.json")
        }
        OperatingSystem::MacOs => host.at(BUNDLE).join("Contents/Resources/distribution/policies.json"),
        OperatingSystem::Linux => linux_policies(host),
    }
}

fn windows_folders(host: &Host) -> impl Iterator<Item = PathBuf> {
    host.program_folders().into_iter().map(|folder| folder.join(FOLDER))
}

fn linux_policies(host: &Host) -> PathBuf {
    let usual = host.at(POLICIES);
    if usual.exists() {
        return usual;
    }
    let distributed = DISTRIBUTED_POLICIES.iter().map(|path| host.at(path)).find(|path| path.exists());
    distributed.unwrap_or(usual)
}

/// The folders that hold `profiles.ini`: the usual one, and the one of newer versions (XDG).
#[must_use]
pub fn folders(host: &Host) -> Vec<PathBuf> {
    let (usual, newer) = match host.system.operating_system {
        OperatingSystem::Windows => {
            (host.configuration().map(|folder| folder.join("Mozilla").join("Firefox")), None)
        }
        OperatingSystem::MacOs => {
            (host.home().map(|home| home.join("Library/Application Support/Firefox")), None)
        }
        OperatingSystem::Linux => (
            host.home().map(|home| home.join(".mozilla/firefox")),
            host.configuration().map(|configuration| configuration.join("mozilla/firefox")),
        ),
    };
    usual.into_iter().chain(newer).filter(|folder| folder.is_dir()).collect()
}

/// The user's profiles.
#[must_use]
pub fn profiles(host: &Host) -> Vec<Database> {
    let folders = folders(host);
    let profiles: BTreeSet<PathBuf> = folders.iter().flat_map(|folder| profiles_in(folder)).collect();
    let database = |folder: PathBuf| {
        let open = is_open(host, &folder);
        Database { folder, open_in: open.then_some(NAME) }
    };
    profiles.into_iter().map(database).collect()
}

/// The profiles that a `profiles.ini` names and that are there.
pub(crate) fn profiles_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(content) = fs::read(folder.join("profiles.ini")) else { return Vec::new() };
    let content = String::from_utf8_lossy(&content);
    // Path is relative to this folder unless it is absolute, whatever IsRelative says.
    let named = content.lines().filter_map(|line| line.trim().strip_prefix("Path="));
    named.map(|path| folder.join(path)).filter(|path| path.is_dir()).collect()
}

/// `lock` is a link `address:+process`; `.parentlock` is locked while Firefox runs. On Windows `parent.lock` is open then,
/// and shared with nobody.
fn is_open(host: &Host, profile: &Path) -> bool {
    in_use::link_names_a_process(host, &profile.join("lock"), ':', false)
        || in_use::is_locked(&profile.join(".parentlock"))
        || in_use::is_locked(&profile.join("parent.lock"))
}
