//! Cards with several certificates, and renewed ones: every command works with the one that logs in (decision 0029).

mod environment;

use std::fs;

use cns_card::{CachedCard, OpenedCard};
use cns_tool::commands::doctor::{self, CardFinding, Examination, Finding};
use cns_tool::host::Host;
use cns_tool::{Exit, Verdict};
use environment::{Environment, Person, READER};
use serde_json::Value;
use virtual_cns::holders::{CertificateOptions, Purpose};
use virtual_cns::{Card, Personality};

const VALID: CertificateOptions = CertificateOptions::PLAIN;
const EXPIRED: CertificateOptions = CertificateOptions { years: (2019, 2025), ..VALID };
const SIGNATURE: CertificateOptions = CertificateOptions { purpose: Purpose::Signature, ..VALID };

/// What `cns cert export` writes; `None` where there is nothing to be written.
fn exported(environment: &Environment) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("card.der");
    let told = environment.run(
        "en",
        &["cert", "export", "--der", "-o", file.to_str().expect("UTF-8")],
        Person::silent(),
    );
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
            let environment = Environment::of(card);
            assert_eq!(exported(&environment), Some(expected), "{case}");
            assert_eq!(environment.pin_commands(), 0, "{case}");
        }
        let environment = Environment::built(Card::builder(&personality).certificate(SIGNATURE));
        assert_eq!((exported(&environment), environment.pin_commands()), (None, 0), "{name}");
    }
}

/// The tries of a PIN are one count, whichever certificate stands for the card: a right PIN is one command.
#[test]
fn a_pin_is_sent_once() {
    let personality = Personality::idemia_2021();
    let environment =
        Environment::built(Card::builder(&personality).certificate(EXPIRED).another_pair(VALID));
    let told = environment.run("en", &["pin", "verify"], Person::typing(&["12345"]));
    assert_eq!((told.exit, environment.pin_commands()), (Exit::Success, 1), "{}", told.transcript);
}

#[test]
fn a_renewed_certificate_is_shown_on_every_family() {
    for personality in
        Personality::all().iter().chain(Personality::further()).chain(Personality::other_lots())
    {
        for (length, with_new_key) in [(1600, false), (1885, true), (2000, true)] {
            let options = |length| CertificateOptions { length: Some(length), ..VALID };
            let environment = Environment::built(Card::builder(personality).certificate(options(1885)));
            assert_eq!(exported(&environment), Some(environment.card().certificate_der().to_vec()));
            environment.card().renew(&options(length), with_new_key);
            let renewed = environment.card().certificate_der().to_vec();
            assert_eq!(exported(&environment), Some(renewed), "{}, {length}", personality.name());
            assert_eq!(environment.pin_commands(), 0, "{}", personality.name());
        }
    }
}

fn run(environment: &Environment, language: &str, arguments: &[&str]) -> (String, Exit) {
    let told = environment.run(language, arguments, Person::silent());
    (told.transcript, told.exit)
}

/// What `cns doctor --json` finds of the certificates, by name.
fn findings(environment: &Environment) -> Vec<Value> {
    let (document, _) = environment.json("en", &["doctor", "--json"]);
    let rows = document["findings"].as_array().expect("a list");
    rows.iter().filter(|row| row["area"] == "certificate").cloned().collect()
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
        (
            EXPIRED,
            "per accedere ai servizi online, scaduto il",
            "for logging in, expired on",
            "login",
            "expired",
        ),
        (
            CertificateOptions { years: (2028, 2034), ..VALID },
            "per accedere ai servizi online, vale dal",
            "for logging in, valid from",
            "login",
            "not-yet-valid",
        ),
    ] {
        let environment = Environment::built(
            Card::builder(&Personality::idemia_2021()).certificate(VALID).another_pair(second),
        );
        for (language, words) in [("it", italian), ("en", english)] {
            let (status, exit) = run(&environment, language, &["status"]);
            assert!(status.contains(words) && exit == Exit::Success, "{status}");
            assert!(run(&environment, language, &["doctor"]).0.contains(words));
        }
        let (json, _) = environment.json("en", &["status", "--json"]);
        let other = &json["readers"][0]["card"]["other_certificates"][0];
        assert_eq!(
            (&other["purpose"], &other["state"]),
            (&Value::from(purpose), &Value::from(state)),
            "{json}"
        );
        let findings = findings(&environment);
        let other = findings.iter().find(|finding| finding["finding"] == "other-certificate").expect("named");
        assert_eq!(
            (&other["purpose"], &other["verdict"]),
            (&Value::from(purpose), &Value::from("not-applicable"))
        );
        assert_eq!(environment.pin_commands(), 0);
    }
}

#[test]
fn a_card_for_signatures_only_is_said_to_be_one() {
    let environment = Environment::built(Card::builder(&Personality::st2021()).certificate(SIGNATURE));
    for (language, words) in [
        ("it", "solo un certificato per la firma digitale"),
        ("en", "only a certificate for digital signatures"),
    ] {
        let (status, exit) = run(&environment, language, &["status"]);
        assert!(status.contains(words) && exit == Exit::UnusableCard, "{status}");
        let (doctor, exit) = run(&environment, language, &["doctor"]);
        assert!(doctor.contains(words) && exit == Exit::Failed, "{doctor}");
    }
    assert_eq!(names(&findings(&environment)), ["certificate-missing", "other-certificate"]);
}

/// A modulus that is even is no product of two primes. The other pair, whose key can be used, goes first.
#[test]
fn a_damaged_key_is_said_to_be_one() {
    let personality = Personality::st2021();
    let mut der = Card::new(&personality).certificate_der().to_vec();
    let modulus = der.windows(4).position(|part| part == [0x02, 0x82, 0x01, 0x01]).expect("a modulus") + 4;
    der[modulus + 256] &= 0xFE;
    let damaged = || Card::builder(&personality).file(&[0x1100, 0x1101], &der);
    assert!(names(&findings(&Environment::built(damaged()))).contains(&"key-unusable"));
    let environment = Environment::built(damaged().another_pair(EXPIRED));
    assert_eq!(exported(&environment).as_ref(), environment.card().further_certificates().first());
}

/// What is cached may be wrong in the middle, where no proof looks: forged, or read while it was renewed. The doctor reads
/// the card, and compares.
#[test]
fn doctor_compares_what_the_module_shows_with_the_card() {
    let environment = Environment::with(&Personality::st2021());
    let (host, transport) = (Host::of_process(environment.system.clone()), environment.transport());
    let is_old = |cached: Vec<CachedCard>| {
        let examination = Examination {
            host: &host,
            transport: &transport,
            windows: &cns_tool::host::ThisWindows,
            now: environment.today.into(),
            module: None,
            cached,
        };
        let findings = doctor::examine(&examination);
        let old = findings.iter().find(|finding| {
            matches!(finding, Finding::OfCard { finding: CardFinding::OldCertificateShown, .. })
        });
        old.is_some_and(|old| old.verdict() == Verdict::Problem)
    };
    assert!(!is_old(Vec::new()), "nothing is cached");
    let opened = cns_token::open_with_cache(&transport, READER, &[], environment.today).expect("a card");
    let OpenedCard::Cns(card, _) = opened else { panic!("a CNS") };
    let content = card.cached_card().expect("to be cached").to_bytes();
    let cached = |content: &[u8]| vec![CachedCard::from_bytes(content).expect("a cached card")];
    assert!(!is_old(cached(&content)), "the same");
    let mut forged = content.to_vec();
    forged[content.len() / 2] ^= 1;
    assert!(is_old(cached(&forged)));
    assert_eq!(environment.pin_commands(), 0);
}
