//! OpenSSL: a configuration for its provider or engine of PKCS#11, which a person chooses or includes.
//!
//! What is installed decides. One section that cannot be loaded keeps OpenSSL from reading those after it, so the file
//! names nothing that is not there, and the provider stands first: engines are gone from OpenSSL 4.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::formats::format::{FileFormat, HEAD};
use super::formats::own_file::{OwnFile, has_setting};
use super::program::{ConfigFile, Program, ProgramState};
use super::scope::Scope;
use crate::host::{Host, OperatingSystem};
use crate::text::Language;

/// OpenSSL, and curl with it.
pub(super) struct Openssl;

const ENGINE_SETTING: &str = "MODULE_PATH";
const PROVIDER_SETTING: &str = "pkcs11-module-path";
const SETTINGS: &[&str] = &[PROVIDER_SETTING, ENGINE_SETTING];
const CONTENTS: &[fn(&str) -> String] = &[engine, provider, provider_and_engine];

static ENGINE: OwnFile = OwnFile { settings: SETTINGS, content: engine, contents: CONTENTS };
static PROVIDER: OwnFile = OwnFile { settings: SETTINGS, content: provider, contents: CONTENTS };
static BOTH: OwnFile = OwnFile { settings: SETTINGS, content: provider_and_engine, contents: CONTENTS };

/// What OpenSSL can load PKCS#11 modules with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Support {
    engine: bool,
    provider: bool,
}

impl Support {
    const NONE: Self = Self { engine: false, provider: false };

    /// That which is installed.
    fn of_computer(host: &Host) -> Self {
        Self {
            engine: is_installed(host, "OPENSSL_ENGINES", "engines-3"),
            provider: is_installed(host, "OPENSSL_MODULES", "ossl-modules"),
        }
    }

    /// That which a file has a section for.
    fn of_text(text: &str) -> Self {
        Self { engine: has_setting(text, ENGINE_SETTING), provider: has_setting(text, PROVIDER_SETTING) }
    }

    fn format(self) -> &'static OwnFile {
        match self {
            Self { provider: true, engine: true } => &BOTH,
            Self { provider: true, engine: false } => &PROVIDER,
            Self { provider: false, .. } => &ENGINE,
        }
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
        if Support::of_computer(host) == Support::NONE { Vec::new() } else { self.files(host, scope) }
    }

    /// Only that a file of ours has no longer what OpenSSL needs.
    fn inspect(&'static self, host: &Host, _module: Option<&str>) -> Option<Vec<ProgramState>> {
        let installed = Support::of_computer(host);
        let files = [Scope::User, Scope::Everybody].into_iter().flat_map(|scope| self.files(host, scope));
        let states = files.filter_map(|file| {
            let text = std::fs::read_to_string(&file.path).ok()?;
            let modules = file.format.our_modules(&text).ok()?;
            let usable = !modules.is_empty() && modules.iter().all(|module| host.at(module).is_file());
            let path = host.shown(&file.path);
            match usable && Support::of_text(&text) != installed {
                true if installed == Support::NONE => Some(ProgramState::Unsupported { program: self, path }),
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
        let text = std::fs::read_to_string(host.at(path)).unwrap_or_default();
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
                    "Per sempre: la riga «.include {path}» in cima alla tua configurazione, che allora non deve \
                     indicare un altro openssl_conf."
                ),
                format!(
                    "For good: the line “.include {path}” at the top of your own configuration, which must then \
                     name no other openssl_conf."
                ),
            );
        }
        if let (false, [module]) = (support.engine, &*ENGINE.our_modules(&text).ok()?) {
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

/// Where a program for another processor lies beside ours (Debian's `i386`, Fedora's `/usr/lib`), its libraries do, too.
fn is_loadable(library: &Path) -> bool {
    let own = std::env::current_exe().and_then(|program| processor(&program)).ok().flatten();
    library.is_file()
        && processor(library).is_ok_and(|found| found.is_none() || own.is_none() || found == own)
}

/// Word length, byte order and processor by the head of an ELF file; `None` for another kind of file.
fn processor(file: &Path) -> io::Result<Option<[u8; 4]>> {
    let mut head = [0; 20];
    let read = File::open(file)?.take(20).read(&mut head)?;
    let is_elf = read == head.len() && head.starts_with(b"\x7fELF");
    Ok(is_elf.then(|| [head[4], head[5], head[18], head[19]]))
}

/// Where OpenSSL's folders may be.
fn libraries(host: &Host) -> Vec<PathBuf> {
    let at = |places: &[&str]| places.iter().map(|place| host.at(place)).collect::<Vec<_>>();
    match host.system.operating_system {
        OperatingSystem::Linux => {
            // Debian has one folder for each architecture.
            let entries = std::fs::read_dir(host.at("/usr/lib")).into_iter().flatten().flatten();
            let is_architecture = |path: &Path| path.to_string_lossy().contains("-linux-");
            let architectures = entries.map(|entry| entry.path()).filter(|path| is_architecture(path));
            let fixed = at(&["/usr/lib64", "/usr/lib", "/usr/local/lib64", "/usr/local/lib"]);
            architectures.chain(fixed).collect()
        }
        OperatingSystem::MacOs => at(&["/opt/homebrew/lib", "/usr/local/lib", "/opt/local/lib"]),
        OperatingSystem::Windows => {
            let folders = host.program_folders().into_iter();
            folders
                .flat_map(|folder| ["OpenSSL-Win64", "OpenSSL"].map(|name| folder.join(name).join("lib")))
                .collect()
        }
    }
}

fn engine(module: &str) -> String {
    content("engines = cns_engines\n", &engine_section(module))
}

fn provider(module: &str) -> String {
    content("providers = cns_providers\n", &provider_section(module))
}

fn provider_and_engine(module: &str) -> String {
    let sections = provider_section(module) + &engine_section(module);
    content("providers = cns_providers\nengines = cns_engines\n", &sections)
}

fn content(lists: &str, sections: &str) -> String {
    format!(
        "{HEAD}openssl_conf = cns_main\n\
         [cns_main]\n\
         {lists}\
         ssl_conf = cns_tls\n\
         {sections}\
         [cns_tls]\n\
         system_default = cns_tls_defaults\n\
         [cns_tls_defaults]\n\
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
