//! Transcripts of the data files, read on demand.

use cns_card::{CardError, DataFile, StatusWord};
use testkit::script::*;

#[test]
fn data_files_are_read_whole_and_on_demand() {
    let script = Script::new(CARDOS);
    let (mut card, _) = logged_in(&script);
    let data = personal_data(200);
    script.expect("00A40800 04 10001003", "9000");
    script.expect_bytes(&bytes("00B0000010"), &ok(CARD_ID));
    assert_eq!(card.read_data(DataFile::CardId).unwrap(), CARD_ID);
    script.expect("00A40800 04 11001102", "9000");
    script.expect_bytes(&bytes("00B00000FF"), &ok(&data[..255]));
    script.expect_bytes(&bytes("00B000FFFF"), &ok(&data[255..]));
    script.expect("00B00190FF", "6B00");
    assert_eq!(card.read_data(DataFile::PersonalData).unwrap(), data);
    script.expect("00A40800 04 11001102", "6A82");
    let absent = CardError::Status { command: "SELECT", status: StatusWord::FILE_NOT_FOUND };
    assert_eq!(card.read_data(DataFile::PersonalData), Err(absent));
    script.done();
}

/// After a reset the card is proved before anything of it is shown.
#[test]
fn data_of_another_card_are_not_read() {
    let script = Script::new(CARDOS);
    let (mut card, _) = opened(&script, 300);
    script.reset();
    script.expect("00A40800 04 10001003", "9000");
    script.expect_bytes(&bytes("00B0000010"), &ok(b"6030000000000027"));
    assert_eq!(card.read_data(DataFile::PersonalData), Err(CardError::DifferentCard));
    script.done();
}
