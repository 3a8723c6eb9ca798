//! The administrator sets up everybody's programs.

use cns_tool::Exit;

use crate::tree::{MODULE, Tree};

const POLICIES: &str = "/etc/firefox/policies/policies.json";

/// Without root these commands are about the user's own programs.
fn as_administrator(test: &str) -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        eprintln!("skipped: {test}: only root can be the administrator");
    }
    root
}

#[test]
fn policies_there_and_back() {
    if !as_administrator("policies_there_and_back") {
        return;
    }
    let tree = Tree::with_browsers();
    let before = tree.picture();
    let (said, exit) = tree.run("setup firefox");
    assert_eq!(exit, Exit::Success, "{said}");
    assert!(tree.read(POLICIES).contains(MODULE));
    assert!(!tree.read("/home/anna/.mozilla/firefox/ab.default/pkcs11.txt").contains(MODULE));
    let (said, _) = tree.setup("firefox");
    assert!(said.contains("for all users by the administrator"), "{said}");
    assert_eq!(tree.run("setup firefox --remove").1, Exit::Success);
    assert_eq!(tree.picture(), before);
}

#[test]
fn policies_of_the_distribution_are_not_hidden() {
    if !as_administrator("policies_of_the_distribution_are_not_hidden") {
        return;
    }
    let tree = Tree::with_browsers();
    let distributed = "/usr/lib/firefox-esr/distribution/policies.json";
    tree.write(distributed, "{\"policies\": {\"DisableTelemetry\": true}}\n");
    let before = tree.picture();
    assert_eq!(tree.run("setup firefox").1, Exit::Success);
    assert!(!tree.exists(POLICIES), "Firefox would not look at the other one any more");
    let policies = tree.read(distributed);
    assert!(policies.contains("DisableTelemetry") && policies.contains(MODULE), "{policies}");
    tree.run("setup firefox --remove");
    assert_eq!(tree.picture(), before);
}

#[test]
fn malformed_policies_stay_as_they_are() {
    if !as_administrator("malformed_policies_stay_as_they_are") {
        return;
    }
    let tree = Tree::with_browsers();
    tree.write(POLICIES, "{ \"policies\": { \"DisableTelemetry\": true, }\n");
    let before = tree.picture();
    assert_eq!(tree.run("setup firefox").1, Exit::Failed);
    insta::assert_snapshot!(tree.in_both_languages("setup firefox"), @r"
    ✗ Firefox: /etc/firefox/policies/policies.json lasciato com'è, perché contiene un errore: riga 1, colonna 43: non è JSON valido. Correggilo e riprova.

    ✗ Firefox: /etc/firefox/policies/policies.json left as it is, because it has a mistake: line 1, column 43: not valid JSON. Correct it, then try again.
    ");
    assert_eq!(tree.picture(), before);
}

#[test]
fn a_package_has_told_p11_kit() {
    let tree = Tree::new();
    tree.write(
        "/usr/share/p11-kit/modules/cns.module",
        "module: /usr/lib/x86_64-linux-gnu/libcns_pkcs11.so\n",
    );
    let before = tree.picture();
    let (said, exit) = tree.setup("p11-kit");
    assert_eq!(exit, Exit::Success);
    assert!(said.contains("by the installed package"), "{said}");
    assert_eq!(tree.picture(), before);
}

#[test]
fn browsers_that_take_their_modules_from_p11_kit() {
    let tree = Tree::with_browsers();
    tree.write("/etc/crypto-policies/back-ends/nss.config", "library=p11-kit-proxy.so\nname=p11-kit-proxy\n");
    let (said, exit) = tree.setup("all");
    assert_eq!(exit, Exit::Success, "{said}");
    assert!(said.contains("uses the driver through p11-kit"), "{said}");
    assert!(!tree.read("/home/anna/.pki/nssdb/pkcs11.txt").contains(MODULE));
    assert!(tree.exists("/home/anna/.config/pkcs11/modules/cns.module"));
}
