//! Where Windows and macOS keep what `setup` writes. A prepared tree stands for their disks: what their own calls answer
//! is seen under wine (`cargo xtask foreign`), or on such a computer.

use cns_tool::{Exit, OperatingSystem};

use crate::tree::{FRESH_LIST, Tree};

#[test]
fn windows_there_and_back() {
    const PROFILE: &str = "/Users/anna/AppData/Roaming/Mozilla/Firefox/Profiles/ab.default/pkcs11.txt";
    let module = "/Program Files/CNS PKCS11/cns_pkcs11.dll";
    let tree = Tree::of(OperatingSystem::Windows, module, "/Users/anna/AppData/Roaming/Mozilla/Firefox");
    tree.write("/Program Files/OpenSSL-Win64/lib/engines-3/pkcs11.dll", "");
    let before = tree.picture();
    let (said, exit) = tree.setup("all ssh");
    assert_eq!(exit, Exit::Success, "{said}");
    assert_eq!(
        tree.read(PROFILE),
        format!("{FRESH_LIST}library={module}\nname=Carta Nazionale dei Servizi\n\n")
    );
    assert!(tree.read("/Users/anna/AppData/Roaming/cns/java.cfg").contains(&format!("library = {module}\n")));
    assert!(tree.read("/Users/anna/AppData/Roaming/cns/openssl.cnf").contains("MODULE_PATH"));
    assert!(tree.read("/Users/anna/.ssh/config").contains(&format!("PKCS11Provider \"{module}\"\n")));
    assert!(tree.exists("/Users/anna/AppData/Local/cns/setup/ledger.json"));
    assert!(said.contains("never a PKCS#11 driver. Install cns-pkcs11"), "{said}");
    assert!(said.contains("p11-kit: not available on this system"), "{said}");
    assert!(said.contains("setx OPENSSL_CONF"), "{said}");

    let (said, exit) = tree.setup("--remove");
    assert_eq!(exit, Exit::Success, "{said}");
    assert_eq!(tree.picture(), before);
}

#[test]
fn macos_there_and_back() {
    const FIREFOX: &str = "/Users/anna/Library/Application Support/Firefox";
    let module = "/usr/local/lib/libcns_pkcs11.dylib";
    let tree = Tree::of(OperatingSystem::MacOs, module, FIREFOX);
    let before = tree.picture();
    let (said, exit) = tree.setup("");
    assert_eq!(exit, Exit::Success, "{said}");
    let list = tree.read(&format!("{FIREFOX}/Profiles/ab.default/pkcs11.txt"));
    assert!(list.ends_with(&format!("library={module}\nname=Carta Nazionale dei Servizi\n\n")), "{list}");
    assert!(tree.exists("/Users/anna/Library/Application Support/cns/setup/ledger.json"));
    assert!(said.contains("the keychain, never a PKCS#11 driver"), "{said}");

    let (said, exit) = tree.setup("--remove");
    assert_eq!(exit, Exit::Success, "{said}");
    assert_eq!(tree.picture(), before);
}
