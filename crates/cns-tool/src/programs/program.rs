//! The programs that can be set up, and the files in which each is told about the module.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::context::OperatingSystem;
use crate::host::Host;
use crate::pkcs11::module_path::is_our_module;
use crate::programs::formats::format::Format;
use crate::programs::formats::own_file::p11_kit_module;
use crate::programs::{self as browsers, Database};

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
    /// Everybody on this computer; the administrator asks.
    Everybody,
}

/// A file in which a program is told, or could be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfigurationFile {
    pub(crate) path: PathBuf,
    pub(crate) format: Format,
    /// The browser that has it open now.
    pub(crate) open_in: Option<&'static str>,
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
    pub(crate) fn places(self, host: &Host, scope: Scope) -> Vec<ConfigurationFile> {
        let one = |path: Option<PathBuf>, format| {
            path.map(|path| ConfigurationFile { path, format, open_in: None }).into_iter().collect()
        };
        let everybody = scope == Scope::Everybody;
        let configuration = |name: &str| host.configuration().map(|folder| folder.join(name));
        let own = |name: &str| {
            if everybody {
                Some(host.shared_configuration()?.join("cns").join(name))
            } else {
                configuration(&format!("cns/{name}"))
            }
        };
        match self {
            Self::Firefox if everybody => one(Some(browsers::firefox::policies(host)), Format::Policies),
            Self::Firefox => lists(browsers::firefox::profiles(host)),
            Self::Chrome => lists(browsers::chromium::databases(host)),
            Self::P11Kit if everybody => one(Some(host.at("/etc/pkcs11/modules/cns.module")), Format::P11Kit),
            Self::P11Kit => one(configuration("pkcs11/modules/cns.module"), Format::P11Kit),
            Self::Openssl => one(own("openssl.cnf"), Format::Openssl),
            Self::Java => one(own("java.cfg"), Format::Java),
            Self::Ssh if everybody => {
                let folder = host.shared_configuration();
                one(folder.map(|folder| folder.join("ssh/ssh_config")), Format::SshConfig)
            }
            Self::Ssh => one(host.home().map(|home| home.join(".ssh/config")), Format::SshConfig),
        }
    }
}

fn lists(databases: Vec<Database>) -> Vec<ConfigurationFile> {
    databases.into_iter().map(ConfigurationFile::from).collect()
}

impl ConfigurationFile {
    /// Whether the file holds nothing but what tells about the module.
    #[must_use]
    pub(crate) fn is_only_ours(&self) -> bool {
        matches!(self.format, Format::P11Kit | Format::Openssl | Format::Java)
    }
}

impl From<Database> for ConfigurationFile {
    fn from(database: Database) -> Self {
        Self { path: database.list(), format: Format::NssModules, open_in: database.open_in }
    }
}

/// The files of OpenSSL, Java and OpenSSH that lead to a module of ours which is not there, as after a package was
/// removed: of this user, then of everybody.
#[must_use]
pub fn gone(host: &Host) -> Vec<(Client, PathBuf, String)> {
    let mut found = Vec::new();
    for (scope, client) in [Scope::User, Scope::Everybody]
        .into_iter()
        .flat_map(|scope| [Client::Openssl, Client::Java, Client::Ssh].map(|client| (scope, client)))
    {
        for place in client.places(host, scope).into_iter().filter(|place| place.path.is_file()) {
            let text = std::fs::read_to_string(&place.path).unwrap_or_default();
            let modules = place.format.named(&text).unwrap_or_default();
            let missing = modules.into_iter().find(|module| !host.at(module).is_file());
            found.extend(missing.map(|module| (client, place.path, module)));
        }
    }
    found
}

/// The `.module` file of a package that names our module, where there is one.
#[must_use]
pub(crate) fn packaged_p11_kit(host: &Host) -> Option<PathBuf> {
    let path = host.at("/usr/share/p11-kit/modules/cns.module");
    let content = std::fs::read_to_string(&path).ok()?;
    p11_kit_module(&content).is_some_and(is_our_module).then_some(path)
}

/// Whether NSS on this computer loads the modules of p11-kit by itself, as on Fedora: a module that is told to both
/// cannot be loaded twice.
#[must_use]
pub fn nss_uses_p11_kit(host: &Host, list: &Path) -> bool {
    let proxy = |path: &Path| {
        std::fs::read(path).is_ok_and(|content| String::from_utf8_lossy(&content).contains("p11-kit-proxy"))
    };
    proxy(&host.at("/etc/crypto-policies/back-ends/nss.config")) || proxy(list)
}
