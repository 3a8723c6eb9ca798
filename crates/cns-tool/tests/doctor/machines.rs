//! Service, readers, cards and certificates.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cns_tool::Exit;
use insta::assert_snapshot;
use virtual_cns::in_process::Readers;
use virtual_cns::{Card, Personality};

use crate::environment::Environment;
use crate::patient::Patient;

const NONE: [&str; 0] = [];

fn without_reader() -> Patient {
    let spare = Arc::clone(&Environment::with(&Personality::st2021()).card);
    Patient::with(Environment::over(Readers::new(&[]), spare))
}

fn without_service() -> Patient {
    let patient = Patient::healthy();
    patient.environment.readers.stop_service();
    patient
}

/// A driver of Linux has the reader.
fn with_a_reader_of_linux() -> Patient {
    let patient = without_reader();
    patient.plug_in("ACR122U PICC Interface", "072f:2200", "0b");
    patient.write("/proc/modules", "pn533_usb 20480 0 - Live 0x0\npn533 49152 1 pn533_usb, Live 0x0\n");
    patient
}

fn with_card(name: &str) -> Patient {
    Patient::with(Environment::named(name))
}

#[test]
fn screens() {
    assert_snapshot!(Patient::screens([
        ("all is well", Patient::healthy()),
        ("the service is stopped", without_service()),
        ("no reader", without_reader()),
        ("Linux keeps the reader", with_a_reader_of_linux()),
        ("the Romanian card", with_card("romanian")),
        ("a short key", with_card("cardos")),
    ]));
}

#[test]
fn all_is_well() {
    let patient = Patient::healthy();
    assert_eq!(patient.findings().1, Exit::Success);
    assert_eq!(patient.named("problem"), NONE);
    assert_eq!(patient.named("warning"), NONE);
}

#[test]
fn every_supported_card_is_recognised() {
    for personality in Personality::every() {
        let patient = Patient::with(Environment::with(personality));
        let (findings, _) = patient.findings();
        let recognised = findings.iter().find(|finding| finding["area"] == "card").unwrap();
        if recognised["finding"] == "card-recognised" {
            let contactless = personality.name().contains("nfc");
            assert_eq!(recognised["contactless"], contactless, "{}", personality.name());
        }
    }
}

#[test]
fn the_service_is_stopped() {
    let patient = without_service();
    assert_eq!(patient.findings().1, Exit::Failed);
    assert_eq!(patient.named("problem"), ["service-stopped"]);
}

#[test]
fn the_service_is_not_installed() {
    let patient = without_service();
    patient.remove("/usr/sbin/pcscd");
    assert_eq!(patient.named("problem"), ["service-not-installed"]);
}

#[test]
fn no_reader() {
    assert_eq!(without_reader().named("problem"), ["no-reader"]);
}

#[test]
fn a_keyboard_is_no_reader() {
    let patient = without_reader();
    patient.plug_in("Keyboard", "046d:c31c", "03");
    assert_eq!(patient.named("problem"), ["no-reader"]);
}

#[test]
fn linux_keeps_the_reader() {
    let patient = with_a_reader_of_linux();
    assert_eq!(patient.named("problem"), ["reader-held-by-kernel"]);
    assert_eq!(patient.finding("reader-held-by-kernel")["module"], "pn533_usb");
}

#[test]
fn a_reader_with_a_driver_of_its_own() {
    let patient = without_reader();
    patient.plug_in("ASEDrive IIIe", "0dc3:0802", "ff");
    assert_eq!(patient.finding("reader-needs-driver")["package"], "libasedrive-usb");
}

#[test]
fn the_usual_driver_is_missing() {
    let patient = without_reader();
    patient.plug_in("miniLector EVO", "25dd:3503", "0b");
    assert_eq!(patient.named("problem"), ["reader-not-seen"]);
}

#[test]
fn a_reader_that_works_is_not_missed() {
    let readers = Readers::new(&["ACS ACR122U PICC Interface 00 00"]);
    let patient = Patient::with(Environment::over(
        readers,
        Arc::clone(&Environment::with(&Personality::st2021()).card),
    ));
    patient.plug_in("ACR122U PICC Interface", "072f:2200", "0b");
    assert_eq!(patient.named("warning"), ["no-card"]);
    assert_eq!(patient.named("problem"), NONE);
}

#[test]
fn the_romanian_card() {
    assert_eq!(with_card("romanian").named("problem"), ["card-unsupported"]);
}

#[test]
fn not_activated() {
    let patient = with_card("ts-without-certificate");
    assert_eq!(patient.named("problem"), ["certificate-missing"]);
    assert!(patient.words().contains("cns guide activate"));
}

#[test]
fn the_end_of_the_certificate() {
    let mut patient = Patient::healthy();
    // The virtual certificates end on 1 January 2031.
    let end = SystemTime::UNIX_EPOCH + Duration::from_secs(1_924_992_000);
    patient.environment.today = end - Duration::from_secs(30 * 86_400 + 3600);
    assert_eq!(patient.named("warning"), ["certificate-ends-soon"]);
    assert_eq!(patient.finding("certificate-ends-soon")["days"], 30);
    patient.environment.today = end + Duration::from_secs(86_400);
    assert_eq!(patient.named("problem"), ["certificate-expired"]);
    patient.environment.today = SystemTime::UNIX_EPOCH;
    assert_eq!(patient.named("problem"), ["certificate-not-yet-valid"]);
}

#[test]
fn a_short_key() {
    let patient = with_card("cardos");
    assert_eq!(patient.named("warning"), ["key-short"]);
    patient.write("/etc/ssl/openssl.cnf", "[x]\n# CipherString = DEFAULT@SECLEVEL=0\n");
    assert_eq!(patient.named("warning"), ["key-short"]);
    patient.write("/etc/ssl/openssl.cnf", "[x]\nCipherString = DEFAULT@SECLEVEL=0\n");
    assert_eq!(patient.named("warning"), NONE);
}

#[test]
fn another_purpose() {
    let other = virtual_cns::holders::CertificateOptions {
        policy: false,
        ..virtual_cns::holders::CertificateOptions::PLAIN
    };
    let card = Card::builder(&Personality::idemia_2021()).certificate(other);
    let patient = Patient::with(Environment::built(card));
    assert_eq!(patient.named("warning"), ["certificate-of-other-policy"]);
}

#[test]
fn a_card_that_does_not_answer() {
    let patient = Patient::with(Environment::built(Card::builder(&Personality::idemia_2021()).atr(&[])));
    assert_eq!(patient.named("problem"), ["card-mute"]);
}
