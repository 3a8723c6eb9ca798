//! Registering and unregistering, file by file. A file is written whole or not at all; one that is refused leaves the
//! others to their turn.

use std::fs;
use std::path::{Path, PathBuf};

use crate::host::Host;
use crate::programs::files::atomic_write as files;
use crate::programs::files::backup_log::BackupLog;
use crate::programs::formats::format::Format;
use crate::programs::formats::policies;
use crate::programs::program::{self as client, Client, ConfigurationFile, Scope};
use crate::programs::registration::outcome::{Outcome, SetupResult};
use crate::programs::{chromium, firefox, sandbox as sandboxed};

/// What is to be done, for whom, and whether only to tell.
#[derive(Debug)]
pub struct Registrar<'a> {
    /// Where.
    pub host: &'a Host,
    /// For whom.
    pub scope: Scope,
    /// Whether nothing is to be written.
    pub dry: bool,
}

impl Registrar<'_> {
    /// Where the ledger is.
    #[must_use]
    pub fn ledger_folder(&self) -> Option<PathBuf> {
        match self.scope {
            Scope::Everybody => Some(self.host.shared_state()?.join("cns/setup")),
            Scope::User => Some(self.host.state()?.join("cns/setup")),
        }
    }

    /// Tells the program about the module at `module`, a path of the computer. `wanted` says that the person named this
    /// program: then it is set up even where it was never used.
    pub fn register(
        &self,
        client: Client,
        module: &str,
        wanted: bool,
        ledger: &mut BackupLog,
    ) -> Vec<SetupResult> {
        if let Some(refusal) = self.not_on_this_system(client).or_else(|| self.not_here(client)) {
            return vec![refusal];
        }
        if let (Client::P11Kit, Some(packaged)) = (client, client::packaged_p11_kit(self.host)) {
            return vec![self.note(client, &packaged, Outcome::ByPackage)];
        }
        if let Some(policies) = self.set_by_administrator(client, Some(module)) {
            return vec![policies];
        }
        let sandboxed = self.sandboxed(client);
        let mut notes: Vec<SetupResult> = self
            .places_to_register(client, wanted)
            .into_iter()
            .map(|place| {
                let what = self.register_in(client, &place, module, ledger);
                self.note(client, &place.path, what)
            })
            .collect();
        if notes.is_empty() && sandboxed.is_empty() {
            notes.push(SetupResult { client, path: String::new(), what: Outcome::NotFound });
        }
        notes.extend(sandboxed);
        notes
    }

    /// Gives back what `setup` has changed. `named` says that the person named this program: then the module is taken
    /// out also where somebody else has registered it.
    pub fn unregister(&self, client: Client, named: bool, ledger: &mut BackupLog) -> Vec<SetupResult> {
        if let Some(refusal) = self.not_on_this_system(client).or_else(|| self.not_here(client)) {
            return vec![refusal];
        }
        let places = client.places(self.host, self.scope);
        let known = self.known_places(client, &places, ledger);
        let mut notes = Vec::new();
        for place in known {
            let done = self.unregister_in(&place, named, ledger);
            notes.extend(done.into_iter().map(|what| self.note(client, &place.path, what)));
        }
        if let (Client::P11Kit, Some(packaged)) = (client, client::packaged_p11_kit(self.host)) {
            notes.push(self.note(client, &packaged, Outcome::ByPackage));
        }
        notes.extend(self.set_by_administrator(client, None));
        if notes.is_empty() {
            notes.push(SetupResult { client, path: String::new(), what: Outcome::NothingThere });
        }
        notes
    }

    /// Whether the program was told about the module before, and looks for it where it is not any more.
    #[must_use]
    pub fn is_to_be_mended(&self, client: Client) -> bool {
        let places = client.places(self.host, self.scope);
        let mut gone = client::gone(self.host).into_iter();
        gone.any(|(program, path, _)| program == client && places.iter().any(|place| place.path == path))
    }

    /// Removes what a run that was killed has left beside the files of any program. To be called by who has the ledger.
    pub fn remove_leavings(&self, ledger: &BackupLog) {
        for client in Client::ALL.into_iter().filter(|client| self.not_here(*client).is_none()) {
            let places = client.places(self.host, self.scope);
            for place in self.known_places(client, &places, ledger) {
                if self.not_to_be_read(&place).is_none() {
                    files::remove_unfinished(&place.path);
                }
            }
        }
    }

    /// Programs that use no PKCS#11 module on this system, or are not made for it.
    fn not_on_this_system(&self, client: Client) -> Option<SetupResult> {
        let system = self.host.system.operating_system;
        let not = !client.uses_modules_on(system);
        not.then(|| SetupResult { client, path: String::new(), what: Outcome::NotOnThisSystem(system) })
    }

    /// What a person has of his own can only be set up by that person.
    fn not_here(&self, client: Client) -> Option<SetupResult> {
        let own = self.scope == Scope::User || client == Client::Chrome;
        let what = match self.host.home() {
            _ if own && self.host.environment_is_of_another() => Outcome::HomeOfAnother,
            Some(home) if own && home.exists() && !self.host.home_is_the_users() => Outcome::HomeOfAnother,
            None if own => Outcome::HomeOfAnother,
            _ => return None,
        };
        Some(SetupResult { client, path: String::new(), what })
    }

    /// The policies by which every user's Firefox has the module already (at this path, if one is given).
    fn set_by_administrator(&self, client: Client, module: Option<&str>) -> Option<SetupResult> {
        if (client, self.scope) != (Client::Firefox, Scope::User) {
            return None;
        }
        let path = firefox::policies(self.host);
        let registered = policies::registered_paths(&fs::read_to_string(&path).ok()?).ok()?;
        let there = registered.iter().any(|found| module.is_none_or(|module| module == found));
        there.then(|| self.note(client, &path, Outcome::ByAdministrator))
    }

    fn sandboxed(&self, client: Client) -> Vec<SetupResult> {
        let of_client = |found: &sandboxed::Sandboxed| match client {
            Client::Firefox => found.browser == "Firefox",
            Client::Chrome => found.browser != "Firefox",
            _ => false,
        };
        let found = sandboxed::installed(self.host).into_iter().filter(of_client);
        found
            .map(|found| SetupResult { client, path: String::new(), what: Outcome::Sandboxed(found) })
            .collect()
    }

    fn places_to_register(&self, client: Client, wanted: bool) -> Vec<ConfigurationFile> {
        let places = client.places(self.host, self.scope);
        match client {
            Client::Firefox if self.scope == Scope::Everybody => {
                if wanted
                    || firefox::is_installed(self.host)
                    || places.iter().any(|place| place.path.exists())
                {
                    places
                } else {
                    Vec::new()
                }
            }
            Client::Chrome if places.is_empty() && (wanted || chromium::is_installed(self.host)) => {
                chromium::first_database(self.host).map(ConfigurationFile::from).into_iter().collect()
            }
            _ => places,
        }
    }

    /// The places of the program, and those where the ledger remembers something of the same kind.
    fn known_places(
        &self,
        client: Client,
        places: &[ConfigurationFile],
        ledger: &BackupLog,
    ) -> Vec<ConfigurationFile> {
        let mut known = places.to_vec();
        for path in ledger.paths() {
            if known.iter().any(|place| place.path == path) {
                continue;
            }
            if let Some(format) = remembered_format(client, self.scope, path) {
                known.push(ConfigurationFile { path: path.to_owned(), format, open_in: None });
            }
        }
        known
    }

    fn note(&self, client: Client, path: &Path, what: Outcome) -> SetupResult {
        SetupResult { client, path: self.host.shown(path), what }
    }
}

/// The format of a file that the ledger remembers and that is in none of the usual places any more (a profile that was
/// taken from the list, say); `None` if it is another program's.
fn remembered_format(client: Client, scope: Scope, path: &Path) -> Option<Format> {
    let name = path.file_name()?.to_str()?;
    let chromium =
        path.parent().is_some_and(|folder| folder.ends_with("pki/nssdb") || folder.ends_with(".pki/nssdb"));
    match (client, name) {
        (Client::Firefox, "policies.json") if scope == Scope::Everybody => Some(Format::Policies),
        (Client::Firefox, "pkcs11.txt") if !chromium => Some(Format::NssModules),
        (Client::Chrome, "pkcs11.txt") if chromium => Some(Format::NssModules),
        (Client::P11Kit, "cns.module") => Some(Format::P11Kit),
        (Client::Openssl, "openssl.cnf") => Some(Format::Openssl),
        (Client::Java, "java.cfg") => Some(Format::Java),
        (Client::Ssh, "config" | "ssh_config") => Some(Format::SshConfig),
        _ => None,
    }
}
