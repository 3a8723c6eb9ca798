//! Windows and macOS have a smart card service of their own, and browsers that ask the system for certificates.

use cns_tool::{Exit, OperatingSystem};

use crate::environment::Environment;
use crate::patient::Patient;

const MODULE: &str = "/Program Files/CNS PKCS11/cns_pkcs11.dll";
const PROFILE: &str = "/home/anna/AppData/Roaming/Mozilla/Firefox/ab.default/pkcs11.txt";

fn on_windows(environment: Environment) -> Patient {
    let mut patient = Patient::with(environment);
    patient.environment.system.operating_system = OperatingSystem::Windows;
    for (name, folder) in [("USERPROFILE", "/home/anna"), ("ProgramFiles", "/Program Files")] {
        let folder = patient.path(folder).into_os_string();
        patient.environment.system.variables.insert(name.into(), folder);
    }
    patient.write(MODULE, "");
    patient.write("/Program Files/Mozilla Firefox/firefox.exe", "");
    patient.write("/home/anna/AppData/Roaming/Mozilla/Firefox/profiles.ini", "[Profile0]\nPath=ab.default\n");
    patient.write(PROFILE, &format!("library={MODULE}\nname=CNS\n\n"));
    patient
}

#[test]
fn windows_with_firefox_set_up_is_well() {
    let patient = on_windows(Environment::with(&virtual_cns::Personality::idemia_2021()));
    let (findings, exit) = patient.findings();
    assert_eq!(exit, Exit::Success, "{findings:#?}");
    assert_eq!(patient.finding("registered")["program"], "firefox");
    assert_eq!(patient.finding("not-through-modules")["program"], "chrome");
    assert_eq!(patient.finding("module-not-tried")["path"], MODULE);
    let names: Vec<&str> = findings.iter().filter_map(|finding| finding["finding"].as_str()).collect();
    assert!(names.contains(&"system-service-runs") && !names.contains(&"service-runs"), "{names:?}");
    assert!(findings.iter().all(|finding| finding["program"] != "p11-kit"), "there is no p11-kit on Windows");
    let words = patient.words();
    assert!(!words.contains("pcscd") && words.contains("usano i certificati del sistema"), "{words}");
}

#[test]
fn windows_is_searched_for_its_own_programs() {
    let patient = on_windows(Environment::with(&virtual_cns::Personality::idemia_2021()));
    patient.write("/Program Files/Kaspersky Lab/x", "");
    patient.write(PROFILE, "library=C:\\Windows\\System32\\bit4xpki.dll\nname=bit4id\n\n");
    assert_eq!(patient.finding("interception")["product"], "Kaspersky");
    assert_eq!(patient.finding("other-module")["name"], "bit4id");
    assert_eq!(patient.finding("not-registered")["program"], "firefox");
}
