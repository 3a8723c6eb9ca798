//! Chromium and the browsers made of it: one database of modules for all of a user's browsers.

use std::path::Path;

use super::config_file::ConfigFile;
use super::program::{Program, ProgramState};
use super::sandbox::{self, Sandboxed};
use super::scope::Scope;
use super::{nss, nss_policy, windows};
use crate::host::{Host, OperatingSystem};
use crate::text::Language;

/// A browser that reads the database.
struct Browser {
    title: &'static str,
    /// Its folders among the user's settings.
    settings: &'static [&'static str],
    executables: &'static [&'static str],
    snap: Option<&'static str>,
    flatpak: Option<&'static str>,
}

const BROWSERS: &[Browser] = &[
    Browser {
        title: "Chromium",
        settings: &["chromium"],
        executables: &["/usr/bin/chromium", "/usr/bin/chromium-browser"],
        snap: Some("chromium"),
        flatpak: Some("org.chromium.Chromium"),
    },
    Browser {
        title: "Google Chrome",
        settings: &["google-chrome", "google-chrome-beta"],
        executables: &["/usr/bin/google-chrome", "/usr/bin/google-chrome-stable"],
        snap: None,
        flatpak: Some("com.google.Chrome"),
    },
    Browser {
        title: "Microsoft Edge",
        settings: &["microsoft-edge"],
        executables: &["/usr/bin/microsoft-edge"],
        snap: None,
        flatpak: Some("com.microsoft.Edge"),
    },
    Browser {
        title: "Brave",
        settings: &["BraveSoftware/Brave-Browser"],
        executables: &["/usr/bin/brave-browser"],
        snap: Some("brave"),
        flatpak: Some("com.brave.Browser"),
    },
    Browser {
        title: "Vivaldi",
        settings: &["vivaldi"],
        executables: &["/usr/bin/vivaldi"],
        snap: None,
        flatpak: None,
    },
    Browser {
        title: "Opera",
        settings: &["opera"],
        executables: &["/usr/bin/opera"],
        snap: Some("opera"),
        flatpak: None,
    },
];

/// All of them: they have one name on the command line.
pub(super) struct Chromium;

impl Program for Chromium {
    fn name(&self) -> &'static str {
        "chrome"
    }

    fn title(&self, language: Language) -> &'static str {
        language.pick("Chrome e Chromium", "Chrome and Chromium")
    }

    fn completion(&self) -> &'static str {
        "Chromium, Chrome and their kin"
    }

    fn is_browser(&self) -> bool {
        true
    }

    fn is_per_user(&self) -> bool {
        true
    }

    /// Windows and macOS have certificates and drivers of their own, which these browsers use there.
    fn uses_modules_on(&self, system: OperatingSystem) -> bool {
        system == OperatingSystem::Linux
    }

    fn files(&self, host: &Host, _: Scope) -> Vec<ConfigFile> {
        let is_there = |list: &ConfigFile| list.path.parent().is_some_and(Path::is_dir);
        databases(host).into_iter().filter(is_there).collect()
    }

    /// Where there is no database, the one that every version reads.
    fn files_to_write(&self, host: &Host, scope: Scope, named: bool) -> Vec<ConfigFile> {
        let there = self.files(host, scope);
        if there.is_empty() && (named || is_installed(host)) {
            return databases(host).into_iter().take(1).collect();
        }
        there
    }

    fn logged_file(&self, _: &Host, _: Scope, path: &Path) -> Option<ConfigFile> {
        let folder = path.parent()?;
        let is_ours = folder.ends_with("pki/nssdb") || folder.ends_with(".pki/nssdb");
        (is_ours && path.ends_with(nss::LIST)).then(|| nss::list(folder.to_owned(), None))
    }

    fn sandboxed(&self, host: &Host, _: Scope) -> Vec<Sandboxed> {
        sandbox::installed(
            host,
            BROWSERS.iter().map(|browser| (browser.title, browser.snap, browser.flatpak)),
        )
    }

    fn is_there(&self, host: &Host) -> bool {
        is_installed(host) || !self.sandboxed(host, Scope::User).is_empty()
    }

    fn inspect(&'static self, host: &Host, module: Option<&str>) -> Option<Vec<ProgramState>> {
        if !self.uses_modules_on(host.system.operating_system) {
            let state = ProgramState::NotThroughModules { program: self };
            let served = windows::serves_browsers(host, module);
            return Some(vec![if served { windows::through_windows(state) } else { state }]);
        }
        let lists = self.files(host, Scope::User);
        Some(nss::states(self, host, (&lists, is_installed(host)), module))
    }

    fn module_lists(&self, host: &Host) -> Vec<ConfigFile> {
        self.files(host, Scope::User)
    }

    fn not_on_this_system(&self, language: Language, system: OperatingSystem) -> &'static str {
        match system {
            OperatingSystem::Windows => language.pick(
                "su Windows usano i certificati di Windows, che vuole un driver di un altro tipo (minidriver), mai \
                 un driver PKCS#11. Installa cns-pkcs11 con il suo file .msi, oppure con la tessera usa Firefox",
                "on Windows they use the certificates of Windows, which wants another kind of driver (a minidriver), \
                 never a PKCS#11 driver. Install cns-pkcs11 by its .msi file, or use Firefox with the card",
            ),
            _ => language.pick(
                "su macOS usano i certificati del portachiavi, mai un driver PKCS#11: con la tessera usa Firefox",
                "on macOS they use the certificates of the keychain, never a PKCS#11 driver: use Firefox with \
                 the card",
            ),
        }
    }
}

fn is_installed(host: &Host) -> bool {
    let mut programs =
        BROWSERS.iter().flat_map(|browser| browser.executables).map(|program| host.at(program));
    programs.any(|program| program.exists() && !sandbox::starts_snap(&program))
}

/// The databases that may be there. Every version reads the first if it exists; newer ones (seen with 156) otherwise the
/// second. All these browsers use the system's NSS, those of other makers, too.
fn databases(host: &Host) -> Vec<ConfigFile> {
    if host.system.operating_system != OperatingSystem::Linux {
        return Vec::new();
    }
    let old = host.home().map(|home| home.join(".pki/nssdb"));
    let new = host.user_folder("XDG_DATA_HOME", ".local/share").map(|data| data.join("pki/nssdb"));
    let open_in = open_browser(host);
    let loads_p11_kit = nss_policy::is_read(host, None);
    let list = |folder| ConfigFile { loads_p11_kit, ..nss::list(folder, open_in) };
    old.into_iter().chain(new).map(list).collect()
}

/// `SingletonLock` is a link `host-process`.
fn open_browser(host: &Host) -> Option<&'static str> {
    let configuration = host.configuration()?;
    let is_open = |folder: &&str| {
        let lock = configuration.join(folder).join("SingletonLock");
        nss::link_names_a_process(host, &lock, '-', true)
    };
    let mut browsers = BROWSERS.iter();
    Some(browsers.find(|browser| browser.settings.iter().any(is_open))?.title)
}
