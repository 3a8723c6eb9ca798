//! Browsers, p11-kit, and software that gets in between.

use insta::assert_snapshot;

use crate::patient::{DATABASE, LIST, MODULE, Patient};

const NONE: [&str; 0] = [];

fn without_registrations() -> Patient {
    let patient = Patient::healthy();
    patient.write(LIST, "library=\nname=NSS Internal PKCS #11 Module\n\n");
    patient.write(DATABASE, "");
    patient.remove("/usr/share/p11-kit/modules/cns.module");
    patient
}

fn with_sandboxes() -> Patient {
    let patient = Patient::healthy();
    patient.write("/snap/firefox/current", "");
    patient.write("/home/anna/.local/share/flatpak/app/org.chromium.Chromium/current", "");
    patient
}

fn with_other_modules() -> Patient {
    let patient = Patient::healthy();
    patient.write("/usr/share/p11-kit/modules/opensc-pkcs11.module", "module: opensc-pkcs11.so\n");
    patient.write(
        LIST,
        &format!("library={MODULE}\nname=CNS\n\nlibrary=/usr/lib/bit4id/libbit4xpki.so\nname=x\n"),
    );
    patient.write("/opt/eset/x", "");
    patient
}

#[test]
fn screens() {
    assert_snapshot!(Patient::screens([
        ("nothing is set up", without_registrations()),
        ("browsers in sandboxes", with_sandboxes()),
        ("other modules, and programs in between", with_other_modules()),
    ]));
}

#[test]
fn nothing_is_set_up() {
    let patient = without_registrations();
    assert_eq!(patient.named("problem"), ["not-registered", "not-registered"]);
    assert_eq!(patient.named("warning"), ["not-registered"]);
}

#[test]
fn one_profile_of_two() {
    let patient = Patient::healthy();
    patient.write("/home/anna/.mozilla/firefox/profiles.ini", "Path=ab.default\nPath=cd.second\n");
    patient.write("/home/anna/.mozilla/firefox/cd.second/prefs.js", "");
    assert_eq!(patient.named("problem"), NONE);
    assert_eq!(patient.finding("not-registered")["path"], "~/.mozilla/firefox/cd.second/pkcs11.txt");
}

#[test]
fn a_path_of_an_earlier_installation() {
    let patient = Patient::healthy();
    patient.write(DATABASE, "library=/usr/local/lib/libcns_pkcs11.so\nname=CNS\n");
    let finding = patient.finding("registered-wrongly");
    assert_eq!(
        (&finding["program"], &finding["module"]),
        (&"chrome".into(), &"/usr/local/lib/libcns_pkcs11.so".into())
    );
}

#[test]
fn twice() {
    let patient = Patient::healthy();
    patient.write(DATABASE, &format!("library={MODULE}\nname=A\n\nlibrary={MODULE}\nname=B\n"));
    assert_eq!(patient.named("problem"), ["registered-twice"]);
}

#[test]
fn the_administrator_has_set_up_firefox() {
    let patient = Patient::healthy();
    patient.write(LIST, "");
    let policy = format!(r#"{{"policies": {{"SecurityDevices": {{"Add": {{"CNS": "{MODULE}"}}}}}}}}"#);
    patient.write("/etc/firefox/policies/policies.json", &policy);
    assert_eq!(patient.named("problem"), NONE);
    patient.write("/etc/firefox/policies/policies.json", "{");
    assert_eq!(patient.named("problem"), ["malformed"]);
}

/// A user's own list would not repair them.
#[test]
fn policies_that_lead_nowhere_are_the_administrators() {
    let patient = Patient::healthy();
    let policy = r#"{"policies": {"SecurityDevices": {"CNS": "/usr/lib64/libcns_pkcs11.so"}}}"#;
    patient.write("/etc/firefox/policies/policies.json", policy);
    let finding = patient.finding("registered-wrongly");
    assert_eq!(finding["remedy"], "sudo cns setup firefox");
    let words = ["sudo", "/usr/bin/cns", "setup", "firefox"];
    let as_root = rustix::process::geteuid().is_root();
    assert_eq!(finding["action"]["command"], serde_json::json!(words[usize::from(as_root)..]));
}

#[test]
fn no_browser_was_ever_started() {
    let patient = Patient::healthy();
    patient.remove("/home/anna");
    assert_eq!(patient.named("warning"), ["never-started", "never-started"]);
    patient.remove("/usr/bin/firefox");
    patient.remove("/usr/bin/chromium");
    assert_eq!(patient.named("warning"), NONE);
}

#[test]
fn browsers_in_sandboxes() {
    assert_eq!(with_sandboxes().named("warning"), ["sandboxed-browser", "sandboxed-browser"]);
}

#[test]
fn other_modules_and_programs_in_between() {
    assert_eq!(with_other_modules().named("warning"), ["other-module", "other-module", "interception"]);
}

#[test]
fn fedora() {
    let patient = Patient::healthy();
    patient.write(DATABASE, "library=p11-kit-proxy.so\nname=p11-kit-proxy\n");
    assert_eq!(patient.named("problem"), NONE);
    assert_eq!(patient.finding("through-p11-kit")["program"], "chrome");
}

/// It has an NSS of its own, which knows nothing of the system's policy.
#[test]
fn mozillas_firefox_on_fedora() {
    let patient = Patient::healthy();
    let policy = "/etc/crypto-policies/back-ends/nss.config";
    patient.write(policy, "library=p11-kit-proxy.so\nname=p11-kit-proxy\n");
    patient.write("/usr/lib64/libnss3.so", policy);
    patient.write(LIST, "");
    patient.write(DATABASE, "");
    assert_eq!(patient.named("problem"), NONE);
    patient.write("/opt/firefox/libnss3.so", "");
    let profile = LIST.trim_end_matches("pkcs11.txt");
    patient.write(&format!("{profile}compatibility.ini"), "[Compatibility]\nLastPlatformDir=/opt/firefox\n");
    assert_eq!(patient.finding("not-registered")["program"], "firefox");
    assert_eq!(patient.finding("through-p11-kit")["program"], "chrome");
    patient.write(LIST, &format!("library={MODULE}\nname=CNS\n\n"));
    assert_eq!(patient.named("problem"), NONE);
    // The distribution's has it from p11-kit already.
    patient.write(&format!("{profile}compatibility.ini"), "[Compatibility]\nLastPlatformDir=/usr/lib64\n");
    assert_eq!(patient.named("problem"), ["registered-twice"]);
    patient.remove("/usr/share/p11-kit/modules/cns.module");
    assert_eq!(patient.named("problem"), NONE);
    patient.write("/usr/share/p11-kit/modules/cns.module", &format!("module: {MODULE}\n"));
    patient.write(LIST, "");
    let policies =
        format!("{{\"policies\": {{\"SecurityDevices\": {{\"Add\": {{\"CNS\": \"{MODULE}\"}}}}}}}}");
    patient.write("/etc/firefox/policies/policies.json", &policies);
    assert_eq!(patient.named("problem"), ["registered-twice"]);
}

/// By the names that their makers gave them (OpenSC's list of Italian cards, the makers' packages).
#[test]
fn other_drivers_by_their_files_names() {
    for (file, name) in [
        ("/usr/local/lib/libstpkcs11.so", "Incard"),
        ("/usr/lib/libinp11.so", "Incard"),
        ("/opt/incard/libinp11.so.2.1", "Incard"),
        ("/usr/lib/libcybermw.so", "Cyberneid"),
        ("/usr/lib/pkcs11/libASEP11.so", "Athena"),
        ("/usr/lib/libSIECAP11.so", "Siemens"),
        // Windows' own, as InfoCamere's and Formez PA's programs list them.
        (r"C:\Windows\System32\inp11lib.dll", "Incard"),
        (r"C:\Windows\System32\SI_PKCS11.dll", "Siemens"),
        (r"C:\Windows\System32\SissP11.dll", "Siemens"),
        ("/usr/lib/libbit4xpki.so", "bit4id"),
        ("/usr/lib/libbit4opki.so", "bit4id"),
        ("/usr/lib/libbit4ipki.so", "bit4id"),
    ] {
        let patient = Patient::healthy();
        patient.write(LIST, &format!("library={MODULE}\nname=CNS\n\nlibrary={file}\nname=x\n"));
        let finding = patient.finding("other-module");
        assert_eq!((&finding["name"], &finding["path"]), (&name.into(), &file.into()));
    }
    let patient = Patient::healthy();
    patient.write(LIST, &format!("library={MODULE}\nname=CNS\n\nlibrary=/usr/lib/libmainp11.so\nname=x\n"));
    assert_eq!(patient.named("warning"), NONE);
}

/// A package was removed, and installed again elsewhere: homes still name the module where it was.
#[test]
fn entries_for_a_module_that_is_gone() {
    const GONE: &str = "/usr/lib64/libcns_pkcs11.so";
    for (file, text, program, remedy) in [
        (
            "/home/anna/.ssh/config",
            format!("Host a\nMatch all\n  PKCS11Provider {GONE}\n"),
            "ssh",
            "cns setup ssh",
        ),
        (
            "/home/anna/.config/cns/openssl.cnf",
            format!("MODULE_PATH = {GONE}\n"),
            "openssl",
            "cns setup openssl",
        ),
        ("/home/anna/.config/cns/java.cfg", format!("library = {GONE}\n"), "java", "cns setup java"),
        ("/etc/cns/java.cfg", format!("library = {GONE}\n"), "java", "sudo cns setup java"),
        (LIST, format!("library={GONE}\nname=CNS\n\n"), "firefox", "cns setup firefox"),
        (
            "/usr/lib/firefox-esr/distribution/policies.json",
            format!("{{\"policies\": {{\"SecurityDevices\": {{\"Add\": {{\"CNS\": \"{GONE}\"}}}}}}}}"),
            "firefox",
            "sudo cns setup firefox",
        ),
        (
            "/home/anna/.config/pkcs11/modules/cns.module",
            format!("module: {GONE}\n"),
            "p11-kit",
            "cns setup p11-kit",
        ),
    ] {
        let patient = Patient::healthy();
        if program == "p11-kit" {
            patient.remove("/usr/share/p11-kit/modules/cns.module");
        }
        patient.write("/usr/lib/firefox-esr/libxul.so", "");
        patient.write(file, &text);
        let finding = patient.finding("registered-wrongly");
        assert_eq!((&finding["program"], &finding["module"]), (&program.into(), &GONE.into()), "{file}");
        assert!(patient.words().contains(&format!("{remedy}\n")), "{}", patient.words());
        patient.write(file, &text.replace(GONE, MODULE));
        assert_eq!(patient.named("problem"), NONE, "{file}");
    }
}

/// sudo of openSUSE and RHEL does not look into that folder.
#[test]
fn a_command_that_sudo_may_not_find_is_told_with_its_path() {
    let mut patient = Patient::healthy();
    patient.environment.system.program = "/usr/local/bin/cns".into();
    patient.write("/etc/cns/java.cfg", "library = /usr/lib64/libcns_pkcs11.so\n");
    assert!(patient.words().contains(": sudo /usr/local/bin/cns setup java\n"), "{}", patient.words());
    let command = &patient.finding("registered-wrongly")["action"]["command"];
    let as_root = rustix::process::geteuid().is_root();
    let words = ["sudo", "/usr/local/bin/cns", "setup", "java"];
    assert_eq!(*command, serde_json::json!(words[usize::from(as_root)..]));
}

/// OpenSSL reads no further than a section for something that is not there.
#[test]
fn a_file_for_openssl_that_fits_no_more() {
    const FILE: &str = "/home/anna/.config/cns/openssl.cnf";
    let patient = Patient::healthy();
    patient.write(FILE, &format!("MODULE_PATH = {MODULE}\n"));
    let finding = patient.finding("unsupported");
    assert_eq!(finding["program"], "openssl");
    patient.write("/usr/lib64/ossl-modules/pkcs11.so", "");
    let finding = patient.finding("outdated");
    assert_eq!(finding["path"], "~/.config/cns/openssl.cnf");
    assert_eq!(finding["action"]["command"], serde_json::json!(["cns", "setup", "openssl"]));
    patient.write(FILE, &format!("pkcs11-module-path = {MODULE}\n"));
    assert_eq!(patient.named("warning"), NONE);
    patient.write("/usr/lib64/engines-3/pkcs11.so", "");
    assert_eq!(patient.finding("outdated")["program"], "openssl");
    patient.write(FILE, &format!("pkcs11-module-path = {MODULE}\nMODULE_PATH = {MODULE}\n"));
    assert_eq!(patient.named("warning"), NONE);
    // The system's own file includes a policy, and ours takes its place.
    let include = ".include = /etc/crypto-policies/back-ends/opensslcnf.config\n";
    patient.write("/etc/crypto-policies/back-ends/opensslcnf.config", "TLS.MinProtocol = TLSv1.2\n");
    patient.write("/etc/pki/tls/openssl.cnf", include);
    assert_eq!(patient.finding("outdated")["program"], "openssl");
    patient.write(FILE, &format!("pkcs11-module-path = {MODULE}\nMODULE_PATH = {MODULE}\n{include}"));
    assert_eq!(patient.named("warning"), NONE);
}
