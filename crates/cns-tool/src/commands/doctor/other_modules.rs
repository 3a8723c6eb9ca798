//! What else on the computer wants the same cards, or gets in between.

use std::collections::BTreeSet;
use std::fs;

use super::finding::Finding;
use crate::host::{Host, OperatingSystem};
use crate::programs::PROGRAMS;

/// Modules that take CNS cards too: words in the names of their files or folders.
const MODULES: &[(&str, &[&str])] = &[
    ("OpenSC", &["opensc-pkcs11"]),
    ("bit4id", &["libbit4", "bit4id", "bit4xpki", "bit4ipki", "bit4opki"]),
    ("SafeDive", &["safedive"]),
    ("Athena", &["libasecnsp11", "libasep11", "asepkcs"]),
    ("Cyberneid", &["cyberneid", "disigon"]),
    ("Siemens", &["siecap11"]),
    ("Oberthur", &["libocscryptoki", "ocscryptolib"]),
];

/// The same, by the whole name of the file, without `lib` and what follows the first full stop: these are too short to
/// be looked for within other names.
const FILE_NAMES: &[(&str, &[&str])] = &[
    ("Incard", &["inp11", "inp11lib", "stpkcs11"]),
    ("Cyberneid", &["cybermw"]),
    ("Siemens", &["si_pkcs11", "sissp11"]),
];

/// Programs that look into encrypted connections, and where they are installed.
const INTERCEPTING: &[(&str, &[&str])] = &[
    ("ESET", &["/opt/eset"]),
    ("Kaspersky", &["/opt/kaspersky", "/etc/opt/kaspersky"]),
    ("Bitdefender", &["/opt/BitDefender", "/opt/bitdefender-security-tools"]),
    ("Avast", &["/etc/avast", "/opt/avast"]),
    ("Sophos", &["/opt/sophos-av", "/opt/sophos-spl"]),
    ("Dr.Web", &["/opt/drweb.com"]),
    ("mitmproxy", &["/etc/mitmproxy"]),
];

/// The same on Windows, in a folder for programs.
const INTERCEPTING_ON_WINDOWS: &[(&str, &str)] = &[
    ("ESET", "ESET"),
    ("Kaspersky", "Kaspersky Lab"),
    ("Bitdefender", "Bitdefender"),
    ("Avast", "Avast Software"),
    ("AVG", "AVG"),
    ("Sophos", "Sophos"),
];

/// Other modules that programs load, and what may look into connections.
pub(super) fn examine(host: &Host) -> Vec<Finding> {
    let mut findings: Vec<Finding> = registered(host).into_iter().collect();
    if findings.is_empty() {
        findings.push(Finding::NoOtherModules);
    }
    let there = |places: &&[&str]| places.iter().any(|place| host.at(place).exists());
    let products = INTERCEPTING.iter().filter(|(_, places)| there(places));
    findings.extend(products.map(|(product, _)| Finding::Interception { product: (*product).to_owned() }));
    if host.system.operating_system == OperatingSystem::Windows {
        let folders = host.program_folders();
        let there = |name: &str| folders.iter().any(|folder| folder.join(name).is_dir());
        let products = INTERCEPTING_ON_WINDOWS.iter().filter(|(_, folder)| there(folder));
        findings
            .extend(products.map(|(product, _)| Finding::Interception { product: (*product).to_owned() }));
    }
    findings
}

fn registered(host: &Host) -> Vec<Finding> {
    let mut reported = BTreeSet::new();
    let mut findings = Vec::new();
    for list in PROGRAMS.iter().flat_map(|program| program.module_lists(host)) {
        let text = fs::read_to_string(&list.path).unwrap_or_default();
        for path in list.format.modules(&text).unwrap_or_default() {
            let Some(name) = maker(&path) else { continue };
            let registered_in = host.shown(&list.path);
            if reported.insert((name, registered_in.clone())) {
                findings.push(Finding::OtherModule { name: name.to_owned(), path, registered_in });
            }
        }
    }
    findings
}

fn maker(module: &str) -> Option<&'static str> {
    let module = module.to_lowercase();
    let named = |words: &&[&str]| words.iter().any(|word| module.contains(word));
    let file = module.rsplit(['/', '\\']).next().unwrap_or_default();
    let file = file.split('.').next().unwrap_or_default();
    let file = file.strip_prefix("lib").unwrap_or(file);
    let by_word = MODULES.iter().find(|(_, words)| named(words));
    by_word.or_else(|| FILE_NAMES.iter().find(|(_, names)| names.contains(&file))).map(|(name, _)| *name)
}
