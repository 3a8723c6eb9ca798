//! Java: a configuration for SunPKCS11, which a person names on the command line.

use super::config_file::ConfigFile;
use super::formats::format::HEAD;
use super::formats::own_file::OwnFile;
use super::program::Program;
use super::scope::Scope;
use crate::host::Host;
use crate::text::Language;

/// Java.
pub(super) struct Java;

static CONFIGURATION: OwnFile =
    OwnFile { settings: &["library"], includes: &[], content, contents: &[content] };

impl Program for Java {
    fn name(&self) -> &'static str {
        "java"
    }

    fn title(&self, _: Language) -> &'static str {
        "Java"
    }

    fn completion(&self) -> &'static str {
        "A configuration for Java"
    }

    fn files(&self, host: &Host, scope: Scope) -> Vec<ConfigFile> {
        ConfigFile::own(host, scope, "java.cfg", &CONFIGURATION).into_iter().collect()
    }

    fn next_step(&self, language: Language, path: &str, _: &Host) -> Option<String> {
        let command = format!(
            "keytool -list -keystore NONE -storetype PKCS11 -providerClass sun.security.pkcs11.SunPKCS11 \
             -providerArg {path}"
        );
        let before = language.pick("Java vede la tessera con", "Java sees the card with");
        Some(format!("{before}:\n  {command}"))
    }
}

fn content(module: &str) -> String {
    format!("{HEAD}name = CNS\nlibrary = {module}\nslotListIndex = 0\n")
}
