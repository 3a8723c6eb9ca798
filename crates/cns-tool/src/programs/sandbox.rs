//! Browsers from snap and flatpak: they do not see the system's libraries, and reach pcscd only where they are let.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::host::Host;

/// A browser in a sandbox that is not set up, as a person would call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Sandboxed {
    /// `Firefox`, `Chromium` …
    pub browser: &'static str,
    /// `snap` or `flatpak`.
    pub sandbox: &'static str,
    /// What can be done about it.
    #[serde(skip)]
    pub way: Way,
}

/// What a person can do about a browser in a sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// `cns setup` can set it up once it has a profile.
    StartOnce,
    /// `cns setup` can set it up for each user, without the administrator's rights.
    EachUser,
    /// By hand, or with the browser from elsewhere: `cns guide browser`.
    Guide,
}

/// Title, name as snap, name as flatpak.
type Names = (&'static str, Option<&'static str>, Option<&'static str>);

/// Those of `browsers` that are installed, for everybody or for this user; snaps first.
pub(crate) fn installed(host: &Host, browsers: impl IntoIterator<Item = Names>) -> Vec<Sandboxed> {
    let flatpak = |name: &str| {
        let all = host.at("/var/lib/flatpak/app").join(name).exists();
        let own = host.user_folder("XDG_DATA_HOME", ".local/share");
        all || own.is_some_and(|data| data.join("flatpak/app").join(name).exists())
    };
    let found = |browser, sandbox| Sandboxed { browser, sandbox, way: Way::Guide };
    let (mut snaps, mut flatpaks) = (Vec::new(), Vec::new());
    for (browser, as_snap, as_flatpak) in browsers {
        snaps.extend(as_snap.is_some_and(|name| has_snap(host, name)).then(|| found(browser, "snap")));
        flatpaks.extend(as_flatpak.is_some_and(flatpak).then(|| found(browser, "flatpak")));
    }
    [snaps, flatpaks].concat()
}

/// Whether this snap is installed. Some distributions have no `/snap`.
pub(crate) fn has_snap(host: &Host, name: &str) -> bool {
    ["/snap", "/var/lib/snapd/snap"].iter().any(|folder| host.at(folder).join(name).exists())
}

/// Where a snap may load libraries from, and nothing else but the user writes: snapd lets it map what is there.
pub(crate) fn snap_folder(host: &Host, name: &str) -> Option<PathBuf> {
    let folder = host.home()?.join("snap").join(name).join("common");
    (has_snap(host, name) && folder.is_dir()).then_some(folder)
}

/// Whether the program is a script that only starts a snap, as on Ubuntu.
pub(crate) fn starts_snap(program: &Path) -> bool {
    let Ok(file) = File::open(program) else { return false };
    let mut start = Vec::new();
    let read = file.take(4096).read_to_end(&mut start);
    let text = String::from_utf8_lossy(&start);
    read.is_ok() && text.starts_with("#!") && text.contains("/snap/bin/")
}
