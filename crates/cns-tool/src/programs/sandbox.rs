//! Browsers from snap and flatpak: they see neither the system's libraries nor, mostly, the socket of pcscd.

use serde::Serialize;

use crate::host::Host;

/// A browser in a sandbox, as a person would call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Sandboxed {
    /// `Firefox`, `Chromium` …
    pub browser: &'static str,
    /// `snap` or `flatpak`.
    pub sandbox: &'static str,
}

const SNAPS: &[(&str, &str)] =
    &[("Firefox", "firefox"), ("Chromium", "chromium"), ("Brave", "brave"), ("Opera", "opera")];
const FLATPAKS: &[(&str, &str)] = &[
    ("Firefox", "org.mozilla.firefox"),
    ("Chromium", "org.chromium.Chromium"),
    ("Google Chrome", "com.google.Chrome"),
    ("Brave", "com.brave.Browser"),
    ("Microsoft Edge", "com.microsoft.Edge"),
];

/// Those that are installed, for everybody or for this user.
#[must_use]
pub fn installed(host: &Host) -> Vec<Sandboxed> {
    let snap = |name: &&(&str, &str)| host.at("/snap").join(name.1).exists();
    let flatpak = |name: &&(&str, &str)| {
        let all = host.at("/var/lib/flatpak/app").join(name.1).exists();
        let own = host.user_folder("XDG_DATA_HOME", ".local/share");
        all || own.is_some_and(|data| data.join("flatpak/app").join(name.1).exists())
    };
    let snaps = SNAPS.iter().filter(snap).map(|(browser, _)| Sandboxed { browser, sandbox: "snap" });
    let flatpaks =
        FLATPAKS.iter().filter(flatpak).map(|(browser, _)| Sandboxed { browser, sandbox: "flatpak" });
    snaps.chain(flatpaks).collect()
}
