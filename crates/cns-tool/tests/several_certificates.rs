//! Cards with several certificates, and renewed ones: every command works with the one that logs in (decision 0029).

mod environment;

use std::fs;

use cns_tool::Exit;
use environment::{Environment, Person};
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
