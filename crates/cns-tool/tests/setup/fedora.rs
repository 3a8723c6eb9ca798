//! Fedora, where the distribution's browsers have the modules of p11-kit already and others have not; openSUSE, which has
//! the same file of policies and an NSS that need not read it.

use cns_tool::Exit;

use crate::tree::{FRESH_LIST, MODULE, Tree};

const POLICIES: &str = "/etc/firefox/policies/policies.json";
const OWN_ENTRY: &str = "/home/anna/.config/pkcs11/modules/cns.module";
const PROFILES: &str = "/home/anna/.mozilla/firefox";
/// A library with the path that it was built for, and one that was built for none.
const FEDORAS_NSS: &str = "\0config\0/etc/crypto-policies/back-ends/nss.config\0NSS_IGNORE_SYSTEM_POLICY\0";
const MOZILLAS_NSS: &str = "\0config\0";

/// With the system's NSS, and Firefox with it.
fn fedora() -> Tree {
    let tree = Tree::new();
    tree.write("/etc/crypto-policies/back-ends/nss.config", "library=p11-kit-proxy.so\nname=p11-kit-proxy\n");
    tree.write("/usr/lib64/libnss3.so", FEDORAS_NSS);
    tree.write("/usr/lib64/firefox/libxul.so", "");
    tree.write("/usr/bin/firefox", "#!/bin/sh\nexec /usr/lib64/firefox/firefox \"$@\"\n");
    tree.write(
        &format!("{PROFILES}/profiles.ini"),
        "[Profile0]\nPath=ab.default\n[Profile1]\nPath=cd.mozilla\n",
    );
    profile(&tree, "ab.default", "/usr/lib64/firefox");
    tree
}

/// The driver's own.
fn package(tree: &Tree) {
    tree.write("/usr/share/p11-kit/modules/cns.module", &format!("module: {MODULE}\n"));
}

fn profile(tree: &Tree, name: &str, installation: &str) {
    tree.write(&format!("{PROFILES}/{name}/pkcs11.txt"), FRESH_LIST);
    profile_of(tree, name, installation);
}

/// Which Firefox used it last.
fn profile_of(tree: &Tree, name: &str, installation: &str) {
    let written = format!("[Compatibility]\nLastVersion=150.0_1/1\nLastPlatformDir={installation}\n");
    tree.write(&format!("{PROFILES}/{name}/compatibility.ini"), &written);
}

/// Mozilla's own, from its archive.
fn with_mozillas(tree: Tree, folder: &str) -> Tree {
    tree.write(&format!("{folder}/libxul.so"), "");
    tree.write(&format!("{folder}/libnss3.so"), MOZILLAS_NSS);
    profile(&tree, "cd.mozilla", folder);
    tree
}

fn list(tree: &Tree, profile: &str) -> String {
    tree.read(&format!("{PROFILES}/{profile}/pkcs11.txt"))
}

fn is_root(test: &str) -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        eprintln!("skipped: {test}: only root can be the administrator");
    }
    root
}

#[test]
fn the_distributions_firefox_is_left_alone() {
    let tree = fedora();
    package(&tree);
    let (said, exit) = tree.setup("firefox");
    assert_eq!(exit, Exit::Success, "{said}");
    assert!(said.contains("through p11-kit") && list(&tree, "ab.default") == FRESH_LIST, "{said}");
    assert!(!said.contains("✓ p11-kit") && !tree.exists(OWN_ENTRY), "{said}");
}

/// The browser alone has the driver only if p11-kit has it, and a person need not know of that.
#[test]
fn p11_kit_gets_the_module_with_the_browser() {
    let tree = fedora();
    let before = tree.picture();
    let (said, exit) = tree.setup("firefox --dry-run");
    assert!(exit == Exit::Success && said.contains("p11-kit: will be set up") && tree.picture() == before);
    let (said, exit) = tree.setup("firefox");
    assert_eq!(exit, Exit::Success, "{said}");
    assert!(said.contains("p11-kit: set up") && tree.read(OWN_ENTRY).contains(MODULE), "{said}");
    assert_eq!(list(&tree, "ab.default"), FRESH_LIST, "{said}");
    assert!(!tree.setup("firefox").0.contains("✓ p11-kit"), "the second time there is nothing to do");
    tree.setup("--remove");
    assert_eq!(tree.picture(), before);
}

#[test]
fn p11_kit_that_does_not_take_the_module() {
    let tree = fedora();
    tree.write(OWN_ENTRY, "module: other.so\n");
    assert_eq!(tree.setup("firefox").1, Exit::Failed);
    insta::assert_snapshot!(tree.in_both_languages("setup --user firefox"), @r"
    ✗ Firefox: su questo sistema prende i driver da p11-kit, che non ha questo.
    ✗ p11-kit: ~/.config/pkcs11/modules/cns.module lasciato com'è, perché indica un altro driver, other.so. Prima togli quella riga.

    ✗ Firefox: on this system it gets its drivers from p11-kit, which does not have this one.
    ✗ p11-kit: ~/.config/pkcs11/modules/cns.module left as it is, because it names another driver, other.so. Remove that line first.
    ");
}

/// A profile that Mozilla's had last, and an entry in it by `setup`.
#[test]
fn an_entry_of_ours_goes_when_the_profile_is_the_distributions() {
    let tree = with_mozillas(fedora(), "/opt/firefox");
    let before = list(&tree, "cd.mozilla");
    tree.setup("firefox");
    assert!(list(&tree, "cd.mozilla").contains(MODULE));
    profile_of(&tree, "cd.mozilla", "/usr/lib64/firefox");
    let (said, exit) = tree.setup("firefox --dry-run");
    assert!(exit == Exit::Success && said.contains("will be removed"), "{said}");
    let (said, exit) = tree.setup("firefox");
    assert_eq!(exit, Exit::Success, "{said}");
    assert!(said.contains("driver removed") && said.contains("through p11-kit"), "{said}");
    assert_eq!(list(&tree, "cd.mozilla"), before);
    // A person's own stays and is told.
    let by_hand = format!("{FRESH_LIST}library={MODULE}\nname=Card\n\n");
    tree.write(&format!("{PROFILES}/cd.mozilla/pkcs11.txt"), &by_hand);
    let (said, exit) = tree.setup("firefox");
    assert_eq!((list(&tree, "cd.mozilla"), exit), (by_hand, Exit::Success), "{said}");
    assert!(said.contains("cd.mozilla/pkcs11.txt already names the driver"), "{said}");
}

/// Its entry may be written for p11-kit only later.
#[test]
fn policies_of_ours_go_when_the_distributions_firefox_is_installed() {
    if !is_root("policies_of_ours_go_when_the_distributions_firefox_is_installed") {
        return;
    }
    for both in [false, true] {
        let tree = with_mozillas(fedora(), "/opt/firefox");
        std::fs::remove_dir_all(tree.path("/usr/lib64/firefox")).unwrap();
        tree.run("setup firefox");
        assert!(tree.read(POLICIES).contains(MODULE));
        tree.write("/usr/lib64/firefox/libxul.so", "");
        if !both {
            std::fs::remove_dir_all(tree.path("/opt/firefox")).unwrap();
        }
        let (said, exit) = tree.run("setup firefox p11-kit");
        assert_eq!(exit, Exit::Success, "{said}");
        assert!(!tree.exists(POLICIES) && said.contains("through p11-kit"), "{said}");
        assert_eq!(said.contains("each user must run"), both, "{said}");
        assert!(tree.read("/etc/pkcs11/modules/cns.module").contains(MODULE));
    }
}

/// Where the distribution's is not, in a folder that only the profile names, or both side by side.
#[test]
fn a_profile_of_mozillas_firefox_gets_the_module() {
    for folder in ["/opt/firefox", "/usr/lib/firefox", "/home/anna/firefox"] {
        let tree = with_mozillas(fedora(), folder);
        package(&tree);
        let before = tree.picture();
        let (said, exit) = tree.setup("firefox");
        assert_eq!(exit, Exit::Success, "{said}");
        assert!(list(&tree, "cd.mozilla").contains(MODULE), "{folder}: {said}");
        assert_eq!(list(&tree, "ab.default"), FRESH_LIST, "{folder}: {said}");
        assert_eq!(tree.setup("firefox --remove").1, Exit::Success);
        assert_eq!(tree.picture(), before);
    }
}

/// The folder of the one that used it last is gone.
#[test]
fn a_profile_that_went_to_the_distributions_firefox() {
    let tree = fedora();
    profile(&tree, "cd.mozilla", "/opt/firefox");
    let (said, _) = tree.setup("firefox");
    assert!(said.contains("through p11-kit") && list(&tree, "cd.mozilla") == FRESH_LIST, "{said}");
}

#[test]
fn for_everybody_where_there_is_mozillas_firefox_alone() {
    if !is_root("for_everybody_where_there_is_mozillas_firefox_alone") {
        return;
    }
    let tree = with_mozillas(fedora(), "/opt/firefox");
    std::fs::remove_dir_all(tree.path("/usr/lib64/firefox")).unwrap();
    let before = tree.picture();
    let (said, exit) = tree.run("setup firefox");
    assert_eq!(exit, Exit::Success, "{said}");
    assert!(tree.read(POLICIES).contains(MODULE) && !said.contains("p11-kit"), "{said}");
    tree.run("setup firefox --remove");
    assert_eq!(tree.picture(), before);
}

/// The file of policies is for both, and the distribution's would load the module twice.
#[test]
fn for_everybody_where_there_are_both() {
    if !is_root("for_everybody_where_there_are_both") {
        return;
    }
    let tree = with_mozillas(fedora(), "/opt/firefox");
    package(&tree);
    assert_eq!(tree.run("setup firefox").1, Exit::Success);
    assert!(!tree.exists(POLICIES));
    insta::assert_snapshot!(tree.in_both_languages("setup firefox"), @r"
    ✓ Firefox: su questo sistema usa il driver tramite p11-kit: non serve altro.
    ! Firefox: quello in /opt/firefox non passa per p11-kit: ogni utente deve eseguire cns setup firefox, senza sudo.

    ✓ Firefox: on this system it uses the driver through p11-kit: nothing more to set up.
    ! Firefox: the one in /opt/firefox does not go through p11-kit: each user must run cns setup firefox, without sudo.
    ");
    // Somebody has written them all the same.
    let policies =
        format!("{{\"policies\": {{\"SecurityDevices\": {{\"Add\": {{\"CNS\": \"{MODULE}\"}}}}}}}}\n");
    tree.write(POLICIES, &policies);
    assert!(!tree.run("setup firefox").0.contains("each user"));
}

#[test]
fn an_nss_that_was_not_built_for_the_policy() {
    let tree = fedora();
    tree.write("/usr/lib64/libnss3.so", MOZILLAS_NSS);
    tree.write("/usr/bin/chromium", "");
    tree.write("/home/anna/.pki/nssdb/pkcs11.txt", FRESH_LIST);
    let (said, exit) = tree.setup("firefox chrome");
    assert_eq!(exit, Exit::Success, "{said}");
    assert!(list(&tree, "ab.default").contains(MODULE), "{said}");
    assert!(tree.read("/home/anna/.pki/nssdb/pkcs11.txt").contains(MODULE), "{said}");
}
