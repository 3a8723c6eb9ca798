//! The programs that can be set up, and the files in which each is told about the module.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::configuration_files::{java, openssl, p11_kit, p11_kit_module};
use super::policies::{self, Malformed};
use super::{nss_modules, ssh_config};
use crate::browsers::{self, Database};
use crate::machine::Machine;
use crate::module_path::is_our_module;
use crate::world::OperatingSystem;

/// What programs show as the module's name.
const DISPLAY_NAME: &str = "Carta Nazionale dei Servizi";

/// A program, or programs that are told in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Client {
    /// Firefox.
    Firefox,
    /// Chromium, Chrome and their kin.
    Chrome,
    /// Programs that use p11-kit: GnuTLS, GNOME.
    P11Kit,
    /// OpenSSL's engine.
    Openssl,
    /// Java's SunPKCS11.
    Java,
    /// OpenSSH.
    Ssh,
}

/// For whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The user who asks.
    User,
    /// Everybody on this machine; the administrator asks.
    Everybody,
}

/// How a file tells a program about the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    NssModules,
    Policies,
    P11Kit,
    Openssl,
    Java,
    SshConfig,
}

/// A file in which a program is told, or could be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) path: PathBuf,
    pub(super) format: Format,
    /// The browser that has it open now.
    pub(super) open_in: Option<&'static str>,
}

/// Why a file is left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is not what it should be; what is wrong, in the parser's words.
    Malformed(Malformed),
    /// Another module is in the only place there is.
    Occupied(String),
}

impl Client {
    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Firefox => "firefox",
            Self::Chrome => "chrome",
            Self::P11Kit => "p11-kit",
            Self::Openssl => "openssl",
            Self::Java => "java",
            Self::Ssh => "ssh",
        }
    }

    /// Everything, in the order of telling.
    pub const ALL: [Self; 6] =
        [Self::Firefox, Self::Chrome, Self::P11Kit, Self::Openssl, Self::Java, Self::Ssh];

    /// Whether the program takes a PKCS#11 module on this system. Chrome and its kin ask Windows and macOS themselves
    /// for certificates, and these ask drivers of their own kind; p11-kit is a thing of free systems.
    #[must_use]
    pub fn uses_modules_on(self, system: OperatingSystem) -> bool {
        match self {
            Self::Chrome => system == OperatingSystem::Linux,
            Self::P11Kit => system != OperatingSystem::Windows,
            Self::Firefox | Self::Openssl | Self::Java | Self::Ssh => true,
        }
    }

    /// The files of this program as they are now.
    #[must_use]
    pub(super) fn places(self, machine: &Machine, scope: Scope) -> Vec<Place> {
        let one = |path: Option<PathBuf>, format| {
            path.map(|path| Place { path, format, open_in: None }).into_iter().collect()
        };
        let everybody = scope == Scope::Everybody;
        let configuration = |name: &str| machine.configuration().map(|folder| folder.join(name));
        let own = |name: &str| {
            if everybody {
                Some(machine.shared_configuration()?.join("cns").join(name))
            } else {
                configuration(&format!("cns/{name}"))
            }
        };
        match self {
            Self::Firefox if everybody => one(Some(browsers::firefox::policies(machine)), Format::Policies),
            Self::Firefox => lists(browsers::firefox::profiles(machine)),
            Self::Chrome => lists(browsers::chromium::databases(machine)),
            Self::P11Kit if everybody => {
                one(Some(machine.at("/etc/pkcs11/modules/cns.module")), Format::P11Kit)
            }
            Self::P11Kit => one(configuration("pkcs11/modules/cns.module"), Format::P11Kit),
            Self::Openssl => one(own("openssl.cnf"), Format::Openssl),
            Self::Java => one(own("java.cfg"), Format::Java),
            Self::Ssh if everybody => {
                let folder = machine.shared_configuration();
                one(folder.map(|folder| folder.join("ssh/ssh_config")), Format::SshConfig)
            }
            Self::Ssh => one(machine.home().map(|home| home.join(".ssh/config")), Format::SshConfig),
        }
    }
}

fn lists(databases: Vec<Database>) -> Vec<Place> {
    databases.into_iter().map(Place::from).collect()
}

impl From<Database> for Place {
    fn from(database: Database) -> Self {
        Self { path: database.list(), format: Format::NssModules, open_in: database.open_in }
    }
}

impl Format {
    /// The file with the module in it; `None` if it is there already. `text` is `None` where there is no file.
    ///
    /// # Errors
    /// [`Refusal`]: the file has to stay as it is.
    pub(super) fn with_module(self, text: Option<&str>, module: &str) -> Result<Option<String>, Refusal> {
        let whole = |content: String| (text != Some(&content)).then_some(content);
        // Where a backslash means something else; Windows takes both. No other system has one in a module's path.
        let slashed = module.replace('\\', "/");
        match self {
            Self::NssModules => Ok(nss_modules::with_module(text.unwrap_or_default(), module, DISPLAY_NAME)),
            Self::Policies => Ok(policies::with_module(text, module, DISPLAY_NAME)?),
            Self::P11Kit => {
                let named = text.and_then(p11_kit_module);
                Ok(if named == Some(module) { None } else { whole(p11_kit(module)) })
            }
            Self::Openssl => Ok(whole(openssl(&slashed))),
            Self::Java => Ok(whole(java(&slashed))),
            Self::SshConfig => ssh_config::with_module(text.unwrap_or_default(), &slashed)
                .map_err(|other| Refusal::Occupied(other.0)),
        }
    }

    /// The file without the module; `None` if it is not in there. An empty text means that the file can go.
    ///
    /// # Errors
    /// [`Refusal`]: the file has to stay as it is.
    pub(super) fn without_module(self, text: &str) -> Result<Option<String>, Refusal> {
        let ours = |module: Option<&str>| module.is_some_and(is_our_module).then(String::new);
        match self {
            Self::NssModules => Ok(nss_modules::without_module(text)),
            Self::Policies => Ok(policies::without_module(text)?),
            Self::P11Kit => Ok(ours(p11_kit_module(text))),
            Self::Openssl => Ok(ours(setting(text, "MODULE_PATH"))),
            Self::Java => Ok(ours(setting(text, "library"))),
            Self::SshConfig => Ok(ssh_config::without_module(text)),
        }
    }

    /// Whether the file holds nothing but what tells about the module.
    #[must_use]
    pub(super) fn is_wholly_ours(self) -> bool {
        matches!(self, Self::P11Kit | Self::Openssl | Self::Java)
    }

    /// The mode of a new file.
    #[must_use]
    pub(super) fn mode(self) -> u32 {
        match self {
            Self::NssModules | Self::SshConfig => 0o600,
            Self::Policies | Self::P11Kit | Self::Openssl | Self::Java => 0o644,
        }
    }
}

/// The value of a line `name = value`.
fn setting<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = text.lines();
    lines.find_map(|line| line.trim().strip_prefix(name)?.trim_start().strip_prefix('=')).map(str::trim)
}

impl From<Malformed> for Refusal {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

/// The `.module` file of a package that names our module, where there is one.
#[must_use]
pub(super) fn packaged_p11_kit(machine: &Machine) -> Option<PathBuf> {
    let path = machine.at("/usr/share/p11-kit/modules/cns.module");
    let content = std::fs::read_to_string(&path).ok()?;
    p11_kit_module(&content).is_some_and(is_our_module).then_some(path)
}

/// Whether NSS on this machine loads the modules of p11-kit by itself, as on Fedora: a module that is told to both
/// cannot be loaded twice.
#[must_use]
pub fn nss_uses_p11_kit(machine: &Machine, list: &Path) -> bool {
    let proxy = |path: &Path| {
        std::fs::read(path).is_ok_and(|content| String::from_utf8_lossy(&content).contains("p11-kit-proxy"))
    };
    proxy(&machine.at("/etc/crypto-policies/back-ends/nss.config")) || proxy(list)
}
