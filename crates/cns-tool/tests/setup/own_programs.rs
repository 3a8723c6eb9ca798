//! A user's own programs: there and back, never twice.

use cns_tool::Exit;

use crate::tree::{FRESH_LIST, MODULE, Tree};

const PROFILE: &str = "/home/anna/.mozilla/firefox/ab.default/pkcs11.txt";
const OLD_DATABASE: &str = "/home/anna/.pki/nssdb/pkcs11.txt";
const NEW_DATABASE: &str = "/home/anna/.local/share/pki/nssdb/pkcs11.txt";

fn with_module() -> String {
    format!("{FRESH_LIST}library={MODULE}\nname=Carta Nazionale dei Servizi\n\n")
}

#[test]
fn everything_there_and_back() {
    let tree = Tree::with_browsers();
    tree.write("/home/anna/.ssh/config", "Host a\n  User b\n");
    let before = tree.picture();
    let (said, exit) = tree.setup("all ssh");
    assert_eq!(exit, Exit::Success, "{said}");
    for list in [PROFILE, OLD_DATABASE] {
        assert_eq!(tree.read(list), with_module());
    }
    assert!(
        tree.read("/home/anna/.config/pkcs11/modules/cns.module").contains(&format!("module: {MODULE}\n"))
    );
    assert!(tree.read("/home/anna/.config/cns/openssl.cnf").contains(&format!("MODULE_PATH = {MODULE}\n")));
    assert!(tree.read("/home/anna/.config/cns/java.cfg").contains(&format!("library = {MODULE}\n")));
    let ssh = tree.read("/home/anna/.ssh/config");
    assert!(ssh.starts_with("Host a\n  User b\n") && ssh.ends_with(&format!("PKCS11Provider {MODULE}\n")));

    let (said, exit) = tree.setup("--remove");
    assert_eq!(exit, Exit::Success, "{said}");
    assert_eq!(tree.picture(), before);
}

#[test]
fn a_second_time_changes_nothing() {
    let tree = Tree::with_browsers();
    tree.setup("all");
    let once = tree.picture();
    let (said, exit) = tree.setup("all");
    assert_eq!(exit, Exit::Success);
    assert_eq!(tree.picture(), once);
    assert!(!said.contains(": set up ("), "{said}");
}

#[test]
fn a_dry_run_writes_nothing() {
    let tree = Tree::with_browsers();
    let before = tree.picture();
    assert_eq!(tree.setup("all ssh --dry-run").1, Exit::Success);
    assert_eq!(tree.picture(), before);
    tree.setup("all ssh");
    let after = tree.picture();
    assert_eq!(tree.setup("--remove --dry-run").1, Exit::Success);
    assert_eq!(tree.picture(), after);
}

#[test]
fn a_file_that_others_changed_since_loses_only_our_part() {
    let tree = Tree::with_browsers();
    tree.setup("firefox chrome");
    let other = "library=/opt/libother.so\nname=Other\n\n";
    tree.write(PROFILE, &format!("{}{other}", with_module()));
    let (said, _) = tree.setup("firefox --remove");
    assert_eq!(tree.read(PROFILE), format!("{FRESH_LIST}{other}"));
    assert!(said.contains("other changes to the file stay"), "{said}");
    assert_eq!(tree.read(OLD_DATABASE), with_module(), "only what was named");
}

#[test]
fn a_new_path_keeps_the_original_to_give_back() {
    let tree = Tree::with_browsers();
    let before = tree.picture();
    tree.setup("firefox");
    let elsewhere = "/usr/local/lib/libcns_pkcs11.so";
    tree.write(elsewhere, "newer");
    tree.setup(&format!("firefox --module {elsewhere}"));
    let list = tree.read(PROFILE);
    assert!(list.contains(elsewhere) && !list.contains(MODULE), "{list}");
    tree.setup("--remove");
    std::fs::remove_dir_all(tree.path("/usr/local")).unwrap();
    assert_eq!(tree.picture(), before);
}

#[test]
fn both_databases_of_chromium() {
    let tree = Tree::with_browsers();
    tree.write(NEW_DATABASE, FRESH_LIST);
    tree.setup("chrome");
    assert_eq!(tree.read(OLD_DATABASE), with_module());
    assert_eq!(tree.read(NEW_DATABASE), with_module());
}

#[test]
fn without_a_database_the_one_that_every_version_reads_is_made() {
    let tree = Tree::new();
    let before = tree.picture();
    assert_eq!(tree.setup("chrome").1, Exit::Success);
    assert!(tree.exists(OLD_DATABASE) && !tree.exists(NEW_DATABASE));
    // Chromium puts its databases beside it; they are not ours to take away.
    tree.write("/home/anna/.pki/nssdb/cert9.db", "theirs");
    tree.setup("chrome --remove");
    assert!(!tree.exists(OLD_DATABASE) && tree.exists("/home/anna/.pki/nssdb/cert9.db"));
    std::fs::remove_dir_all(tree.path("/home/anna/.pki")).unwrap();
    assert_eq!(tree.picture(), before);
}

#[test]
fn profiles_in_the_newer_folder_and_at_absolute_paths() {
    let tree = Tree::new();
    let elsewhere = tree.path("/home/anna/profile");
    let list = format!("[Profile1]\nPath={}\n[Profile0]\nPath=cd.default-release\n", elsewhere.display());
    tree.write("/home/anna/.config/mozilla/firefox/profiles.ini", &list);
    tree.write("/home/anna/.config/mozilla/firefox/cd.default-release/prefs.js", "");
    tree.write("/home/anna/profile/prefs.js", "");
    assert_eq!(tree.setup("firefox").1, Exit::Success);
    assert!(tree.exists("/home/anna/.config/mozilla/firefox/cd.default-release/pkcs11.txt"));
    assert!(tree.exists("/home/anna/profile/pkcs11.txt"));
}

#[test]
fn what_it_says() {
    let tree = Tree::with_browsers();
    tree.write("/snap/firefox/current", "");
    let said = [
        ("dry run", tree.in_both_languages("setup --user --dry-run")),
        ("done", tree.setup("all ssh").0),
        ("again", tree.in_both_languages("setup --user")),
        ("removal, dry run", tree.in_both_languages("setup --user --remove --dry-run")),
        ("removed", tree.setup("--remove").0),
        ("help", tree.in_both_languages("setup --help")),
    ];
    // A backup is named after its file's path, which is another one each time.
    insta::with_settings!({ filters => [("[0-9a-f]{16}-", "[hash]-")] }, {
        insta::assert_snapshot!("setup", said.map(|(title, text)| format!("# {title}\n{text}\n")).concat());
    });
}
