//! Sample ATRs, and what a scripted card of each family is asked in its first exchanges.

use cns_card::{Card, Pin, PinPolicy, PublicFiles};

use super::scripted_card::{Script, bytes};

// docs/cards, the ATRs on each family's page.
pub const CARDOS: &str = "3BFF1800FFC10A31FE55006B0508C80C011101434E5310318005";
pub const ATHENA: &str = "3BDF18008131FE7D006B150C0181011101434E53103180E8";
pub const OBERTHUR: &str = "3BFF1800008131FE45006B04050100011101434E5310318069";
pub const ST2021: &str = "3BFF1800FF8131FE55006B02091617011101434E531131808D";
pub const OLD_INCARD: &str = "3BFF1800FF8131FE55006B02090200011101434E531031808F";
pub const IDEMIA: &str = "3BFF1800008131FE45006B05052000012101434E5310318079";
/// The applet of IDEMIA with an operating system 30, which was never seen.
pub const IDEMIA_LATER: &str = "3BFF1800008131FE45006B05053000012101434E5310318069";
pub const COSMO7: &str = "3BFF1800008131FE45006B11050700011101434E531131807B";
pub const COSMO91: &str = "3BFF1800008131FE45006B0505912001F101434E5310318038";
pub const ACE2025: &str = "3BFF1800FF8131FE4D006B0404B85B01F101434E531031809D";
/// ST 2022 over NFC, and others.
pub const BARE: &str = "3B80800101";
pub const IDEMIA_NFC: [&str; 2] = ["3B8B80010031C16408923354009000F3", "3B8B80010031C164092914540090006E"];
pub const IDEMIA_NFC_OF_ANOTHER_LOT: &str = "3B8B80010031C1640A11223300900004";
/// The mark in pre-issuing data.
pub const FIRMAQUI: &str = "3BDB18FF81B1FE451FC38073C8211065434E53107339";
pub const UNKNOWN_LOT: &str = "3BFF1800008131FE45006B33330100011101434E5310318069";

pub const CARD_ID: &[u8; 16] = b"6030000000000019";

/// Something with the outline of a certificate: a SEQUENCE of `length` bytes in all.
pub fn certificate(length: usize) -> Vec<u8> {
    let mut der = vec![0x30, 0x82];
    der.extend_from_slice(&u16::try_from(length - 4).unwrap().to_be_bytes());
    der.extend((4..length).map(|i| (i % 251) as u8));
    der
}

/// EF Dati_personali of a synthetic person whose address has `address` characters; 400 bytes.
pub fn personal_data(address: usize) -> Vec<u8> {
    let address = format!("{address:02X}{}", "V".repeat(address));
    let fields = format!(
        "046030080101202108010120270 5ROSSI05MARIO080101198001M0010RSSMRA80A01H501U0004H501000004H501{address}00"
    )
    .replace(' ', "");
    let mut file = format!("{:06X}{fields}", fields.len()).into_bytes();
    assert!(file.len() <= 400);
    file.resize(400, 0);
    file
}

pub fn ok(data: &[u8]) -> Vec<u8> {
    [data, &[0x90, 0x00]].concat()
}

/// How the engine reads the files of a card (docs/cards: what each family is known to take, or worth a try).
fn reading(atr: &[u8]) -> (usize, bool) {
    let extended = [ST2021, BARE, IDEMIA, IDEMIA_LATER, COSMO91, IDEMIA_NFC[0], IDEMIA_NFC[1]];
    let is = |known: &&str| bytes(known) == atr;
    match (extended.iter().any(is), [COSMO7, ACE2025].iter().any(is)) {
        (true, _) => (256, true),
        (_, true) => (256, false),
        _ => (255, false),
    }
}

/// The READ BINARYs that bring the first `length` bytes of a file.
pub fn expect_reads(script: &Script, file: &[u8], length: usize) {
    let (most, extended) = reading(&script.atr);
    let extended = extended && script.max_command_data.is_none_or(|most| most > 256);
    let mut offset = 0;
    while offset < length {
        // The first asks for a full piece, because the length is not yet known.
        let missing = if offset == 0 { most } else { length - offset };
        let (le, long) = if extended && missing > 256 { (missing, true) } else { (missing.min(most), false) };
        let mut command = vec![0x00, 0xB0, (offset >> 8) as u8, offset as u8];
        if long {
            command.extend([0, (le >> 8) as u8]);
        }
        command.push(le as u8);
        let piece = &file[offset..(offset + le).min(file.len())];
        script.expect_bytes(&command, &ok(piece));
        offset += le;
    }
}

/// One piece, on any card.
pub fn expect_personal_data(script: &Script, data: &[u8]) {
    script.expect_bytes(&bytes("00B00000FF"), &ok(&data[..255]));
}

/// Plays the first look at a classic card with a certificate of `length` bytes.
pub fn expect_classic_listing(script: &Script, certificate: &[u8]) {
    script.expect("00A40800 04 10001003", "6F00 9000");
    script.expect_bytes(&bytes("00B0000010"), &ok(CARD_ID));
    script.expect("00A40800 04 11001101", "9000");
    let mut file = certificate.to_vec();
    file.resize(2048.max(certificate.len()), 0);
    expect_reads(script, &file, certificate.len());
    script.expect("00A40800 04 11001102", "9000");
    expect_personal_data(script, &personal_data(20));
    script.expect(SIGNATURE_CERTIFICATE, "6A82");
}

/// The look for a signature keyset, on cards of the classic layout, where everything is read.
pub const SIGNATURE_CERTIFICATE: &str = "00A40800 04 14009010";

/// The same of an IDEMIA card.
pub fn expect_idemia_listing(script: &Script, certificate: &[u8]) {
    script.expect("00A40800 04 10001003", "9000");
    script.expect_bytes(&bytes("00B0000010"), &ok(CARD_ID));
    script.expect("00A40800 06 140090012002", "9000");
    let mut file = certificate.to_vec();
    file.resize(2048.max(certificate.len()), 0);
    expect_reads(script, &file, certificate.len());
    script.expect("00A40800 04 11001102", "9000");
    expect_personal_data(script, &personal_data(20));
}

/// A reset; then the beginning of the certificate proves the card, and the PIN is sent.
pub fn login_after_a_reset_with_proof_by_certificate(script: &Script, card: &mut Card, der: &[u8]) {
    script.reset();
    script.expect("00A40800 04 11001101", "9000");
    script.expect_bytes(&bytes("00B0000080"), &ok(&der[..128]));
    script.expect("00A40000 02 3F00", "9000").expect("00200090 08 3132333435FFFFFF", "9000");
    assert_eq!(card.verify(&pin()), Ok(()));
    script.done();
}

/// An open card, with the listing forgotten.
pub fn opened(script: &Script, certificate_length: usize) -> (Card, PublicFiles) {
    let certificate = certificate(certificate_length);
    if script.atr == bytes(IDEMIA) {
        expect_idemia_listing(script, &certificate);
    } else {
        expect_classic_listing(script, &certificate);
    }
    let opened = script.open_cns();
    script.done();
    script.sent_so_far();
    opened
}

/// An open card with a verified PIN.
pub fn logged_in(script: &Script) -> (Card, PublicFiles) {
    let (mut card, files) = opened(script, 1885);
    let incard = script.atr == bytes(ST2021) || script.atr == bytes(OLD_INCARD);
    let p2 = if incard { "90" } else { "10" };
    script.expect("00A40000 02 3F00", "9000").expect(&format!("002000{p2} 08 3132333435FFFFFF"), "9000");
    card.verify(&pin()).unwrap();
    script.done();
    (card, files)
}

pub fn pin() -> Pin {
    PinPolicy::CNS.pin(b"12345").unwrap()
}

pub fn puk() -> Pin {
    PinPolicy::CNS.puk(b"87654321").unwrap()
}
