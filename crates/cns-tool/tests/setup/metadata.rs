//! Owner, group, mode, access list, attributes and links of a file that is edited.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use cns_tool::Exit;
use rustix::fs::{Gid, Uid, XattrFlags, chown, getxattr, setxattr};

use crate::tree::{FRESH_LIST, MODULE, Tree};

const PROFILE: &str = "/home/anna/.mozilla/firefox/ab.default/pkcs11.txt";
const ACCESS_LIST: &str = "system.posix_acl_access";

/// user::rw- user:1234:rw- group::--- mask::rw- other::---, as `setfacl -m u:1234:rw` makes of 0600.
const FOR_ONE_USER: [u8; 44] = [
    2, 0, 0, 0, // version
    1, 0, 6, 0, 255, 255, 255, 255, // user
    2, 0, 6, 0, 210, 4, 0, 0, // user 1234
    4, 0, 0, 0, 255, 255, 255, 255, // group
    16, 0, 6, 0, 255, 255, 255, 255, // mask
    32, 0, 0, 0, 255, 255, 255, 255, // others
];

fn attribute(path: &Path, name: &str) -> Option<Vec<u8>> {
    let mut buffer = vec![0; 4096];
    let length = getxattr(path, name, &mut buffer[..]).ok()?;
    buffer.truncate(length);
    Some(buffer)
}

#[test]
fn access_list_and_attributes_stay() {
    let tree = Tree::with_browsers();
    let list = tree.path(PROFILE);
    if setxattr(&list, ACCESS_LIST, &FOR_ONE_USER, XattrFlags::empty()).is_err()
        || setxattr(&list, "user.note", b"mine", XattrFlags::empty()).is_err()
    {
        eprintln!("skipped: access_list_and_attributes_stay: this file system has none");
        return;
    }
    let before = tree.picture();
    for arguments in ["firefox", "--remove"] {
        assert_eq!(tree.setup(arguments).1, Exit::Success);
        assert_eq!(attribute(&list, ACCESS_LIST).unwrap(), FOR_ONE_USER, "{arguments}");
        assert_eq!(attribute(&list, "user.note").unwrap(), b"mine", "{arguments}");
        assert_eq!(fs::metadata(&list).unwrap().mode() & 0o777, 0o660, "the mask shows as the group's mode");
    }
    assert_eq!(tree.picture(), before);
}

/// A folder may give new files an access list; the old file had none.
#[test]
fn a_folders_default_list_adds_nothing() {
    let tree = Tree::with_browsers();
    let list = tree.path(PROFILE);
    fs::set_permissions(&list, Permissions::from_mode(0o600)).unwrap();
    let folder = list.parent().unwrap();
    if setxattr(folder, "system.posix_acl_default", &FOR_ONE_USER, XattrFlags::empty()).is_err() {
        eprintln!("skipped: a_folders_default_list_adds_nothing: this file system has no access lists");
        return;
    }
    assert_eq!(tree.setup("firefox").1, Exit::Success);
    assert_eq!(attribute(&list, ACCESS_LIST), None);
    assert_eq!(fs::metadata(&list).unwrap().mode() & 0o777, 0o600);
}

#[test]
fn a_file_that_may_not_be_written_keeps_its_mode() {
    for mode in [0o400, 0o444, 0o600, 0o644, 0o664] {
        let tree = Tree::with_browsers();
        fs::set_permissions(tree.path(PROFILE), Permissions::from_mode(mode)).unwrap();
        let before = tree.picture();
        assert_eq!(tree.setup("firefox").1, Exit::Success);
        assert_eq!(fs::metadata(tree.path(PROFILE)).unwrap().mode() & 0o777, mode);
        tree.setup("--remove");
        assert_eq!(tree.picture(), before);
    }
}

/// As user 1000, who may not give a file to the group that it has.
#[test]
fn a_group_that_cannot_be_kept_is_no_reason_to_refuse() {
    if !rustix::process::geteuid().is_root() {
        eprintln!(
            "skipped: a_group_that_cannot_be_kept_is_no_reason_to_refuse: only root can make such a file"
        );
        return;
    }
    for (mode, list, expected) in [
        (0o640, None, 0o600),
        (0o644, None, 0o644),
        (0o664, None, 0o644),
        (0o606, None, 0o600),
        (0o660, Some(FOR_ONE_USER), 0o660),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let anna = |path: &Path| chown(path, Some(Uid::from_raw(1000)), Some(Gid::from_raw(1000))).unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        let home = folder.path().join("home");
        let database = home.join(".pki/nssdb");
        fs::create_dir_all(&database).unwrap();
        let file = database.join("pkcs11.txt");
        fs::write(&file, FRESH_LIST).unwrap();
        for path in [&home, &home.join(".pki"), &database, &file] {
            anna(path);
        }
        chown(&file, None, Some(Gid::from_raw(0))).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        let no_list = |list: &[u8]| setxattr(&file, ACCESS_LIST, list, XattrFlags::empty()).is_err();
        if list.as_ref().is_some_and(|list| no_list(list)) {
            continue;
        }
        let module = folder.path().join("libcns_pkcs11.so");
        fs::write(&module, "").unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_cns"));
        command.args(["--lang", "en", "setup", "chrome", "--module"]).arg(&module);
        command.uid(1000).gid(1000).env_clear().env("HOME", &home).current_dir("/");
        let said = command.output().unwrap();
        let words =
            String::from_utf8_lossy(&said.stdout).into_owned() + &String::from_utf8_lossy(&said.stderr);
        assert!(said.status.success(), "{words}");
        let now = fs::metadata(&file).unwrap();
        assert_eq!((now.uid(), now.gid()), (1000, 1000));
        assert_eq!(now.mode() & 0o777, expected, "{mode:o}");
        assert!(fs::read_to_string(&file).unwrap().contains("libcns_pkcs11.so"));
        assert_eq!(attribute(&file, ACCESS_LIST), list.map(|list| list.to_vec()));
    }
}

#[test]
fn a_linked_profile_in_the_own_home_stays_a_link() {
    let tree = Tree::with_browsers();
    let profile = tree.path("/home/anna/.mozilla/firefox/ab.default");
    fs::create_dir_all(tree.path("/home/anna/disk")).unwrap();
    fs::rename(&profile, tree.path("/home/anna/disk/profile")).unwrap();
    symlink("../../disk/profile", &profile).unwrap();
    // And the list itself a link, as a collection of dotfiles has it.
    let list = tree.path("/home/anna/.pki/nssdb/pkcs11.txt");
    fs::rename(&list, tree.path("/home/anna/disk/list")).unwrap();
    symlink(tree.path("/home/anna/disk/list"), &list).unwrap();
    let before = tree.picture();
    let (said, exit) = tree.setup("firefox chrome");
    assert_eq!(exit, Exit::Success, "{said}");
    assert!(tree.read("/home/anna/disk/profile/pkcs11.txt").contains(MODULE));
    assert!(tree.read("/home/anna/disk/list").contains(MODULE));
    assert!(fs::symlink_metadata(&list).unwrap().is_symlink());
    tree.setup("--remove");
    assert_eq!(tree.picture(), before);
}

/// `arguments` must fail and change nothing.
fn refused(tree: &Tree, arguments: &str, because: &str) {
    let before = tree.picture();
    let (said, exit) = tree.setup(arguments);
    assert!(exit == Exit::Failed && said.contains(because), "{said}");
    assert_eq!(tree.picture(), before);
}

#[test]
fn a_link_that_leads_nowhere_is_not_replaced() {
    let tree = Tree::with_browsers();
    tree.link("/home/anna/.ssh/config", "/media/stick/config");
    refused(&tree, "ssh", "leads to a file that does not exist");
    tree.link("/home/anna/.config/pkcs11/modules", "not-there");
    refused(&tree, "p11-kit", "leads to a file that does not exist");
}

/// A disk that is not mounted now: what is to be given back is not forgotten.
#[test]
fn a_file_behind_a_link_is_remembered_until_it_is_back() {
    let tree = Tree::new();
    tree.write("/media/stick/config", "Host a\n");
    tree.link("/home/anna/.ssh/config", tree.path("/media/stick/config").to_str().unwrap());
    let before = tree.picture();
    tree.setup("ssh");
    fs::rename(tree.path("/media/stick"), tree.path("/media/away")).unwrap();
    assert_eq!(tree.setup("--remove").1, Exit::Failed);
    fs::rename(tree.path("/media/away"), tree.path("/media/stick")).unwrap();
    assert_eq!(tree.setup("--remove").1, Exit::Success);
    assert_eq!(tree.picture(), before);
}

#[test]
fn a_file_with_two_names_is_left() {
    let tree = Tree::with_browsers();
    fs::hard_link(tree.path(PROFILE), tree.path("/home/anna/same.txt")).unwrap();
    refused(&tree, "firefox", "second name");
}

#[test]
fn what_is_no_file_is_not_opened() {
    let tree = Tree::new();
    fs::create_dir_all(tree.path("/home/anna/.ssh")).unwrap();
    let pipe = tree.path("/home/anna/.ssh/config");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    // A reader of a pipe waits for a writer.
    let (said, exit) = tree.setup("ssh");
    assert!(exit == Exit::Failed && said.contains("not an ordinary file"), "{said}");
}
