//! Firefox.

use super::mozilla::MozillaBrowser;

/// Its files, by what Mozilla documents and Policies.sys.mjs does.
pub(super) static FIREFOX: MozillaBrowser = MozillaBrowser {
    name: "firefox",
    title: "Firefox",
    executables: &[
        "/usr/bin/firefox",
        "/usr/bin/firefox-esr",
        "/usr/local/bin/firefox",
        "/opt/firefox/firefox",
    ],
    bundle: "/Applications/Firefox.app",
    windows_installation: "Mozilla Firefox",
    windows_executable: "firefox.exe",
    home_folder: ".mozilla/firefox",
    settings_folder: Some("mozilla/firefox"),
    mac_folder: "Library/Application Support/Firefox",
    windows_folder: &["Mozilla", "Firefox"],
    policies: "/etc/firefox/policies/policies.json",
    distributed_policies: &[
        "/usr/lib/firefox-esr/distribution/policies.json",
        "/usr/lib/firefox/distribution/policies.json",
        "/usr/lib64/firefox/distribution/policies.json",
        "/opt/firefox/distribution/policies.json",
    ],
    snap: Some("firefox"),
    flatpak: Some("org.mozilla.firefox"),
    takes_unknown_files: true,
};
