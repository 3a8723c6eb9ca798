//! The machine that `setup` and `doctor` look at: which folders are whose, and who asks.
//!
//! It is a value over [`System`], so that tests can prepare a tree of their own. Nothing here writes.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::world::System;

/// A machine and the user who asks.
#[derive(Debug, Clone)]
pub struct Machine {
    /// Files and environment.
    pub system: System,
    /// The user's numeric id; 0 is the administrator.
    pub user: u32,
}

impl Machine {
    /// `system`, asked by the user of this process.
    #[must_use]
    pub fn of_process(system: System) -> Self {
        Self { system, user: rustix::process::geteuid().as_raw() }
    }

    /// Whether the user is the administrator.
    #[must_use]
    pub fn is_administrator(&self) -> bool {
        self.user == 0
    }

    /// A file or folder of the machine, as a real path.
    #[must_use]
    pub fn at(&self, absolute: &str) -> PathBuf {
        self.system.at(absolute)
    }

    /// The user's home, as a real path; `None` where nobody says.
    #[must_use]
    pub fn home(&self) -> Option<PathBuf> {
        self.system.home().filter(|home| home.is_absolute())
    }

    /// The user's folder of a kind by the XDG Base Directory Specification: what `variable` says, if it is an absolute
    /// path, otherwise `usual` in the home.
    #[must_use]
    pub fn user_folder(&self, variable: &str, usual: &str) -> Option<PathBuf> {
        let set = self.system.variable(variable).map(PathBuf::from).filter(|set| set.is_absolute());
        set.or_else(|| Some(self.home()?.join(usual)))
    }

    /// Where the user's programs keep their settings.
    #[must_use]
    pub fn configuration(&self) -> Option<PathBuf> {
        self.user_folder("XDG_CONFIG_HOME", ".config")
    }

    /// Whether the home belongs to the user. With sudo it may not, and files written there would be root's.
    #[must_use]
    pub fn home_is_the_users(&self) -> bool {
        self.home().is_some_and(|home| fs::metadata(home).is_ok_and(|metadata| metadata.uid() == self.user))
    }

    /// A real path as a path of the machine: without what stands for its root.
    #[must_use]
    pub fn inside(&self, path: &Path) -> PathBuf {
        match path.strip_prefix(&self.system.root) {
            Ok(inside) => Path::new("/").join(inside),
            Err(_) => path.to_owned(),
        }
    }

    /// How a person would write a real path: a path of the machine, with `~` for the home.
    #[must_use]
    pub fn shown(&self, path: &Path) -> String {
        let inside = self.home().and_then(|home| path.strip_prefix(home).ok().map(Path::to_owned));
        match inside {
            Some(inside) if inside.as_os_str().is_empty() => "~".to_owned(),
            Some(inside) => format!("~/{}", inside.display()),
            None => self.inside(path).display().to_string(),
        }
    }

    /// Whether a process of this number runs.
    #[must_use]
    pub fn runs(&self, process: &str) -> bool {
        self.at("/proc").join(process).exists()
    }

    /// The machine's own name, as it stands in the locks of browsers.
    #[must_use]
    pub fn host_name(&self) -> Option<String> {
        let name = fs::read_to_string(self.at("/proc/sys/kernel/hostname")).ok()?;
        Some(name.trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(variables: &[(&str, &str)]) -> Machine {
        let variables = variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
        Machine { system: System { root: "/prepared".into(), variables }, user: 1000 }
    }

    #[test]
    fn paths_are_shown_as_a_person_writes_them() {
        let machine = machine(&[("HOME", "/prepared/home/anna")]);
        assert_eq!(machine.shown(Path::new("/prepared/home/anna/.pki/nssdb")), "~/.pki/nssdb");
        assert_eq!(machine.shown(Path::new("/prepared/home/anna")), "~");
        assert_eq!(machine.shown(&machine.at("/etc/firefox")), "/etc/firefox");
        assert_eq!(machine.shown(Path::new("/elsewhere/x")), "/elsewhere/x");
    }

    #[test]
    fn a_relative_folder_in_the_environment_counts_as_unset() {
        let unset = machine(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "relative")]);
        assert_eq!(unset.configuration().unwrap(), Path::new("/h/.config"));
        let set = machine(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "/set")]);
        assert_eq!(set.configuration().unwrap(), Path::new("/set"));
    }
}
