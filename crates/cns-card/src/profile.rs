//! Card profiles: what differs between families, as rows of data.
//!
//! This file holds the types. The rows are in the family's file under `driver/`.

use crate::atr::{Atr, CardMark, HistoricalFields, IcMaker, MaskMaker};
pub(crate) use crate::file_reference::{Application, FileReference, Path, PathsFrom};
use crate::iso7816::{ChainForm, ChainLe};
use crate::pin::PinPolicy;

/// EF ID_Carta or what stands for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CardIdFile {
    pub(crate) file: FileReference,
    pub(crate) coding: CardIdCoding,
}

impl CardIdFile {
    /// CNS file system: DF0 1000, EF 1003.
    pub(crate) const SPECIFICATION: Self =
        Self { file: FileReference::own(&[0x1000, 0x1003]), coding: CardIdCoding::Text };
}

/// How a file holds the card's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CardIdCoding {
    /// 16 ASCII digits.
    Text,
    /// Two bytes, then 16 digits in BCD.
    PackedFromTwo,
}

/// A family of cards, or a lot within one.
#[derive(Debug)]
pub(crate) struct CardProfile {
    /// The name for people and for `CK_TOKEN_INFO`'s model: at most 16 ASCII characters.
    pub(crate) name: &'static str,
    /// What makes a card one of this family.
    pub(crate) atr_rule: AtrRule,
    /// Do cards of other countries have the same ATR? Such a card is known by a certificate file that holds no DER.
    pub(crate) atr_is_shared: bool,
    /// The application that holds PIN, key and personal data, on a card with applications.
    pub(crate) application: Option<&'static Application>,
    /// Where the card's number is, in the order of looking.
    pub(crate) card_id: &'static [CardIdFile],
    /// EF Dati_personali.
    pub(crate) personal_data: FileReference,
    /// Where the certificate may be, in the order of looking.
    pub(crate) certificate_locations: &'static [CertificateLocation],
    /// Reference and DF of the PIN.
    pub(crate) pin: PinReference,
    /// The lengths of PIN and PUK.
    pub(crate) pin_policy: PinPolicy,
    /// What VERIFY without data does to the retry counter.
    pub(crate) verify_query: VerifyQuery,
    /// Ne of READ BINARY: 255, which every card takes, or 256 where a refusal is worth the risk.
    pub(crate) read_length: u16,
    /// Is READ BINARY in extended form worth the risk of a refusal? Where signatures need that form anyway.
    pub(crate) extended_reads: bool,
    /// Is it known to refuse command chaining? Then a block that no short command carries wants a reader with extended length.
    pub(crate) refuses_chaining: bool,
}

impl CardProfile {
    /// What the CNS Functional Specification says, for every card of which nothing else is known.
    pub(crate) const SPECIFICATION: Self = Self {
        name: "CNS",
        atr_rule: AtrRule::CardMark(CardMark::CNS),
        atr_is_shared: false,
        application: None,
        card_id: &[CardIdFile::SPECIFICATION],
        personal_data: FileReference::own(&[0x1100, 0x1102]),
        certificate_locations: &[
            CertificateLocation::Known(KeyPairLayout::CLASSIC),
            CertificateLocation::Known(KeyPairLayout::IDEMIA),
        ],
        pin: PinReference { p2: 0x10, directory: Path::MF, puk: 0x11 },
        pin_policy: PinPolicy::CNS,
        verify_query: VerifyQuery::MayDecrement,
        read_length: 255,
        extended_reads: false,
        refuses_chaining: false,
    };

    /// The layout that a certificate at this place has, if this family has certificates there. For a place from an
    /// object map, the key's reference must be known.
    pub(crate) fn layout_at(&self, certificate: Path, key_number: u8) -> Option<KeyPairLayout> {
        self.certificate_locations.iter().find_map(|place| match place {
            CertificateLocation::Known(layout) => {
                Some(*layout).filter(|layout| layout.certificate.path == certificate)
            }
            CertificateLocation::ObjectMaps => match *certificate.identifiers() {
                [0x1400, 0x9001, file] if file >> 8 == 0x20 => {
                    Some(KeyPairLayout::of_applet(file, key_number))
                }
                _ => None,
            },
        })
    }
}

/// A place to look for a certificate in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CertificateLocation {
    /// A known file, and its known key.
    Known(KeyPairLayout),
    /// The files and keys in the object maps 1400/4000 and 1400/5000 (see `object_map`).
    ObjectMaps,
}

/// A certificate and the key that belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyPairLayout {
    pub(crate) certificate: FileReference,
    pub(crate) form: CertificateForm,
    pub(crate) key: KeyReference,
}

/// How a file holds a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CertificateForm {
    /// DER from the first byte on; the file may be longer.
    Der,
    /// A byte, the certificate's length in two bytes, big endian (0: empty), two bytes, DER.
    Container,
}

impl KeyPairLayout {
    /// CNS file system: EF C_Carta 1100/1101; BSO key 01 used through security environment 03.
    pub(crate) const CLASSIC: Self = Self {
        certificate: FileReference::own(&[0x1100, 0x1101]),
        form: CertificateForm::Der,
        key: KeyReference { directory: Path::MF, reference: 0x01, ..KeyReference::LOGIN },
    };
    /// IDEMIA/Oberthur applet: certificate 1400/9001/2002, keys in DF 1400/9002 (docs/cards, family C).
    pub(crate) const IDEMIA: Self = Self::of_applet(0x2002, 0x02);

    /// IDEMIA/Oberthur applet: a certificate below 1400/9001 and a key in DF 1400/9002.
    pub(crate) const fn of_applet(certificate: u16, reference: u8) -> Self {
        Self {
            certificate: FileReference::own(&[0x1400, 0x9001, certificate]),
            form: CertificateForm::Der,
            // The chains that this applet is known to take: 129 and 128 bytes, Le = 00 in both (docs/cards, cosmo7).
            key: KeyReference {
                directory: Path::new(&[0x1400, 0x9002]),
                reference,
                chain_form: ChainForm { block_length: 129, le: ChainLe::Each },
                ..KeyReference::LOGIN
            },
        }
    }
}

/// A private key on a card: its DF, and its reference there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyReference {
    /// The DF that must be current. The MF stands for a key that is found from the MF and the DFs below it.
    pub(crate) directory: Path,
    /// The security environment to restore.
    pub(crate) environment: u8,
    /// The key reference, tag 83 of the control reference template.
    pub(crate) reference: u8,
    /// How a block is cut that is too long for one command.
    pub(crate) chain_form: ChainForm,
}

impl KeyReference {
    /// What login keys have in common.
    pub(crate) const LOGIN: Self =
        Self { directory: Path::MF, environment: 0x03, reference: 0x00, chain_form: ChainForm::FEWEST };
}

/// Reference and DF of a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PinReference {
    /// P2, the reference data qualifier (ISO/IEC 7816-4). Bit 8 set = search from the current DF upwards.
    pub(crate) p2: u8,
    /// The DF that is selected before every PIN command: in another, another PIN may have the same P2.
    pub(crate) directory: Path,
    /// P2 of a VERIFY without data for the PUK.
    pub(crate) puk: u8,
}

/// What a VERIFY without data does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VerifyQuery {
    /// Returns the counter.
    Safe,
    /// May decrement the counter, as a wrong PIN does: never sent.
    MayDecrement,
}

/// How a family is known by its ATR.
#[derive(Debug, Clone, Copy)]
pub(crate) enum AtrRule {
    /// By fields of the historical bytes.
    Fields(Pattern),
    /// By its mark alone, anywhere in the historical bytes.
    CardMark(CardMark),
    /// By all historical bytes: one of these.
    HistoricalBytes(&'static [&'static [u8]]),
    /// Not by its ATR (see `identify`).
    ByApplication,
}

impl AtrRule {
    pub(crate) fn matches(&self, atr: &Atr) -> bool {
        match self {
            Self::Fields(pattern) => atr.cns_fields().is_some_and(|fields| pattern.matches(&fields)),
            Self::CardMark(mark) => atr.mark() == Some(*mark),
            Self::HistoricalBytes(all) => all.contains(&atr.historical.as_slice()),
            Self::ByApplication => false,
        }
    }
}

/// A condition on the historical bytes; what is `None` does not matter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pattern {
    pub(crate) mark: CardMark,
    pub(crate) ic_maker: Option<IcMaker>,
    pub(crate) mask_maker: Option<MaskMaker>,
    /// The first byte of the OS version, least and greatest.
    pub(crate) os_major: (u8, u8),
}

impl Pattern {
    pub(crate) const ANY_CNS: Self =
        Self { mark: CardMark::CNS, ic_maker: None, mask_maker: None, os_major: (0x00, 0xFF) };

    fn matches(&self, fields: &HistoricalFields) -> bool {
        let (least, greatest) = self.os_major;
        self.mark == fields.mark
            && self.ic_maker.is_none_or(|maker| maker == fields.ic_maker)
            && self.mask_maker.is_none_or(|maker| maker == fields.mask_maker)
            && (least..=greatest).contains(&fields.os_version.0[0])
    }
}
