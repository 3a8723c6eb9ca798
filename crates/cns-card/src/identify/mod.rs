//! From an ATR to a driver, to the kind of unsupported card, or to the applications that `probe` must select. Sends nothing.

pub(crate) mod probe;
pub(crate) mod unsupported;

use crate::atr::{Atr, CardMark, HistoricalFields, IcMaker, MaskMaker};
use crate::driver::{self, CardDriver};
use crate::identify::unsupported::UnsupportedCard;
use crate::profile::{Application, PathsFrom};

/// What an ATR says.
#[derive(Clone, Copy)]
pub(crate) enum AtrMatch {
    /// A CNS with this driver.
    Cns(&'static dyn CardDriver),
    /// A card that is not supported.
    Unsupported(UnsupportedCard),
    /// Not enough: the first of these applications that the card has decides.
    Probe {
        probes: &'static [ApplicationProbe],
        /// The kind of a card that has none of them.
        otherwise: UnsupportedCard,
    },
}

/// An application whose presence decides what a card is.
pub(crate) struct ApplicationProbe {
    pub(crate) application: &'static Application,
    /// A tag for GET DATA, and what its response must contain.
    pub(crate) proof: Option<(u16, &'static [u8])>,
    pub(crate) kind: CardKind,
}

/// The kind of card that has it.
#[derive(Clone, Copy)]
pub(crate) enum CardKind {
    Cns(&'static dyn CardDriver),
    Unsupported(UnsupportedCard),
}

/// What to do with a card with this ATR.
pub(crate) fn match_atr(bytes: &[u8]) -> AtrMatch {
    let Ok(atr) = Atr::parse(bytes) else {
        return AtrMatch::Unsupported(UnsupportedCard::Foreign);
    };
    if let Some(what) = named(bytes, &atr) {
        return AtrMatch::Unsupported(what);
    }
    if let Some(driver) = driver::for_atr(&atr) {
        return AtrMatch::Cns(driver);
    }
    let otherwise = match atr.contactless {
        true => UnsupportedCard::ContactlessSide,
        false => UnsupportedCard::Foreign,
    };
    AtrMatch::Probe { probes: probes(bytes, &atr), otherwise }
}

/// The likeliest application first; `probe` sends at most three commands.
fn probes(bytes: &[u8], atr: &Atr) -> &'static [ApplicationProbe] {
    let says_nothing = atr.historical.iter().all(|byte| *byte == 0);
    let like_an_identity_card = says_nothing || atr.historical.starts_with(CARD_CAPABILITIES_OF_A_CIE);
    match (atr.contactless, like_an_identity_card) {
        (true, _) if bytes == BARE_CONTACTLESS => &[J_SIGN, IDENTITY_CARD, CONTACTLESS_PAYMENT],
        (true, _) if atr.historical.starts_with(IDEMIA_BEGINNING) => {
            &[IDEMIA, IDENTITY_CARD, CONTACTLESS_PAYMENT]
        }
        (true, _) => &[IDENTITY_CARD, IDEMIA, CONTACTLESS_PAYMENT],
        (false, true) => &[IDENTITY_CARD, CONTACT_PAYMENT, CONTACTLESS_PAYMENT],
        (false, false) => &[CONTACT_PAYMENT, IDENTITY_CARD, CONTACTLESS_PAYMENT],
    }
}

/// ISO/IEC 14443 type B without historical bytes: ST 2022, a variant of the CIE, passports.
const BARE_CONTACTLESS: &[u8] = &[0x3B, 0x80, 0x80, 0x01, 0x01];
/// The whole ATR, because there are no historical bytes to match.
const ROMANIAN_HEALTH_CARD: &[u8] = &[0x3B, 0xF0, 0x13, 0x00, 0x00, 0x81, 0x31, 0xFE, 0x45, 0xE8];

/// Card service data and the header of five bytes of pre-issuing data: the CIE's makers, and many other cards.
const CARD_CAPABILITIES_OF_A_CIE: &[u8] = &[0x80, 0x31, 0x80, 0x65];
/// How the applet's cards begin over NFC, and other cards of the same maker.
const IDEMIA_BEGINNING: &[u8] = &[0x00, 0x31, 0xC1, 0x64];

/// Historical bytes of CIE 3.0 over NFC: country `IT` after the card's capabilities, and two of Gemalto's.
const CIE_BEGINNINGS: &[&[u8]] = &[
    &[0x80, 0x31, 0x80, 0x65, b'I', b'T'],
    &[0x80, 0x66, 0x47, 0x50, 0x00, 0xB8, 0x00, 0x7F, 0x82, 0x90, 0x00],
    &[0x80, 0x66, 0x47, 0x50, 0x00, 0xB8, 0x00, 0x94, 0x82, 0x90, 0x00],
];
/// All historical bytes of the first CIE, with contacts \[itacns\].
const FIRST_CIE: &[u8] = &[0x00, 0x31, 0x80, 0x00];
/// All historical bytes of the Infocamere series 1400, 1600 and 1202/1203 (docs/cards, infocamere).
const OLDER_INFOCAMERE: &[&[u8]] =
    &[b"\xC8\x03Infocamere", &[0x4D, 0x34, 0x63, 0x76], &[0x53, 0x50, 0x4B, 0x32, 0x33, 0x90, 0x00]];

const J_SIGN: ApplicationProbe = ApplicationProbe {
    application: &driver::J_SIGN,
    proof: Some((0x0180, b"JSign")),
    kind: CardKind::Cns(driver::ST_NFC),
};
const IDEMIA: ApplicationProbe = ApplicationProbe {
    application: &driver::IDEMIA_CNS,
    proof: None,
    kind: CardKind::Cns(driver::IDEMIA_BY_APPLICATION),
};
const IDENTITY_CARD: ApplicationProbe = ApplicationProbe {
    application: &CIE,
    proof: None,
    kind: CardKind::Unsupported(UnsupportedCard::IdentityCard),
};
const CONTACT_PAYMENT: ApplicationProbe = ApplicationProbe {
    application: &PAYMENT_CONTACT,
    proof: None,
    kind: CardKind::Unsupported(UnsupportedCard::PaymentCard),
};
const CONTACTLESS_PAYMENT: ApplicationProbe = ApplicationProbe {
    application: &PAYMENT_CONTACTLESS,
    proof: None,
    kind: CardKind::Unsupported(UnsupportedCard::PaymentCard),
};

/// The IAS application of CIE 3.0.
pub(crate) const CIE: Application = Application {
    name: &[0xA0, 0x00, 0x00, 0x00, 0x30, 0x80, 0x00, 0x00, 0x00, 0x09, 0x81, 0x60, 0x01],
    paths: PathsFrom::MasterFile,
};
/// EMV Book 1, 12.2.2: the payment system environment; and the one for contactless cards.
pub(crate) const PAYMENT_CONTACT: Application =
    Application { name: b"1PAY.SYS.DDF01", paths: PathsFrom::CurrentDirectory };
pub(crate) const PAYMENT_CONTACTLESS: Application =
    Application { name: b"2PAY.SYS.DDF01", paths: PathsFrom::CurrentDirectory };

/// A card that its ATR names, and that has no driver.
fn named(bytes: &[u8], atr: &Atr) -> Option<UnsupportedCard> {
    if bytes == ROMANIAN_HEALTH_CARD {
        return Some(UnsupportedCard::RomanianHealthCard);
    }
    if atr.cns_fields().is_some_and(|fields| is_chipdoc(&fields)) {
        return Some(UnsupportedCard::DigitalDna);
    }
    let historical = atr.historical.as_slice();
    if CIE_BEGINNINGS.iter().any(|beginning| historical.starts_with(beginning)) {
        return Some(UnsupportedCard::IdentityCard);
    }
    if historical == FIRST_CIE {
        return Some(UnsupportedCard::OldIdentityCard);
    }
    if OLDER_INFOCAMERE.contains(&historical) {
        return Some(UnsupportedCard::OlderInfocamere);
    }
    marked(atr.mark()?)
}

/// A CNS mark does not prove a CNS layout: ChipDoc is Atmel 15, mask 0C (as Athena), OS 03.
fn is_chipdoc(fields: &HistoricalFields) -> bool {
    fields.mark == CardMark::CNS
        && fields.ic_maker == IcMaker::ATMEL
        && fields.mask_maker == MaskMaker::ATHENA
        && fields.os_version.0[0] == 0x03
}

fn marked(mark: CardMark) -> Option<UnsupportedCard> {
    match mark {
        CardMark::B4D => Some(UnsupportedCard::DigitalDna),
        CardMark::CIE => Some(UnsupportedCard::OldIdentityCard),
        CardMark::HPC => Some(UnsupportedCard::HealthProfessional),
        CardMark::DSD | CardMark::PSE => Some(UnsupportedCard::SignatureOnly),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use hex_literal::hex;

    use super::*;

    fn family(atr: &[u8]) -> Result<&'static str, UnsupportedCard> {
        match match_atr(atr) {
            AtrMatch::Cns(driver) => Ok(driver.profile().name),
            AtrMatch::Unsupported(what) => Err(what),
            AtrMatch::Probe { .. } => Ok("?"),
        }
    }

    #[test]
    fn the_sample_atrs() {
        // docs/cards, the ATRs on each family's page.
        assert_eq!(family(&hex!("3BFF1800FFC10A31FE55006B0508C80C011101434E5310318005")), Ok("CNS CardOS"));
        assert_eq!(family(&hex!("3BFF1800FF8131FE55006B02091617011101434E531131808D")), Ok("CNS ST 2021"));
        assert_eq!(family(&hex!("3BFF1800FF8131FE55006B02091717011101434E531131808C")), Ok("CNS ST 2021"));
        assert_eq!(family(&hex!("3BFF1800FF8131FE55006B02090200011101434E531031808F")), Ok("CNS ST Incard"));
        assert_eq!(family(&hex!("3BFF1800008131FE55006B02090403010101434E5310318065")), Ok("CNS ST Incard"));
        assert_eq!(family(&hex!("3BDF18008131FE7D006B150C0181011101434E53103180E8")), Ok("CNS Athena"));
        assert_eq!(family(&hex!("3BFF1800008131FE45006B04050100011101434E5310318069")), Ok("CNS Oberthur"));
        assert_eq!(family(&hex!("3BFF1800008131FE45006B05051017012101434E531031805E")), Ok("CNS Oberthur"));
        assert_eq!(
            family(&hex!("3BFF1800008131FE45006B05052000012101434E5310318079")),
            Ok("CNS IDEMIA 2021")
        );
        assert_eq!(
            family(&hex!("3BFF1800008131FE45006B0505912001F101434E5310318038")),
            Ok("CNS IDEMIA 2021")
        );
        assert_eq!(family(&hex!("3BFF1800008131FE45006B11050700011101434E531131807B")), Ok("CNS Cosmo 7"));
        assert_eq!(family(&hex!("3BFF1800008131FE45006B11050700012101434E531031804A")), Ok("CNS Cosmo 7"));
        assert_eq!(family(&hex!("3BFF1800FF8131FE4D006B0404B85B01F101434E531031809D")), Ok("CNS ACe 2025"));
        assert_eq!(family(&hex!("3B8B80010031C16408923354009000F3")), Ok("CNS IDEMIA NFC"));
        assert_eq!(family(&hex!("3B8B80010031C164092914540090006E")), Ok("CNS IDEMIA NFC"));
        assert_eq!(
            family(&hex!("3BFF1800008131FE45006B150C0302010101434E5310318061")),
            Err(UnsupportedCard::DigitalDna)
        );
    }

    #[test]
    fn any_other_lot_is_a_cns_by_the_specification() {
        assert_eq!(family(&hex!("3BFF1800FF8131FE55006B77770000011101434E5310318000")), Ok("CNS"));
        // FirmaQUI: the mark in pre-issuing data.
        assert_eq!(family(&hex!("3BDB18FF81B1FE451FC38073C8211065434E53107339")), Ok("CNS"));
        // The bytes that name the makers are those of IDEMIA 2021, but not in the specification's place.
        assert_eq!(family(&hex!("3B0F 806B05052000012101434E53103180")), Ok("CNS"));
        assert_eq!(family(&hex!("3B07 4D01434E531000")), Ok("CNS"));
    }

    /// docs/cards, infocamere: the PIN of these is padded with 00.
    #[test]
    fn older_infocamere_series_have_no_driver() {
        for atr in [
            &hex!("3BFC9800FFC11031FE55C803496E666F63616D65726528")[..],
            &hex!("3BF49800FFC10031FE554D346376B4"),
            &hex!("3BF49800FFC11031FE554D346376B4"),
            &hex!("3BB794008131FE6553504B32339000D1"),
        ] {
            assert_eq!(family(atr), Err(UnsupportedCard::OlderInfocamere), "{atr:02X?}");
        }
    }

    /// Each of chip, mask and version alone, and any two of them, is an Athena card or another CNS.
    #[test]
    fn chipdoc_is_an_atmel_chip_with_mask_0c_and_version_3() {
        for (fields, found) in [
            ("150C03", Err(UnsupportedCard::DigitalDna)),
            ("150C01", Ok("CNS Athena")),
            ("050C03", Ok("CNS Athena")),
            ("150803", Ok("CNS CardOS")),
            ("050803", Ok("CNS CardOS")),
        ] {
            let mut atr = hex!("3BFF1800008131FE45006B 000000 02010101434E5310318061");
            for (byte, digits) in atr[11..14].iter_mut().zip([0, 2, 4]) {
                *byte = u8::from_str_radix(&fields[digits..digits + 2], 16).unwrap();
            }
            assert_eq!(family(&atr), found, "{fields}");
        }
    }

    #[test]
    fn the_2021_applet_is_on_infineon_chips() {
        assert_eq!(family(&hex!("3BFF1800008131FE45006B04052000012101434E5310318079")), Ok("CNS Oberthur"));
    }

    #[test]
    fn other_marks_and_no_mark() {
        let st = |mark: &str| {
            let mut atr = hex!("3BFF1800FF8131FE55006B02090403010101000000103180 65").to_vec();
            atr[18..21].copy_from_slice(mark.as_bytes());
            family(&atr)
        };
        assert_eq!((st("PIE"), st("CH\x50")), (Ok("?"), Ok("?")));
        assert_eq!(st("HPC"), Err(UnsupportedCard::HealthProfessional));
        assert_eq!(st("CIE"), Err(UnsupportedCard::OldIdentityCard));
        assert_eq!(family(&hex!("3BF41800FF8131805500318000C7")), Err(UnsupportedCard::OldIdentityCard));
        assert_eq!(st("DSD"), Err(UnsupportedCard::SignatureOnly));
        assert_eq!(st("PSE"), Err(UnsupportedCard::SignatureOnly));
        assert_eq!(st("B4D"), Err(UnsupportedCard::DigitalDna));
        assert_eq!(family(&hex!("3BF013000081 31FE45E8")), Err(UnsupportedCard::RomanianHealthCard));
        assert_eq!(family(&[]), Err(UnsupportedCard::Foreign));
    }

    #[test]
    fn identity_cards_over_nfc() {
        // smartcard_list.txt: ITJ4A and its like, ITNXP, Gemalto.
        assert_eq!(
            family(&hex!("3B8F8001803180654954 4A3441120FFF82900088")),
            Err(UnsupportedCard::IdentityCard)
        );
        assert_eq!(
            family(&hex!("3B8E80018031806549544E5850120FFF829000F0")),
            Err(UnsupportedCard::IdentityCard)
        );
        assert_eq!(family(&hex!("3B8B800180664750 00B8007F8290002E")), Err(UnsupportedCard::IdentityCard));
        assert_eq!(family(&hex!("3B8B800180664750 00B800948290 00C5")), Err(UnsupportedCard::IdentityCard));
    }

    /// What is sent to a family, empty VERIFYs among it, is known of its own operating system only.
    #[test]
    fn other_systems_of_the_same_makers_are_not_of_their_families() {
        assert_eq!(family(&hex!("3BFF1800008131FE45006B11050800011101434E5310318074")), Ok("CNS Oberthur"));
        assert_eq!(family(&hex!("3BFF1800FF8131FE4D006B0404205B01F101434E5310318005")), Ok("CNS"));
        assert_eq!(family(&hex!("3BFF1800FF8131FE4D006B0504B85B01F101434E531031809C")), Ok("CNS"));
    }

    /// A payment card of the same maker differs in a few historical bytes.
    #[test]
    fn idemia_over_nfc_is_matched_exactly() {
        assert_eq!(family(&hex!("3B8B80010031C16408986200009000FC")), Ok("?"));
        assert_eq!(family(&hex!("3B8080 0101")), Ok("?"));
    }

    /// The applications that a card is asked for, in their order.
    #[test]
    fn questions_by_what_the_atr_is_like() {
        let asked = |atr: &[u8]| {
            let AtrMatch::Probe { probes, otherwise } = match_atr(atr) else { panic!("{atr:02X?}") };
            let names: Vec<u8> = probes.iter().map(|question| question.application.name[0]).collect();
            assert!(probes.len() <= 3);
            (probes[0].application.name, names, otherwise)
        };
        let contactless = UnsupportedCard::ContactlessSide;
        let (first, _, otherwise) = asked(&hex!("3B8F80018031806 5B085040011120FFF8290008A"));
        assert_eq!((first, otherwise), (CIE.name, contactless));
        let (first, _, otherwise) = asked(&hex!("3B8F80010000000000000000000000FF829000E3"));
        assert_eq!((first, otherwise), (CIE.name, contactless));
        let (first, _, otherwise) = asked(&hex!("3B8B80010031C1640A11223300900004"));
        assert_eq!((first, otherwise), (driver::IDEMIA_CNS.name, contactless));
        let (first, _, otherwise) = asked(&hex!("3B7F96000080318065B085040011120FFF829000"));
        assert_eq!((first, otherwise), (CIE.name, UnsupportedCard::Foreign));
        let (first, names, otherwise) = asked(&hex!("3B6500002063CB6800"));
        assert_eq!((first, otherwise), (PAYMENT_CONTACT.name, UnsupportedCard::Foreign));
        assert_eq!(names, [b'1', 0xA0, b'2']);
    }
}
