//! Browsers made of Firefox: a list of modules in each profile, and policies for everybody.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::config_file::ConfigFile;
use super::formats::format::FileFormat as _;
use super::formats::policies::Policies;
use super::program::{Program, ProgramState};
use super::registration::outcome::Outcome;
use super::sandbox::{self, Sandboxed, Way};
use super::scope::Scope;
use super::{nss, p11_kit, windows};
use crate::host::os::is_locked;
use crate::host::{Host, OperatingSystem};
use crate::text::Language;

/// A browser with the files of Firefox in folders of its own.
pub(super) struct MozillaBrowser {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// Linux: any of these means that it is installed.
    pub(super) executables: &'static [&'static str],
    /// What a Mac installs.
    pub(super) bundle: &'static str,
    /// The folder that Windows installs it in, in one of those for programs.
    pub(super) windows_installation: &'static str,
    pub(super) windows_executable: &'static str,
    /// Where `profiles.ini` is: in the home, in newer versions among the settings (XDG), on a Mac in the home, on
    /// Windows among the settings.
    pub(super) home_folder: &'static str,
    pub(super) settings_folder: Option<&'static str>,
    pub(super) mac_folder: &'static str,
    pub(super) windows_folder: &'static [&'static str],
    /// Where it looks for policies first. It reads only one file: if this one is there, the next does not count
    /// (EnterprisePoliciesParent.sys.mjs).
    pub(super) policies: &'static str,
    /// Where distributions put theirs, and the browser's own installation has them.
    pub(super) distributed_policies: &'static [&'static str],
    pub(super) snap: Option<&'static str>,
    pub(super) flatpak: Option<&'static str>,
    /// Whether a file in the backup log that belongs to no program of the list counts as this browser's, so that
    /// `setup --remove` restores it. True for Firefox alone.
    pub(super) takes_unknown_files: bool,
}

impl Program for MozillaBrowser {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self, _: Language) -> &'static str {
        self.title
    }

    fn is_browser(&self) -> bool {
        true
    }

    fn files(&self, host: &Host, scope: Scope) -> Vec<ConfigFile> {
        match scope {
            Scope::Everybody => {
                let loads_p11_kit = self.loads_p11_kit(host, None);
                vec![ConfigFile { loads_p11_kit, ..self.policies_to_write(host) }]
            }
            Scope::User => self.profiles(host),
        }
    }

    fn files_to_write(&self, host: &Host, scope: Scope, named: bool) -> Vec<ConfigFile> {
        let mut files = self.files(host, scope);
        if scope == Scope::Everybody && !named && !self.is_installed(host) {
            files.retain(|file| file.path.exists());
        }
        files
    }

    fn logged_file(&self, host: &Host, scope: Scope, path: &Path) -> Option<ConfigFile> {
        let own = self.takes_unknown_files
            || self.policy_files(host).any(|file| file == path)
            || self.profile_folders(host).iter().any(|folder| path.starts_with(folder));
        match path.file_name()?.to_str()? {
            "policies.json" if own && scope == Scope::Everybody => {
                Some(ConfigFile::new(path.to_owned(), &Policies))
            }
            nss::LIST if own => Some(nss::list(path.parent()?.to_owned(), None)),
            _ => None,
        }
    }

    fn registered_by_others(
        &self,
        host: &Host,
        scope: Scope,
        module: Option<&str>,
    ) -> Option<(PathBuf, Outcome)> {
        let path = Some(self.policies(host)).filter(|_| scope == Scope::User)?;
        let registered = Policies.our_modules(&fs::read_to_string(&path).ok()?).ok()?;
        let there = registered.iter().any(|found| module.is_none_or(|module| module == found));
        there.then_some((path, Outcome::ByAdministrator))
    }

    fn sandboxed(&self, host: &Host, scope: Scope) -> Vec<Sandboxed> {
        let mut found = sandbox::installed(host, [(self.title, self.snap, self.flatpak)]);
        let started = !self.snap_profiles(host).is_empty();
        found.retain(|found| found.sandbox != "snap" || scope == Scope::Everybody || !started);
        for snap in found.iter_mut().filter(|found| found.sandbox == "snap") {
            snap.way = if scope == Scope::Everybody { Way::EachUser } else { Way::StartOnce };
        }
        found
    }

    fn for_each_user(&self, host: &Host, scope: Scope) -> Vec<PathBuf> {
        match scope {
            Scope::Everybody => self.without_p11_kit(host, &self.policies(host)),
            Scope::User => Vec::new(),
        }
    }

    fn is_there(&self, host: &Host) -> bool {
        let sandboxed = sandbox::installed(host, [(self.title, self.snap, self.flatpak)]);
        self.is_installed(host) || !sandboxed.is_empty()
    }

    fn has_copy_at(&self, host: &Host, path: &Path) -> bool {
        self.made_copy(host, path)
    }

    fn inspect(&'static self, host: &Host, module: Option<&str>) -> Option<Vec<ProgramState>> {
        let mut lists = self.profiles(host);
        let mut states: Vec<_> = self.state_by_policies(host, module).into_iter().collect();
        let has_policies = !states.is_empty();
        let snap = self.snap.filter(|snap| sandbox::has_snap(host, snap));
        if has_policies {
            // They are for all profiles but those of a sandbox.
            lists.retain(|list| list.module_copy.is_some());
        }
        // A snap that was never started is said among the browsers in sandboxes.
        let is_said = has_policies || (snap.is_some() && !self.is_installed(host));
        if !(lists.is_empty() && is_said) {
            states.extend(nss::states(self, host, (&lists, self.is_installed(host)), module));
        }
        states.extend(snap.and_then(|snap| self.interface(host, snap, module)));
        if windows::serves_browsers(host, module) {
            states = states.into_iter().map(windows::through_windows).collect();
        }
        Some(states)
    }

    fn module_lists(&self, host: &Host) -> Vec<ConfigFile> {
        self.profiles(host)
    }

    fn not_found(&self, language: Language) -> String {
        let title = self.title;
        language.pick(
            format!("nessun profilo trovato; apri {title} una volta, chiudilo e riprova"),
            format!("no profile found; open {title} once, close it and try again"),
        )
    }

    fn next_step(&self, language: Language, path: &str, host: &Host) -> Option<String> {
        self.snap_step(language, path).or_else(|| self.policies_step(language, path, host))
    }
}

impl MozillaBrowser {
    fn is_installed(&self, host: &Host) -> bool {
        match host.system.operating_system {
            OperatingSystem::Windows => {
                self.windows_installations(host).any(|folder| folder.join(self.windows_executable).exists())
            }
            OperatingSystem::MacOs => host.at(self.bundle).exists(),
            OperatingSystem::Linux => {
                let mut programs = self.executables.iter().map(|program| host.at(program));
                programs.any(|program| program.exists() && !sandbox::starts_snap(&program))
            }
        }
    }

    pub(super) fn windows_installations(&self, host: &Host) -> impl Iterator<Item = PathBuf> {
        host.program_folders().into_iter().map(|folder| folder.join(self.windows_installation))
    }

    fn profile_folders(&self, host: &Host) -> Vec<PathBuf> {
        let in_home = |folder| Some(host.home()?.join(folder));
        let in_settings =
            |folder: &[&str]| Some(folder.iter().fold(host.configuration()?, |all, part| all.join(part)));
        let (usual, newer) = match host.system.operating_system {
            OperatingSystem::Windows => (in_settings(self.windows_folder), None),
            OperatingSystem::MacOs => (in_home(self.mac_folder), None),
            OperatingSystem::Linux => {
                (in_home(self.home_folder), self.settings_folder.and_then(|folder| in_settings(&[folder])))
            }
        };
        usual.into_iter().chain(newer).collect()
    }

    /// The lists of the user's profiles, those of a snap among them.
    fn profiles(&self, host: &Host) -> Vec<ConfigFile> {
        [self.lists_in(host, &self.profile_folders(host)), self.snap_profiles(host)].concat()
    }

    /// Those that the files `profiles.ini` in these folders name.
    pub(super) fn lists_in(&self, host: &Host, folders: &[PathBuf]) -> Vec<ConfigFile> {
        let profiles: BTreeSet<PathBuf> = folders.iter().flat_map(|folder| profiles_in(folder)).collect();
        let list = |folder: PathBuf| {
            let open_in = is_open(host, &folder).then_some(self.title);
            let loads_p11_kit = self.loads_p11_kit(host, Some(&folder));
            ConfigFile { loads_p11_kit, ..nss::list(folder, open_in) }
        };
        profiles.into_iter().map(list).collect()
    }

    /// By policies that name the module, or that cannot be understood: then they keep everybody's module out.
    fn state_by_policies(&'static self, host: &Host, module: Option<&str>) -> Option<ProgramState> {
        let path = self.policies(host);
        let text = fs::read_to_string(&path).ok()?;
        let path = host.shown(&path);
        match Policies.our_modules(&text) {
            Err(why) => Some(ProgramState::Malformed { program: self, path, why }),
            Ok(paths) if paths.is_empty() => None,
            Ok(_) if self.loads_p11_kit(host, None) && p11_kit::has_module(host, Scope::User) => {
                Some(ProgramState::RegisteredTwice { program: self, path })
            }
            Ok(paths) => Some(ProgramState::of_paths((self, path), host, &paths, module)),
        }
    }
}

/// The profiles that a `profiles.ini` names and that are there.
fn profiles_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(content) = fs::read(folder.join("profiles.ini")) else { return Vec::new() };
    let content = String::from_utf8_lossy(&content);
    // Path is relative to this folder unless it is absolute, whatever IsRelative says.
    let named = content.lines().filter_map(|line| line.trim().strip_prefix("Path="));
    named.map(|path| folder.join(path)).filter(|path| path.is_dir()).collect()
}

/// `lock` is a link `address:+process`; `.parentlock` is locked while the browser runs. On Windows `parent.lock` is open
/// then, and shared with no other program.
fn is_open(host: &Host, profile: &Path) -> bool {
    nss::link_names_a_process(host, &profile.join("lock"), ':', false)
        || is_locked(&profile.join(".parentlock"))
        || is_locked(&profile.join("parent.lock"))
}
