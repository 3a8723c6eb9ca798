//! Which lots a family stands for, and what the ATR says about who made chip and mask.

use cns_card::atr::{Atr, HistoricalFields, IcMaker, MaskMaker};

/// The codes printed on the cards of a family, vertically beside the letters TS on the front (docs/cards, families);
/// `None` where none is known.
pub(crate) fn printed_codes(family: &str) -> Option<&'static str> {
    let codes = match family {
        "CNS Athena" => "AT 2012, AC 2013, AC 2014, AC 2018",
        "CNS Oberthur" => "OT 2015, OT 2016",
        "CNS ST 2021" | "CNS ST 2022 NFC" => "ST 2021, ST 2022",
        "CNS IDEMIA 2021" | "CNS IDEMIA NFC" | "CNS IDEMIA NFC 2" => "ACe 2021, ACx 2021, ID 2019",
        "CNS ACe 2025" => "ACe 2025, ACx 2025, ACj 2025",
        _ => return None,
    };
    Some(codes)
}

/// Makers of chip and mask, and the mask's version, from the historical bytes; `None` when the ATR has no mark
/// of a CNS.
pub(crate) fn makers(atr: &[u8]) -> Option<String> {
    let fields = Atr::parse(atr).ok()?.cns_fields()?;
    fields.mark.0.iter().all(u8::is_ascii_alphanumeric).then(|| describe(fields))
}

fn describe(fields: HistoricalFields) -> String {
    let chip = match fields.ic_maker {
        IcMaker::ST => "STMicroelectronics".to_owned(),
        IcMaker::NXP => "NXP".to_owned(),
        IcMaker::INFINEON => "Infineon".to_owned(),
        IcMaker::ATMEL => "Atmel".to_owned(),
        IcMaker(other) => format!("{other:02X}"),
    };
    let mask = match fields.mask_maker {
        MaskMaker::GIESECKE_DEVRIENT => "Giesecke & Devrient".to_owned(),
        MaskMaker::OBERTHUR => "Oberthur/IDEMIA".to_owned(),
        MaskMaker::SIEMENS => "Siemens".to_owned(),
        MaskMaker::ST_INCARD => "ST Incard".to_owned(),
        MaskMaker::ATHENA => "Athena".to_owned(),
        MaskMaker::GEMALTO => "Gemalto".to_owned(),
        MaskMaker(other) => format!("{other:02X}"),
    };
    let [major, minor] = fields.os_version.0;
    format!("{chip} / {mask} {major:02X}.{minor:02X}")
}
