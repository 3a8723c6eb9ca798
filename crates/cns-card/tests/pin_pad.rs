//! PINs that are typed on the reader's PIN pad: what the reader is told (PC/SC part 10, 2.5 and 2.6), once, and what
//! its answers mean.

use cns_card::{CardError, Pin, PinFormatError, PinPad, StatusWord, TransportError};
use testkit::script::*;

const VERIFY: u8 = 0x20;
const CHANGE: u8 = 0x24;

/// A CNS PIN has 5 to 8 digits, in a field of 8 bytes that are FF where no digit is (docs/cards/README.md, section 4).
const DIGITS: (usize, usize) = (5, 8);

fn verify_entry() -> Entry {
    ("0020001008FFFFFFFFFFFFFFFF".into(), 1, 8, DIGITS)
}

fn change_entry() -> Entry {
    (format!("0024001010{}", "FF".repeat(16)), 2, 8, DIGITS)
}

#[test]
fn the_reader_is_told_where_the_digits_go() {
    let script = Script::new(CARDOS);
    let (mut card, _) = opened(&script, 1885);
    let typed = Pin::on_pin_pad;
    script.expect("00A40000 02 3F00", "9000").expect_typing(verify_entry(), Ok(bytes("9000")));
    assert_eq!(card.verify(&typed()), Ok(()));
    script.expect("00A40000 02 3F00", "9000").expect_typing(change_entry(), Ok(bytes("9000")));
    assert_eq!(card.change_pin(&typed(), &typed()), Ok(()));
    script.done();
}

/// On ST Incard masks as well: no PIN is typed before the SELECT.
#[test]
fn what_is_typed_follows_the_select_of_the_pins_directory() {
    let verify: Entry = ("0020009008FFFFFFFFFFFFFFFF".into(), 1, 8, DIGITS);
    let change: Entry = (format!("0024009010{}", "FF".repeat(16)), 2, 8, DIGITS);
    let typed = Pin::on_pin_pad;
    for atr in [ST2021, OLD_INCARD] {
        let script = Script::new(atr);
        let (mut card, _) = opened(&script, 1885);
        script.expect("00A40000 02 3F00", "9000").expect_typing(verify.clone(), Ok(bytes("9000")));
        assert_eq!(card.verify(&typed()), Ok(()));
        script.expect("00A40000 02 3F00", "9000").expect_typing(change.clone(), Ok(bytes("9000")));
        assert_eq!(card.change_pin(&typed(), &typed()), Ok(()));
        script.expect("00A40000 02 3F00", "6A82");
        assert!(card.verify(&typed()).is_err() && !card.pin_command_was_sent());
        script.done();
    }
}

#[test]
fn what_the_reader_can_do_is_told() {
    for pin_pad in [PinPad::default(), PinPad { verify: true, modify: false }] {
        let (card, _) = opened(&Script::new(CARDOS).with_pin_pad(pin_pad), 300);
        assert_eq!(card.pin_pad(), pin_pad);
    }
}

/// 6400 to 6403 are the reader's own words: nobody typed, cancelled, the new PINs differ, too few or too many digits.
#[test]
fn the_reader_is_asked_once_whatever_it_answers() {
    let status = |word| CardError::Status { command: "VERIFY", status: StatusWord(word) };
    let not_entered = |word| CardError::NotEntered { status: StatusWord(word) };
    let answers = [
        (Ok("6400"), not_entered(0x6400)),
        (Ok("6401"), not_entered(0x6401)),
        (Ok("6402"), not_entered(0x6402)),
        (Ok("6403"), not_entered(0x6403)),
        (Ok("6404"), status(0x6404)),
        (Ok("6983"), CardError::PinBlocked),
        (Ok("6C08"), status(0x6C08)),
        (Ok("6108"), status(0x6108)),
        (Ok("90"), CardError::Malformed { command: "VERIFY" }),
        (Err(TransportError::NoPinPad), CardError::Transport(TransportError::NoPinPad)),
        (Err(TransportError::Timeout), CardError::Transport(TransportError::Timeout)),
    ];
    for (answer, error) in answers {
        let script = Script::new(CARDOS);
        let (mut card, _) = opened(&script, 1885);
        script.expect("00A40000 02 3F00", "9000").expect_typing(verify_entry(), answer.map(bytes));
        assert_eq!(card.verify(&Pin::on_pin_pad()), Err(error), "{answer:?}");
        assert!(card.pin_command_was_sent(), "the reader may have sent it");
        script.done();
        assert_eq!(script.count(VERIFY), 1);
    }
}

/// A command takes all its PINs from one place, and a PUK is never typed on a PIN pad, which takes it for a short PIN.
#[test]
fn what_a_pin_pad_cannot_take_reaches_neither_reader_nor_card() {
    let script = Script::new(CARDOS);
    let (mut card, _) = opened(&script, 1885);
    let typed = Pin::on_pin_pad;
    let two_places = Err(CardError::PinFormat(PinFormatError::TwoPlaces));
    assert_eq!(card.change_pin(&typed(), &pin()), two_places);
    assert_eq!(card.change_pin(&pin(), &typed()), two_places);
    assert_eq!(card.unblock_pin(&puk(), &typed()), two_places);
    let no_puk = card.unblock_pin(&typed(), &pin());
    assert_eq!(no_puk, Err(CardError::PinFormat(PinFormatError::Length { min: 8, max: 8 })));
    assert_eq!(script.sent_so_far(), 0);
}

/// And a PIN from the program never makes the reader ask for one.
#[test]
fn a_pin_that_is_here_is_not_typed_again() {
    let script = Script::new(CARDOS);
    let (mut card, _) = opened(&script, 1885);
    script.expect("00A40000 02 3F00", "9000").expect("00240010 10 3132333435FFFFFF 3132333435FFFFFF", "9000");
    assert_eq!(card.change_pin(&pin(), &pin()), Ok(()));
    script.done();
    assert_eq!(script.count(CHANGE), 1);
}
