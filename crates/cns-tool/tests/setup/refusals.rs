//! What has to stay as it is: files in use, files that are not understood, files of others.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use cns_tool::Exit;

use crate::tree::{MODULE, Tree};

/// `arguments` must fail and change nothing; what was said in both languages.
fn refused(tree: &Tree, arguments: &str) -> String {
    let before = tree.picture();
    assert_eq!(tree.setup(arguments).1, Exit::Failed);
    let said = tree.in_both_languages(&format!("setup --user {arguments}"));
    assert_eq!(tree.picture(), before, "{said}");
    said
}

#[test]
fn firefox_is_open() {
    let tree = Tree::with_browsers();
    tree.link("/home/anna/.mozilla/firefox/ab.default/lock", "127.0.1.1:+4711");
    tree.write("/proc/4711/stat", "");
    insta::assert_snapshot!(refused(&tree, "firefox"), @r"
    ✗ Firefox: ~/.mozilla/firefox/ab.default/pkcs11.txt lasciato com'è, perché Firefox è aperto. Chiudilo e riprova.

    ✗ Firefox: ~/.mozilla/firefox/ab.default/pkcs11.txt left as it is, because Firefox is open. Close it, then try again.
    ");
}

#[test]
fn firefox_was_open_when_it_crashed() {
    let tree = Tree::with_browsers();
    tree.link("/home/anna/.mozilla/firefox/ab.default/lock", "127.0.1.1:+4711");
    assert_eq!(tree.setup("firefox").1, Exit::Success);
}

#[test]
fn chromium_is_open() {
    let tree = Tree::with_browsers();
    tree.link("/home/anna/.config/chromium/SingletonLock", "casa-4712");
    tree.write("/proc/4712/stat", "");
    insta::assert_snapshot!(refused(&tree, "chrome"), @r"
    ✗ Chrome e Chromium: ~/.pki/nssdb/pkcs11.txt lasciato com'è, perché Chromium è aperto. Chiudilo e riprova.

    ✗ Chrome and Chromium: ~/.pki/nssdb/pkcs11.txt left as it is, because Chromium is open. Close it, then try again.
    ");
}

#[test]
fn chromium_is_open_on_another_machine() {
    let tree = Tree::with_browsers();
    tree.link("/home/anna/.config/google-chrome/SingletonLock", "ufficio-4712");
    assert!(refused(&tree, "chrome").contains("Google Chrome"));
}

#[test]
fn chromium_was_open_when_it_crashed() {
    let tree = Tree::with_browsers();
    tree.link("/home/anna/.config/chromium/SingletonLock", "casa-4712");
    assert_eq!(tree.setup("chrome").1, Exit::Success);
}

#[test]
fn an_open_browser_is_not_unregistered_either() {
    let tree = Tree::with_browsers();
    tree.setup("all");
    tree.link("/home/anna/.config/chromium/SingletonLock", "casa-4712");
    tree.write("/proc/4712/stat", "");
    assert!(refused(&tree, "chrome --remove").contains("Chromium"));
}

#[test]
fn a_list_that_is_no_text() {
    let tree = Tree::with_browsers();
    fs::write(tree.path("/home/anna/.pki/nssdb/pkcs11.txt"), b"library=\xFF\n").unwrap();
    insta::assert_snapshot!(refused(&tree, "chrome"), @r"
    ✗ Chrome e Chromium: ~/.pki/nssdb/pkcs11.txt lasciato com'è, perché contiene un errore: non è un file di testo (UTF-8). Correggilo e riprova.

    ✗ Chrome and Chromium: ~/.pki/nssdb/pkcs11.txt left as it is, because it has a mistake: it is not a text file (UTF-8). Correct it, then try again.
    ");
}

#[test]
fn another_provider_in_the_ssh_configuration() {
    let tree = Tree::new();
    tree.write("/home/anna/.ssh/config", "PKCS11Provider /opt/libother.so\n");
    insta::assert_snapshot!(refused(&tree, "ssh"), @r"
    ✗ OpenSSH: ~/.ssh/config lasciato com'è, perché indica un altro driver, /opt/libother.so. Prima togli quella riga.

    ✗ OpenSSH: ~/.ssh/config left as it is, because it names another driver, /opt/libother.so. Remove that line first.
    ");
}

#[test]
fn no_profile_yet() {
    let tree = Tree::new();
    insta::assert_snapshot!(refused(&tree, "firefox"), @r"
    – Firefox: nessun profilo trovato; apri Firefox una volta, chiudilo e riprova.

    – Firefox: no profile found; open Firefox once, close it and try again.
    ");
}

#[test]
fn no_module() {
    let tree = Tree::new();
    fs::remove_file(tree.path(MODULE)).unwrap();
    insta::assert_snapshot!(refused(&tree, "chrome --module /opt/libcns_pkcs11.so"), @r"
    Errore: /opt/libcns_pkcs11.so non esiste, o non è il driver libcns_pkcs11.so.

    Error: /opt/libcns_pkcs11.so does not exist, or is not the driver libcns_pkcs11.so.
    ");
}

#[test]
fn another_module() {
    let tree = Tree::new();
    tree.write("/usr/lib/libother.so", "");
    assert!(refused(&tree, "chrome --module /usr/lib/libother.so").contains("is not the driver"));
}

#[test]
fn a_ledger_that_is_none() {
    let tree = Tree::with_browsers();
    tree.write("/home/anna/.local/state/cns/setup/ledger.json", "{");
    insta::assert_snapshot!(refused(&tree, "chrome"), @r"
    Errore: Non riesco a leggere o scrivere l'elenco delle modifiche fatte da «cns setup»: ~/.local/state/cns/setup.
      Perché: Il contenuto del file non è quello previsto.

    Error: The list of the changes made by `cns setup` cannot be read or written: ~/.local/state/cns/setup.
      Why: The content is not as expected.
    ");
}

/// Root may write into any folder: such refusals can only be seen by other users.
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[test]
fn a_home_that_cannot_be_written() {
    if is_root() {
        eprintln!("skipped: a_home_that_cannot_be_written: root may write everywhere");
        return;
    }
    let tree = Tree::with_browsers();
    fs::set_permissions(tree.path("/home/anna"), Permissions::from_mode(0o500)).unwrap();
    let said = refused(&tree, "chrome");
    fs::set_permissions(tree.path("/home/anna"), Permissions::from_mode(0o700)).unwrap();
    assert!(said.contains("read-only"), "{said}");
}

#[test]
fn a_home_of_somebody_else() {
    if !is_root() {
        eprintln!("skipped: a_home_of_somebody_else: only root can give a folder away");
        return;
    }
    let tree = Tree::with_browsers();
    let anna = rustix::fs::Uid::from_raw(1000);
    rustix::fs::chown(tree.path("/home/anna"), Some(anna), None).unwrap();
    let said = refused(&tree, "chrome");
    assert!(said.contains("without sudo") && said.contains("senza sudo"), "{said}");
}
