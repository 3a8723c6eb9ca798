//! Cards with several certificates: which one logs in (decision 0029), at what price, and what a card that lies about them
//! can do.

use std::time::Duration;

use cryptoki_sys::*;
use virtual_cns::holders::{CertificateOptions, Purpose};
use virtual_cns::{Card, CardBuilder, DEFAULT_PIN, Personality};

use crate::caching::{shown, stage_with_cache};
use crate::common::oracle::{Hash, pkcs1_is_good};
use crate::common::{Stage, holders_time};
use testkit::pkcs11::mechanism;

const MESSAGE: &[u8] = b"GET /MyINPS HTTP/1.1";
const VALID: CertificateOptions = CertificateOptions::PLAIN;
const EXPIRED: CertificateOptions = CertificateOptions { years: (2019, 2025), ..VALID };
const NOT_YET: CertificateOptions = CertificateOptions { years: (2028, 2034), ..VALID };
const SIGNATURE: CertificateOptions = CertificateOptions { purpose: Purpose::Signature, ..VALID };
/// Neither client authentication nor a policy that is known.
const UNCLEAR: CertificateOptions =
    CertificateOptions { client_authentication: false, policy: false, ..VALID };

/// Cards on which another pair can be found: those with object maps, and those that may have the applet's files.
const FAMILIES: [&str; 11] = [
    "idemia2021",
    "cosmo91",
    "cosmo7",
    "idemia-nfc",
    "idemia-nfc-other",
    "cardos",
    "oberthur",
    "athena",
    "st2021",
    "st2022-nfc",
    "unknown",
];

/// Of a personality; `unknown`: of the classic layout, with an ATR that no row names.
fn builder(name: &str) -> CardBuilder {
    let personality = |name| Personality::by_name(name).expect("a personality");
    match name {
        "unknown" => Card::builder(&personality("cardos")).atr(personality("firmaqui").atr),
        name => Card::builder(&personality(name)),
    }
}

/// PIN commands that carry data.
fn pin_commands(stage: &Stage) -> usize {
    let is_one = |ins, lc: usize| [0x20, 0x24, 0x2C].contains(&ins) && lc > 0;
    stage.card().transcript().iter().filter(|exchange| is_one(exchange.ins, exchange.lc)).count()
}

fn other(stage: &Stage) -> Vec<u8> {
    stage.card().further_certificates()[0].clone()
}

/// The certificate is shown, and its own key signs after one VERIFY.
fn logs_in_with(stage: &Stage, der: &[u8], case: &str) {
    assert_eq!(shown(stage).2, der, "{case}");
    let before = pin_commands(stage);
    let session = stage.session();
    session.login(DEFAULT_PIN.as_bytes()).expect("login");
    let signature = session.sign(mechanism(CKM_SHA256_RSA_PKCS), MESSAGE);
    let signature = signature.unwrap_or_else(|rv| panic!("{case}: {rv:#x}"));
    assert!(pkcs1_is_good(der, Hash::Sha256, MESSAGE, &signature), "{case}");
    assert_eq!(pin_commands(stage), before + 1, "{case}");
}

#[test]
fn what_is_no_login_certificate_of_today_gives_way_to_one() {
    for name in FAMILIES {
        for first in [EXPIRED, NOT_YET, SIGNATURE, UNCLEAR] {
            let case = format!("{name}, first: {first:?}");
            let (stage, _) = stage_with_cache(builder(name).certificate(first).another_pair(VALID));
            logs_in_with(&stage, &other(&stage), &case);
            stage.another_process();
            let questions = |name: &&String| name.contains("AID") || name.starts_with("GET DATA");
            let commands = {
                let _ = shown(&stage);
                stage.commands()
            };
            let most = 3 + commands.iter().take_while(questions).count();
            assert!(commands.len() <= most, "{case}: {commands:#?}");
            logs_in_with(&stage, &other(&stage), &case);
        }
    }
}

/// The other way round nothing changes, and nothing is looked for where the first place settles it.
#[test]
fn a_login_certificate_of_today_stays() {
    for name in FAMILIES {
        let alone = Stage::built(builder(name).certificate(VALID));
        shown(&alone);
        let commands = alone.commands();
        drop(alone);
        for second in [EXPIRED, NOT_YET, SIGNATURE, UNCLEAR] {
            let case = format!("{name}, second: {second:?}");
            let stage = Stage::built(builder(name).certificate(VALID).another_pair(second));
            let der = stage.card().certificate_der().to_vec();
            shown(&stage);
            if name != "cosmo7" {
                assert_eq!(stage.commands(), commands, "{case}");
            }
            logs_in_with(&stage, &der, &case);
        }
    }
}

/// A map that was read anyway names both: the newest of two that are valid.
#[test]
fn of_two_valid_ones_that_a_map_names_the_newest_logs_in() {
    let (older, newer) = (CertificateOptions { years: (2021, 2027), ..VALID }, VALID);
    let stage = Stage::built(builder("cosmo7").certificate(older.clone()).another_pair(newer.clone()));
    logs_in_with(&stage, &other(&stage), "newer second");
    drop(stage);
    let stage = Stage::built(builder("cosmo7").certificate(newer).another_pair(older));
    let der = stage.card().certificate_der().to_vec();
    logs_in_with(&stage, &der, "newer first");
}

/// A lone certificate that is not of today is shown as ever; the search for others costs these commands, and with the one
/// for signatures only nothing is shown.
#[test]
fn a_lone_certificate_costs_a_bounded_search() {
    for (name, most) in
        [("cardos", 1), ("st2021", 1), ("oberthur", 2), ("idemia2021", 4), ("cosmo7", 6), ("unknown", 3)]
    {
        let alone = Stage::built(builder(name).certificate(VALID));
        shown(&alone);
        let usual = alone.commands().len();
        drop(alone);
        for lone in [EXPIRED, NOT_YET, UNCLEAR] {
            let stage = Stage::built(builder(name).certificate(lone));
            assert_eq!(shown(&stage).2, stage.card().certificate_der(), "{name}");
            let commands = stage.commands();
            assert!(commands.len() <= usual + most, "{name}: {usual} and {most}: {commands:#?}");
        }
    }
}

#[test]
fn a_signature_certificate_never_logs_in() {
    for name in FAMILIES {
        let (stage, directory) = stage_with_cache(builder(name).certificate(SIGNATURE));
        for _ in 0..2 {
            let info = stage.client.token_info(0).expect("a token that says so");
            assert!(info.label.starts_with(b"CNS senza certificato"), "{name}");
            assert_eq!(info.flags & CKF_LOGIN_REQUIRED, 0, "{name}");
            let session = stage.session();
            for class in [CKO_CERTIFICATE, CKO_PUBLIC_KEY, CKO_PRIVATE_KEY] {
                assert_eq!(session.find(&[(CKA_CLASS, &class.to_ne_bytes())]), Ok(vec![]), "{name}");
            }
            assert_eq!(stage.client.mechanisms(0), Ok(vec![]), "{name}");
            drop(session);
            stage.another_process();
        }
        assert_eq!(crate::caching::files(&directory).len(), 0, "{name}");
        assert_eq!((pin_commands(&stage), stage.card().signature_count()), (0, 0), "{name}");
    }
}

/// What was chosen and remembered has ended meanwhile, or another pair was put on the card after it had ended.
#[test]
fn a_remembered_certificate_that_has_ended_gives_way() {
    const YEAR: Duration = Duration::from_secs(366 * 86_400);
    for name in FAMILIES {
        let successor = CertificateOptions { years: (2031, 2037), ..VALID };
        let (stage, _) = stage_with_cache(builder(name).certificate(VALID).another_pair(successor));
        let first = shown(&stage).2;
        assert_eq!(first, stage.card().certificate_der(), "{name}");
        cns_pkcs11::testing::set_time(Some(holders_time() + 6 * YEAR));
        for _ in 0..2 {
            stage.another_process();
            assert_eq!(shown(&stage).2, other(&stage), "{name}");
        }
        logs_in_with(&stage, &other(&stage), name);
    }
}

/// Both have one serial number and one length, in either place and remembered: each is known by its end.
#[test]
fn two_certificates_of_one_serial_number() {
    let long = |options: CertificateOptions| CertificateOptions { length: Some(1885), ..options };
    for name in ["idemia2021", "cosmo7", "st2021"] {
        let (stage, _) = stage_with_cache(builder(name).certificate(long(EXPIRED)).another_pair(long(VALID)));
        let first = stage.card().certificate_der().to_vec();
        let second = other(&stage);
        assert_eq!(first[..20], second[..20], "header and serial number");
        for _ in 0..3 {
            assert_eq!(shown(&stage).2, second, "{name}");
            stage.another_process();
        }
        logs_in_with(&stage, &second, name);
    }
}

/// Maps that name 200 certificates, all there is of them being one, or each a place of its own.
#[test]
fn object_maps_that_name_two_hundred_certificates() {
    let slots = (0..200_u8).flat_map(|number| [0xFF, 0x20, number.wrapping_add(3), 0x07, 0x00]);
    let map: Vec<u8> = slots.collect();
    for name in ["idemia2021", "cosmo91", "cosmo7"] {
        for first in [VALID, EXPIRED, SIGNATURE] {
            let card = builder(name).certificate(first.clone());
            let stage = Stage::built(card.file(&[0x1400, 0x4000], &map).file(&[0x1400, 0x5000], &map));
            let _ = stage.client.token_info(0);
            let commands = stage.commands();
            assert!(commands.len() <= 40, "{name}: {commands:#?}");
            assert_eq!(pin_commands(&stage), 0);
            let is_shown = first.purpose == Purpose::Authentication;
            let found = stage.session().find(&[(CKA_CLASS, &CKO_CERTIFICATE.to_ne_bytes())]);
            assert_eq!(found.map(|found| found.len()), Ok(usize::from(is_shown)), "{name}");
        }
    }
}

/// Renewed between two READs, so that what was read is neither the old one nor the new: it gives no signature, is never
/// remembered as the card's, and the card is read anew.
#[test]
fn a_certificate_that_changes_between_two_reads() {
    let long = |years| CertificateOptions { length: Some(1885), years, ..VALID };
    for name in ["cardos", "st2021", "idemia2021"] {
        let (stage, _) = stage_with_cache(builder(name).certificate(long((2025, 2031))));
        let old = stage.card().certificate_der().to_vec();
        stage.card().renew(&long((2026, 2032)), true);
        let renewed = stage.card().certificate_der().to_vec();
        let beginning = old[..1000].to_vec();
        stage.card().faults().set_hook(Box::new(move |command, _| {
            let [0x00, 0xB0, high, low, ..] = *command else { return None };
            let part = beginning.get(usize::from(u16::from_be_bytes([high, low]))..)?;
            (!part.is_empty()).then(|| [&part[..part.len().min(255)], &[0x90, 0x00]].concat())
        }));
        let mixed = shown(&stage).2;
        assert!(mixed[..1000] == old[..1000] && mixed[1000..] == renewed[1000..], "{name}");
        stage.card().faults().clear();
        let session = stage.logged_in();
        assert!(session.sign(mechanism(CKM_SHA256_RSA_PKCS), MESSAGE).is_err(), "{name}");
        assert_eq!(pin_commands(&stage), 1, "{name}");
        drop(session);
        logs_in_with(&stage, &renewed, name);
        stage.another_process();
        assert_eq!(shown(&stage).2, renewed, "{name}");
    }
}

/// The way to the card breaks at each look into another place: the certificate that was read is shown all the same.
#[test]
fn a_search_that_breaks_off_leaves_the_first_certificate() {
    for (name, other_place) in [
        ("idemia2021", &[0x14, 0x00, 0x40, 0x00][..]),
        ("st2021", &[0x14, 0x00, 0x90, 0x01, 0x20, 0x02]),
        ("unknown", &[0x14, 0x00, 0x40, 0x00]),
    ] {
        let stage = Stage::built(builder(name).certificate(UNCLEAR));
        let der = stage.card().certificate_der().to_vec();
        stage.card().faults().set_hook(Box::new(move |command, _| {
            let is_struck =
                command[1] == 0xA4 && command.windows(other_place.len()).any(|w| w == other_place);
            is_struck.then(Vec::new)
        }));
        logs_in_with(&stage, &der, name);
    }
}

/// What was shown for want of a search is not cached as what was chosen: the next process searches again.
#[test]
fn a_search_that_broke_off_is_made_again_by_the_next_process() {
    for name in ["st2021", "cardos", "oberthur"] {
        let (stage, directory) = stage_with_cache(builder(name).certificate(UNCLEAR).another_pair(VALID));
        stage.card().faults().set_hook(Box::new(|command, _| {
            let is_struck = command[1] == 0xA4 && command.ends_with(&[0x14, 0x00, 0x90, 0x01, 0x20, 0x02]);
            is_struck.then(Vec::new)
        }));
        assert_eq!(shown(&stage).2, stage.card().certificate_der(), "{name}");
        assert_eq!(crate::caching::files(&directory).len(), 0, "{name}");
        stage.card().faults().clear();
        stage.another_process();
        logs_in_with(&stage, &other(&stage), name);
    }
}
/// A lot of which nothing is known, with a certificate for signatures only: no key that its PIN opens is known, so that a
/// PIN could only be spent.
#[test]
fn no_pin_goes_to_an_unknown_lot_with_a_signature_certificate_only() {
    let stage = Stage::built(builder("unknown").certificate(SIGNATURE));
    let session = stage.session();
    let wrong = session.login(b"00000");
    assert!(wrong.is_err());
    let _ = session.set_pin(b"00000", b"11111");
    assert_eq!((pin_commands(&stage), stage.card().pin_tries_left()), (0, 3), "{wrong:?}");
}
