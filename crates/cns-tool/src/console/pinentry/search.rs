//! Whether to ask in a window, which programs can, and what they are told of the process.

use std::fs::File;
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
/// Where a program that draws on a terminal finds the person's.
const CONTROLLING_TERMINAL: &str = "/dev/tty";

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

/// Where a program finds the person's terminal, and how their locale is called.
pub(super) fn process_options(system: &System) -> Vec<(&'static str, String)> {
    let mut options = Vec::new();
    if cfg!(unix) && File::options().read(true).write(true).open(CONTROLLING_TERMINAL).is_ok() {
        options.push(("ttyname", CONTROLLING_TERMINAL.to_owned()));
        if let Some(kind) = system.variable("TERM") {
            options.push(("ttytype", kind.to_string_lossy().into_owned()));
        }
    }
    for (option, variable) in [("lc-ctype", "LC_CTYPE"), ("lc-messages", "LC_MESSAGES")] {
        let locale = ["LC_ALL", variable, "LANG"].into_iter().find_map(|name| system.variable(name));
        options.extend(locale.map(|locale| (option, locale.to_string_lossy().into_owned())));
    }
    options
}
