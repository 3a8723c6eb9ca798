//! Whether to ask in a window, and which programs can.

use std::path::{Path, PathBuf};

use crate::host::System;

/// The one that the person or the administrator has chosen, then those of desktops.
const NAMES: [&str; 7] = [
    "pinentry",
    "pinentry-gnome3",
    "pinentry-qt",
    "pinentry-qt5",
    "pinentry-gtk-2",
    "pinentry-mac",
    "pinentry-curses",
];
/// The person's choice.
const VARIABLE: &str = "PINENTRY";
/// Set where windows can be shown.
const DISPLAYS: [&str; 2] = ["DISPLAY", "WAYLAND_DISPLAY"];

pub(super) fn has_display(system: &System) -> bool {
    DISPLAYS.iter().any(|name| system.variable(name).is_some())
}

/// The programs to try, in this order: only the one that was named, if one was.
pub(super) fn programs(named: Option<&Path>, system: &System) -> Vec<PathBuf> {
    let named = named.or_else(|| system.variable(VARIABLE).map(Path::new));
    match named {
        Some(named) => program(named, system).into_iter().collect(),
        None => NAMES.iter().filter_map(|name| program(Path::new(name), system)).collect(),
    }
}

/// A path as it is; a name in the folders of PATH but the one that the person happens to be in.
fn program(name: &Path, system: &System) -> Option<PathBuf> {
    if name.components().count() > 1 {
        return name.is_file().then(|| name.to_owned());
    }
    let folders = std::env::split_paths(system.variable("PATH")?);
    let mut candidates = folders.filter(|folder| folder.is_absolute()).map(|folder| {
        let path = folder.join(name);
        if cfg!(windows) { path.with_extension("exe") } else { path }
    });
    candidates.find(|path| path.is_file())
}
