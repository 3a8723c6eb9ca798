//! What `cns setup` writes, and takes away.

use std::fs;

use cns_tool::host::ServiceStatus;
use cns_tool::{Exit, OperatingSystem};
use insta::assert_snapshot;
use virtual_cns::Personality;

use crate::computer::{FRESH_LIST, LIST, MINIDRIVER, atr, computer};
use crate::environment::Environment;
use crate::environment::windows::TestWindows;
use crate::patient::Patient;
use crate::schema::Schema;

fn setup(patient: &Patient, arguments: &str) -> (String, Exit) {
    let arguments: Vec<&str> = ["setup", "--user"].into_iter().chain(arguments.split_whitespace()).collect();
    let (said, exit) = patient.environment.output("en", &arguments);
    assert_eq!(patient.environment.pin_commands(), 0);
    (said, exit)
}

fn list(patient: &Patient) -> String {
    fs::read_to_string(patient.path(LIST)).unwrap()
}

/// Ours, then another product's.
fn with_a_foreign_key() -> (Patient, TestWindows) {
    let (patient, windows) = computer(&Personality::idemia_2021());
    windows.register("Bit4id CNS", &atr(&patient), "bit4id.dll");
    (patient, windows)
}

#[test]
fn there_and_back() {
    let (patient, windows) = computer(&Personality::idemia_2021());
    let (said, exit) = setup(&patient, "--dry-run");
    assert_eq!((exit, windows.0.borrow().writes), (Exit::Success, 0), "{said}");
    let (said, exit) = setup(&patient, "");
    assert_eq!(exit, Exit::Success, "{said}");
    assert!(windows.names().contains(&"CNS IDEMIA 2021".to_owned()));
    assert!(!windows.names().contains(&"~CNS ST 2022 NFC".to_owned()), "passports have that ATR too");
    assert_eq!(list(&patient), FRESH_LIST, "Firefox uses the card through Windows");
    let minidrivers: Vec<String> = windows.0.borrow().keys.iter().map(|key| key.minidriver.clone()).collect();
    assert!(minidrivers.iter().all(|path| path == MINIDRIVER), "{minidrivers:?}");
    let writes = windows.0.borrow().writes;
    let (again, _) = setup(&patient, "windows");
    assert!(again.contains("already set up"), "{again}");
    assert_eq!(windows.0.borrow().writes, writes);
    let (removed, exit) = setup(&patient, "--remove");
    assert_eq!((exit, windows.names()), (Exit::Success, Vec::new()), "{removed}");
    assert_snapshot!(format!("{said}\n{again}\n{removed}"));
}

#[test]
fn firefox_gets_the_module_when_it_is_asked_for() {
    let (patient, windows) = computer(&Personality::idemia_2021());
    let (said, exit) = setup(&patient, "firefox");
    assert_eq!(exit, Exit::Success, "{said}");
    assert!(list(&patient).contains("cns_pkcs11.dll"));
    assert_eq!(windows.0.borrow().writes, 0);
    let (said, exit) = setup(&patient, "firefox --remove");
    assert_eq!((exit, list(&patient).as_str()), (Exit::Success, FRESH_LIST), "{said}");
}

#[test]
fn another_products_card_stays_with_it() {
    let (patient, windows) = with_a_foreign_key();
    let (said, exit) = setup(&patient, "windows");
    assert_eq!(exit, Exit::Success);
    assert!(!windows.names().contains(&"CNS IDEMIA 2021".to_owned()), "{:?}", windows.names());
    assert!(windows.names().contains(&"CNS ST 2021".to_owned()), "other lots are free");
    let (taken, exit) = setup(&patient, "windows --take-over");
    assert_eq!(exit, Exit::Success);
    let first = windows.names().into_iter().min().unwrap();
    assert!(first.starts_with("!CNS 3B"), "{first}");
    assert_eq!(patient.finding("windows-uses-minidriver")["entry"], first.as_str());
    setup(&patient, "windows --remove");
    assert_eq!(windows.names(), ["Bit4id CNS"]);
    assert_snapshot!(format!("{said}\n{taken}"));
}

#[test]
fn another_products_key_may_have_a_name_of_ours() {
    let (patient, windows) = computer(&Personality::idemia_2021());
    windows.register("CNS IDEMIA 2021", &atr(&patient), "other.dll");
    let (said, exit) = setup(&patient, "windows");
    assert_eq!(exit, Exit::Success);
    assert!(said.contains("stays with the other driver (CNS IDEMIA 2021)"), "{said}");
}

#[test]
fn a_bare_atr_wants_to_be_asked_for() {
    let (patient, windows) = computer(&Personality::by_name("st2022-nfc").unwrap());
    assert_eq!(atr(&patient), [0x3B, 0x80, 0x80, 0x01, 0x01]);
    let (said, _) = setup(&patient, "windows");
    assert!(said.contains("like a passport"), "{said}");
    let (_, exit) = setup(&patient, "windows --take-over");
    assert_eq!(exit, Exit::Success);
    assert!(windows.names().contains(&"~CNS ST 2022 NFC".to_owned()));
}

/// Whatever was asked for: the card of another kind stays with its driver.
#[test]
fn only_a_cns_is_taken_over() {
    let (patient, windows) = computer(&Personality::by_name("cie3").unwrap());
    windows.register("CIE", &atr(&patient), "cie.dll");
    let (said, exit) = setup(&patient, "windows --take-over");
    assert_eq!((exit, windows.0.borrow().writes), (Exit::Failed, 0), "{said}");
    assert!(said.contains("no CNS is in the reader"), "{said}");
}

#[test]
fn a_user_without_the_rights() {
    let (patient, windows) = computer(&Personality::idemia_2021());
    windows.0.borrow_mut().is_closed = true;
    let (said, exit) = setup(&patient, "windows");
    assert_eq!((exit, windows.names()), (Exit::Failed, Vec::new()));
    assert!(said.contains("Run as administrator"), "{said}");
}

#[test]
fn the_minidriver_is_not_there() {
    let (patient, windows) = computer(&Personality::idemia_2021());
    patient.remove(MINIDRIVER);
    let (said, exit) = setup(&patient, "windows");
    assert_eq!((exit, windows.0.borrow().writes), (Exit::Failed, 0));
    assert!(said.contains("cnscm.dll"), "{said}");
    // Without it, Firefox needs the module.
    let (said, exit) = setup(&patient, "");
    assert_eq!(exit, Exit::Success, "{said}");
    assert!(list(&patient).contains("cns_pkcs11.dll"));
}

#[test]
fn on_another_system() {
    let mut patient = Patient::with(Environment::with(&Personality::idemia_2021()));
    patient.environment.system.operating_system = OperatingSystem::Linux;
    let (said, exit) = setup(&patient, "windows");
    assert_eq!(exit, Exit::Success);
    assert!(said.contains("not available on this system"), "{said}");
}

/// All that programs read of this has its line in the schema.
#[test]
fn programs_read_it() {
    let schema = Schema::closed();
    let (patient, windows) = with_a_foreign_key();
    let check = |arguments: &[&str]| schema.expect(&patient.environment.json("it", arguments).0);
    for arguments in [
        ["setup", "--user", "--json", "--dry-run"].as_slice(),
        &["doctor", "--json"],
        &["setup", "--user", "--json", "windows"],
        &["setup", "--user", "--json", "windows", "--take-over"],
        &["doctor", "--json"],
    ] {
        check(arguments);
    }
    windows.0.borrow_mut().keys.iter_mut().for_each(|key| key.key_storage_provider = None);
    windows.0.borrow_mut().services = vec![("CertPropSvc", ServiceStatus::Stopped)];
    check(&["doctor", "--json"]);
    windows.0.borrow_mut().keys.clear();
    check(&["doctor", "--json"]);
    windows.0.borrow_mut().is_closed = true;
    check(&["setup", "--user", "--json", "windows"]);
    check(&["setup", "--user", "--json", "--remove"]);
}
