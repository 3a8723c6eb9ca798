//! The computer that `setup` and `doctor` look at: which folders are whose, and who asks.
//!
//! It is a value over [`System`], so that tests can prepare a tree of their own. Nothing here writes.

use std::fs;
use std::path::{Path, PathBuf};

use super::os;
use super::{OperatingSystem, System};

/// A computer and the user who asks.
#[derive(Debug, Clone)]
pub struct Host {
    /// Files and environment.
    pub system: System,
    /// The user's numeric id; 0 is the administrator (on Windows: with the administrator's rights).
    pub user: u32,
}

impl Host {
    /// `system`, asked by the user of this process.
    #[must_use]
    pub fn of_process(system: System) -> Self {
        Self { system, user: os::user() }
    }

    /// Whether the user is the administrator.
    #[must_use]
    pub fn is_administrator(&self) -> bool {
        self.user == 0
    }

    /// Whether it is the running system, and no prepared tree.
    #[must_use]
    pub fn is_running_system(&self) -> bool {
        self.system.root.as_os_str() == "/"
    }

    /// A file or folder of the computer, as a real path.
    #[must_use]
    pub fn at(&self, absolute: &str) -> PathBuf {
        self.system.at(absolute)
    }

    /// The user's home, as a real path; `None` if unknown. The administrator's is the one of the password
    /// database where the environment names somebody else's, as it does after `su`.
    #[must_use]
    pub fn home(&self) -> Option<PathBuf> {
        let named = self.system.home().filter(|home| home.is_absolute());
        if named.as_deref().is_some_and(|home| self.is_of_another(home)) {
            return self.home_by_password_database().or(named);
        }
        named
    }

    /// Whether the environment names a home that belongs to another user.
    #[must_use]
    pub fn environment_is_of_another(&self) -> bool {
        self.system.home().is_some_and(|home| self.is_of_another(&home))
    }

    /// Whether what the administrator would make there would be in another user's folder.
    fn is_of_another(&self, folder: &Path) -> bool {
        let existing = folder.ancestors().find_map(|above| fs::metadata(above).ok());
        let owner = existing.and_then(|found| os::owner(&found));
        self.is_administrator() && owner.is_some_and(|owner| owner != self.user)
    }

    /// passwd(5): name, password, user, group, comment, home, shell.
    fn home_by_password_database(&self) -> Option<PathBuf> {
        let database = fs::read_to_string(self.at("/etc/passwd")).ok()?;
        let users = database.lines().map(|line| line.split(':').collect::<Vec<_>>());
        let mut homes = users.filter(|user| user.get(2).and_then(|id| id.parse().ok()) == Some(self.user));
        let home = homes.next()?.get(5).map(|home| self.at(home))?;
        (!self.is_of_another(&home)).then_some(home)
    }

    /// The user's folder of a kind by the XDG Base Directory Specification: what `variable` says, if it is an absolute
    /// path, otherwise `usual` in the home.
    #[must_use]
    pub fn user_folder(&self, variable: &str, usual: &str) -> Option<PathBuf> {
        self.folder(variable).or_else(|| Some(self.home()?.join(usual)))
    }

    /// Where the user's programs keep their settings.
    #[must_use]
    pub fn configuration(&self) -> Option<PathBuf> {
        match self.system.operating_system {
            OperatingSystem::Windows => self.user_folder("APPDATA", "AppData/Roaming"),
            _ => self.user_folder("XDG_CONFIG_HOME", ".config"),
        }
    }

    /// Where the user's programs keep what they have to remember.
    #[must_use]
    pub fn state(&self) -> Option<PathBuf> {
        match self.system.operating_system {
            OperatingSystem::Windows => self.user_folder("LOCALAPPDATA", "AppData/Local"),
            OperatingSystem::MacOs => Some(self.home()?.join("Library/Application Support")),
            OperatingSystem::Linux => self.user_folder("XDG_STATE_HOME", ".local/state"),
        }
    }

    /// Where programs keep everybody's settings.
    #[must_use]
    pub fn shared_configuration(&self) -> Option<PathBuf> {
        match self.system.operating_system {
            OperatingSystem::Windows => self.folder("ProgramData"),
            _ => Some(self.at("/etc")),
        }
    }

    /// Where programs keep what they have to remember for everybody.
    #[must_use]
    pub fn shared_state(&self) -> Option<PathBuf> {
        match self.system.operating_system {
            OperatingSystem::Windows => self.folder("ProgramData"),
            OperatingSystem::MacOs => Some(self.at("/Library/Application Support")),
            OperatingSystem::Linux => Some(self.at("/var/lib")),
        }
    }

    /// Windows: the folders that programs are installed in, of 64 bits, of 32 bits, and the user's own.
    #[must_use]
    pub fn program_folders(&self) -> Vec<PathBuf> {
        let all = ["ProgramW6432", "ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"];
        let mut folders: Vec<PathBuf> = all.into_iter().filter_map(|name| self.folder(name)).collect();
        folders.dedup();
        folders
    }

    /// A folder that the environment names. The administrator's may be left over from the user who called `su`.
    fn folder(&self, variable: &str) -> Option<PathBuf> {
        if variable.starts_with("XDG_") && self.is_administrator() {
            return None;
        }
        self.system.variable(variable).map(PathBuf::from).filter(|folder| folder.is_absolute())
    }

    /// Whether the home belongs to the user. With sudo it may not, and files written there would be root's.
    #[must_use]
    pub fn home_is_the_users(&self) -> bool {
        let is_users = |found: fs::Metadata| os::owner(&found).is_none_or(|owner| owner == self.user);
        self.home().is_some_and(|home| fs::metadata(home).is_ok_and(is_users))
    }

    /// A real path as a path of the computer: without what stands for its root.
    #[must_use]
    pub fn inside(&self, path: &Path) -> PathBuf {
        match path.strip_prefix(&self.system.root) {
            Ok(inside) => Path::new("/").join(inside),
            Err(_) => path.to_owned(),
        }
    }

    /// How a person would write a real path: a path of the computer, with `~` for the home.
    #[must_use]
    pub fn shown(&self, path: &Path) -> String {
        let inside = self.home().and_then(|home| path.strip_prefix(home).ok().map(Path::to_owned));
        match inside {
            Some(inside) if inside.as_os_str().is_empty() => "~".to_owned(),
            Some(inside) if self.system.operating_system == OperatingSystem::Windows => {
                format!("~\\{}", inside.display())
            }
            Some(inside) => format!("~/{}", inside.display()),
            None => self.inside(path).display().to_string(),
        }
    }

    /// Whether a process of this number runs.
    #[must_use]
    pub fn runs(&self, process: &str) -> bool {
        self.at("/proc").join(process).exists()
    }

    /// The computer's own name, as it stands in the locks of browsers.
    #[must_use]
    pub fn host_name(&self) -> Option<String> {
        let name = fs::read_to_string(self.at("/proc/sys/kernel/hostname")).ok()?;
        Some(name.trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(variables: &[(&str, &str)]) -> Host {
        let variables = variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
        let operating_system = OperatingSystem::Linux;
        let (root, program) = ("/prepared".into(), "/usr/bin/cns".into());
        Host { system: System { root, program, variables, operating_system }, user: 1000 }
    }

    #[test]
    fn paths_are_shown_as_a_person_writes_them() {
        let host = host(&[("HOME", "/prepared/home/anna")]);
        assert_eq!(host.shown(Path::new("/prepared/home/anna/.pki/nssdb")), "~/.pki/nssdb");
        assert_eq!(host.shown(Path::new("/prepared/home/anna")), "~");
        assert_eq!(host.shown(&host.at("/etc/firefox")), "/etc/firefox");
        assert_eq!(host.shown(Path::new("/elsewhere/x")), "/elsewhere/x");
    }

    #[test]
    fn a_relative_folder_in_the_environment_counts_as_unset() {
        let unset = host(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "relative")]);
        assert_eq!(unset.configuration().unwrap(), Path::new("/h/.config"));
        let set = host(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "/set")]);
        assert_eq!(set.configuration().unwrap(), Path::new("/set"));
    }
}
