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

const PACKAGED: &str = "/usr/lib/firefox-esr/distribution/policies.json";
const LIBRARY: &str = "/usr/lib/firefox-esr/libxul.so";
const TELEMETRY: &str = "{\"policies\": {\"DisableTelemetry\": true}}\n";

/// The browser's own file comes anew with each update; Firefox reads it only as long as there is none in `/etc`.
#[test]
fn policies_of_the_distribution_are_copied() {
    if !as_administrator("policies_of_the_distribution_are_copied") {
        return;
    }
    let tree = Tree::with_browsers();
    tree.write(LIBRARY, "");
    tree.write(PACKAGED, TELEMETRY);
    let before = tree.picture();
    assert!(tree.run("setup firefox --dry-run").0.contains(&format!("will be set up ({POLICIES})")));
    assert_eq!(tree.picture(), before);
    assert_eq!(tree.run("setup firefox").1, Exit::Success);
    assert_eq!(tree.read(PACKAGED), TELEMETRY);
    let policies = tree.read(POLICIES);
    assert!(policies.contains("DisableTelemetry") && policies.contains(MODULE), "{policies}");
    let done = tree.picture();
    insta::assert_snapshot!(tree.in_both_languages("setup firefox"), @r"
    ✓ Firefox: già configurato (/etc/firefox/policies/policies.json).

    Firefox ora legge i suoi criteri da /etc/firefox/policies/policies.json, una copia di /usr/lib/firefox-esr/distribution/policies.json con il driver in più.
    Se /usr/lib/firefox-esr/distribution/policies.json cambia, per esempio con un aggiornamento, esegui di nuovo:
      sudo cns setup firefox

    ✓ Firefox: already set up (/etc/firefox/policies/policies.json).

    Firefox now reads its policies from /etc/firefox/policies/policies.json, a copy of /usr/lib/firefox-esr/distribution/policies.json with the driver added.
    When /usr/lib/firefox-esr/distribution/policies.json changes, as by an update, run again:
      sudo cns setup firefox
    ");
    assert_eq!(tree.picture(), done, "the second time nothing is written");
    // An update of the browser.
    tree.write(PACKAGED, &TELEMETRY.replace("Telemetry", "Pocket"));
    assert!(tree.run("setup firefox").0.contains("Firefox: set up"));
    let policies = tree.read(POLICIES);
    assert!(policies.contains("Pocket") && !policies.contains("Telemetry") && policies.contains(MODULE));
    tree.run("setup firefox --remove");
    tree.write(PACKAGED, TELEMETRY);
    assert_eq!(tree.picture(), before);
}

#[test]
fn an_administrators_policies_are_no_copy() {
    if !as_administrator("an_administrators_policies_are_no_copy") {
        return;
    }
    let tree = Tree::with_browsers();
    tree.write(LIBRARY, "");
    tree.write(PACKAGED, TELEMETRY);
    tree.write(POLICIES, "{\"policies\": {\"DisablePrinting\": true}}\n");
    let before = tree.picture();
    let (said, exit) = tree.run("setup firefox");
    let policies = tree.read(POLICIES);
    assert_eq!(exit, Exit::Success, "{said}");
    assert!(
        policies.contains("Printing") && !policies.contains("Telemetry") && !said.contains("a copy of /usr")
    );
    tree.run("setup firefox --remove");
    assert_eq!(tree.picture(), before);
    // A copy to which the administrator adds something goes on as the administrator's.
    std::fs::remove_file(tree.path(POLICIES)).unwrap();
    tree.run("setup firefox");
    let edited = tree.read(POLICIES).replace("true", "true, \"DisablePrinting\": true");
    tree.write(POLICIES, &edited);
    tree.write(PACKAGED, &TELEMETRY.replace("Telemetry", "Pocket"));
    assert!(tree.run("setup firefox").0.contains("already set up") && tree.read(POLICIES) == edited);
    tree.run("setup firefox --remove");
    assert_eq!(tree.read(POLICIES), TELEMETRY.replace("true", "true, \"DisablePrinting\": true"));
}

/// By an earlier version; and a file that Firefox cannot read is none.
#[test]
fn policies_of_the_distribution_that_name_the_module_or_are_malformed() {
    if !as_administrator("policies_of_the_distribution_that_name_the_module_or_are_malformed") {
        return;
    }
    let tree = Tree::with_browsers();
    let module = |path: &str| {
        format!("{{\"policies\": {{\"SecurityDevices\": {{\"Add\": {{\"CNS\": \"{path}\"}}}}}}}}\n")
    };
    tree.write(LIBRARY, "");
    tree.write(PACKAGED, &module(MODULE));
    assert!(tree.run("setup firefox").0.contains(&format!("already set up ({PACKAGED})")));
    tree.write(PACKAGED, &module("/usr/local/lib/libcns_pkcs11.so"));
    assert_eq!(tree.run("setup firefox").1, Exit::Success);
    assert!(tree.read(PACKAGED).contains(MODULE) && !tree.exists(POLICIES));
    tree.write(PACKAGED, "{");
    assert_eq!(tree.run("setup firefox").1, Exit::Success);
    assert!(tree.read(POLICIES).contains(MODULE) && tree.read(PACKAGED) == "{");
}

/// Those of a Firefox that is not there any more count for none that is.
#[test]
fn policies_that_an_uninstalled_firefox_left() {
    if !as_administrator("policies_that_an_uninstalled_firefox_left") {
        return;
    }
    let tree = Tree::with_browsers();
    tree.write("/usr/lib64/firefox/libxul.so", "");
    tree.write("/opt/firefox/distribution/policies.json", TELEMETRY);
    let before = tree.picture();
    assert_eq!(tree.run("setup firefox").1, Exit::Success);
    let policies = tree.read(POLICIES);
    assert!(policies.contains(MODULE) && !policies.contains("Telemetry"), "{policies}");
    tree.run("setup firefox --remove");
    assert_eq!(tree.picture(), before);
}

/// One file in `/etc` would impose those of one on the others.
#[test]
fn installations_with_different_policies() {
    if !as_administrator("installations_with_different_policies") {
        return;
    }
    let tree = Tree::with_browsers();
    tree.write(LIBRARY, "");
    tree.write(PACKAGED, TELEMETRY);
    tree.write("/opt/firefox/libxul.so", "");
    let both = tree.picture();
    assert_eq!(tree.run("setup firefox").1, Exit::Failed);
    insta::assert_snapshot!(tree.in_both_languages("setup firefox"), @r"
    ! Firefox: le installazioni hanno criteri diversi: ogni utente deve eseguire cns setup firefox, senza sudo.

    Nessun browser è configurato per la tessera.

    ! Firefox: the installations have different policies: each user must run cns setup firefox, without sudo.

    No browser is set up for the card.
    ");
    assert_eq!(tree.picture(), both);
    // Each user's own.
    assert_eq!(tree.setup("firefox").1, Exit::Success);
    assert!(tree.read("/home/anna/.mozilla/firefox/ab.default/pkcs11.txt").contains(MODULE));
    tree.setup("firefox --remove");
    assert_eq!(tree.picture(), both);
    // The same for both: one file does for them.
    tree.write("/opt/firefox/distribution/policies.json", TELEMETRY);
    tree.run("setup firefox");
    assert!(tree.read(POLICIES).contains("Telemetry"));
    // The second one came, or got policies of its own, when the copy was there.
    tree.write("/opt/firefox/distribution/policies.json", &TELEMETRY.replace("Telemetry", "Pocket"));
    let (said, _) = tree.run("setup firefox");
    assert!(!tree.exists(POLICIES) && said.contains("different policies"), "{said}");
    // A file of the administrator's is for both already.
    tree.write(POLICIES, "{\"policies\": {\"DisablePrinting\": true}}\n");
    assert_eq!(tree.run("setup firefox").1, Exit::Success);
    assert!(tree.read(POLICIES).contains(MODULE) && !tree.read(POLICIES).contains("Telemetry"));
    tree.run("setup firefox --remove");
    assert!(tree.read(POLICIES).contains("Printing") && !tree.read(POLICIES).contains(MODULE));
}

/// Somebody has put the module into the packaged file when the copy was there.
#[test]
fn a_copy_of_policies_that_name_the_module() {
    if !as_administrator("a_copy_of_policies_that_name_the_module") {
        return;
    }
    for module in [MODULE, "/usr/local/lib/libcns_pkcs11.so"] {
        let tree = Tree::with_browsers();
        tree.write(LIBRARY, "");
        tree.write(PACKAGED, TELEMETRY);
        tree.run("setup firefox");
        let devices = format!("true, \"SecurityDevices\": {{\"Add\": {{\"Card\": \"{module}\"}}}}");
        tree.write(PACKAGED, &TELEMETRY.replace("true", &devices));
        let (said, exit) = tree.run("setup firefox");
        let policies = tree.read(POLICIES);
        assert_eq!(exit, Exit::Success, "{said}");
        assert!(policies.contains("Telemetry") && policies.contains(MODULE), "{policies}");
        assert_eq!(policies.matches("libcns_pkcs11").count(), 1, "{policies}");
        assert!(tree.run("setup firefox").0.contains("already set up") && said.contains("a copy of"));
    }
}

#[test]
fn a_copy_of_policies_that_are_gone() {
    if !as_administrator("a_copy_of_policies_that_are_gone") {
        return;
    }
    let tree = Tree::with_browsers();
    tree.write(LIBRARY, "");
    let alone = {
        tree.run("setup firefox");
        tree.read(POLICIES)
    };
    tree.run("setup firefox --remove");
    tree.write(PACKAGED, TELEMETRY);
    tree.run("setup firefox");
    assert!(tree.read(POLICIES).contains("Telemetry"));
    std::fs::remove_file(tree.path(PACKAGED)).unwrap();
    assert!(tree.run("setup firefox").0.contains("Firefox: set up"));
    assert_eq!(tree.read(POLICIES), alone);
    assert!(tree.run("setup firefox").0.contains("already set up"));
    tree.run("setup firefox --remove");
    assert!(!tree.exists("/etc/firefox"));
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
