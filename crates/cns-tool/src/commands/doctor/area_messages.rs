//! Titles over what `cns doctor` says.

use super::area::Area;
use crate::text::Language;

/// Over the findings of an area.
pub(super) fn area(language: Language, area: Area) -> &'static str {
    match area {
        Area::Service => language.pick("Servizio delle smart card", "Smart card service"),
        Area::Reader => language.pick("Lettore", "Reader"),
        Area::Card => language.pick("Tessera", "Card"),
        Area::Certificate => language.pick("Certificato", "Certificate"),
        Area::Pin => "PIN",
        Area::Module => "Driver",
        Area::Windows => "Windows",
        Area::Programs => language.pick("Programmi", "Programs"),
        Area::OtherSoftware => language.pick("Altro software", "Other software"),
    }
}

/// The same for the card in a reader, where there are several cards; `holder` is known of a CNS.
pub(super) fn area_of_card(language: Language, area: Area, reader: &str, holder: Option<&str>) -> String {
    match (area, holder) {
        (Area::Certificate, _) => language.pick(
            format!("Certificato della tessera nel lettore {reader}"),
            format!("Certificate of the card in the reader {reader}"),
        ),
        (Area::Pin, _) => language.pick(
            format!("PIN della tessera nel lettore {reader}"),
            format!("PIN of the card in the reader {reader}"),
        ),
        (_, Some(holder)) => language.pick(
            format!("Tessera nel lettore {reader} ({holder})"),
            format!("Card in the reader {reader} ({holder})"),
        ),
        (_, None) => {
            language.pick(format!("Tessera nel lettore {reader}"), format!("Card in the reader {reader}"))
        }
    }
}
