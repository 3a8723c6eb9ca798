//! Whether programs know the module: the files that `cns setup` writes, also when others wrote them.

use std::fs;
use std::io;
use std::path::Path;

use super::finding::Finding;
use crate::browsers::{Database, chromium, firefox, sandboxed};
use crate::host::Host;
use crate::host::os;
use crate::pkcs11::module_path::is_our_module;
use crate::setup::{Client, Malformed, gone, libraries, nss_uses_p11_kit, p11_kit_module, registered_paths};

const P11_KIT_FOLDERS: &[&str] = &["/usr/share/p11-kit/modules", "/etc/pkcs11/modules"];

/// Firefox, Chromium, p11-kit, and browsers in sandboxes.
pub(super) fn examine(host: &Host, module: Option<&str>) -> Vec<Finding> {
    let mut findings = firefox(host, module);
    let system = host.system.operating_system;
    if Client::Chrome.uses_modules_on(system) {
        findings.extend(chromium(host, module));
    } else {
        findings.push(Finding::NotThroughModules { program: Client::Chrome });
    }
    if Client::P11Kit.uses_modules_on(system) {
        findings.push(p11_kit(host, module));
    }
    // These programs are optional: only a registration that points to a missing file is a finding.
    findings.extend(gone(host).into_iter().map(|(program, path, module)| Finding::RegisteredWrongly {
        program,
        path: host.shown(&path),
        module,
    }));
    let sandboxed = sandboxed::installed(host).into_iter();
    findings.extend(sandboxed.map(|browser| Finding::SandboxedBrowser { browser }));
    findings
}

fn firefox(host: &Host, module: Option<&str>) -> Vec<Finding> {
    let program = Client::Firefox;
    if let Some(finding) = policies(host, module) {
        return vec![finding];
    }
    let profiles = firefox::profiles(host);
    match (profiles.is_empty(), firefox::is_installed(host)) {
        (true, true) => vec![Finding::NeverStarted { program }],
        (true, false) => vec![Finding::NotInstalled { program }],
        _ => databases(host, program, &profiles, module),
    }
}

/// Firefox for all users, if policies.json names the module, or is malformed.
fn policies(host: &Host, module: Option<&str>) -> Option<Finding> {
    let (program, path) = (Client::Firefox, firefox::policies(host));
    let text = fs::read_to_string(&path).ok()?;
    let path = host.shown(&path);
    match registered_paths(&text) {
        Err(error) => Some(Finding::Malformed { program, path, why: error }),
        Ok(paths) if paths.is_empty() => None,
        Ok(paths) => Some(registered(host, program, path, &paths, module)),
    }
}

fn chromium(host: &Host, module: Option<&str>) -> Vec<Finding> {
    let program = Client::Chrome;
    let databases_there = chromium::databases(host);
    match (databases_there.is_empty(), chromium::is_installed(host)) {
        (true, true) => vec![Finding::NeverStarted { program }],
        (true, false) => vec![Finding::NotInstalled { program }],
        _ => databases(host, program, &databases_there, module),
    }
}

fn databases(host: &Host, program: Client, all: &[Database], module: Option<&str>) -> Vec<Finding> {
    let findings: Vec<Finding> = all.iter().map(|one| database(host, program, one, module)).collect();
    let known = findings.iter().any(|finding| matches!(finding, Finding::Registered { .. }));
    let with_elsewhere = |finding| match finding {
        Finding::NotRegistered { program, path, .. } => {
            Finding::NotRegistered { program, path, elsewhere: known }
        }
        other => other,
    };
    findings.into_iter().map(with_elsewhere).collect()
}

fn database(host: &Host, program: Client, database: &Database, module: Option<&str>) -> Finding {
    let list = database.list();
    let path = host.shown(&list);
    if is_the_administrators(host, &list) {
        return Finding::RootOwned { program, path };
    }
    if nss_uses_p11_kit(host, &list) {
        return Finding::ThroughP11Kit { program };
    }
    match fs::read_to_string(&list) {
        Ok(text) => {
            let ours = libraries(&text).into_iter().filter(|library| is_our_module(library));
            let ours: Vec<String> = ours.map(str::to_owned).collect();
            registered(host, program, path, &ours, module)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Finding::NotRegistered { program, path, elsewhere: false }
        }
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Finding::Malformed { program, path, why: Malformed::NotText }
        }
        Err(error) => Finding::Unreadable { program, path, why: error.into() },
    }
}

/// Files of root are only a finding for other users.
fn is_the_administrators(host: &Host, path: &Path) -> bool {
    let owner = fs::metadata(path).ok().and_then(|metadata| os::owner(&metadata));
    !host.is_administrator() && owner == Some(0)
}

fn registered(host: &Host, program: Client, path: String, found: &[String], module: Option<&str>) -> Finding {
    match found {
        [] => Finding::NotRegistered { program, path, elsewhere: false },
        [one] if Some(one.as_str()) == module || host.at(one).is_file() => {
            Finding::Registered { program, path }
        }
        [one] => Finding::RegisteredWrongly { program, path, module: one.clone() },
        _ => Finding::RegisteredTwice { program, path },
    }
}

fn p11_kit(host: &Host, module: Option<&str>) -> Finding {
    let program = Client::P11Kit;
    let own = host.configuration().map(|folder| folder.join("pkcs11/modules"));
    let folders = P11_KIT_FOLDERS.iter().map(|folder| host.at(folder)).chain(own);
    for folder in folders {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let content = fs::read_to_string(entry.path()).unwrap_or_default();
            let Some(named) = p11_kit_module(&content).filter(|named| is_our_module(named)) else { continue };
            let path = host.shown(&entry.path());
            // A name without a folder is looked for where p11-kit keeps its modules.
            return match named.starts_with('/') {
                true => registered(host, program, path, &[named.to_owned()], module),
                false => Finding::Registered { program, path },
            };
        }
    }
    let path = host.shown(&host.at(P11_KIT_FOLDERS[0]));
    Finding::NotRegistered { program, path, elsewhere: false }
}
