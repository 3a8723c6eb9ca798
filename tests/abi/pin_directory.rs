//! Another program leaves the card in a DF that has a PIN and a PUK of its own, of the same numbers: none of their tries is
//! spent, whatever is asked of the module, and nothing that the card says of them is taken for the card's.

use cryptoki_sys::*;
use virtual_cns::in_process::{Disposition, Sharing};
use virtual_cns::{Card, DEFAULT_PIN, DEFAULT_PUK, Personality};

use crate::common::{READER, Stage};

const OTHER_VALUE: &str = "31415926";
const NEW: &[u8] = b"8642097";

/// Selects the DF as another program does: in whatever application has it.
fn move_away(stage: &Stage, directory: u16) {
    const APPLICATIONS: [&[u8]; 2] = [
        &[0xA0, 0x00, 0x00, 0x05, 0x30, 0x00, 0x0B, 0x10, 0x40, 0x01, 0x02, 0x1A],
        &[0xA0, 0x00, 0x00, 0x00, 0x95, 0x01, 0x00, 0x4D],
    ];
    let rival = stage.readers.connect(READER, Sharing::Shared).expect("a connection");
    rival.begin().expect("a transaction");
    for name in APPLICATIONS {
        let select = [&[0x00, 0xA4, 0x04, 0x00, name.len() as u8][..], name, &[0x00]].concat();
        let _ = rival.transmit(&select).expect("an answer");
    }
    let [high, low] = directory.to_be_bytes();
    let moved = [0x08, 0x09].map(|from| {
        let answer = rival.transmit(&[0x00, 0xA4, from, 0x00, 0x02, high, low, 0x00]).expect("an answer");
        answer.ends_with(&[0x90, 0x00])
    });
    assert!(moved.contains(&true), "the DF is there");
    rival.end(Disposition::Leave).expect("the card is left");
    rival.disconnect(Disposition::Leave);
}

#[test]
fn a_pin_of_the_same_number_in_another_df_is_never_asked_for() {
    for personality in Personality::all().iter().chain(Personality::further()) {
        let name = personality.name();
        let directory = if personality.family() == 'H' { 0x2FFF } else { 0x1100 };
        let card = Card::builder(personality).pin_of_directory(&[directory], OTHER_VALUE);
        let stage = Stage::built(card);
        let session = stage.session();
        let (pin, puk, full) =
            (DEFAULT_PIN.as_bytes(), DEFAULT_PUK.as_bytes(), stage.card().pin_tries_left());
        let others = stage.card().tries_left_in(&[directory]).expect("a PIN and a PUK of its own");
        stage.forget();

        move_away(&stage, directory);
        assert_eq!(session.login(b"99999"), Err(CKR_PIN_INCORRECT), "{name}");
        assert_eq!(stage.card().pin_tries_left(), full - 1, "{name}");
        move_away(&stage, directory);
        session.login(pin).unwrap_or_else(|code| panic!("{name}: {code:#x}"));
        assert_eq!(stage.card().pin_tries_left(), full, "{name}");
        move_away(&stage, directory);
        session.logout().expect("logged in");
        move_away(&stage, directory);
        stage.client.token_info(0).expect("a token");
        move_away(&stage, directory);
        assert_eq!(session.set_pin(pin, NEW), Ok(()), "{name}");
        move_away(&stage, directory);
        assert_eq!(session.set_pin(NEW, pin), Ok(()), "{name}");
        session.login_as(CKU_SO, puk).expect("the PUK waits");
        move_away(&stage, directory);
        assert_eq!(session.init_pin(NEW), Ok(()), "{name}");

        let commands = stage.card().transcript();
        let with_secret =
            commands.iter().filter(|sent| matches!(sent.ins, 0x20 | 0x24 | 0x2C) && sent.lc > 0);
        assert_eq!(with_secret.count(), 5, "{name}: each was sent once");
        assert_eq!(stage.card().tries_left_in(&[directory]), Some(others), "{name}");
        assert!(stage.card().has_pin(0x10, OTHER_VALUE), "{name}: nobody changed it");
    }
}

/// The counter that is shown is the card's own, on cards that tell it.
#[test]
fn the_counter_of_another_pin_is_not_shown() {
    let card = Card::builder(&Personality::idemia_2021()).pin_of_directory(&[0x1100], OTHER_VALUE);
    let stage = Stage::built(card);
    let _session = stage.session();
    let wrong = [0x00, 0x20, 0x00, 0x10, 0x08, 0x39, 0x39, 0x39, 0x39, 0x39, 0xFF, 0xFF, 0xFF];
    for _ in 0..2 {
        move_away(&stage, 0x1100);
        let rival = stage.readers.connect(READER, Sharing::Shared).expect("a connection");
        rival.begin().expect("a transaction");
        rival.transmit(&wrong).expect("an answer");
        rival.end(Disposition::Leave).expect("the card is left");
        rival.disconnect(Disposition::Leave);
    }
    assert_eq!(stage.card().tries_left_in(&[0x1100]).map(|(pin, _)| pin), Some(1));
    let flags = stage.client.token_info(0).expect("a token").flags;
    let low = CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED;
    assert_eq!((flags & low, stage.card().pin_tries_left()), (0, 3));
}
