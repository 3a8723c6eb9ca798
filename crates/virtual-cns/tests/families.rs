//! Families D to H and the cards that are no CNS: what distinguishes them, by docs/cards/README.md, section 1.

mod common;
use common::{ask, card, hex, status, unhex, verify};
use virtual_cns::{Card, Personality};

fn named(name: &str) -> Card {
    card(&Personality::by_name(name).unwrap_or_else(|| panic!("{name}")))
}

#[test]
fn answers_to_reset_are_well_formed_and_series_distinct() {
    for personality in Personality::every() {
        let atr = personality.atr;
        assert_eq!(atr[0], 0x3B, "{}", personality.name);
        let same = Personality::every().filter(|other| other.series == personality.series).count();
        assert_eq!(same, 1, "{}", personality.name);
        // T0, then for each level TA, TB, TC, TD as its upper half says; a TCK unless T=0 alone is offered.
        let (mut at, mut present, mut check) = (2, atr[1] >> 4, false);
        loop {
            at += (present & 0x7).count_ones() as usize;
            if present & 0x8 == 0 {
                break;
            }
            check |= atr[at] & 0x0F != 0;
            present = atr[at] >> 4;
            at += 1;
        }
        let historical = usize::from(atr[1] & 0x0F);
        assert_eq!(atr.len(), at + historical + usize::from(check), "{}", personality.name);
        if check {
            assert_eq!(atr[1..].iter().fold(0, |sum, byte| sum ^ byte), 0, "{}", personality.name);
        }
    }
}

#[test]
fn ace_2025_has_two_applets() {
    const CNS: &str = "00A404000C A000000530000B104001021A 00";
    const ESIGN: &str = "00A404000A A000000530455349474E 00";
    let card = &mut named("ace2025");
    assert_eq!(status(card, "00A4080004 11001101 00"), "6A82");
    assert!(ask(card, "00A4080004 11001102 00").starts_with("6F38800201908203010000830211028501018609"));
    assert_eq!(ask(card, &verify("10")), "9000");
    assert!(ask(card, ESIGN).starts_with("6F28840AA000000530455349474E8002702C820138"));
    assert!(!card.is_pin_verified(), "another applet forgets the PIN");
    assert_eq!(ask(card, &verify("10")), "6A88");
    assert_eq!(status(card, "00A4090004 DA01C001 00"), "9000");
    let first = ask(card, "00B0000010");
    assert_eq!(unhex(&first)[..16], card.certificate_der()[..16]);
    ask(card, "00A4080002 D003 00");
    assert_eq!(ask(card, "00B000020A"), format!("{}9000", card.card_id()));
    assert!(ask(card, CNS).starts_with("6F468102702C8203380000840CA000000530000B104001021A"));

    let other = &mut named("ace2025-esign");
    assert_eq!(ask(other, &verify("10")), "6A88");
    ask(other, ESIGN);
    assert_eq!(ask(other, &verify("10")), "9000");
    assert_eq!(ask(other, "0022F1B8 03 830101"), "9000");
}

#[test]
fn st_2022_over_nfc_wakes_by_name() {
    let card = &mut named("st2022-nfc");
    for asleep in ["00A40000023F0000", "00A4080004 11001101 00"] {
        assert_eq!(ask(card, asleep), "6A82");
    }
    assert_eq!(ask(card, "00CA018000"), "6A88");
    assert_eq!(status(card, "00A4040008 A00000009501004D 00"), "9000");
    assert_eq!(ask(card, "00CA018000"), format!("{}9000", hex(b"JSign4")));
    assert_eq!(status(card, "00A4080004 11001101 00"), "9000");
    assert_eq!(ask(card, &verify("90")), "9000");
    card.reset();
    assert_eq!(ask(card, "00A4080004 11001101 00"), "6A82", "asleep again");
    let identity = &mut named("cie-st-nfc");
    assert_eq!(identity.atr(), card.atr());
    assert_eq!(ask(identity, "00A4040008 A00000009501004D 00"), "6A82");
}

#[test]
fn infocamere_keeps_its_certificate_in_a_container() {
    let card = &mut named("infocamere");
    assert_eq!(ask(card, "00A4080004 11001101 00"), "6A82");
    let file = card.file(&[0x2FFF, 0x8228]).unwrap();
    let length = usize::from(u16::from_be_bytes([file[1], file[2]]));
    assert_eq!(&file[5..5 + length], card.certificate_der());
    assert_eq!(status(card, "00A4080004 2FFF0000 00"), "9000");
    assert_eq!(ask(card, "0022F303"), "9000");
    assert_eq!(ask(card, "0022F1B8 03 830121"), "9000");
}

/// A PIN that is padded with FF is a wrong one.
#[test]
fn the_older_infocamere_series_wants_zeros_behind_the_pin() {
    let card = &mut named("infocamere-1400");
    assert_eq!(status(card, "00A4080004 30004000 00"), "9000");
    assert_eq!(ask(card, "0020000108 3132333435FFFFFF"), "63C2");
    assert_eq!(ask(card, "0020000108 3132333435000000"), "9000");
    assert_eq!(status(card, "00A4080006 300060000001 00"), "9000");
    let length = u16::try_from(card.certificate_der().len()).unwrap();
    assert_eq!(ask(card, "00B0000204"), format!("{length:04X}789C9000"));
}

#[test]
fn idemia_of_another_lot_wakes_by_name() {
    let card = &mut named("idemia-nfc-other");
    assert_eq!(ask(card, "00A4080006 140090012002 00"), "6A82");
    assert_eq!(status(card, "00A4040010 A0000000770103000610000000000002 00"), "9000");
    assert_eq!(status(card, "00A4080006 140090012002 00"), "9000");
    assert_eq!(ask(card, &verify("10")), "9000");
}

#[test]
fn a_card_of_another_country_has_the_atr_of_idemia_2021_and_no_der() {
    let card = named("idemia-spain");
    assert_eq!(card.atr(), Personality::idemia_2021().atr);
    assert_ne!(card.file(&[0x1400, 0x9001, 0x2002]).unwrap()[0], 0x30);
}

#[test]
fn le_of_select_and_the_end_of_a_file() {
    use virtual_cns::personality::{EndOfFile, SelectLe};
    let with =
        |le| Card::builder(&Personality::cardos()).behaviour(|behaviour| behaviour.select_le = le).build();
    for (le, bare, coded) in
        [(SelectLe::Wanted(0x6A86), "6A86", "9000"), (SelectLe::Unwanted(0x6B00), "9000", "6B00")]
    {
        let card = &mut with(le);
        card.reset();
        assert_eq!(status(card, "00A4080004 10001003"), bare);
        assert_eq!(status(card, "00A4080004 10001003 00"), coded);
    }
    let card = &mut Card::builder(&Personality::cardos())
        .behaviour(|behaviour| behaviour.end_of_file = EndOfFile::Refused(0x6700))
        .build();
    card.reset();
    ask(card, "00A4080004 10001003");
    assert_eq!(ask(card, "00B00000FF"), "6700");
    assert_eq!(status(card, "00B0000010"), "9000");
}

#[test]
fn cosmo_7_tells_its_key_in_the_maps() {
    let card = &mut named("cosmo7");
    let length = u16::try_from(card.certificate_der().len()).unwrap();
    assert_eq!(hex(&card.file(&[0x1400, 0x4000]).unwrap()[..10]), format!("FF100E0800FF200E{length:04X}"));
    assert_eq!(card.file(&[0x1400, 0x9001, 0x200E]).unwrap(), card.certificate_der());
    assert_eq!(ask(card, "00A4080004 14009002"), "9000");
    assert_eq!(ask(card, "0022F1B8 03 83010E"), "9000");
    assert_eq!(ask(card, "00A408000000041400900200 00"), "6700", "short lengths only");
}

#[test]
fn foreign_cards_count_the_pin_commands_they_should_never_see() {
    // Two have the files and PINs of a CNS.
    let empty = |one: &&Personality| !["ts-without-certificate", "idemia-spain"].contains(&one.name);
    for personality in Personality::foreign().iter().filter(empty) {
        let card = &mut card(personality);
        assert_eq!(ask(card, "00A4080004 11001101 00"), "6A82", "{}", personality.name);
        assert_eq!(ask(card, &verify("10")), "6A88", "{}", personality.name);
        assert_eq!(card.verify_count(), 1);
    }
    let blank = named("ts-without-certificate");
    assert!(blank.file(&[0x1100, 0x1101]).unwrap().iter().all(|byte| *byte == 0));
}
