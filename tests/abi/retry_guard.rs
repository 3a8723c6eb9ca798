//! The last try is a person's decision: no client, however stubborn, can spend it without the card being taken out.

use cryptoki_sys::*;
use virtual_cns::faults::When;
use virtual_cns::in_process::{Disposition, Sharing};
use virtual_cns::{Card, Effect, Fault, Personality};

use crate::common::{READER, Stage, on_each_card};

const PIN: &[u8] = b"12345";

#[test]
fn a_browser_that_asks_for_ever_leaves_one_try() {
    on_each_card(|stage| {
        let session = stage.session();
        let tries = stage.card().pin_tries_left();
        let mut answers = vec![];
        for attempt in 0..20 {
            answers.push(session.login(format!("{attempt:05}").as_bytes()));
        }
        assert_eq!(stage.card().pin_tries_left(), 1, "{answers:?}");
        assert_eq!(pins_sent(stage), usize::from(tries) - 1);
        assert_eq!(answers[usize::from(tries)], Err(CKR_FUNCTION_FAILED), "neither incorrect nor locked");
        assert_eq!(session.login(PIN), Err(CKR_FUNCTION_FAILED), "not even with the right one");
        assert_eq!(session.set_pin(b"55555", b"66666"), Err(CKR_FUNCTION_FAILED));
        assert_eq!(stage.card().pin_tries_left(), 1);
    });
}

#[test]
fn taken_out_and_put_back_the_last_try_is_the_persons() {
    on_each_card(|stage| {
        let session = stage.session();
        while stage.card().pin_tries_left() > 1 {
            assert_eq!(session.login(b"00000"), Err(CKR_PIN_INCORRECT));
        }
        stage.readers.remove(READER);
        stage.readers.insert(READER, stage.card.clone());
        assert!(session.info().is_err());
        let session = stage.session();
        assert_eq!(session.login(PIN), Ok(()));
        assert!(stage.card().pin_tries_left() > 1);
    });
}

#[test]
fn a_card_that_gives_no_count_is_guarded_by_counting_here() {
    let stage = Stage::with(&Personality::cardos());
    let session = stage.session();
    assert_eq!(session.login(b"00000"), Err(CKR_PIN_INCORRECT));
    assert_eq!(session.login(b"11111"), Err(CKR_PIN_INCORRECT));
    assert_eq!(session.login(b"22222"), Err(CKR_FUNCTION_FAILED));
    assert_eq!(stage.card().pin_tries_left(), 1);
    let flags = stage.client.token_info(0).expect("a token").flags;
    let (last, locked) = (CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_LOCKED);
    assert_eq!(flags & (last | locked), last, "by our own count; only the card may say that it is locked");
}

/// VERIFY commands with a PIN; those without ask for the counter.
fn pins_sent(stage: &Stage) -> usize {
    let names = stage.card().transcript_names();
    names.iter().filter(|name| name.starts_with("VERIFY") && !name.contains("empty")).count()
}

/// What a command typed three times does, or one browser after the other: each begins with a fresh module.
#[test]
fn programs_that_come_one_after_the_other_share_the_guard() {
    on_each_card(|stage| {
        let mut answers = vec![];
        for _ in 0..6 {
            answers.push(stage.session().login(b"00000"));
            stage.client.finalize();
            stage.client.initialize();
        }
        assert_eq!(stage.card().pin_tries_left(), 1, "{answers:?}");
        assert_eq!(answers.last(), Some(&Err(CKR_FUNCTION_FAILED)));
        stage.readers.remove(READER);
        stage.readers.insert(READER, stage.card.clone());
        assert_eq!(stage.session().login(PIN), Ok(()));
        stage.client.finalize();
        stage.client.initialize();
        assert_eq!(stage.session().login(b"00000"), Err(CKR_PIN_INCORRECT), "a right one begins anew");
    });
}

#[test]
fn a_reset_by_another_program_does_not_lift_the_guard() {
    let stage = Stage::with(&Personality::st2021());
    let session = stage.session();
    while stage.card().pin_tries_left() > 1 {
        session.login(b"00000").expect_err("wrong");
    }
    stage.readers.reset(READER);
    assert_eq!(session.login(PIN), Err(CKR_FUNCTION_FAILED));
    assert_eq!(stage.card().pin_tries_left(), 1);
}

#[test]
fn the_puks_last_try_is_kept_too() {
    let stage = Stage::built(Card::builder(&Personality::st2021()).puk_tries(3));
    let session = stage.session();
    for _ in 0..5 {
        if session.login_as(CKU_SO, b"00000000").is_ok() {
            session.init_pin(b"24680").expect_err("wrong");
        }
    }
    assert_eq!(stage.card().puk_tries_left(), 1);
}

/// Two tries of the PUK are left and nobody has asked for them, since the PIN is not blocked. The answer to a wrong one is
/// lost: the other one is the person's.
#[test]
fn a_puk_whose_answer_is_lost_keeps_its_last_try_on_a_card_that_tells() {
    let stage = Stage::with(&Personality::idemia_2021());
    stage.card().set_puk_tries(2);
    stage.client.token_info(0).expect("a token");
    let session = stage.session();
    for _ in 0..4 {
        let lost = Fault::new(When::Instruction(0x2C), Effect::Answer(vec![])).after_execution();
        stage.card().faults().clear();
        stage.card().faults().plan(lost);
        if session.login_as(CKU_SO, b"00000000").is_ok() {
            session.init_pin(b"24680").expect_err("wrong");
        }
    }
    assert_eq!(stage.card().puk_tries_left(), 1);
}

/// The card counted a wrong PIN and its answer was lost: what is not known to be right counts as wrong.
#[test]
fn wrong_pins_whose_answers_are_lost_leave_one_try_too() {
    on_each_card(|stage| {
        let session = stage.session();
        for _ in 0..6 {
            let lost = Fault::new(When::Instruction(0x20), Effect::Answer(vec![])).after_execution();
            stage.card().faults().clear();
            stage.card().faults().plan(lost);
            assert!(session.login(b"00000").is_err());
        }
        stage.card().faults().clear();
        // A card that reports its counter is asked before each PIN, and that answer was lost too: no PIN was sent.
        let left = stage.card().pin_tries_left();
        let answer = session.login(PIN);
        let expected = if left == 1 { Err(CKR_FUNCTION_FAILED) } else { Ok(()) };
        assert!(left >= 1);
        assert_eq!(answer, expected, "the last one not before it was taken out");
        stage.readers.remove(READER);
        stage.readers.insert(READER, stage.card.clone());
        assert_eq!(stage.session().login(PIN), Ok(()));
    });
}

/// A login that failed before its PIN was sent, or on a card that keeps no such PIN, spent no try and counts for none.
#[test]
fn what_was_not_compared_counts_for_nothing() {
    let stage = Stage::with(&Personality::cardos());
    let session = stage.session();
    for (instruction, answer, code) in [
        (0xA4, [0x6F, 0x00], CKR_DEVICE_ERROR),
        (0x20, [0x69, 0x84], CKR_USER_PIN_NOT_INITIALIZED),
        // The PIN that was referenced is not found.
        (0x20, [0x6A, 0x88], CKR_DEVICE_ERROR),
    ] {
        for _ in 0..5 {
            let refused = Fault::new(When::Instruction(instruction), Effect::Answer(answer.to_vec()));
            stage.card().faults().clear();
            stage.card().faults().plan(refused);
            assert_eq!(session.login(PIN), Err(code));
        }
        assert_eq!(stage.card().verify_count(), 0, "none was carried out");
    }
    stage.card().faults().clear();
    assert_eq!(session.login(PIN), Ok(()));
}

/// A PIN that was unblocked begins with all its tries, for whoever comes after, too.
#[test]
fn an_unblocked_pin_is_guarded_from_the_start_again() {
    for another_process in [false, true] {
        let stage = Stage::with(&Personality::cardos());
        for wrong in [b"00000", b"11111"] {
            assert_eq!(stage.session().login(wrong), Err(CKR_PIN_INCORRECT));
        }
        assert_eq!(stage.session().login(PIN), Err(CKR_FUNCTION_FAILED), "the last one is kept");
        let session = stage.session();
        session.login_as(CKU_SO, b"12345678").expect("the officer");
        session.init_pin(b"24680").expect("unblocked");
        drop(session);
        if another_process {
            stage.another_process();
        }
        assert_eq!(stage.session().login(b"00000"), Err(CKR_PIN_INCORRECT));
        assert_eq!(stage.session().login(b"24680"), Ok(()));
        assert_eq!(stage.card().verify_count(), 4, "two wrong ones, one more, and the right one");
    }
}

/// The card took the PIN and its answer was lost: the client believes nobody is logged in, so nobody may be.
#[test]
fn a_login_whose_answer_is_lost_leaves_no_open_door() {
    on_each_card(|stage| {
        let session = stage.session();
        for answer in [vec![], vec![0x6F, 0x00]] {
            let lost = Fault::new(When::Instruction(0x20), Effect::Answer(answer)).after_execution();
            stage.card().faults().clear();
            stage.card().faults().plan(lost);
            assert!(session.login(PIN).is_err());
            let _ = session.find(&[]);
            let _ = stage.client.token_info(0);
            stage.client.finalize();
            stage.client.initialize();
            stage.client.token_info(0).expect("a token");
            assert!(!stage.card().is_pin_verified());
        }
    });
}

/// Nobody is logged in after a wrong PIN, so nobody need be thrown out: another program's work goes on.
#[test]
fn a_wrong_pin_resets_no_card() {
    let stage = Stage::with(&Personality::st2021());
    let session = stage.session();
    let rival = stage.readers.connect(READER, Sharing::Shared).expect("another program");
    assert_eq!(session.login(b"00000"), Err(CKR_PIN_INCORRECT));
    assert_eq!(rival.status(), Ok(()), "not reset");
    rival.disconnect(Disposition::Leave);
}

/// The note that a process is logged in is gone with a login that failed: nobody resets the card for its sake.
#[test]
fn a_failed_login_leaves_no_note_of_a_login() {
    let stage = Stage::with(&Personality::st2021());
    assert_eq!(stage.session().login(b"00000"), Err(CKR_PIN_INCORRECT));
    let rival = stage.readers.connect(READER, Sharing::Shared).expect("another program");
    stage.client.finalize();
    stage.client.initialize();
    stage.client.token_info(0).expect("a token");
    assert_eq!(rival.status(), Ok(()), "not reset");
    rival.disconnect(Disposition::Leave);
}

/// Another program, which knows nothing of our guard, spends a try after a wrong PIN of ours. What the card told since then
/// counts, not what we wrote down before.
#[test]
fn a_try_that_another_program_spent_is_not_forgotten() {
    const WRONG_VERIFY: [u8; 13] =
        [0x00, 0x20, 0x00, 0x10, 8, b'9', b'9', b'9', b'9', b'9', 0xFF, 0xFF, 0xFF];
    let stage = Stage::with(&Personality::idemia_2021());
    let session = stage.session();
    assert_eq!(session.login(b"00000"), Err(CKR_PIN_INCORRECT));
    let rival = stage.readers.connect(READER, Sharing::Shared).expect("another program");
    rival.begin().expect("a transaction");
    for command in [&[0x00, 0xA4, 0x00, 0x00, 0x02, 0x3F, 0x00][..], &WRONG_VERIFY] {
        rival.transmit(command).expect("an answer");
    }
    rival.end(Disposition::Leave).expect("its end");
    rival.disconnect(Disposition::Leave);
    assert_eq!(stage.card().pin_tries_left(), 1);
    // The card is asked for its counter once a second at most.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let flags = stage.client.token_info(0).expect("a token").flags;
    assert_ne!(flags & CKF_USER_PIN_FINAL_TRY, 0);
    assert_eq!(session.login(b"11111"), Err(CKR_FUNCTION_FAILED));
    assert_eq!(stage.card().pin_tries_left(), 1, "the last one is the person's");
}
