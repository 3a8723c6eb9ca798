//! Every further family, over the whole module: list, log in, sign, wrong PIN, change, unblock; and every card that is
//! none of ours, which is named and never sent a PIN.

use cryptoki_sys::*;
use virtual_cns::faults::When;
use virtual_cns::{Card, DEFAULT_PIN, DEFAULT_PUK, Effect, Fault, Personality};

use crate::common::oracle::{Hash, pkcs1_is_good, pss_is_good};
use crate::common::{Stage, label_of, on_each_of};
use testkit::pkcs11::{mechanism, pss_mechanism};

const MESSAGE: &[u8] = b"GET /MyINPS HTTP/1.1";

/// Logs in as a person does: where the card's answer shows that the key is elsewhere, the PIN is asked for once more.
fn log_in_and_sign(stage: &Stage, mechanism: CK_MECHANISM, data: &[u8]) -> Vec<u8> {
    let session = stage.session();
    for _ in 0..2 {
        session.login(DEFAULT_PIN.as_bytes()).expect("login");
        match session.sign(mechanism, data) {
            Ok(signature) => return signature,
            Err(CKR_USER_NOT_LOGGED_IN) => {}
            Err(other) => panic!("{other:#x}: {:#?}", stage.commands()),
        }
    }
    panic!("asked twice and no signature: {:#?}", stage.commands());
}

#[test]
fn each_lists_its_holder_and_certificate_within_the_figure() {
    on_each_of(Personality::further(), |stage| {
        let session = stage.session();
        let found = session.object(CKO_CERTIFICATE);
        let value = session.attribute(found, CKA_VALUE).expect("a value");
        assert_eq!(value, stage.card().certificate_der());
        let commands = stage.commands();
        let limit = value.len().div_ceil(255) + 6 + 3;
        assert!(commands.len() <= limit, "{} of at most {limit}: {commands:#?}", commands.len());
        let info = stage.client.token_info(0).expect("a token");
        let (label, id) = (label_of(&stage.card()), stage.card.clone());
        assert_eq!(String::from_utf8_lossy(&info.label).trim_end(), label);
        assert_eq!(String::from_utf8_lossy(&info.serialNumber), id.lock().expect("not poisoned").card_id());
        assert_eq!(stage.card().transcript().iter().filter(|e| e.ins == 0x20 && e.lc > 0).count(), 0);
    });
}

#[test]
fn each_signs_with_both_paddings() {
    on_each_of(Personality::further(), |stage| {
        let signature = log_in_and_sign(stage, mechanism(CKM_SHA256_RSA_PKCS), MESSAGE);
        assert!(pkcs1_is_good(stage.card().certificate_der(), Hash::Sha256, MESSAGE, &signature));
    });
    on_each_of(Personality::further(), |stage| {
        let mut pss = CK_RSA_PKCS_PSS_PARAMS { hashAlg: CKM_SHA256, mgf: CKG_MGF1_SHA256, sLen: 32 };
        let digest = Hash::Sha256.digest(MESSAGE);
        let signature = log_in_and_sign(stage, pss_mechanism(CKM_RSA_PKCS_PSS, &mut pss), &digest);
        assert!(pss_is_good(stage.card().certificate_der(), Hash::Sha256, MESSAGE, &signature));
    });
}

#[test]
fn each_counts_a_wrong_pin_once_and_keeps_the_last_try() {
    on_each_of(Personality::further(), |stage| {
        let session = stage.session();
        let full = stage.card().pin_tries_left();
        assert_eq!(session.login(b"00000"), Err(CKR_PIN_INCORRECT));
        assert_eq!(stage.card().pin_tries_left(), full - 1);
        for _ in 0..10 {
            let _ = session.login(b"00000");
        }
        assert_eq!(stage.card().pin_tries_left(), 1);
    });
}

#[test]
fn each_changes_and_unblocks_its_pin() {
    on_each_of(Personality::further(), |stage| {
        let session = stage.session();
        assert_eq!(session.set_pin(DEFAULT_PIN.as_bytes(), b"8642097"), Ok(()));
        assert_eq!(session.login(b"8642097"), Ok(()));
        session.logout().expect("logged in");
        stage.card().set_pin_tries(0);
        assert_eq!(session.login(b"8642097"), Err(CKR_PIN_LOCKED));
        session.login_as(CKU_SO, DEFAULT_PUK.as_bytes()).expect("the PUK waits");
        assert_eq!(session.init_pin(b"24680"), Ok(()));
        session.logout().expect("logged in");
        assert_eq!(session.login(b"24680"), Ok(()));
    });
}

#[test]
fn a_card_that_is_none_of_ours_gets_three_commands_and_never_a_pin() {
    for personality in Personality::foreign() {
        let name = personality.name();
        let stage = Stage::with(personality);
        let info = stage.client.token_info(0);
        let commands = stage.commands();
        if name == "ts-without-certificate" {
            let info = info.expect("a token that says so");
            assert!(info.label.starts_with(b"CNS senza certificato"));
            assert_eq!(info.flags & CKF_LOGIN_REQUIRED, 0);
            continue;
        }
        assert_eq!(info.err(), Some(CKR_TOKEN_NOT_RECOGNIZED), "{name}");
        assert!(commands.len() <= 3, "{name}: {commands:?}");
        assert!(stage.client.is_present(0));
        assert_eq!(stage.client.try_open(0, CKF_SERIAL_SESSION).err(), Some(CKR_TOKEN_NOT_RECOGNIZED));
        // Browsers poll about once a second: the card is asked once per insertion.
        for _ in 0..20 {
            assert!(stage.client.is_present(0), "{name}");
            assert_eq!(stage.client.token_info(0).err(), Some(CKR_TOKEN_NOT_RECOGNIZED), "{name}");
        }
        assert_eq!(stage.commands().len(), commands.len(), "{name}: remembered");
        let pins = stage.card().transcript().iter().filter(|e| [0x20, 0x24, 0x2C].contains(&e.ins)).count();
        assert_eq!(pins, 0, "{name}");
    }
}

/// Lots that no row names: a mark in another place (FirmaQUI), an application behind an ATR that nobody has listed.
#[test]
fn lots_that_no_row_names_list_and_sign() {
    on_each_of(Personality::other_lots(), |stage| {
        let session = stage.session();
        let found = session.object(CKO_CERTIFICATE);
        let value = session.attribute(found, CKA_VALUE).expect("a value");
        assert_eq!(value, stage.card().certificate_der());
        let pins =
            || stage.card().transcript().iter().filter(|e| [0x20, 0x24, 0x2C].contains(&e.ins)).count();
        assert_eq!(pins(), 0);
        let signature = log_in_and_sign(stage, mechanism(CKM_SHA256_RSA_PKCS), MESSAGE);
        assert!(pkcs1_is_good(stage.card().certificate_der(), Hash::Sha256, MESSAGE, &signature));
        assert_eq!(pins(), 1);
    });
}

/// A CNS mark in another place and no certificate where anybody knows one to be: how its PIN is padded nobody knows.
#[test]
fn a_lot_without_a_known_layout_gets_no_pin() {
    let empty = Personality::by_name("ts-without-certificate").expect("a personality");
    let firmaqui = Personality::by_name("firmaqui").expect("a personality");
    let stage = Stage::with_card(Card::builder(&empty).atr(firmaqui.atr).build());
    let session = stage.session();
    assert_eq!(session.login(DEFAULT_PIN.as_bytes()), Err(CKR_USER_PIN_NOT_INITIALIZED));
    let pins = stage.card().transcript().iter().filter(|e| [0x20, 0x24, 0x2C].contains(&e.ins)).count();
    assert_eq!(pins, 0);
}

/// A wrong PIN on a card of another lot over NFC: one try, and no question for the counter before or after.
#[test]
fn a_wrong_pin_on_another_lot_is_one_try() {
    let stage = Stage::with(&Personality::by_name("idemia-nfc-other").expect("a personality"));
    let session = stage.session();
    assert_eq!(session.login(b"99999"), Err(CKR_PIN_INCORRECT));
    let _ = stage.client.token_info(0);
    assert_eq!(stage.card().transcript().iter().filter(|e| e.ins == 0x20).count(), 1);
    assert_eq!(stage.card().tries_left(0x10), Some(2));
}

/// SELECT in one form only, and a file whose end may not be passed, on every kind of layout: the listing is the same.
#[test]
fn cards_that_take_one_form_of_a_command_are_read_all_the_same() {
    use virtual_cns::personality::{EndOfFile, SelectLe};
    for name in ["cardos", "st2021", "idemia2021", "cosmo7", "ace2025", "st2022-nfc", "infocamere"] {
        let personality = Personality::by_name(name).expect("a personality");
        for status in [0x6700, 0x6A86, 0x6B00] {
            for le in [SelectLe::Wanted(status), SelectLe::Unwanted(status)] {
                let card = Card::builder(&personality).behaviour(|behaviour| {
                    behaviour.select_le = le;
                    behaviour.end_of_file =
                        EndOfFile::Refused(if status == 0x6A86 { 0x6B00 } else { status });
                });
                let stage = Stage::with_card(card.build());
                let session = stage.session();
                let found = session.object(CKO_CERTIFICATE);
                let value = session.attribute(found, CKA_VALUE).expect("a value");
                assert_eq!(value, stage.card().certificate_der(), "{name}, {le:?}");
                session.login(DEFAULT_PIN.as_bytes()).expect("login");
                assert_eq!(stage.card().transcript().iter().filter(|e| e.ins == 0x20 && e.lc > 0).count(), 1);
            }
        }
    }
}

/// Applets that vanish, maps that lie: every command answered with nonsense, in bounded numbers.
#[test]
fn hostile_cards_of_each_family_end_in_an_error() {
    for personality in Personality::further().iter().chain(Personality::foreign()) {
        for answer in
            [&[0x90, 0x00][..], &[0x6F, 0x00], &[0x6A, 0x82], &[0x61, 0x10], &[0xFF; 300], &[0x6C, 0x01]]
        {
            let stage = Stage::with_card(Card::new(personality));
            let nonsense = Fault::new(When::From(2), Effect::Answer(answer.to_vec())).without_end();
            stage.card().faults().plan(nonsense);
            let _ = stage.client.token_info(0);
            assert!(stage.commands().len() < 600, "{}: {}", personality.name(), stage.commands().len());
            assert_eq!(stage.card().transcript().iter().filter(|e| e.ins == 0x20 && e.lc > 0).count(), 0);
        }
    }
}

/// A change may end the login: the card refuses the new PIN, or an application is selected on the way. Then every function
/// says so.
#[test]
fn after_a_change_of_the_pin_all_functions_agree_on_the_login() {
    let one_truth = |stage: &Stage, is_refused: bool| {
        log_in_and_sign(stage, mechanism(CKM_SHA256_RSA_PKCS), MESSAGE);
        let session = stage.logged_in();
        let key = session.object(CKO_PRIVATE_KEY);
        if is_refused {
            let answer = Effect::Answer(vec![0x6A, 0x80]);
            stage.card().faults().plan(Fault::new(When::Instruction(0x24), answer));
        }
        assert_eq!(session.set_pin(DEFAULT_PIN.as_bytes(), b"8642097").is_err(), is_refused);
        let is_open = session.info().expect("alive").state == CKS_RW_USER_FUNCTIONS;
        let begun = session.sign_init(&mut mechanism(CKM_SHA256_RSA_PKCS), key);
        assert_eq!(begun.is_ok(), is_open, "{:#?}", stage.commands());
        assert_eq!(session.sign_once(MESSAGE).is_ok(), is_open, "{:#?}", stage.commands());
        assert_eq!(stage.card().is_pin_verified(), is_open);
        let login = session.login(b"8642097");
        assert_eq!(login == Err(CKR_USER_ALREADY_LOGGED_IN), is_open);
    };
    for is_refused in [false, true] {
        on_each_of(Personality::all(), |stage| one_truth(stage, is_refused));
        on_each_of(Personality::further(), |stage| one_truth(stage, is_refused));
    }
}
