//! Cards with several certificates, and renewed ones: every command works with the one that logs in (decision 0029).

mod desk;

use std::fs;
use std::process::{Command, Stdio};

use cns_cache::Cache;
use cns_card::OpenedCard;
use cns_tool::Exit;
use desk::{Desk, Person, READER};
use serde_json::Value;
use virtual_cns::holders::{CertificateOptions, Purpose};
use virtual_cns::{Card, Personality};

const VALID: CertificateOptions = CertificateOptions::PLAIN;
const EXPIRED: CertificateOptions = CertificateOptions { years: (2019, 2025), ..VALID };
const SIGNATURE: CertificateOptions = CertificateOptions { purpose: Purpose::Signature, ..VALID };

/// What `cns cert export` writes; `None` where there is nothing to be written.
fn exported(desk: &Desk) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("card.der");
    let told =
        desk.run("en", &["cert", "export", "--der", "-o", file.to_str().expect("UTF-8")], Person::silent());
    (told.exit == Exit::Success).then(|| fs::read(&file).expect("the file"))
}

#[test]
fn the_one_of_today_that_logs_in_is_exported() {
    for name in ["idemia2021", "cosmo7", "oberthur", "st2021"] {
        let personality = Personality::by_name(name).expect("a personality");
        let newer = CertificateOptions { years: (2026, 2032), ..VALID };
        for (first, second, is_second) in [
            (EXPIRED, VALID, true),
            (SIGNATURE, VALID, true),
            (SIGNATURE, EXPIRED, true),
            (VALID, newer, true),
            (VALID, EXPIRED, false),
            (VALID, SIGNATURE, false),
        ] {
            let case = format!("{name}: {first:?}, {second:?}");
            let card = Card::builder(&personality).certificate(first).another_pair(second).build();
            let expected = match is_second {
                true => card.further_certificates()[0].clone(),
                false => card.certificate_der().to_vec(),
            };
            let desk = Desk::of(card);
            assert_eq!(exported(&desk), Some(expected), "{case}");
            assert_eq!(desk.pin_commands(), 0, "{case}");
        }
        let desk = Desk::built(Card::builder(&personality).certificate(SIGNATURE));
        assert_eq!((exported(&desk), desk.pin_commands()), (None, 0), "{name}");
    }
}

/// The tries of a PIN are one count, whichever certificate stands for the card: a right PIN is one command.
#[test]
fn a_pin_is_sent_once() {
    let personality = Personality::idemia_2021();
    let desk = Desk::built(Card::builder(&personality).certificate(EXPIRED).another_pair(VALID));
    let told = desk.run("en", &["pin", "verify"], Person::typing(&["12345"]));
    assert_eq!((told.exit, desk.pin_commands()), (Exit::Success, 1), "{}", told.transcript);
}

#[test]
fn a_renewed_certificate_is_shown_on_every_family() {
    for personality in
        Personality::all().iter().chain(Personality::further()).chain(Personality::other_lots())
    {
        for (length, with_new_key) in [(1600, false), (1885, true), (2000, true)] {
            let options = |length| CertificateOptions { length: Some(length), ..VALID };
            let desk = Desk::built(Card::builder(personality).certificate(options(1885)));
            assert_eq!(exported(&desk), Some(desk.card().certificate_der().to_vec()));
            desk.card().renew(&options(length), with_new_key);
            let renewed = desk.card().certificate_der().to_vec();
            assert_eq!(exported(&desk), Some(renewed), "{}, {length}", personality.name());
            assert_eq!(desk.pin_commands(), 0, "{}", personality.name());
        }
    }
}

fn run(desk: &Desk, language: &str, arguments: &[&str]) -> (String, Exit) {
    let told = desk.run(language, arguments, Person::silent());
    (told.transcript, told.exit)
}

/// What `cns doctor --json` finds of the certificates, by name.
fn findings(desk: &Desk) -> Vec<Value> {
    let (transcript, _) = run(desk, "en", &["doctor", "--json"]);
    let (from, to) =
        (transcript.find('[').expect("a list"), transcript.rfind("[1]").or(transcript.rfind("[0]")));
    let rows: Vec<Value> = serde_json::from_str(&transcript[from..to.expect("an exit")]).expect("JSON");
    rows.into_iter().filter(|row| row["area"] == "certificate").collect()
}

fn names(findings: &[Value]) -> Vec<&str> {
    findings.iter().filter_map(|finding| finding["finding"].as_str()).collect()
}

#[test]
fn status_and_doctor_name_the_others() {
    for (second, italian, english, purpose, state) in [
        (
            SIGNATURE,
            "per la firma digitale, valido fino al",
            "for digital signatures, valid until",
            "signature",
            "valid",
        ),
        (EXPIRED, "per gli accessi, scaduto il", "for logging in, ended on", "login", "expired"),
        (
            CertificateOptions { years: (2028, 2034), ..VALID },
            "per gli accessi, vale dal",
            "for logging in, valid from",
            "login",
            "not-yet-valid",
        ),
    ] {
        let desk =
            Desk::built(Card::builder(&Personality::idemia_2021()).certificate(VALID).another_pair(second));
        for (language, words) in [("it", italian), ("en", english)] {
            let (status, exit) = run(&desk, language, &["status"]);
            assert!(status.contains(words) && exit == Exit::Success, "{status}");
            assert!(run(&desk, language, &["doctor"]).0.contains(words));
        }
        let (json, _) = run(&desk, "en", &["status", "--json"]);
        let report: Value =
            serde_json::from_str(&json[json.find('[').expect("a list")..json.rfind("[0]").expect("an exit")])
                .expect("JSON");
        let other = &report[0]["other_certificates"][0];
        assert_eq!(
            (&other["purpose"], &other["state"]),
            (&Value::from(purpose), &Value::from(state)),
            "{json}"
        );
        let findings = findings(&desk);
        let other = findings.iter().find(|finding| finding["finding"] == "other-certificate").expect("named");
        assert_eq!(
            (&other["purpose"], &other["verdict"]),
            (&Value::from(purpose), &Value::from("not-applicable"))
        );
        assert_eq!(desk.pin_commands(), 0);
    }
}

#[test]
fn a_card_for_signatures_only_is_said_to_be_one() {
    let desk = Desk::built(Card::builder(&Personality::st2021()).certificate(SIGNATURE));
    for (language, words) in [
        ("it", "solo un certificato per la firma digitale"),
        ("en", "only a certificate for digital signatures"),
    ] {
        let (status, exit) = run(&desk, language, &["status"]);
        assert!(status.contains(words) && exit == Exit::UnusableCard, "{status}");
        let (doctor, exit) = run(&desk, language, &["doctor"]);
        assert!(doctor.contains(words) && exit == Exit::Failed, "{doctor}");
    }
    assert_eq!(names(&findings(&desk)), ["certificate-missing", "other-certificate"]);
}

/// A modulus that is even is no product of two primes. The other pair, whose key can be used, goes first.
#[test]
fn a_damaged_key_is_said_to_be_one() {
    let personality = Personality::st2021();
    let mut der = Card::new(&personality).certificate_der().to_vec();
    let modulus = der.windows(4).position(|part| part == [0x02, 0x82, 0x01, 0x01]).expect("a modulus") + 4;
    der[modulus + 256] &= 0xFE;
    let damaged = || Card::builder(&personality).file(&[0x1100, 0x1101], &der);
    assert!(names(&findings(&Desk::built(damaged()))).contains(&"key-unusable"));
    let desk = Desk::built(damaged().another_pair(EXPIRED));
    assert_eq!(exported(&desk).as_ref(), desk.card().further_certificates().first());
}

/// What is cached may be wrong in the middle, where no proof looks: forged, or read while it was renewed. The doctor reads
/// the card, and compares. In a process of its own, because of the environment.
#[test]
fn doctor_compares_what_the_module_shows_with_the_card() {
    const CHILD: &str = "CNS_TEST_WITH_A_CACHE";
    let Some(folder) = std::env::var_os(CHILD) else {
        let folder = tempfile::tempdir().expect("a folder");
        let status = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "doctor_compares_what_the_module_shows_with_the_card"])
            .env(CHILD, folder.path())
            .env("XDG_CACHE_HOME", folder.path())
            .env("CNS_PKCS11_CACHE", "on")
            .stdout(Stdio::null())
            .status();
        assert!(status.expect("a process").success());
        return;
    };
    let cache = Cache::at(std::path::Path::new(&folder).join("cns-pkcs11"));
    let desk = Desk::with(&Personality::st2021());
    assert!(!names(&findings(&desk)).contains(&"old-certificate-shown"), "nothing is cached");
    let opened = cns_token::open_with_cache(&desk.transport(), READER, &[], desk.today).expect("a card");
    let OpenedCard::Cns(card, _) = opened else { panic!("a CNS") };
    let mut content = card.cached_card().expect("to be cached").to_bytes();
    cache.store("card", "CNS MARIO ROSSI", &content).expect("stored");
    assert!(!names(&findings(&desk)).contains(&"old-certificate-shown"), "the same");
    let middle = content.len() / 2;
    content[middle] ^= 1;
    cache.store("card", "CNS MARIO ROSSI", &content).expect("stored");
    let found = findings(&desk);
    let old = found.iter().find(|finding| finding["finding"] == "old-certificate-shown").expect("found");
    assert_eq!(old["verdict"], "problem");
    assert!(old["remedy"].as_str().is_some_and(|remedy| remedy.contains("cns cache clear")));
    assert_eq!(desk.pin_commands(), 0);
}
