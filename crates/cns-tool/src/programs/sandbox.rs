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

/// Title, name as snap, name as flatpak.
type Names = (&'static str, Option<&'static str>, Option<&'static str>);

/// Those of `browsers` that are installed, for everybody or for this user; snaps first.
pub(crate) fn installed(host: &Host, browsers: impl IntoIterator<Item = Names>) -> Vec<Sandboxed> {
    let snap = |name: &str| host.at("/snap").join(name).exists();
    let flatpak = |name: &str| {
        let all = host.at("/var/lib/flatpak/app").join(name).exists();
        let own = host.user_folder("XDG_DATA_HOME", ".local/share");
        all || own.is_some_and(|data| data.join("flatpak/app").join(name).exists())
    };
    let (mut snaps, mut flatpaks) = (Vec::new(), Vec::new());
    for (browser, as_snap, as_flatpak) in browsers {
        snaps.extend(as_snap.is_some_and(snap).then_some(Sandboxed { browser, sandbox: "snap" }));
        flatpaks.extend(as_flatpak.is_some_and(flatpak).then_some(Sandboxed { browser, sandbox: "flatpak" }));
    }
    [snaps, flatpaks].concat()
}
