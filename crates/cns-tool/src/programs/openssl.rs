//! OpenSSL: a configuration for the engine of libp11, which a person chooses or includes.

use super::formats::format::HEAD;
use super::formats::own_file::OwnFile;
use super::program::{ConfigFile, Program};
use super::scope::Scope;
use crate::host::{Host, OperatingSystem};
use crate::text::Language;

/// OpenSSL, and curl with it.
pub(super) struct Openssl;

static CONFIGURATION: OwnFile = OwnFile { setting: "MODULE_PATH", content };

impl Program for Openssl {
    fn name(&self) -> &'static str {
        "openssl"
    }

    fn title(&self, _: Language) -> &'static str {
        "OpenSSL"
    }

    fn completion(&self) -> &'static str {
        "A configuration for OpenSSL"
    }

    fn files(&self, host: &Host, scope: Scope) -> Vec<ConfigFile> {
        ConfigFile::own(host, scope, "openssl.cnf", &CONFIGURATION).into_iter().collect()
    }

    fn next_step(&self, language: Language, path: &str, system: OperatingSystem) -> Option<String> {
        Some(if system == OperatingSystem::Windows {
            language.pick(
                format!("OpenSSL usa la tessera con il motore pkcs11 di libp11 e questa variabile:\n  setx OPENSSL_CONF \"{path}\""),
                format!("OpenSSL uses the card with the engine pkcs11 of libp11 and this variable:\n  setx OPENSSL_CONF \"{path}\""),
            )
        } else {
            language.pick(
                format!(
                    "OpenSSL e curl usano la tessera con questa variabile (pacchetto libengine-pkcs11-openssl):\n  \
                     export OPENSSL_CONF={path}\n\
                     Per sempre: la riga «.include {path}» in cima alla tua configurazione, che allora non deve \
                     indicare un altro openssl_conf."
                ),
                format!(
                    "OpenSSL and curl use the card with this variable (package libengine-pkcs11-openssl):\n  \
                     export OPENSSL_CONF={path}\n\
                     For good: the line “.include {path}” at the top of your own configuration, which must then \
                     name no other openssl_conf."
                ),
            )
        })
    }
}

fn content(module: &str) -> String {
    format!(
        "{HEAD}openssl_conf = cns_main\n\
         [cns_main]\n\
         engines = cns_engines\n\
         ssl_conf = cns_tls\n\
         [cns_engines]\n\
         pkcs11 = cns_pkcs11\n\
         [cns_pkcs11]\n\
         engine_id = pkcs11\n\
         MODULE_PATH = {module}\n\
         init = 0\n\
         [cns_tls]\n\
         system_default = cns_tls_defaults\n\
         [cns_tls_defaults]\n\
         # Cards with 1024-bit keys need this line without its #: OpenSSL refuses them by default.\n\
         # CipherString = DEFAULT@SECLEVEL=0\n"
    )
}
