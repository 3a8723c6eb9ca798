//! What real cards are publicly known to answer (docs/cards, each family's page), played to the drivers: control information
//! as it came, files of the sizes that they had, status words as they were. Names and numbers are synthetic.

use cns_card::{CardError, CertificateProblem, DataFile, OpenedCard, UnsupportedCard};
use testkit::script::*;

const ESIGN: &str = "00A40400 0A A000000530455349474E 00";
const CNS_APPLICATION: &str = "00A40400 0C A000000530000B104001021A 00";
/// 24 times FF, at the end of the control information of the CNS application and of its files.
const FF24: &str = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF";

/// EF Dati_personali as ACe 2025 has it: the length counts its own six digits, 400 bytes, zeros behind.
fn personal_data_of_ace() -> Vec<u8> {
    let mut file = b"0000650460900829122025082512203104ROSI06ANDREA0801011980\
                     01M0010RSONDR80A01D612O0004D6120000 04E466 0000"
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect::<Vec<u8>>();
    file.resize(400, 0);
    file
}

/// ACe 2025 under its maker's middleware: 256 bytes to Le = 00, the bytes that are left and 9000 at the end, a certificate
/// file exactly as long as the certificate.
#[test]
fn ace_2025() {
    let script = Script::new(ACE2025);
    let der = certificate(0x75D);
    script.expect(
        ESIGN,
        "6F2D 840A A000000530455349474E 8002702C 820138 83023F00 8A0105 A10C8C04071212129C0407121212 9000",
    );
    script.expect("00A40900 02 D003", "6F1B8002000A820101 8801E08302D0038A0105A1088C0201009C020100 9000");
    script.expect("00B000000A", "5A08 6090001234567000 9000");
    script.expect("00A40900 04 DA01C001", "6F1B8002075D820101 8801088302C0018A0105A1088C0201009C020100 9000");
    for offset in (0..0x700).step_by(256) {
        script.expect_bytes(&[0x00, 0xB0, (offset >> 8) as u8, 0x00, 0x00], &ok(&der[offset..offset + 256]));
    }
    script.expect_bytes(&bytes("00B007005D"), &ok(&der[0x700..]));
    let application = "840CA000000530000B104001021A83023F00850101";
    script.expect(
        CNS_APPLICATION,
        &format!("6F468102702C8203380000{application}8609FFFFFFFFFFFFFFFFFF8A0105CB18{FF24}9000"),
    );
    script.expect(
        "00A40900 04 11001102",
        &format!("6F388002019082030100008302110285010186 0900FFFFFFFFFFFFFFFF8A0105CB18{FF24}9000"),
    );
    script.expect_bytes(&bytes("00B00000FF"), &ok(&personal_data_of_ace()[..255]));
    let (_, files) = script.open_cns();
    script.done();
    assert_eq!(files.certificate.unwrap().der, der);
    assert_eq!(files.card_id.unwrap().as_str(), "6090001234567000");
    let data = files.personal_data.unwrap();
    assert_eq!((data.surname.as_deref(), data.name.as_deref()), (Some("ROSI"), Some("ANDREA")));
    assert_eq!(data.tax_code.as_deref(), Some("RSONDR80A01D612O"));
    assert_eq!(script.count(0x20), 0);
}

/// What ACe 2025 does not have: no classic certificate (6A82), 6986 where no file is selected, 6B00 at the exact end.
#[test]
fn ace_2025_without_certificate() {
    let script = Script::new(ACE2025);
    script.expect(ESIGN, "6F00 9000").expect("00A40900 02 D003", "9000").expect("00B000000A", "6986");
    script.expect(CNS_APPLICATION, "6F00 9000").expect("00A40900 04 10001003", "6A82");
    script.expect(ESIGN, "6F00 9000").expect("00A40900 04 DA01C001", "6A82");
    script.expect(CNS_APPLICATION, "6F00 9000").expect("00A40900 04 11001101", "6A82");
    script.expect("00A40900 04 11001102", "9000").expect("00B00000FF", "6B00").expect("00B0000001", "6B00");
    let (_, files) = script.open_cns();
    script.done();
    assert_eq!((files.card_id, files.certificate_problem), (None, Some(CertificateProblem::Absent)));
}

/// ACe 2021: SELECT without Le is answered 9000 and nothing else, 1100/1101 is there and all zero, 5031 and foreign
/// applications are not.
#[test]
fn ace_2021() {
    let script = Script::new(IDEMIA);
    script.expect("00A40800 04 10001003", "9000").expect_bytes(&bytes("00B0000010"), &ok(CARD_ID));
    script.expect("00A40800 06 140090012002", "6A82").expect("00A40800 04 14004000", "6A82");
    script.expect("00A40800 04 11001101", "9000").expect_bytes(&bytes("00B0000000"), &ok(&[0; 256]));
    script.expect("00A40800 04 11001102", "9000");
    script.expect_bytes(&bytes("00B00000FF"), &ok(&personal_data(20)[..255]));
    let (_, files) = script.open_cns();
    script.done();
    assert_eq!(files.certificate_problem, Some(CertificateProblem::Absent));
    assert!(files.personal_data.is_some());
}

/// Cards of the applet (a kiosk's Cosmo 9.1, a TS-CNS of 2023) that answer 9000 to each file identifier on the way, without
/// control information, and 6986 where no file is selected.
#[test]
fn the_applet_file_by_file() {
    for atr in [COSMO91, IDEMIA] {
        file_by_file(&Script::new(atr));
    }
}

fn file_by_file(script: &Script) {
    script.expect("00A40800 04 10001003", "6D00");
    for identifier in ["3F00", "1000", "1003"] {
        script.expect(&format!("00A40000 02 {identifier}"), "9000");
    }
    script.expect_bytes(&bytes("00B0000010"), &ok(CARD_ID));
    let expect_path = |path: &[&str], last: &str| {
        script.expect("00A40000 02 3F00", "9000");
        for (index, identifier) in path.iter().enumerate() {
            let answer = if index + 1 == path.len() { last } else { "9000" };
            script.expect(&format!("00A40000 02 {identifier}"), answer);
        }
    };
    expect_path(&["1400", "9001", "2002"], "6A82");
    expect_path(&["1400", "4000"], "6A82");
    expect_path(&["1100", "1101"], "9000");
    script.expect("00B0000000", "6986");
    expect_path(&["1100", "1102"], "9000");
    script.expect_bytes(&bytes("00B00000FF"), &ok(&personal_data(20)[..255]));
    let (_, files) = script.open_cns();
    script.done();
    assert_eq!(files.personal_data.unwrap().tax_code.as_deref(), Some("RSSMRA80A01H501U"));
}

/// The DF of the 2021 applet's keys with its control information. While another DF is current MSE is accepted, and PSO is
/// refused with 6984 after its data: then once more with the DF selected.
#[test]
fn the_2021_applets_key_df() {
    let script = Script::new(IDEMIA);
    expect_idemia_listing(&script, &certificate(1885));
    let (mut card, files) = script.open_cns();
    script.expect("00A40000 02 3F00", "9000").expect("00200010 08 3132333435FFFFFF", "9000");
    assert_eq!(card.verify(&pin()), Ok(()));
    let key_df = "6F35 80021234 82033800008302900285010186 09 FF1010FFFFFFFF10FF 8A0105CB17FFFFFFFFFFFFFFFFFFFFFFFFFFFF 9000";
    let block = [1; 256];
    let pso = [&bytes("002A8086 000101 00")[..], &block, &bytes("0100")].concat();
    let expect_from_the_df = || {
        script.expect("00A40800 04 14009002", key_df);
        script.expect("0022F30300", "9000").expect("0022F1B8 03 830102", "9000");
        script.expect_bytes(&pso, &ok(&[2; 256]));
    };
    let key = files.certificate.unwrap().key;
    expect_from_the_df();
    assert!(card.private_key_operation(key, &block).is_ok());
    // Another program has selected another DF since.
    script.expect_bytes(&pso, &bytes("6984"));
    expect_from_the_df();
    assert!(card.private_key_operation(key, &block).is_ok());
    script.done();
    assert_eq!(script.count(0x20), 1);
}

/// A contactless TS on a reader of short APDUs: EF Dati_personali by its path, without any application before, 9000 and no
/// control information.
#[test]
fn contactless_without_an_application() {
    let script = Script::new(IDEMIA_NFC[0]).carrying(255);
    script.expect("00A40800 04 10001003", "9000").expect_bytes(&bytes("00B0000010"), &ok(CARD_ID));
    script.expect("00A40800 06 140090012002", "9000");
    let der = certificate(600);
    let file = [&der[..], &[0; 1448]].concat();
    expect_reads_shortly(&script, &file, der.len());
    script.expect("00A40800 04 11001102", "9000");
    script.expect_bytes(&bytes("00B00000FF"), &ok(&personal_data(20)[..255]));
    let (mut card, files) = script.open_cns();
    assert_eq!(files.certificate.unwrap().der, der);
    script.expect("00A40800 04 11001102", "9000");
    script.expect_bytes(&bytes("00B0000000"), &ok(&personal_data(20)[..256]));
    script.expect_bytes(&bytes("00B0010000"), &ok(&personal_data(20)[256..]));
    script.expect("00B0019000", "6B00");
    assert_eq!(card.read_data(DataFile::PersonalData).map(|data| data.len()), Ok(400));
    script.done();
}

fn expect_reads_shortly(script: &Script, file: &[u8], length: usize) {
    for offset in (0..length).step_by(256) {
        let wanted = if offset == 0 { 256 } else { (length - offset).min(256) };
        let header = [0x00, 0xB0, (offset >> 8) as u8, 0x00, (wanted & 0xFF) as u8];
        script.expect_bytes(&header, &ok(&file[offset..offset + wanted]));
    }
}

/// ST 2022 over NFC answers to its application and names its model; without that name it is not taken for one.
#[test]
fn st_2022_over_nfc() {
    let script = Script::new(BARE);
    script.expect("00A40400 08 A00000009501004D 00", "6F0A8408A00000009501004D 9000");
    script.expect("00CA018000", "0180064A5369676E34 9000");
    script.forever(&[0x6A, 0x82]);
    assert!(matches!(script.open(), Ok(OpenedCard::Cns(card, _)) if card.family() == "CNS ST 2022 NFC"));

    let script = Script::new(BARE);
    script.expect("00A40400 08 A00000009501004D 00", "6A82").forever(&[0x6A, 0x82]);
    let opened = script.open();
    assert!(matches!(opened, Ok(OpenedCard::Unsupported { what: UnsupportedCard::ContactlessSide, .. })));
    assert_eq!(script.sent_so_far(), 3);
}

/// Cosmo 9.1 does not know a global platform's application: a refusal, and no error of the card.
#[test]
fn an_unknown_application_is_a_refusal() {
    let script = Script::new(UNKNOWN_LOT);
    script.forever(&[0x6A, 0x82]);
    let (mut card, files) = script.open_cns();
    assert_eq!(files.certificate_problem, Some(CertificateProblem::Absent));
    assert!(matches!(card.read_data(DataFile::CardId), Err(CardError::Status { .. })));
    assert_eq!(script.count(0x20), 0);
}
