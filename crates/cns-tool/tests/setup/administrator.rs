//! What root must not do: follow a user's variables and links, leave files in a user's home, or write what nobody else
//! can read. Only root can be the administrator.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::Command;

use cns_tool::Exit;
use rustix::fs::{AtFlags, CWD, Gid, Uid, chownat};

use crate::tree::{MODULE, Tree};

const POLICIES: &str = "/etc/firefox/policies/policies.json";

fn is_root(test: &str) -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        eprintln!("skipped: {test}: only root can be the administrator");
    }
    root
}

/// Gives a folder, with all that is in it, to a user.
fn give(path: &Path) {
    let (uid, gid) = (Uid::from_raw(1000), Gid::from_raw(1000));
    chownat(CWD, path, Some(uid), Some(gid), AtFlags::SYMLINK_NOFOLLOW).unwrap();
    if fs::symlink_metadata(path).unwrap().is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            give(&entry.unwrap().path());
        }
    }
}

fn roots_files(path: &Path) -> usize {
    let metadata = fs::symlink_metadata(path).unwrap();
    let below: usize = if metadata.is_dir() {
        fs::read_dir(path).unwrap().map(|entry| roots_files(&entry.unwrap().path())).sum()
    } else {
        0
    };
    below + usize::from(metadata.uid() == 0)
}

#[test]
fn a_users_variables_after_su_are_not_followed() {
    if !is_root("a_users_variables_after_su_are_not_followed") {
        return;
    }
    let tree = Tree::with_browsers();
    tree.write("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nmario:x:1000:1000::/home/mario:/bin/sh\n");
    fs::create_dir_all(tree.path("/root")).unwrap();
    tree.write("/etc/victim", "precious\n");
    for folder in ["config", "state", "data"] {
        fs::create_dir_all(tree.path("/home/mario").join(folder)).unwrap();
    }
    tree.write("/home/mario/.pki/nssdb/pkcs11.txt", "library=\n\n");
    tree.link("/home/mario/config/cns/openssl.cnf", tree.path("/etc/victim").to_str().unwrap());
    give(&tree.path("/home/mario"));
    let variables = |home: &str| {
        vec![
            ("HOME", tree.path(home)),
            ("XDG_CONFIG_HOME", tree.path("/home/mario/config")),
            ("XDG_STATE_HOME", tree.path("/home/mario/state")),
            ("XDG_DATA_HOME", tree.path("/home/mario/data")),
        ]
    };
    for home in ["/root", "/home/mario", "/home/mario/not/there"] {
        for arguments in ["setup --user all ssh", "setup all ssh", "setup --user --remove", "setup --remove"]
        {
            tree.run_with(arguments, &variables(home));
            assert_eq!(roots_files(&tree.path("/home/mario")), 0, "{home}: {arguments}");
            assert_eq!(tree.read("/etc/victim"), "precious\n");
            assert_eq!(tree.read("/home/mario/.pki/nssdb/pkcs11.txt"), "library=\n\n");
        }
    }
    // For root itself it works.
    let (said, _) = tree.run_with("setup --user java", &variables("/root"));
    assert!(tree.exists("/root/.config/cns/java.cfg"), "{said}");
}

/// A Firefox that a user has unpacked into /opt.
#[test]
fn links_in_folders_of_others_are_not_followed() {
    if !is_root("links_in_folders_of_others_are_not_followed") {
        return;
    }
    for linked in ["/opt/firefox/distribution", "/opt/firefox/distribution/policies.json"] {
        let tree = Tree::with_browsers();
        tree.write("/opt/firefox/libxul.so", "");
        tree.write("/etc/precious/policies.json", "{\"policies\": {}}\n");
        let target = if linked.ends_with("json") { "/etc/precious/policies.json" } else { "/etc/precious" };
        tree.link(linked, tree.path(target).to_str().unwrap());
        give(&tree.path("/opt/firefox"));
        let before = tree.picture();
        let (said, exit) = tree.run("setup firefox");
        assert!(exit == Exit::Failed && said.contains("another user may have made the link"), "{said}");
        assert_eq!(tree.picture(), before);
    }
}

/// They would rule everybody's Firefox from there; the file itself is for whoever starts that Firefox.
#[test]
fn policies_of_another_user_do_not_get_into_etc() {
    if !is_root("policies_of_another_user_do_not_get_into_etc") {
        return;
    }
    let packaged = "/opt/firefox/distribution/policies.json";
    for of_another in ["/opt/firefox", "/opt/firefox/distribution", packaged] {
        let tree = Tree::with_browsers();
        tree.write("/opt/firefox/libxul.so", "");
        tree.write(packaged, "{\"policies\": {\"DisableTelemetry\": true}}\n");
        give(&tree.path(of_another));
        let before = tree.picture();
        assert_eq!(tree.run("setup firefox").1, Exit::Success);
        assert!(!tree.exists(POLICIES) && tree.read(packaged).contains(MODULE), "{of_another}");
        tree.run("setup firefox --remove");
        assert_eq!(tree.picture(), before);
    }
    // What only the administrator may read is not shown to everybody.
    let tree = Tree::with_browsers();
    tree.write("/opt/firefox/libxul.so", "");
    tree.write(packaged, "{\"policies\": {\"Secret\": true}}\n");
    fs::set_permissions(tree.path(packaged), Permissions::from_mode(0o600)).unwrap();
    tree.run("setup firefox");
    assert!(!tree.exists(POLICIES));
}

/// An umask belongs to the whole process, and so this test runs itself as another one.
#[test]
fn what_is_for_everybody_can_be_read_by_everybody() {
    const NAME: &str = "administrator::what_is_for_everybody_can_be_read_by_everybody";
    const STRICT: &str = "CNS_TEST_UMASK";
    if !is_root("what_is_for_everybody_can_be_read_by_everybody") {
        return;
    }
    if std::env::var_os(STRICT).is_none() {
        let mut again = Command::new(std::env::current_exe().unwrap());
        let finished = again.args(["--exact", NAME]).env(STRICT, "1").output().unwrap();
        assert!(finished.status.success(), "{}", String::from_utf8_lossy(&finished.stdout));
        return;
    }
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let tree = Tree::with_browsers();
    for folder in ["/etc", ""] {
        fs::create_dir_all(tree.path(folder)).unwrap();
        fs::set_permissions(tree.path(folder), Permissions::from_mode(0o755)).unwrap();
    }
    let (said, exit) = tree.run("setup all ssh");
    assert_eq!(exit, Exit::Success, "{said}");
    for folder in ["/etc/firefox", "/etc/firefox/policies", "/etc/pkcs11/modules", "/etc/cns", "/etc/ssh"] {
        assert_eq!(fs::metadata(tree.path(folder)).unwrap().mode() & 0o777, 0o755, "{folder}");
    }
    for file in [
        POLICIES,
        "/etc/pkcs11/modules/cns.module",
        "/etc/cns/openssl.cnf",
        "/etc/cns/java.cfg",
        "/etc/ssh/ssh_config",
    ] {
        assert_eq!(fs::metadata(tree.path(file)).unwrap().mode() & 0o777, 0o644, "{file}");
    }
    assert_eq!(fs::metadata(tree.path("/var/lib/cns/setup")).unwrap().mode() & 0o777, 0o700);
}

#[test]
fn a_closed_folder_is_no_success() {
    if !is_root("a_closed_folder_is_no_success") {
        return;
    }
    let tree = Tree::with_browsers();
    tree.write("/etc/firefox/policies/mine.txt", "");
    fs::set_permissions(tree.path("/etc/firefox"), Permissions::from_mode(0o700)).unwrap();
    for _ in 0..2 {
        let (said, exit) = tree.run("setup firefox");
        assert!(exit == Exit::Failed && said.contains("cannot read /etc/firefox"), "{said}");
    }
    fs::set_permissions(tree.path("/etc/firefox"), Permissions::from_mode(0o755)).unwrap();
    assert_eq!(tree.run("setup firefox").1, Exit::Success);
    // The administrator's own mode stays, and is said.
    fs::set_permissions(tree.path(POLICIES), Permissions::from_mode(0o600)).unwrap();
    let (said, exit) = tree.run("setup firefox");
    assert!(exit == Exit::Failed && said.contains("policies.json"), "{said}");
    assert_eq!(fs::metadata(tree.path(POLICIES)).unwrap().mode() & 0o777, 0o600);
}

#[test]
fn an_administrators_own_policy_stays_until_it_is_named() {
    if !is_root("an_administrators_own_policy_stays_until_it_is_named") {
        return;
    }
    for theirs in [
        format!("{{\"policies\": {{\"SecurityDevices\": {{\"Add\": {{\"Card\": \"{MODULE}\"}}}}}}}}\n"),
        format!("{{ \"policies\":\t{{ \"SecurityDevices\": {{\"Card\": \"{MODULE}\" }} }} }}"),
    ] {
        let tree = Tree::with_browsers();
        tree.write(POLICIES, &theirs);
        let before = tree.picture();
        let (said, exit) = tree.run("setup firefox");
        assert_eq!((exit, tree.picture()), (Exit::Success, before.clone()), "{said}");
        let (said, exit) = tree.run("setup --remove");
        assert_eq!((exit, tree.picture()), (Exit::Success, before), "{said}");
        assert!(said.contains("cns setup firefox --remove"), "{said}");
        assert_eq!(tree.run("setup firefox --remove").1, Exit::Success);
        assert!(!tree.read(POLICIES).contains(MODULE));
    }
}

#[test]
fn an_administrators_edits_stay_to_the_byte() {
    if !is_root("an_administrators_edits_stay_to_the_byte") {
        return;
    }
    for theirs in [
        "{ \"policies\": { \"DisableTelemetry\":true } }",
        "{\r\n\t\"policies\": {\r\n\t\t\"SecurityDevices\": {\r\n\t\t\t\"Other\": \"/opt/libother.so\"\r\n\t\t}\r\n\t}\r\n}\r\n",
        "{\"policies\":{\"SecurityDevices\":{\"Add\":{},\"Delete\":[\"Old\"]}}}\n",
    ] {
        let tree = Tree::with_browsers();
        tree.write(POLICIES, theirs);
        let before = tree.picture();
        tree.run("setup firefox");
        assert!(tree.read(POLICIES).contains(MODULE));
        tree.run("setup --remove");
        assert_eq!(tree.picture(), before);
        tree.run("setup firefox");
        let edit = |text: &str| text.replacen("\"policies\"", "\"x\": [1],  \"policies\"", 1) + "\n";
        tree.write(POLICIES, &edit(&tree.read(POLICIES)));
        tree.run("setup --remove");
        assert_eq!(tree.read(POLICIES), edit(theirs));
    }
}

#[test]
fn a_name_that_stands_twice_is_refused() {
    if !is_root("a_name_that_stands_twice_is_refused") {
        return;
    }
    let tree = Tree::with_browsers();
    tree.write(POLICIES, "{\"policies\": {\"SecurityDevices\": {}}, \"policies\": {}}\n");
    let before = tree.picture();
    let (said, exit) = tree.run("setup firefox");
    assert!(exit == Exit::Failed && said.contains("is there twice"), "{said}");
    assert_eq!(tree.picture(), before);
}
