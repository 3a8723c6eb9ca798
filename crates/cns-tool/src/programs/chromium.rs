//! Chromium, Chrome and their kin: one database of modules for all of a user's browsers.

use std::path::PathBuf;

use crate::context::OperatingSystem;
use crate::host::Host;
use crate::programs::{Database, browser_lock as in_use};

/// Browsers that read the database, and their folder among the user's settings.
const BROWSERS: &[(&str, &str)] = &[
    ("Chromium", "chromium"),
    ("Google Chrome", "google-chrome"),
    ("Google Chrome", "google-chrome-beta"),
    ("Microsoft Edge", "microsoft-edge"),
    ("Brave", "BraveSoftware/Brave-Browser"),
    ("Vivaldi", "vivaldi"),
    ("Opera", "opera"),
];
const PROGRAMS: &[&str] = &[
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/usr/bin/google-chrome-stable",
    "/usr/bin/microsoft-edge",
    "/usr/bin/brave-browser",
    "/usr/bin/vivaldi",
    "/usr/bin/opera",
];

/// Whether a browser of this kind is installed.
#[must_use]
pub fn is_installed(host: &Host) -> bool {
    PROGRAMS.iter().any(|program| host.at(program).exists())
}

/// The databases that are there. Every version reads the first if it exists; newer ones (seen with 156) otherwise the
/// second.
#[must_use]
pub fn databases(host: &Host) -> Vec<Database> {
    places(host).into_iter().filter(|database| database.folder.is_dir()).collect()
}

/// The database to make where there is none: the one that every version reads.
#[must_use]
pub fn first_database(host: &Host) -> Option<Database> {
    places(host).into_iter().next()
}

/// Windows and macOS have certificates and drivers of their own, which these browsers use there.
fn places(host: &Host) -> Vec<Database> {
    if host.system.operating_system != OperatingSystem::Linux {
        return Vec::new();
    }
    let old = host.home().map(|home| home.join(".pki/nssdb"));
    let new = host.user_folder("XDG_DATA_HOME", ".local/share").map(|data| data.join("pki/nssdb"));
    let open_in = open(host);
    old.into_iter().chain(new).map(|folder: PathBuf| Database { folder, open_in }).collect()
}

/// `SingletonLock` is a link `host-process`.
fn open(host: &Host) -> Option<&'static str> {
    let configuration = host.configuration()?;
    let open = |folder: &str| {
        let lock = configuration.join(folder).join("SingletonLock");
        in_use::link_names_a_process(host, &lock, '-', true)
    };
    BROWSERS.iter().find(|(_, folder)| open(folder)).map(|(name, _)| *name)
}
