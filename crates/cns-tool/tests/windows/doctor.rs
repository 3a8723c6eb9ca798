//! What `cns doctor` finds.

use cns_tool::host::ServiceStatus;
use cns_tool::{Exit, OperatingSystem};
use insta::assert_snapshot;
use serde_json::json;
use virtual_cns::Personality;

use crate::computer::{LIST, MINIDRIVER, MODULE, atr, computer, set_up};
use crate::environment::windows::TestWindows;
use crate::patient::Patient;

const NONE: [&str; 0] = [];

fn with_another_product() -> Patient {
    let (patient, windows) = set_up(&Personality::idemia_2021());
    windows.register("Bit4id CNS", &atr(&patient), r"C:\Windows\System32\bit4id.dll");
    patient
}

fn without_provider() -> (Patient, TestWindows) {
    let (patient, windows) = set_up(&Personality::idemia_2021());
    for key in &mut windows.0.borrow_mut().keys {
        key.key_storage_provider = None;
    }
    (patient, windows)
}

fn with_service(service: &'static str, status: ServiceStatus) -> Patient {
    let (patient, windows) = set_up(&Personality::idemia_2021());
    windows.0.borrow_mut().services = vec![(service, status)];
    patient
}

/// As after a renewal: the store has another certificate.
fn with_another_certificate() -> (Patient, TestWindows) {
    let (patient, windows) = set_up(&Personality::idemia_2021());
    windows.0.borrow_mut().certificates = vec![vec![0x30, 0x03, 0x02, 0x01, 0x00]];
    (patient, windows)
}

/// What Windows has of a card is compared with what was read of it.
#[test]
fn the_card_is_read_once() {
    let commands = |system| {
        let (mut patient, _windows) = set_up(&Personality::idemia_2021());
        patient.environment.system.operating_system = system;
        patient.environment.card().clear_transcript();
        patient.environment.output("en", &["doctor"]);
        let card = patient.environment.card();
        card.transcript().len()
    };
    let elsewhere = commands(OperatingSystem::Linux);
    assert!(elsewhere > 0);
    assert_eq!(commands(OperatingSystem::Windows), elsewhere);
}

#[test]
fn screens() {
    assert_snapshot!(Patient::screens([
        ("all is well", set_up(&Personality::idemia_2021()).0),
        ("not registered", computer(&Personality::idemia_2021()).0),
        ("another product comes first", with_another_product()),
        ("a key without its provider", without_provider().0),
        ("a service is stopped", with_service("CertPropSvc", ServiceStatus::Stopped)),
        ("the certificate is not in the store", with_another_certificate().0),
    ]));
}

#[test]
fn all_is_well() {
    let (patient, _) = set_up(&Personality::idemia_2021());
    assert_eq!(patient.findings().1, Exit::Success);
    assert_eq!(patient.named("problem"), NONE);
    assert_eq!(patient.named("warning"), NONE);
    assert_eq!(patient.finding("windows-uses-minidriver")["entry"], "CNS IDEMIA 2021");
    assert_eq!(patient.finding("through-windows")["program"], "firefox");
}

#[test]
fn every_cns_is_of_our_driver_after_the_set_up() {
    for personality in Personality::every() {
        let (patient, _) = set_up(personality);
        let (findings, _) = patient.findings();
        let is = |name: &str| findings.iter().any(|finding| finding["finding"] == name);
        let bare = atr(&patient) == [0x3B, 0x80, 0x80, 0x01, 0x01];
        let expected = is("card-recognised") && !bare;
        assert_eq!(is("windows-uses-minidriver"), expected, "{}: {findings:#?}", personality.name());
        assert_eq!(is("windows-knows-no-driver"), is("card-recognised") && bare, "{}", personality.name());
    }
}

#[test]
fn not_registered() {
    let (patient, windows) = computer(&Personality::idemia_2021());
    assert_eq!(patient.named("problem"), ["windows-knows-no-driver"]);
    let action = &patient.finding("windows-knows-no-driver")["action"];
    assert_eq!(action["command"], json!(["cns", "setup", "windows"]));
    assert_eq!(windows.0.borrow().writes, 0, "the doctor writes nothing");
}

/// The module alone, as without the installer: Firefox is for the card then.
#[test]
fn without_the_minidriver() {
    let (patient, _) = computer(&Personality::idemia_2021());
    patient.remove(MINIDRIVER);
    assert_eq!(patient.named("problem"), ["not-registered"]);
    assert_eq!(patient.finding("windows-knows-no-driver")["verdict"], "not-applicable");
    assert_eq!(patient.finding("not-through-modules")["program"], "chrome");
}

#[test]
fn another_product_comes_first() {
    let patient = with_another_product();
    assert_eq!(patient.named("warning"), ["windows-uses-other-driver"]);
    let found = patient.finding("windows-uses-other-driver");
    assert_eq!(found["entry"], "Bit4id CNS");
    assert_eq!(found["action"], json!(null), "the person decides");
    // Windows goes by the names: a key behind ours changes nothing.
    let (patient, windows) = set_up(&Personality::idemia_2021());
    windows.register("Zebra", &atr(&patient), "zebra.dll");
    assert_eq!(patient.named("warning"), NONE);
}

#[test]
fn a_key_without_its_driver_or_its_provider() {
    let (patient, windows) = without_provider();
    assert_eq!(patient.named("problem"), ["windows-key-storage-provider-missing"]);
    for key in &mut windows.0.borrow_mut().keys {
        key.minidriver = r"C:\Old\cnscm.dll".to_owned();
    }
    assert_eq!(patient.named("problem"), ["windows-minidriver-missing"]);
    // The remedy that is offered mends both.
    patient.environment.output("en", &["setup", "--user", "windows"]);
    assert_eq!(patient.named("problem"), NONE);
}

#[test]
fn services() {
    let stopped = with_service("CertPropSvc", ServiceStatus::Stopped);
    assert_eq!(stopped.named("problem"), ["windows-service-stopped"]);
    let disabled = with_service("CertPropSvc", ServiceStatus::Disabled);
    assert_eq!(disabled.finding("windows-service-disabled")["service"], "CertPropSvc");
    let disabled = with_service("SCardSvr", ServiceStatus::Disabled);
    let action = &disabled.finding("windows-service-disabled")["action"];
    assert_eq!(action["command"], json!(["sc.exe", "config", "SCardSvr", "start=", "auto"]));
    // Windows starts it with the first reader.
    assert_eq!(with_service("SCardSvr", ServiceStatus::Stopped).named("problem"), NONE);
}

#[test]
fn the_certificate_is_not_in_the_store() {
    let (patient, windows) = with_another_certificate();
    assert_eq!(patient.named("problem"), ["certificate-not-in-windows"]);
    let whole = patient.environment.card().certificate_der().to_vec();
    windows.0.borrow_mut().certificates.push(whole);
    assert_eq!(patient.named("problem"), NONE);
}

#[test]
fn twice_in_firefox() {
    let (patient, _) = set_up(&Personality::idemia_2021());
    patient.write(LIST, &format!("library={MODULE}\nname=CNS\n\n"));
    assert_eq!(patient.named("warning"), ["registered-beside-windows"]);
    let action = &patient.finding("registered-beside-windows")["action"];
    assert_eq!(action["command"], json!(["cns", "setup", "firefox", "--remove"]));
}
