//! What a person or an administrator wrote stays, whatever is edited between two commands.

use std::fs;

use cns_tool::Exit;

use crate::tree::{FRESH_LIST, MODULE, Tree};

const PROFILE: &str = "/home/anna/.mozilla/firefox/ab.default/pkcs11.txt";
const OPENSSL: &str = "/home/anna/.config/cns/openssl.cnf";
const JAVA: &str = "/home/anna/.config/cns/java.cfg";
const P11_KIT: &str = "/home/anna/.config/pkcs11/modules/cns.module";
const SSH: &str = "/home/anna/.ssh/config";
const ELSEWHERE: &str = "/usr/local/lib/libcns_pkcs11.so";
const LEDGER: &str = "/home/anna/.local/state/cns";

fn stanza(path: &str, name: &str) -> String {
    format!("library={path}\nname={name}\n\n")
}

/// The file itself invites to take the # away.
#[test]
fn an_edited_configuration_is_changed_at_the_path_alone_and_stays() {
    for (program, file, edit) in [
        ("openssl", OPENSSL, ("# CipherString", "CipherString")),
        ("openssl", OPENSSL, ("init = 0", "init = 1")),
        ("java", JAVA, ("slotListIndex = 0", "slotListIndex = 1\nshowInfo = true")),
        ("java", JAVA, ("name = CNS\n", "name = CNS\n\n# mine\n")),
    ] {
        let tree = Tree::new();
        tree.setup(program);
        let edited = tree.read(file).replace(edit.0, edit.1);
        tree.write(file, &edited);
        assert_eq!(tree.setup(program).1, Exit::Success);
        assert_eq!(tree.read(file), edited, "set up again");
        tree.write(ELSEWHERE, "newer");
        assert_eq!(tree.setup(&format!("{program} --module {ELSEWHERE}")).1, Exit::Success);
        let moved = edited.replace(MODULE, ELSEWHERE);
        assert_eq!(tree.read(file), moved, "the path alone");
        for arguments in ["--remove", "--remove", &format!("{program} --remove")] {
            let (said, exit) = tree.setup(arguments);
            assert_eq!(exit, Exit::Success, "{said}");
            assert!(said.contains("has been edited since"), "{said}");
            assert_eq!(tree.read(file), moved, "{arguments}");
        }
        // Who does not need it any more removes it, and then nothing is left of it anywhere.
        fs::remove_file(tree.path(file)).unwrap();
        tree.setup("--remove");
        assert!(!tree.exists("/home/anna/.config") && !tree.exists(LEDGER));
    }
}

#[test]
fn an_edited_module_file_loses_our_lines_alone() {
    let tree = Tree::new();
    tree.setup("p11-kit");
    let edited = tree.read(P11_KIT).replace('\n', "\r\n") + "priority: 5\r\nenable-in: firefox";
    tree.write(P11_KIT, &edited);
    tree.setup("p11-kit");
    assert_eq!(tree.read(P11_KIT), edited);
    tree.setup("--remove");
    assert_eq!(tree.read(P11_KIT), "priority: 5\r\nenable-in: firefox");
    // And once more, now that there is a file without us.
    tree.setup("p11-kit");
    assert!(tree.read(P11_KIT).ends_with(&format!("firefox\r\nmodule: {MODULE}\r\n")));
    tree.setup("--remove");
    assert_eq!(tree.read(P11_KIT), "priority: 5\r\nenable-in: firefox");
}

#[test]
fn files_with_something_else_in_them_are_not_written_over() {
    for (program, file, text) in [
        ("openssl", OPENSSL, "# my own\nopenssl_conf = mine\n"),
        ("java", JAVA, "name = Other\nlibrary = /opt/libother.so\n"),
        ("p11-kit", P11_KIT, "module: /opt/libother.so\n"),
    ] {
        let tree = Tree::new();
        tree.write(file, text);
        let before = tree.picture();
        assert_eq!(tree.setup(program).1, Exit::Failed);
        assert_eq!(tree.picture(), before, "{program}");
        tree.setup("--remove");
        assert_eq!(tree.picture(), before, "{program} --remove");
    }
}

/// Registered by a person before `cns setup` came: at the path of the package, or at another that is there.
#[test]
fn what_a_person_registered_stays_until_it_is_named() {
    for (program, file, text, rest) in [
        ("firefox", PROFILE, format!("{FRESH_LIST}{}", stanza(MODULE, "Mine")), FRESH_LIST),
        ("firefox", PROFILE, format!("{FRESH_LIST}{}", stanza(ELSEWHERE, "Mine")), FRESH_LIST),
        ("p11-kit", P11_KIT, format!("module: {MODULE}\ncritical: yes\n"), "critical: yes\n"),
        ("ssh", SSH, format!("PKCS11Provider {MODULE}\nHost a\n"), "Host a\n"),
        ("ssh", SSH, format!("Host *\n  User b\n  pkcs11provider=\"{ELSEWHERE}\"\n"), "Host *\n  User b\n"),
    ] {
        let tree = Tree::with_browsers();
        tree.write(ELSEWHERE, "another copy");
        tree.write(file, &text);
        let before = tree.picture();
        let (said, exit) = tree.setup(program);
        assert_eq!((exit, tree.picture()), (Exit::Success, before.clone()), "{said}");
        let (said, exit) = tree.setup("--remove");
        assert_eq!((exit, tree.picture()), (Exit::Success, before), "{said}");
        assert!(said.contains(&format!("cns setup {program} --remove")), "{said}");
        assert_eq!(tree.setup(&format!("{program} --remove")).1, Exit::Success);
        assert_eq!(tree.read(file), rest);
    }
}

/// A path that leads nowhere is mended, and nothing but the path.
#[test]
fn an_entry_for_a_module_that_is_gone_is_mended_and_comes_back() {
    let missing = "/opt/old/libcns_pkcs11.so";
    for (program, file, text) in [
        (
            "firefox",
            PROFILE,
            format!("{FRESH_LIST}# mine\nlibrary={missing}\nname=Mine\nNSS=slotParams=(1={{}})\n\n"),
        ),
        ("p11-kit", P11_KIT, format!("# mine\r\nmodule :  {missing}\r\npriority: 3\r\n")),
        ("openssl", OPENSSL, format!("[a]\nMODULE_PATH={missing} # mine")),
        ("java", JAVA, format!("name = Mine\nlibrary = {missing}\n")),
        ("ssh", SSH, format!("Host *\n\tPKCS11Provider={missing}\n")),
    ] {
        let tree = Tree::with_browsers();
        tree.write(file, &text);
        let before = tree.picture();
        assert_eq!(tree.setup(program).1, Exit::Success);
        assert_eq!(tree.read(file), text.replace(missing, MODULE));
        assert_eq!(tree.setup("--remove").1, Exit::Success);
        assert_eq!(tree.picture(), before);
        // Edited meanwhile: the path goes back, the edit stays.
        tree.setup(program);
        tree.write(file, &format!("{}# later\n", tree.read(file).trim_end_matches('\n').to_owned() + "\n"));
        let edited = tree.read(file);
        tree.setup("--remove");
        assert_eq!(tree.read(file), edited.replace(MODULE, missing));
    }
}

/// A package was removed without `cns setup --remove`, and installed again elsewhere.
#[test]
fn everything_that_leads_nowhere_is_mended_at_once() {
    let tree = Tree::with_browsers();
    let before = tree.picture();
    tree.write(ELSEWHERE, "of an earlier package");
    tree.setup(&format!("all ssh --module {ELSEWHERE}"));
    fs::remove_dir_all(tree.path("/usr/local")).unwrap();
    let (said, exit) = tree.setup("");
    assert_eq!(exit, Exit::Success, "{said}");
    for file in [PROFILE, OPENSSL, JAVA, P11_KIT, SSH] {
        assert!(!tree.read(file).contains(ELSEWHERE) && tree.read(file).contains(MODULE), "{file}");
    }
    tree.setup("--remove");
    assert_eq!(tree.picture(), before);
}

#[test]
fn a_stanza_that_a_person_changed_is_that_persons() {
    for (from, to) in [
        ("name=Carta Nazionale dei Servizi\n", "name=La mia tessera\n"),
        ("name=Carta Nazionale dei Servizi\n", "name=Carta Nazionale dei Servizi\nNSS=trustOrder=50\n"),
    ] {
        let tree = Tree::with_browsers();
        tree.setup("firefox");
        let edited = tree.read(PROFILE).replace(from, to);
        tree.write(PROFILE, &edited);
        tree.setup("firefox");
        assert_eq!(tree.read(PROFILE), edited);
        let (said, _) = tree.setup("--remove");
        assert!(said.contains("has been edited since"), "{said}");
        assert_eq!(tree.read(PROFILE), edited);
        tree.setup("firefox --remove");
        assert_eq!(tree.read(PROFILE), FRESH_LIST);
        assert!(!tree.exists(LEDGER));
    }
}

/// The person's own entry came after ours: two would load the module twice.
#[test]
fn ours_goes_where_a_person_has_added_an_entry() {
    let tree = Tree::with_browsers();
    tree.setup("firefox");
    let both = tree.read(PROFILE) + &stanza(MODULE, "Mine");
    tree.write(PROFILE, &both);
    assert_eq!(tree.setup("firefox").1, Exit::Success);
    assert_eq!(tree.read(PROFILE), FRESH_LIST.to_owned() + &stanza(MODULE, "Mine"));
}

#[test]
fn two_entries_of_a_person_are_said_and_left() {
    let tree = Tree::with_browsers();
    let twice = format!("{FRESH_LIST}{}{}", stanza(MODULE, "a"), stanza("/x/libcns_pkcs11.so", "b"));
    tree.write(PROFILE, &twice);
    let (said, exit) = tree.setup("firefox");
    assert!(exit == Exit::Failed && said.contains("more than once"), "{said}");
    assert_eq!(tree.read(PROFILE), twice);
}

/// Files as editors leave them: given back to the byte, whether or not they were edited in between.
#[test]
fn every_kind_of_file_comes_back_to_the_byte() {
    for (program, file, text) in [
        ("firefox", PROFILE, "library=\r\nname=NSS\r\n\r\n"),
        ("firefox", PROFILE, "library=\nname=NSS"),
        ("firefox", PROFILE, ""),
        ("firefox", PROFILE, "\n\n"),
        ("firefox", PROFILE, "\u{feff}library=\nname=NSS\n"),
        ("ssh", SSH, "Host a\r\n  User b\r\n"),
        ("ssh", SSH, "Host a\n  User b"),
        ("ssh", SSH, ""),
        ("ssh", SSH, "# a comment, àèì\n\n\n"),
        ("p11-kit", P11_KIT, ""),
        ("openssl", OPENSSL, " \n"),
    ] {
        let tree = Tree::with_browsers();
        tree.write(file, text);
        let before = tree.picture();
        let (said, exit) = tree.setup(program);
        assert_eq!(exit, Exit::Success, "{said}");
        assert!(tree.read(file).contains(MODULE));
        let backup = fs::read_dir(tree.path("/home/anna/.local/state/cns/setup")).unwrap();
        let mut backup = backup.filter(|entry| entry.as_ref().unwrap().file_name().len() > 17);
        assert_eq!(fs::read_to_string(backup.next().unwrap().unwrap().path()).unwrap(), text, "the backup");
        tree.setup("--remove");
        assert_eq!(tree.picture(), before, "{text:?}");

        if program == "firefox" || program == "ssh" {
            tree.setup(program);
            tree.write(file, &format!("# mine\n\n{}", tree.read(file)));
            tree.setup("--remove");
            assert_eq!(tree.read(file), format!("# mine\n\n{text}"));
        }
    }
}

/// Version 0.1.0 noted the whole file's fingerprint alone.
#[test]
fn a_ledger_of_the_first_version_is_understood() {
    const BEFORE: &str = "/home/anna/.local/state/cns/setup/0123456789abcdef-config";
    let line = format!("PKCS11Provider {MODULE}\n");
    let comment =
        "# The CNS card, by `cns setup ssh`; `cns setup ssh --remove` takes these two lines away.\n";
    let theirs = "Host a\n  User b\n";
    let written = format!("{comment}{line}{theirs}");
    let digest = <sha2::Sha256 as sha2::Digest>::digest(&written);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    for (edited, rest) in
        [(written.clone(), theirs.to_owned()), (written + "# mine\n", format!("{theirs}# mine\n"))]
    {
        let tree = Tree::new();
        let entry = serde_json::json!({ "backup": "0123456789abcdef-config", "written": digest });
        let entries = serde_json::json!({ tree.path(SSH).to_str().unwrap(): entry });
        let book = serde_json::json!({ "folders": [], "entries": entries }).to_string();
        tree.write("/home/anna/.local/state/cns/setup/ledger.json", &book);
        tree.write(BEFORE, theirs);
        tree.write(SSH, &edited);
        let (said, exit) = tree.setup("--remove");
        assert_eq!(exit, Exit::Success, "{said}");
        assert_eq!(tree.read(SSH), rest);
        assert!(!tree.exists(BEFORE));
    }
}
