//! Imports go down, never up: between the members, and between the modules of the card engine.

use crate::findings::{Finding, check};
use crate::imports::imports;
use crate::sources::{MEMBERS, read};

/// The modules of `cns-card` from the bottom. Those of one row may import each other in one direction (`circles.rs`).
const CARD: &[&[&str]] = &[
    &["transport"],
    &["iso7816"],
    &["atr", "error", "file_reference", "pin"],
    &["profile"],
    &["card_session"],
    &["files"],
    &["driver"],
    &["identify"],
    &["cached_card"],
    &["card"],
    &["open", "report"],
    &["lib"],
];

/// The modules of the PKCS#11 module from the bottom; `log` and `testing` import none of them.
const MODULE: &[&[&str]] = &[&["log", "testing"], &["model"], &["abi"], &["lib"]];

/// Each member, and the members its `[dependencies]` may name. Members to come are listed already.
const MAY_DEPEND_ON: &[(&str, &[&str])] = &[
    ("crates/cns-cache", &[]),
    ("crates/cns-card", &[]),
    // Data of the registry of Windows, for the command and for what makes the installer.
    ("crates/cns-registration", &[]),
    ("crates/cns-token", &["cns-cache", "cns-card"]),
    // The front ends do not know each other: the command loads the module as any program does.
    (".", &["cns-cache", "cns-card", "cns-token"]),
    ("crates/cns-tool", &["cns-cache", "cns-card", "cns-registration", "cns-token", "pcsc-dlopen"]),
    ("crates/pcsc-dlopen", &[]),
    ("crates/cns-minidriver", &["cns-cache", "cns-card", "cns-token"]),
    // A double that shared a table or an encoder with the product would agree with its mistakes.
    ("crates/virtual-cns", &[]),
    ("crates/virtual-pcsc", &["virtual-cns"]),
    ("crates/virtual-pinpad", &[]),
    // Linked with no module, so that it can load any.
    ("crates/pkcs11-workload", &[]),
    ("crates/testkit", &["cns-card", "virtual-cns", "virtual-pcsc"]),
    ("crates/interop", &["virtual-cns"]),
    ("xtask", &["cns-registration", "interop"]),
    ("fuzz", &["cns-cache", "cns-card", "cns-pkcs11", "cns-token", "testkit", "virtual-cns"]),
];

/// Crates of tests, never a dependency of what users install.
const PRODUCT: &[&str] = &[
    ".",
    "crates/cns-cache",
    "crates/cns-card",
    "crates/cns-minidriver",
    "crates/cns-registration",
    "crates/cns-token",
    "crates/cns-tool",
    "crates/pcsc-dlopen",
];

#[test]
fn the_card_engine_imports_downwards() {
    check("order", upward("crates/cns-card/src", CARD));
}

#[test]
fn the_module_imports_downwards() {
    check("order of the module", upward("src", MODULE));
}

#[test]
fn members_depend_downwards() {
    let mut findings = Vec::new();
    for member in &*MEMBERS {
        let row = MAY_DEPEND_ON.iter().find(|(name, _)| name == member);
        let allowed = row.map(|(_, allowed)| *allowed);
        let allowed = allowed.unwrap_or_else(|| panic!("{member} has no row in MAY_DEPEND_ON"));
        for name in dependencies(member).into_iter().filter(|name| !allowed.contains(&name.as_str())) {
            findings.push(Finding::new(member, format!("must not depend on {name}")));
        }
    }
    check("dependency", findings);
    let test_crates: Vec<_> = MEMBERS.iter().filter(|member| !PRODUCT.contains(&member.as_str())).collect();
    for member in PRODUCT {
        let named = dependencies(member);
        let wrong = test_crates.iter().find(|other| named.iter().any(|name| other.ends_with(name.as_str())));
        assert_eq!(wrong, None, "{member} is installed and depends on a crate of tests");
    }
}

/// Imports from a file into a module of a higher row.
fn upward(folder: &str, rows: &[&[&str]]) -> Vec<Finding> {
    let row_of = |file: &str| {
        let inside = file.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')).expect("a file of it");
        let module = inside.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        let row = rows.iter().position(|row| row.contains(&module));
        (module.to_owned(), row.unwrap_or_else(|| panic!("{module} of {folder} has no row in its layers")))
    };
    let mut findings = Vec::new();
    for (from, imported) in imports(&format!("{folder}/lib.rs")) {
        for (to, paths) in imported {
            let ((lower, low), (upper, high)) = (row_of(&from), row_of(&to));
            if low < high {
                let text = format!("imports {paths:?}: {upper} is above {lower}");
                findings.push(Finding::new(&from, text));
            }
        }
    }
    findings
}

/// The members that a manifest names under any `[…dependencies]` that is not for tests.
fn dependencies(member: &str) -> Vec<String> {
    let manifest =
        read(&if member == "." { "Cargo.toml".to_owned() } else { format!("{member}/Cargo.toml") });
    let mut in_dependencies = false;
    let mut found = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            in_dependencies =
                line.ends_with("dependencies]") && !line.contains("dev-") && !line.starts_with("[workspace");
        } else if in_dependencies && (line.contains("workspace = true") || line.contains("path = ")) {
            found.extend(line.split(['.', ' ', '=']).next().map(str::to_owned));
        }
    }
    found.retain(|name| {
        name == "cns-pkcs11" || MEMBERS.iter().any(|other| other.ends_with(&format!("/{name}")))
    });
    found
}
