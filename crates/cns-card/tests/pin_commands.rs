//! Transcripts of PIN commands: exactly one, or none, whatever the card answers.

use cns_card::{
    CardError, DataFile, PinFormatError, PinPolicy, Retries, RetryQuery, StatusWord, TransportError,
};
use testkit::script::*;

const VERIFY: u8 = 0x20;
const CHANGE: u8 = 0x24;
const RESET_RETRY_COUNTER: u8 = 0x2C;

#[test]
fn verify_on_the_classic_masks() {
    for atr in [CARDOS, ATHENA, OBERTHUR, UNKNOWN_LOT, IDEMIA] {
        let script = Script::new(atr);
        let (mut card, _) = opened(&script, 1885);
        script.expect("00A40000 02 3F00", "9000");
        script.expect("00200010 08 3132333435FFFFFF", "9000");
        assert_eq!(card.verify(&pin()), Ok(()));
        script.done();
    }
}

/// A card that finds SELECT too short without an Le gets one, from then on at once.
#[test]
fn an_mf_that_wants_an_le() {
    let script = Script::new(CARDOS);
    let (mut card, _) = opened(&script, 1885);
    script.expect("00A40000 02 3F00", "6700");
    for _ in 0..2 {
        script.expect("00A40000 02 3F00 00", "6F00 9000").expect("00200010 08 3132333435FFFFFF", "9000");
        assert_eq!(card.verify(&pin()), Ok(()));
    }
    script.done();
}

#[test]
fn verify_on_st_incard_masks() {
    for atr in [ST2021, OLD_INCARD] {
        let script = Script::new(atr);
        let (mut card, _) = opened(&script, 1885);
        script.expect("00A40000 02 3F00", "9000").expect("00200090 08 3837363534333231", "9000");
        assert_eq!(card.verify(&PinPolicy::CNS.pin(b"87654321").unwrap()), Ok(()));
        script.done();
    }
}

#[test]
fn change_and_unblock() {
    for (atr, p2) in [(ATHENA, "10"), (ST2021, "90"), (OLD_INCARD, "90"), (IDEMIA, "10")] {
        let script = Script::new(atr);
        let (mut card, _) = opened(&script, 1885);
        let new = PinPolicy::CNS.pin(b"111111").unwrap();
        script.expect("00A40000 02 3F00", "9000");
        script.expect(&format!("002400{p2} 10 3132333435FFFFFF 313131313131FFFF"), "9000");
        assert_eq!(card.change_pin(&pin(), &new), Ok(()));
        script.expect("00A40000 02 3F00", "9000");
        script.expect(&format!("002C00{p2} 10 3837363534333231 313131313131FFFF"), "9000");
        assert_eq!(card.unblock_pin(&puk(), &new), Ok(()));
        script.done();
        assert_eq!(script.transactions(), 3);
    }
}

/// What cannot be a PIN of the card is no command, after a login neither: the PIN stays verified.
#[test]
fn no_command_for_what_is_no_pin() {
    let script = Script::new(CARDOS);
    let (mut card, _) = opened(&script, 1885);
    script.expect("00A40000 02 3F00", "9000").expect("00200010 08 3132333435FFFFFF", "9000");
    assert_eq!(card.verify(&pin()), Ok(()));
    assert!(card.pin_command_was_sent());
    let short = PinPolicy { min_length: 4, ..PinPolicy::CNS }.pin(b"1234").unwrap();
    let wrong_length = Err(CardError::PinFormat(PinFormatError::Length { min: 5, max: 8 }));
    for attempt in 0..4 {
        let result = match attempt {
            0 => card.verify(&short),
            1 => card.change_pin(&pin(), &short),
            2 => card.change_pin(&short, &pin()),
            _ => card.unblock_pin(&puk(), &short),
        };
        assert_eq!(result, wrong_length, "{attempt}");
        assert!(card.is_verified() && !card.pin_command_was_sent(), "{attempt}");
    }
    script.done();
}

#[test]
fn the_meaning_of_refusals() {
    let wrong = |left| CardError::PinIncorrect { left };
    let status = |word| CardError::Status { command: "VERIFY", status: StatusWord(word) };
    let cases = [
        ("63C2", wrong(Retries::Left(2))),
        ("63C1", wrong(Retries::Left(1))),
        ("63C0", CardError::PinBlocked),
        ("6300", wrong(Retries::Unknown)),
        ("6983", CardError::PinBlocked),
        ("6984", CardError::PinNotActivated),
        ("6985", CardError::PinNotActivated),
        ("6982", status(0x6982)),
        ("6A88", status(0x6A88)),
        ("6700", status(0x6700)),
        ("6C08", status(0x6C08)),
        ("6108", status(0x6108)),
        ("6F00", status(0x6F00)),
        ("6E00", status(0x6E00)),
        ("0000", status(0x0000)),
        ("90", CardError::Malformed { command: "VERIFY" }),
        ("", CardError::Malformed { command: "VERIFY" }),
    ];
    for (answer, error) in cases {
        let script = Script::new(CARDOS);
        let (mut card, _) = opened(&script, 1885);
        script.expect("00A40000 02 3F00", "9000");
        script.expect("00200010 08 3132333435FFFFFF", answer);
        assert_eq!(card.verify(&pin()), Err(error), "{answer}");
        script.done();
        assert_eq!(script.count(VERIFY), 1);
    }
}

/// Every status word, and every way an exchange can fail: one VERIFY, one CHANGE, one RESET RETRY COUNTER at most.
#[test]
fn never_a_second_pin_command() {
    let new = PinPolicy::CNS.pin(b"111111").unwrap();
    let failures = [
        TransportError::Transmit,
        TransportError::CardReset,
        TransportError::CardRemoved,
        TransportError::Timeout,
        TransportError::ServiceUnavailable,
    ];
    for failure in failures {
        let script = Script::new(ST2021);
        let (mut card, _) = opened(&script, 1885);
        script.expect("00A40000 02 3F00", "9000").expect_failure("00200090 08 3132333435FFFFFF", failure);
        assert_eq!(card.verify(&pin()), Err(CardError::Transport(failure)));
        script.done();
        assert_eq!(script.count(VERIFY), 1);
    }
    for word in 0..=0xFFFFu16 {
        // The bodies of answers do not matter here, so one open card serves for a whole block of status words.
        if word & 0x00FF != 0 && !matches!(word >> 8, 0x61..=0x6F | 0x90) {
            continue;
        }
        let script = Script::new(ST2021);
        let (mut card, _) = opened(&script, 300);
        let answered =
            || _ = script.expect("00A40000 02 3F00", "9000").answer_any(Ok(word.to_be_bytes().into()));
        (0..3).for_each(|_| answered());
        let verified = card.verify(&pin());
        // After a reset the next PIN command would prove the card first; here there is none.
        let _ = card.change_pin(&pin(), &new);
        let _ = card.unblock_pin(&puk(), &new);
        script.done();
        assert_eq!(verified.is_ok(), matches!(word, 0x9000 | 0x9001));
        assert_eq!(script.count(VERIFY), 1, "{word:04X}");
        assert_eq!(script.count(CHANGE), 1, "{word:04X}");
        assert_eq!(script.count(RESET_RETRY_COUNTER), 1, "{word:04X}");
        assert_eq!(script.sent_so_far(), 6, "{word:04X}");
    }
}

/// A wrong PIN, or one whose answer is lost, ends what an earlier right one had begun (ISO/IEC 7816-4:2020, 11.6.1).
#[test]
fn after_a_pin_that_was_not_right_nothing_is_signed() {
    for answer in ["63C2", "6F00", ""] {
        let script = Script::new(ST2021);
        let (mut card, files) = logged_in(&script);
        script.expect("00A40000 02 3F00", "9000").expect("00200090 08 3132333435FFFFFF", answer);
        assert!(card.verify(&pin()).is_err());
        script.sent_so_far();
        let key = files.certificate.unwrap().key;
        assert_eq!(card.private_key_operation(key, &[1; 256]), Err(CardError::NotVerified), "{answer}");
        assert_eq!(script.sent_so_far(), 0);
    }
}

/// Who counts tries must know whether one may be gone: of the last operation, and only when the command was handed over.
#[test]
fn whether_a_try_was_sent_is_known() {
    const MF: &str = "00A40000 02 3F00";
    const PIN: &str = "00200010 08 3132333435FFFFFF";
    type Play = fn(&Script);
    let verifies: [(Play, bool); 6] = [
        (|script| _ = script.expect(MF, "6A82"), false),
        (|script| _ = script.expect_failure(MF, TransportError::Timeout), false),
        (|script| _ = script.begin_fails(TransportError::Busy), false),
        (|script| _ = script.expect(MF, "9000").expect(PIN, "63C2"), true),
        (|script| _ = script.expect(MF, "9000").expect_failure(PIN, TransportError::Timeout), true),
        (|script| _ = script.expect(MF, "9000").expect(PIN, "9000"), true),
    ];
    let script = Script::new(CARDOS);
    let (mut card, _) = opened(&script, 300);
    for (number, (play, sent)) in verifies.into_iter().enumerate() {
        play(&script);
        let _ = card.verify(&pin());
        assert_eq!(card.pin_command_was_sent(), sent, "{number}");
        script.done();
        script.expect("00A40800 04 11001102", "6A82");
        let _ = card.read_data(DataFile::PersonalData);
        assert!(!card.pin_command_was_sent(), "reading a file spends nothing");
    }
}

/// No MF, no PIN command, nor a question for the tries: the PIN would be looked for somewhere else. What was verified
/// before, the card has no reason to forget.
#[test]
fn nothing_is_verified_when_the_mf_cannot_be_selected() {
    for atr in [CARDOS, ATHENA, OBERTHUR, UNKNOWN_LOT, ST2021, OLD_INCARD, IDEMIA] {
        for status in ["6A82", "6F00", "6982", "6283", "90"] {
            let script = Script::new(atr);
            let (mut card, _) = logged_in(&script);
            script.sent_so_far();
            for _ in 0..3 {
                script.expect("00A40000 02 3F00", status);
            }
            assert!(card.verify(&pin()).is_err());
            assert!(card.change_pin(&pin(), &pin()).is_err());
            assert!(card.unblock_pin(&puk(), &pin()).is_err());
            script.done();
            assert!(card.is_verified(), "{atr} {status}");
            if card.can_query_retries() {
                script.expect("00A40000 02 3F00", status).expect("00A40000 02 3F00", status);
                assert!(
                    card.pin_retries().map(RetryQuery::retries).is_err()
                        && card.puk_retries().map(RetryQuery::retries).is_err()
                );
                script.done();
            }
            assert_eq!(script.count(VERIFY) + script.count(CHANGE) + script.count(RESET_RETRY_COUNTER), 0);
        }
    }
}

/// A signature that broke off in the middle of its chain: the card says so to the next command, whichever, and no login is
/// lost over it.
#[test]
fn a_chain_that_broke_off_is_over_with_the_next_select() {
    for (atr, p2) in [(CARDOS, "10"), (ST2021, "90"), (IDEMIA, "10")] {
        let script = Script::new(atr);
        let (mut card, _) = opened(&script, 300);
        script.expect("00A40000 02 3F00", "6883").expect("00A40000 02 3F00", "9000");
        script.expect(&format!("002000{p2} 08 3132333435FFFFFF"), "9000");
        assert_eq!(card.verify(&pin()), Ok(()));
        script.expect("00A40000 02 3F00", "6883").expect("00A40000 02 3F00", "6883");
        assert!(card.verify(&pin()).is_err());
        script.done();
        assert_eq!(script.count(VERIFY), 1);
    }
}

#[test]
fn what_is_no_pin_never_reaches_the_card() {
    let script = Script::new(CARDOS);
    let (mut card, _) = opened(&script, 1885);
    let short = PinPolicy { min_length: 4, max_length: 8, puk_length: 4 };
    let four = short.pin(b"1234").unwrap();
    let length = |min, max| Err(CardError::PinFormat(PinFormatError::Length { min, max }));
    assert_eq!(card.verify(&four), length(5, 8));
    assert_eq!(card.change_pin(&four, &pin()), length(5, 8));
    assert_eq!(card.change_pin(&pin(), &four), length(5, 8));
    assert_eq!(card.unblock_pin(&pin(), &pin()), length(8, 8));
    assert_eq!(card.unblock_pin(&puk(), &four), length(5, 8));
    assert_eq!(script.sent_so_far(), 0);
    assert_eq!(script.transactions(), 1);
}

#[test]
fn tries_are_asked_for_only_where_that_is_safe() {
    for atr in [CARDOS, ATHENA, OBERTHUR, ST2021, OLD_INCARD, UNKNOWN_LOT] {
        let script = Script::new(atr);
        let (mut card, _) = opened(&script, 1885);
        assert_eq!(card.pin_retries().map(RetryQuery::retries), Ok(Retries::Unknown));
        assert_eq!(card.puk_retries().map(RetryQuery::retries), Ok(Retries::Unknown));
        assert_eq!((script.sent_so_far(), script.transactions()), (0, 1));
    }
    let script = Script::new(IDEMIA);
    let (mut card, _) = opened(&script, 1885);
    let cases = [
        ("63C3", Retries::Left(3)),
        ("63C0", Retries::Blocked),
        ("6983", Retries::Blocked),
        ("9000", Retries::Unknown),
        ("6A88", Retries::Unknown),
    ];
    for (answer, tries) in cases {
        script.expect("00A40000 02 3F00", "9000").expect("00200010", answer);
        assert_eq!(card.pin_retries().map(RetryQuery::retries), Ok(tries));
        script.expect("00A40000 02 3F00", "9000").expect("00200011", answer);
        assert_eq!(card.puk_retries().map(RetryQuery::retries), Ok(tries));
    }
    script.done();
}
