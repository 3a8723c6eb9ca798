//! A computer with Windows, where an installer has put everything; a card in its reader.

use cns_tool::OperatingSystem;
use cns_tool::host::ServiceStatus;
use virtual_cns::Personality;

use crate::environment::Environment;
use crate::environment::windows::TestWindows;
use crate::patient::Patient;

pub const MODULE: &str = "/Program Files/CNS PKCS11/cns_pkcs11.dll";
pub const MINIDRIVER: &str = "/Program Files/CNS PKCS11/cnscm.dll";
pub const LIST: &str = "/home/anna/AppData/Roaming/Mozilla/Firefox/ab.default/pkcs11.txt";
/// What Firefox writes into a new profile, shortened.
pub const FRESH_LIST: &str = "library=\nname=NSS Internal PKCS #11 Module\nNSS=Flags=internal,critical\n\n";

/// Not set up yet: no key of the registry, and no certificate.
pub fn computer(personality: &Personality) -> (Patient, TestWindows) {
    let mut patient = Patient::with(Environment::with(personality));
    patient.environment.system.operating_system = OperatingSystem::Windows;
    for (name, folder) in [
        ("USERPROFILE", "/home/anna"),
        ("ProgramFiles", "/Program Files"),
        ("APPDATA", "/home/anna/AppData/Roaming"),
        ("LOCALAPPDATA", "/home/anna/AppData/Local"),
        ("ProgramData", "/ProgramData"),
    ] {
        let folder = patient.path(folder).into_os_string();
        patient.environment.system.variables.insert(name.into(), folder);
    }
    patient.write(MODULE, "");
    patient.write(MINIDRIVER, "");
    patient.write("/Program Files/Mozilla Firefox/firefox.exe", "");
    patient.write("/home/anna/AppData/Roaming/Mozilla/Firefox/profiles.ini", "[Profile0]\nPath=ab.default\n");
    patient.write(LIST, FRESH_LIST);
    let windows = TestWindows::default();
    windows.0.borrow_mut().services =
        vec![("SCardSvr", ServiceStatus::Running), ("CertPropSvc", ServiceStatus::Running)];
    patient.environment.windows = Box::new(windows.clone());
    (patient, windows)
}

/// The same after `cns setup`, and with the certificate where Windows copies it.
pub fn set_up(personality: &Personality) -> (Patient, TestWindows) {
    let (patient, windows) = computer(personality);
    patient.environment.output("en", &["setup", "--user", "windows"]);
    let certificate = patient.environment.card().certificate_der().to_vec();
    windows.0.borrow_mut().certificates.push(certificate);
    (patient, windows)
}

pub fn atr(patient: &Patient) -> Vec<u8> {
    patient.environment.card().atr().to_vec()
}
