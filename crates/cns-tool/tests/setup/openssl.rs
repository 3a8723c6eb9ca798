//! OpenSSL: what is installed decides what its file has.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Command, Stdio};

use cns_tool::Exit;

use crate::tree::{ENGINE, MODULE, PROVIDER, Tree};

const FILE: &str = "/home/anna/.config/cns/openssl.cnf";

/// As version 0.1.0 wrote it.
const WITH_ENGINE: &str = "\
# By `cns setup`; `cns setup --remove` takes it away.
openssl_conf = cns_main
[cns_main]
engines = cns_engines
ssl_conf = cns_tls
[cns_engines]
pkcs11 = cns_pkcs11
[cns_pkcs11]
engine_id = pkcs11
MODULE_PATH = /usr/lib/x86_64-linux-gnu/libcns_pkcs11.so
init = 0
[cns_tls]
system_default = cns_tls_defaults
[cns_tls_defaults]
# Cards with 1024-bit keys need this line without its #: OpenSSL refuses them by default.
# CipherString = DEFAULT@SECLEVEL=0
";

fn with_provider() -> String {
    let section = "[cns_providers]\ndefault = cns_default\npkcs11 = cns_provider\n[cns_default]\nactivate = 1\n\
                   [cns_provider]\npkcs11-module-path = /usr/lib/x86_64-linux-gnu/libcns_pkcs11.so\nactivate = 1\n";
    let engine = "[cns_engines]\npkcs11 = cns_pkcs11\n[cns_pkcs11]\nengine_id = pkcs11\n\
                  MODULE_PATH = /usr/lib/x86_64-linux-gnu/libcns_pkcs11.so\ninit = 0\n";
    WITH_ENGINE.replace("engines = cns_engines\n", "providers = cns_providers\n").replace(engine, section)
}

/// The provider before the engine: OpenSSL reads no further than the first section that fails.
fn with_both() -> String {
    let text = with_provider().replace("\nssl_conf", "\nengines = cns_engines\nssl_conf");
    let engine = WITH_ENGINE.find("[cns_engines]").unwrap()..WITH_ENGINE.find("[cns_tls]").unwrap();
    text.replace("[cns_tls]", &format!("{}[cns_tls]", &WITH_ENGINE[engine]))
}

fn without_engine() -> Tree {
    let tree = Tree::new();
    std::fs::remove_file(tree.path(ENGINE)).unwrap();
    tree
}

#[test]
fn what_is_installed_is_what_is_written() {
    let engine = Tree::new();
    let both = Tree::new();
    both.write(PROVIDER, "");
    for (folder, expected) in ["/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib"]
        .map(|at| (at, with_provider()))
    {
        let tree = without_engine();
        tree.write(&format!("{folder}/ossl-modules/pkcs11.so"), "");
        assert_eq!(tree.setup("openssl").1, Exit::Success);
        assert_eq!(tree.read(FILE), expected, "{folder}");
    }
    for (tree, expected) in [(engine, WITH_ENGINE.to_owned()), (both, with_both())] {
        let before = tree.picture();
        assert_eq!(tree.setup("openssl").1, Exit::Success);
        assert_eq!(tree.read(FILE), expected);
        let once = tree.picture();
        assert!(tree.setup("openssl").0.contains("already set up"));
        assert_eq!(tree.picture(), once);
        tree.setup("--remove");
        assert_eq!(tree.picture(), before);
    }
}

/// As on a computer with packages of two architectures: a library for the other processor is of no use to OpenSSL here.
#[test]
fn a_library_for_another_processor_does_not_count() {
    const MIPS: &str = "\x7fELF\x01\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x08\0\x01\0\0\0";
    let tree = Tree::new();
    tree.write("/usr/lib/mips-linux-gnu/ossl-modules/pkcs11.so", MIPS);
    assert_eq!(tree.setup("openssl").1, Exit::Success);
    assert_eq!(tree.read(FILE), WITH_ENGINE);
    std::fs::copy(std::env::current_exe().unwrap(), tree.path("/usr/lib/pkcs11.so")).unwrap();
    tree.write(PROVIDER, "");
    std::fs::rename(tree.path("/usr/lib/pkcs11.so"), tree.path(PROVIDER)).unwrap();
    tree.setup("openssl");
    assert_eq!(tree.read(FILE), with_both(), "one for this processor does");
}

#[test]
fn without_both_nothing_is_written_and_the_package_is_named() {
    let tree = without_engine();
    let before = tree.picture();
    for (arguments, exit) in [("openssl", Exit::Failed), ("", Exit::Success), ("all", Exit::Success)] {
        let (said, found) = tree.setup(arguments);
        assert_eq!(found, exit, "{said}");
        let line = said.lines().find(|line| line.contains("OpenSSL")).unwrap();
        assert!(line.starts_with('–') && line.contains("pkcs11-provider"), "{said}");
        assert!(!said.contains("OPENSSL_CONF"), "{said}");
        tree.setup("--remove");
        assert_eq!(tree.picture(), before);
    }
}

/// The file of a computer that changed its packages, there and back.
#[test]
fn a_file_follows_the_packages() {
    let tree = Tree::new();
    let before = tree.picture();
    tree.setup("openssl");
    tree.write(PROVIDER, "");
    let once = tree.picture();
    assert!(tree.setup("openssl --dry-run").0.contains("will be set up"));
    assert_eq!(tree.picture(), once);
    assert!(tree.setup("openssl").0.contains("✓ OpenSSL: set up"));
    assert_eq!(tree.read(FILE), with_both());
    std::fs::remove_file(tree.path(ENGINE)).unwrap();
    let said = tree.setup("openssl").0;
    assert_eq!(tree.read(FILE), with_provider());
    assert!(said.contains(&format!("export PKCS11_PROVIDER_MODULE={MODULE}")), "{said}");
    // Without either the file can still be taken away.
    std::fs::remove_dir_all(tree.path("/usr/lib/x86_64-linux-gnu/ossl-modules")).unwrap();
    assert_eq!(tree.setup("openssl").1, Exit::Failed);
    assert_eq!(tree.setup("openssl --remove").1, Exit::Success);
    tree.write(ENGINE, "OpenSSL's engine");
    assert_eq!(tree.picture(), before);
}

/// A person took the # away; that file cannot be exchanged for another.
#[test]
fn an_edited_file_is_not_said_to_be_complete() {
    let tree = Tree::new();
    tree.setup("openssl");
    let edited = WITH_ENGINE.replace("# CipherString", "CipherString");
    tree.write(FILE, &edited);
    assert!(tree.setup("openssl").0.contains("✓ OpenSSL: already set up"));
    tree.write(PROVIDER, "");
    let (said, _) = tree.setup("openssl");
    assert!(said.contains("! OpenSSL: ") && said.contains("no longer fits"), "{said}");
    assert_eq!(tree.read(FILE), edited);
}

/// It has a part for what is gone: `cns doctor` says so, and `cns setup` is not to say that all is well.
#[test]
fn an_edited_file_for_what_is_gone_is_not_said_to_be_set_up() {
    for (there, gone) in [(ENGINE, PROVIDER), (PROVIDER, ENGINE)] {
        let tree = Tree::new();
        tree.write(PROVIDER, "");
        tree.setup("openssl");
        let edited = with_both().replace("# CipherString", "CipherString");
        tree.write(FILE, &edited);
        assert!(tree.setup("openssl").0.contains("✓ OpenSSL: already set up"), "{there}");
        std::fs::remove_file(tree.path(gone)).unwrap();
        let (said, _) = tree.setup("openssl");
        assert!(said.contains("! OpenSSL: ") && said.contains("no longer fits"), "{there}: {said}");
        assert_eq!(tree.read(FILE), edited);
    }
}

/// Named, `--remove` takes out each of the three files also where the log is lost.
#[test]
fn all_three_files_are_known_without_the_log() {
    for text in [WITH_ENGINE.to_owned(), with_provider(), with_both()] {
        let tree = Tree::new();
        tree.write(FILE, &text);
        assert_eq!(tree.setup("openssl --remove").1, Exit::Success);
        assert!(!tree.exists(FILE), "{text}");
    }
}

/// As Fedora has it; the policy goes on with a section of the system's file (`alg_section`).
const POLICY: &str = "/etc/crypto-policies/back-ends/opensslcnf.config";
const FEDORAS_FILE: &str = "openssl_conf = openssl_init\n[openssl_init]\nssl_conf = ssl_module\n[ssl_module]\n\
                            system_default = crypto_policy\n[ crypto_policy ]\n\
                            .include = /etc/crypto-policies/back-ends/opensslcnf.config\n";
const FEDORAS_POLICY: &str = "CipherString = DEFAULT\nTLS.MinProtocol = TLSv1.3\n\n[openssl_init]\n\
                              alg_section = evp_properties\n\n[evp_properties]\ndefault_properties = ?fips=yes\n";

fn of_fedora(text: &str) -> String {
    text.replace("cns_main", "openssl_init").replace(
        "[cns_tls_defaults]\n",
        "[cns_tls_defaults]\n.include = /etc/crypto-policies/back-ends/opensslcnf.config\n[cns_tls_defaults]\n",
    )
}

/// Our file is read in the place of the system's.
#[test]
fn the_policy_of_the_system_stays_in_force() {
    for (provider, expected) in [(false, WITH_ENGINE.to_owned()), (true, with_both())] {
        let tree = Tree::new();
        if provider {
            tree.write(PROVIDER, "");
        }
        tree.setup("openssl");
        tree.write(POLICY, FEDORAS_POLICY);
        assert!(tree.setup("openssl").0.contains("already set up"), "the system's own file has no policy");
        assert_eq!(tree.read(FILE), expected);
        tree.write("/etc/pki/tls/openssl.cnf", FEDORAS_FILE);
        let (said, exit) = tree.setup("openssl");
        assert_eq!((exit, tree.read(FILE)), (Exit::Success, of_fedora(&expected)), "{said}");
        assert!(tree.setup("openssl").0.contains("already set up"));
        tree.setup("openssl --remove");
        assert!(!tree.exists("/home/anna/.config"));
        tree.write(FILE, &of_fedora(&expected));
        assert_eq!(tree.setup("openssl --remove").1, Exit::Success, "without the log");
        assert!(!tree.exists(FILE));
    }
}

/// By the OpenSSL of this computer: the policy refuses TLS 1.2, before and after the line for old cards is in force, and
/// also where the file is read at the end of one with an `openssl_conf` of its own, as `cns setup` advises.
#[test]
fn openssl_reads_the_policy() {
    let Ok(version) = Command::new("openssl").arg("version").output() else {
        eprintln!("skipped: openssl_reads_the_policy: there is no openssl");
        return;
    };
    assert!(version.status.success());
    let tree = Tree::new();
    tree.write(POLICY, FEDORAS_POLICY);
    tree.write("/etc/pki/tls/openssl.cnf", FEDORAS_FILE);
    tree.setup("openssl");
    // Without the engine, which this computer need not have, and with the paths of the tree.
    let real = |text: &str| text.replace(POLICY, tree.path(POLICY).to_str().unwrap());
    let ours = real(&tree.read(FILE)).replace("engines = cns_engines\n", "");
    tree.write("/ours.cnf", &ours);
    tree.write("/old-cards.cnf", &ours.replace("# CipherString", "CipherString"));
    let another =
        "openssl_conf = other\n[other]\nssl_conf = o\n[o]\nsystem_default = p\n[p]\nMaxProtocol = TLSv1.2\n";
    tree.write("/another.cnf", another);
    let include = format!("{another}[default]\n.include {}\n", tree.path("/ours.cnf").display());
    tree.write("/including.cnf", &include);
    for (file, takes) in
        [("/another.cnf", true), ("/ours.cnf", false), ("/old-cards.cnf", false), ("/including.cnf", false)]
    {
        assert_eq!(takes_tls_1_2(&tree, file), takes, "{file}");
    }
}

/// Whether a server of OpenSSL with this configuration takes TLS 1.2.
fn takes_tls_1_2(tree: &Tree, configuration: &str) -> bool {
    let path = |name: &str| tree.path(name).to_str().unwrap().to_owned();
    let openssl = |configuration: &str, arguments: &[&str]| {
        let mut command = Command::new("openssl");
        command.args(arguments).env("OPENSSL_CONF", configuration).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        command
    };
    let (key, certificate) = (path("/key.pem"), path("/certificate.pem"));
    let subject = ["-subj", "/CN=localhost", "-days", "2", "-nodes", "-newkey", "rsa:2048"];
    let made = [&["req", "-x509", "-keyout", &key, "-out", &certificate], &subject[..]].concat();
    tree.write("/request.cnf", "[req]\ndistinguished_name = dn\n[dn]\n");
    assert!(openssl(&path("/request.cnf"), &made).status().unwrap().success());
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let arguments = ["s_server", "-accept", &address, "-key", &key, "-cert", &certificate, "-www"];
    let mut server = openssl(&path(configuration), &arguments).spawn().unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("ACCEPT")), "{configuration}: the server did not start");
    let client = openssl("/dev/null", &["s_client", "-connect", &address, "-tls1_2"]).output().unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    String::from_utf8_lossy(&client.stdout).contains("New, TLSv1.2")
}
