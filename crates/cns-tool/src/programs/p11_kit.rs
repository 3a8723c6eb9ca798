//! p11-kit: a `.module` file with our name, for GnuTLS, GNOME and the other programs that use it.

use std::fs;
use std::path::PathBuf;

use super::config_file::ConfigFile;
use super::formats::format::{Edit, FileFormat, HEAD, Refusal};
use super::formats::lines;
use super::formats::malformed::Malformed;
use super::program::{Program, ProgramState};
use super::registration::outcome::Outcome;
use super::scope::Scope;
use crate::host::{Host, OperatingSystem};
use crate::pkcs11::module_path::is_our_module;
use crate::text::Language;

const PACKAGES: &str = "/usr/share/p11-kit/modules";
const ADMINISTRATOR: &str = "/etc/pkcs11/modules";
/// Below the user's settings.
const USER: &str = "pkcs11/modules";
const FILE: &str = "cns.module";

/// Every program that uses p11-kit.
pub(super) struct P11Kit;

impl Program for P11Kit {
    fn name(&self) -> &'static str {
        "p11-kit"
    }

    fn title(&self, _: Language) -> &'static str {
        "p11-kit"
    }

    fn completion(&self) -> &'static str {
        "Programs that use p11-kit"
    }

    /// It is a thing of free systems.
    fn uses_modules_on(&self, system: OperatingSystem) -> bool {
        system != OperatingSystem::Windows
    }

    fn files(&self, host: &Host, scope: Scope) -> Vec<ConfigFile> {
        let folder = match scope {
            Scope::User => host.configuration().map(|folder| folder.join(USER)),
            Scope::Everybody => Some(host.at(ADMINISTRATOR)),
        };
        folder.map(|folder| ConfigFile::new(folder.join(FILE), &ModuleFile)).into_iter().collect()
    }

    /// The file of a package.
    fn registered_by_others(&self, host: &Host, _: Scope, _: Option<&str>) -> Option<(PathBuf, Outcome)> {
        let path = host.at(PACKAGES).join(FILE);
        let content = fs::read_to_string(&path).ok()?;
        named_module(&content).is_some_and(is_our_module).then_some((path, Outcome::ByPackage))
    }

    fn inspect(&'static self, host: &Host, module: Option<&str>) -> Option<Vec<ProgramState>> {
        if !self.uses_modules_on(host.system.operating_system) {
            return Some(Vec::new());
        }
        for file in module_files(host, Scope::User) {
            let content = fs::read_to_string(&file).unwrap_or_default();
            let Some(named) = named_module(&content).filter(|named| is_our_module(named)) else { continue };
            let path = host.shown(&file);
            // A name without a folder is looked for where p11-kit keeps its modules.
            return Some(vec![match named.starts_with('/') {
                true => ProgramState::of_paths((self, path), host, &[named.to_owned()], module),
                false => ProgramState::Registered { program: self, path },
            }]);
        }
        let path = host.shown(&host.at(PACKAGES));
        Some(vec![ProgramState::NotRegistered { program: self, path, elsewhere: false }])
    }

    fn module_lists(&self, host: &Host) -> Vec<ConfigFile> {
        if !self.uses_modules_on(host.system.operating_system) {
            return Vec::new();
        }
        let mut files: Vec<PathBuf> = module_files(host, Scope::User).collect();
        files.sort();
        files.into_iter().map(|file| ConfigFile::new(file, &ModuleFile)).collect()
    }
}

/// Whether the programs of a user, or of everybody, get the module from p11-kit.
pub(super) fn has_module(host: &Host, scope: Scope) -> bool {
    module_files(host, scope).any(|file| {
        let content = fs::read_to_string(&file).unwrap_or_default();
        let named = named_module(&content).filter(|named| is_our_module(named));
        named.is_some_and(|named| !named.starts_with('/') || host.at(named).is_file())
    })
}

/// All that p11-kit reads.
fn module_files(host: &Host, scope: Scope) -> impl Iterator<Item = PathBuf> {
    let own = host.configuration().map(|folder| folder.join(USER)).filter(|_| scope == Scope::User);
    let folders = [PACKAGES, ADMINISTRATOR].map(|folder| host.at(folder)).into_iter().chain(own);
    let files = folders.filter_map(|folder| fs::read_dir(folder).ok()).flat_map(Iterator::flatten);
    files.map(|entry| entry.path())
}

/// A `.module` file, pkcs11.conf(5).
struct ModuleFile;

impl FileFormat for ModuleFile {
    fn modules(&self, text: &str) -> Result<Vec<String>, Malformed> {
        Ok(named_module(text).map(str::to_owned).into_iter().collect())
    }

    /// One line is enough; no `critical`: programs go on without the card's module.
    fn add(&self, text: Option<&str>, module: &str) -> Result<Edit, Refusal> {
        let line = format!("module: {module}");
        match text {
            Some(text) if !text.trim().is_empty() => {
                if let Some(other) = named_module(text) {
                    return Err(Refusal::Occupied(other.to_owned()));
                }
                let end = lines::line_end(text);
                let ours = format!("{}{line}{end}", lines::end_of_last_line(text));
                Ok(Edit::inserted(format!("{text}{ours}"), ours))
            }
            _ => {
                let whole = format!("{HEAD}{line}\n");
                Ok(Edit::inserted(whole.clone(), whole))
            }
        }
    }

    fn module_in_line<'a>(&self, line: &'a str) -> Option<&'a str> {
        value(line)
    }

    fn without(&self, text: &str, ours: &str) -> Option<String> {
        let line = ours.lines().find(|line| value(line).is_some())?;
        let head_was_ours = ours.starts_with(HEAD);
        lines::without_block(text, ours).or_else(|| {
            let rest = lines::without_block(text, line)?;
            Some(if head_was_ours { lines::without_block(&rest, HEAD).unwrap_or(rest) } else { rest })
        })
    }

    fn take_out(&self, text: &str) -> Result<Option<String>, Refusal> {
        let ours = |line: &str| value(line).is_some_and(is_our_module);
        let rest: String = lines::lines(text).into_iter().filter(|line| !ours(line)).collect();
        let rest = if rest == HEAD { String::new() } else { rest };
        Ok((rest != text).then_some(rest))
    }

    fn is_only_ours(&self) -> bool {
        true
    }
}

/// Where a `.module` file says that its module is.
fn named_module(text: &str) -> Option<&str> {
    text.lines().find_map(value)
}

fn value(line: &str) -> Option<&str> {
    let line = lines::content(line).trim();
    line.strip_prefix("module")?.trim_start().strip_prefix(':').map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "/usr/lib/libcns_pkcs11.so";

    fn add(text: Option<&str>, module: &str) -> Result<Edit, Refusal> {
        ModuleFile.add(text, module)
    }

    fn without(text: &str, ours: &str) -> Option<String> {
        ModuleFile.without(text, ours)
    }

    #[test]
    fn a_module_file_says_where_its_module_is() {
        let made = add(None, PATH).unwrap().text;
        assert_eq!(made, format!("{HEAD}module: {PATH}\n"));
        assert_eq!(named_module(&made), Some(PATH));
        assert_eq!(named_module("# x\n module : opensc-pkcs11.so \n"), Some("opensc-pkcs11.so"));
        assert_eq!(named_module("trust-policy: yes\n"), None);
    }

    #[test]
    fn a_module_file_keeps_what_a_person_added() {
        let made = add(None, PATH).unwrap();
        let edited = made.text.replace("module:", "priority: 5\nmodule:") + "enable-in: firefox\n";
        let ours = &made.changes[0].now;
        assert_eq!(without(&edited, ours).unwrap(), "priority: 5\nenable-in: firefox\n");
        assert_eq!(without("module: other.so\n", ours), None);
        assert_eq!(add(Some("module: other.so\n"), PATH), Err(Refusal::Occupied("other.so".into())));
    }
}
