//! OpenSSL: a configuration for its provider or engine of PKCS#11, which a person chooses or includes.
//!
//! What is installed decides. One section that cannot be loaded keeps OpenSSL from reading those after it, so the file
//! names nothing that is not there, and the provider stands first: engines are gone from OpenSSL 4.
//!
//! It takes the place of the system's file, and with it of what that says for all programs: on Fedora and RHEL the policy
//! of crypto-policies (the oldest TLS, the shortest key). So it includes that policy where the system's file does.

use std::fs;
use std::path::PathBuf;

use super::config_file::ConfigFile;
use super::formats::format::{FileFormat, HEAD};
use super::formats::own_file::{OwnFile, has_setting, includes};
use super::libraries::{is_loadable, libraries};
use super::program::{Program, ProgramState};
use super::scope::Scope;
use crate::host::{Host, OperatingSystem};
use crate::text::Language;

/// OpenSSL, and curl with it.
pub(super) struct Openssl;

const ENGINE_SETTING: &str = "MODULE_PATH";
const PROVIDER_SETTING: &str = "pkcs11-module-path";
const SETTINGS: &[&str] = &[PROVIDER_SETTING, ENGINE_SETTING];
/// For the engine, the provider, both; then the same with the system's policy.
const CONTENTS: &[fn(&str) -> String; 6] = &[
    content::<true, false, false>,
    content::<false, true, false>,
    content::<true, true, false>,
    content::<true, false, true>,
    content::<false, true, true>,
    content::<true, true, true>,
];
static FILES: [OwnFile; 6] = [file(0), file(1), file(2), file(3), file(4), file(5)];

/// The system's file: Fedora's, that of the others.
const SYSTEMS_FILE: [&str; 2] = ["/etc/pki/tls/openssl.cnf", "/etc/ssl/openssl.cnf"];
/// What crypto-policies wants of OpenSSL.
const POLICY: &str = "/etc/crypto-policies/back-ends/opensslcnf.config";

const fn file(at: usize) -> OwnFile {
    OwnFile { settings: SETTINGS, includes: &[POLICY], content: CONTENTS[at], contents: CONTENTS }
}

/// What OpenSSL can load PKCS#11 modules with, and whether the system has a policy for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Support {
    engine: bool,
    provider: bool,
    policy: bool,
}

impl Support {
    /// That which is installed.
    fn of_computer(host: &Host) -> Self {
        Self {
            engine: is_installed(host, "OPENSSL_ENGINES", "engines-3"),
            provider: is_installed(host, "OPENSSL_MODULES", "ossl-modules"),
            policy: has_policy(host),
        }
    }

    /// That which a file has a section for.
    fn of_text(text: &str) -> Self {
        Self {
            engine: has_setting(text, ENGINE_SETTING),
            provider: has_setting(text, PROVIDER_SETTING),
            policy: includes(text, POLICY),
        }
    }

    fn format(self) -> &'static OwnFile {
        let support = match (self.provider, self.engine) {
            (false, _) => 0,
            (true, false) => 1,
            (true, true) => 2,
        };
        &FILES[support + if self.policy { 3 } else { 0 }]
    }

    fn loads_modules(self) -> bool {
        self.engine || self.provider
    }
}

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
        let format = Support::of_computer(host).format();
        ConfigFile::own(host, scope, "openssl.cnf", format).into_iter().collect()
    }

    fn files_to_write(&self, host: &Host, scope: Scope, _named: bool) -> Vec<ConfigFile> {
        if Support::of_computer(host).loads_modules() { self.files(host, scope) } else { Vec::new() }
    }

    /// Only that a file of ours has no longer what OpenSSL needs.
    fn inspect(&'static self, host: &Host, _module: Option<&str>) -> Option<Vec<ProgramState>> {
        let installed = Support::of_computer(host);
        let files = [Scope::User, Scope::Everybody].into_iter().flat_map(|scope| self.files(host, scope));
        let states = files.filter_map(|file| {
            let text = fs::read_to_string(&file.path).ok()?;
            let modules = file.format.our_modules(&text).ok()?;
            let usable = !modules.is_empty() && modules.iter().all(|module| host.at(module).is_file());
            let path = host.shown(&file.path);
            match usable && Support::of_text(&text) != installed {
                true if !installed.loads_modules() => Some(ProgramState::Unsupported { program: self, path }),
                true => Some(ProgramState::Outdated { program: self, path }),
                false => None,
            }
        });
        let states: Vec<_> = states.collect();
        (!states.is_empty()).then_some(states)
    }

    fn not_found(&self, language: Language) -> String {
        let missing = language
            .pick("manca il componente per i driver PKCS#11", "the component for PKCS#11 drivers is missing");
        format!("{missing}. {}", install_openssl_support(language))
    }

    fn next_step(&self, language: Language, path: &str, host: &Host) -> Option<String> {
        let text = fs::read_to_string(host.at(path)).unwrap_or_default();
        let support = Support::of_text(&text);
        // curl reads the file for its engine only.
        let uses = match support.engine {
            true => language.pick("OpenSSL e curl usano la tessera", "OpenSSL and curl use the card"),
            false => language.pick("OpenSSL usa la tessera", "OpenSSL uses the card"),
        };
        let mut step = format!("{uses} {}:\n  ", language.pick("con questa variabile", "with this variable"));
        if host.system.operating_system == OperatingSystem::Windows {
            step += &format!("setx OPENSSL_CONF \"{path}\"");
        } else {
            step += &format!("export OPENSSL_CONF={path}\n");
            step += &language.pick(
                format!(
                    "Per sempre: in fondo alla tua configurazione di OpenSSL, le due righe «[default]» e «.include \
                     {path}». Valgono al posto dell'openssl_conf che c'è già."
                ),
                format!(
                    "For good: at the end of your own configuration of OpenSSL, the two lines “[default]” and \
                     “.include {path}”. They take the place of an openssl_conf that is there already."
                ),
            );
        }
        if let (false, [module]) = (support.engine, &*support.format().our_modules(&text).ok()?) {
            step += language.pick("\ncurl, dalla 8.12, con", "\ncurl, from 8.12, with");
            step += " --key-type PROV --cert-type PROV:\n  ";
            step += &format!("export PKCS11_PROVIDER_MODULE={module}");
        }
        Some(step)
    }
}

/// The package, by its name in Debian from 13, Ubuntu from 24.04, Fedora, Arch and openSUSE.
pub(crate) fn install_openssl_support(language: Language) -> &'static str {
    language.pick(
        "Installa il pacchetto pkcs11-provider (Debian 12: libengine-pkcs11-openssl), poi: cns setup openssl",
        "Install the package pkcs11-provider (Debian 12: libengine-pkcs11-openssl), then: cns setup openssl",
    )
}

/// Whether `pkcs11` is in the folder of this name of an OpenSSL 3, or where OpenSSL's own variable says.
fn is_installed(host: &Host, variable: &str, folder: &str) -> bool {
    let named = host.system.variable(variable).map(PathBuf::from);
    let folders = named.map_or_else(
        || libraries(host).into_iter().map(|libraries| libraries.join(folder)).collect(),
        |named| vec![named],
    );
    let file = match host.system.operating_system {
        OperatingSystem::Linux => "pkcs11.so",
        OperatingSystem::MacOs => "pkcs11.dylib",
        OperatingSystem::Windows => "pkcs11.dll",
    };
    folders.iter().any(|folder| is_loadable(&folder.join(file)))
}

/// Whether the system's own file includes the policy: where it does not, as on a Debian with the package of policies,
/// OpenSSL may not know all that stands there.
fn has_policy(host: &Host) -> bool {
    let included = |path: &&str| fs::read_to_string(host.at(path)).is_ok_and(|text| includes(&text, POLICY));
    host.at(POLICY).is_file() && SYSTEMS_FILE.iter().any(included)
}

fn content<const ENGINE: bool, const PROVIDER: bool, const POLICY_TOO: bool>(module: &str) -> String {
    let (mut lists, mut sections) = (String::new(), String::new());
    if PROVIDER {
        lists += "providers = cns_providers\n";
        sections += &provider_section(module);
    }
    if ENGINE {
        lists += "engines = cns_engines\n";
        sections += &engine_section(module);
    }
    // The policy adds to the main section of Fedora's own file, and ends in another section.
    let (main, included) = match POLICY_TOO {
        true => ("openssl_init", format!(".include = {POLICY}\n[cns_tls_defaults]\n")),
        false => ("cns_main", String::new()),
    };
    format!(
        "{HEAD}openssl_conf = {main}\n\
         [{main}]\n\
         {lists}\
         ssl_conf = cns_tls\n\
         {sections}\
         [cns_tls]\n\
         system_default = cns_tls_defaults\n\
         [cns_tls_defaults]\n\
         {included}\
         # Cards with 1024-bit keys need this line without its #: OpenSSL refuses them by default.\n\
         # CipherString = DEFAULT@SECLEVEL=0\n"
    )
}

fn engine_section(module: &str) -> String {
    format!(
        "[cns_engines]\n\
         pkcs11 = cns_pkcs11\n\
         [cns_pkcs11]\n\
         engine_id = pkcs11\n\
         {ENGINE_SETTING} = {module}\n\
         init = 0\n"
    )
}

/// The default provider is active of itself only where a configuration names no other.
fn provider_section(module: &str) -> String {
    format!(
        "[cns_providers]\n\
         default = cns_default\n\
         pkcs11 = cns_provider\n\
         [cns_default]\n\
         activate = 1\n\
         [cns_provider]\n\
         {PROVIDER_SETTING} = {module}\n\
         activate = 1\n"
    )
}
