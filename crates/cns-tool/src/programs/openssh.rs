//! OpenSSH: `PKCS11Provider` in the configuration of the user, or of everybody.

use super::config_file::ConfigFile;
use super::formats::ssh_config::SshConfig;
use super::program::Program;
use super::scope::Scope;
use crate::host::Host;
use crate::text::Language;

/// The client.
pub(super) struct Openssh;

impl Program for Openssh {
    fn name(&self) -> &'static str {
        "ssh"
    }

    fn title(&self, _: Language) -> &'static str {
        "OpenSSH"
    }

    fn completion(&self) -> &'static str {
        "`~/.ssh/config`"
    }

    /// Every login would ask for the PIN.
    fn is_on_request(&self) -> bool {
        true
    }

    fn files(&self, host: &Host, scope: Scope) -> Vec<ConfigFile> {
        let path = match scope {
            Scope::User => host.home().map(|home| home.join(".ssh/config")),
            Scope::Everybody => host.shared_configuration().map(|folder| folder.join("ssh/ssh_config")),
        };
        path.map(|path| ConfigFile::new(path, &SshConfig)).into_iter().collect()
    }

    fn next_step(&self, language: Language, _: &str, _: &Host) -> Option<String> {
        let step = language.pick(
            "D'ora in poi ssh chiede il PIN della tessera a ogni accesso con la sua chiave.",
            "From now on ssh asks for the card's PIN at every login with its key.",
        );
        Some(step.to_owned())
    }
}
