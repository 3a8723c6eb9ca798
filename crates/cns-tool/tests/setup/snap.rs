//! Browsers in sandboxes: Firefox's snap loads a copy of the driver, the others are said to be not set up.

use cns_tool::Exit;

use crate::tree::{FRESH_LIST, MODULE, Tree};

const COMMON: &str = "/home/anna/snap/firefox/common";
const LIST: &str = "/home/anna/snap/firefox/common/.mozilla/firefox/ab.default/pkcs11.txt";
const COPY: &str = "/home/anna/snap/firefox/common/cns/libcns_pkcs11.so";
const LEDGER: &str = "/home/anna/.local/state/cns/setup/ledger.json";
const PROFILES: &str = "[Profile0]\nName=default\nIsRelative=1\nPath=ab.default\n";

/// Ubuntu: Firefox is a snap that was used once, and `/usr/bin/firefox` a script that starts it.
fn ubuntu() -> Tree {
    let tree = Tree::new();
    tree.write("/snap/firefox/current", "");
    tree.write("/usr/bin/firefox", "#!/bin/sh\nexec /snap/bin/firefox \"$@\"\n");
    tree.write(&format!("{COMMON}/.mozilla/firefox/profiles.ini"), PROFILES);
    tree.write(LIST, FRESH_LIST);
    tree
}

/// The path of the copy as Firefox has to read it.
fn named(tree: &Tree) -> String {
    let list = tree.read(LIST);
    let lines: Vec<&str> = list.lines().filter_map(|line| line.strip_prefix("library=/")).collect();
    assert_eq!(lines.len(), 1, "{list}");
    format!("/{}", lines[0])
}

#[test]
fn the_snap_gets_a_copy_that_goes_as_it_came() {
    let tree = ubuntu();
    let before = tree.picture();
    let (said, exit) = tree.setup("firefox");
    assert_eq!(exit, Exit::Success, "{said}");
    assert!(
        said.contains("sudo snap connect firefox:pcscd") && said.contains("not tried it with a real snap")
    );
    assert_eq!(tree.read(COPY), tree.read(MODULE));
    assert_eq!(named(&tree), COPY);
    let done = tree.picture();
    assert_eq!(tree.setup("firefox").1, Exit::Success);
    assert_eq!(tree.picture(), done, "the second time nothing is written");
    assert_eq!(tree.setup("--remove").1, Exit::Success);
    assert_eq!(tree.picture(), before);
}

#[test]
fn what_it_says_of_a_snap() {
    let tree = ubuntu();
    tree.write("/home/anna/.local/share/flatpak/app/org.mozilla.firefox/current", "");
    tree.write("/snap/chromium/current", "");
    let mut said = tree.in_both_languages("setup --user firefox chrome --dry-run");
    assert!(!tree.exists(COPY));
    for arguments in ["--lang it setup --user firefox", "--lang en setup --user firefox --remove"] {
        said += &format!("\n{}", tree.run(arguments).0);
    }
    insta::with_settings!({ filters => [("[0-9a-f]{16}-", "[hash]-")] }, {
        insta::assert_snapshot!(said);
    });
}

#[test]
fn a_new_driver_reaches_the_copy() {
    let tree = ubuntu();
    let before = tree.picture();
    tree.setup("firefox");
    let list = tree.read(LIST);
    tree.write(MODULE, "a newer one");
    assert_eq!(tree.setup("").1, Exit::Success);
    assert_eq!((tree.read(COPY).as_str(), tree.read(LIST)), ("a newer one", list));
    tree.setup("--remove");
    tree.write(MODULE, "an ELF file, say");
    assert_eq!(tree.picture(), before);
}

/// The snap has taken over the profile of an earlier Firefox, with a path that it cannot see.
#[test]
fn a_list_that_was_imported() {
    let tree = ubuntu();
    tree.write(LIST, &format!("{FRESH_LIST}library={MODULE}\nname=CNS\n\n"));
    let before = tree.picture();
    assert_eq!(tree.setup("firefox").1, Exit::Success);
    assert_eq!(named(&tree), COPY);
    tree.setup("--remove");
    assert_eq!(tree.picture(), before);
}

#[test]
fn what_is_at_the_copys_place_is_a_persons() {
    let tree = ubuntu();
    tree.write(COPY, "mine");
    let before = tree.picture();
    let (said, exit) = tree.setup("firefox");
    assert_eq!(exit, Exit::Failed, "{said}");
    assert_eq!(tree.picture(), before);
}

#[test]
fn a_copy_that_was_exchanged_stays() {
    let tree = ubuntu();
    tree.setup("firefox");
    tree.write(COPY, "another build");
    let (said, _) = tree.setup("--remove");
    assert_eq!(tree.read(LIST), FRESH_LIST, "{said}");
    assert_eq!(tree.read(COPY), "another build", "{said}");
}

/// Without the log a copy that no list names is a person's. One that the list names goes when the person names the browser.
#[test]
fn a_copy_goes_without_the_log_too() {
    let tree = ubuntu();
    tree.setup("firefox");
    std::fs::remove_file(tree.path(LEDGER)).unwrap();
    tree.setup("--remove");
    assert!(tree.exists(COPY) && named(&tree) == COPY, "nothing was named");
    let (said, exit) = tree.setup("--remove firefox");
    assert_eq!(exit, Exit::Success, "{said}");
    assert_eq!(tree.read(LIST), FRESH_LIST, "{said}");
    assert!(!tree.exists(COPY), "{said}");
    tree.write(COPY, "mine");
    tree.setup("--remove firefox");
    assert_eq!(tree.read(COPY), "mine");
}

#[test]
fn an_open_browser_keeps_list_and_copy() {
    let tree = ubuntu();
    let lock = format!("{COMMON}/.mozilla/firefox/ab.default/lock");
    tree.link(&lock, "127.0.1.1:+4711");
    tree.write("/proc/4711/stat", "");
    let before = tree.picture();
    assert_eq!(tree.setup("firefox").1, Exit::Failed);
    assert_eq!(tree.picture(), before, "no copy either");
    std::fs::remove_file(tree.path(&lock)).unwrap();
    tree.setup("firefox");
    tree.link(&lock, "127.0.1.1:+4711");
    assert_eq!(tree.setup("--remove").1, Exit::Failed);
    assert!(tree.exists(COPY) && named(&tree) == COPY, "the list names it still");
}

/// What a person has changed in the list is left there, and names the copy still.
#[test]
fn a_copy_stays_while_an_edited_list_names_it() {
    let tree = ubuntu();
    let before = tree.picture();
    tree.setup("firefox");
    let list = tree.read(LIST);
    let name =
        list.lines().find(|line| line.starts_with("name=") && list.contains(&format!("{COPY}\n{line}")));
    tree.write(LIST, &list.replace(name.unwrap(), "name=La mia tessera"));
    let (said, _) = tree.setup("--remove");
    assert_eq!(named(&tree), COPY, "{said}");
    assert!(tree.exists(COPY), "{said}");
    // Named, both go.
    let (said, exit) = tree.setup("--remove firefox");
    assert_eq!(exit, Exit::Success, "{said}");
    assert_eq!(tree.read(LIST), FRESH_LIST, "{said}");
    assert_eq!(tree.picture(), before, "{said}");
}

/// A run that was killed while it wrote the copy.
#[test]
fn an_unfinished_copy_goes_with_the_next_run() {
    let tree = ubuntu();
    let before = tree.picture();
    tree.setup("firefox");
    tree.write(&format!("{COMMON}/cns/.cns-setup-Ab12Cd"), "half of a library");
    assert_eq!(tree.setup("--remove").1, Exit::Success);
    assert_eq!(tree.picture(), before);
}

#[test]
fn profiles_in_each_place_that_the_snap_has_had() {
    for place in [".config/mozilla/firefox", ".config/.mozilla/firefox"] {
        let tree = ubuntu();
        tree.write(&format!("{COMMON}/{place}/profiles.ini"), PROFILES);
        let list = format!("{COMMON}/{place}/ab.default/pkcs11.txt");
        tree.write(&list, FRESH_LIST);
        let before = tree.picture();
        assert_eq!(tree.setup("firefox").1, Exit::Success);
        assert!(tree.read(&list).contains(COPY) && named(&tree) == COPY);
        tree.setup("--remove");
        assert_eq!(tree.picture(), before);
    }
}

/// The administrator's policies name the system's driver, which the snap does not see.
#[test]
fn policies_do_not_reach_the_snap() {
    let tree = ubuntu();
    let policies = format!(
        r#"{{"policies": {{"SecurityDevices": {{"Add": {{"Carta Nazionale dei Servizi": "{MODULE}"}}}}}}}}"#
    );
    tree.write("/etc/firefox/policies/policies.json", &policies);
    assert_eq!(tree.setup("firefox").1, Exit::Success);
    assert_eq!(named(&tree), COPY);
}

#[test]
fn a_snap_that_was_never_started() {
    let tree = Tree::new();
    tree.write("/snap/firefox/current", "");
    tree.write("/usr/bin/firefox", "#!/bin/sh\nexec /snap/bin/firefox \"$@\"\n");
    let before = tree.picture();
    let (said, exit) = tree.setup("firefox");
    assert_eq!(exit, Exit::Failed, "{said}");
    assert!(said.contains("open it once"), "{said}");
    assert_eq!(tree.picture(), before);
}

#[test]
fn no_browser_at_the_end_is_a_failure_if_there_is_one() {
    let tree = Tree::new();
    assert_eq!(tree.setup("").1, Exit::Success, "a computer without a browser");
    tree.write("/var/lib/flatpak/app/org.mozilla.firefox/current", "");
    let (said, exit) = tree.setup("");
    assert_eq!(exit, Exit::Failed, "{said}");
    assert!(
        said.contains("No browser is set up for the card.") && said.contains("cns guide browser"),
        "{said}"
    );
    assert_eq!(tree.setup("p11-kit").1, Exit::Success, "none was asked for");
    tree.write("/usr/bin/chromium", "");
    assert_eq!(tree.setup("").1, Exit::Success, "one is enough");
}
