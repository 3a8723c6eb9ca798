//! EF Dati_personali: sixteen fields of two hexadecimal digits of length and a Latin-1 value, behind six digits of
//! total length, in a zero-filled file.
//!
//! Written from the description in docs/cards/README.md, section 6 and not from any reader of it.

use super::holder::Holder;

/// The size of the file.
pub const FILE_SIZE: usize = 400;

/// Whether the six digits of length count themselves: cards disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonalDataLength {
    /// The length of what follows the six digits.
    FieldsOnly,
    /// The six digits are counted too (ACe 2025).
    WithItself,
}

/// The body of the file for a holder.
pub fn personal_data_file(holder: &Holder, length: PersonalDataLength) -> Vec<u8> {
    let issuer = &holder.card_id[..4];
    let values = [
        issuer,
        "01012025",
        "31122030",
        holder.surname,
        holder.given_name,
        holder.birth_date,
        holder.sex,
        "", // height
        holder.tax_code,
        "ITA",
        holder.birth_municipality,
        holder.birth_country,
        "", // birth act
        holder.residence_municipality,
        holder.address,
        "", // notes
    ];
    let mut fields = Vec::new();
    for value in values {
        let value = latin1(value);
        fields.extend(format!("{:02X}", value.len()).into_bytes());
        fields.extend(value);
    }
    let counted = match length {
        PersonalDataLength::FieldsOnly => fields.len(),
        PersonalDataLength::WithItself => fields.len() + 6,
    };
    let mut file = format!("{counted:06X}").into_bytes();
    file.extend(fields);
    assert!(file.len() <= FILE_SIZE, "personal data fits its file");
    file.resize(FILE_SIZE, 0);
    file
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rossi_by_hand() {
        let text = b"0000730460900801012025083112203005ROSSI05MARIO080101198001M0010RSSMRA80A01H501U03ITA\
            04H501000004H50111VIA DELLA PROVA 100";
        let file = personal_data_file(&Holder::ROSSI, PersonalDataLength::FieldsOnly);
        assert_eq!(String::from_utf8_lossy(&file[..text.len()]), String::from_utf8_lossy(text));
        assert_eq!(usize::from_str_radix("73", 16).unwrap(), text.len() - 6);
        assert!(file[text.len()..].iter().all(|byte| *byte == 0));
        assert_eq!(file.len(), 400);
        let other = personal_data_file(&Holder::ROSSI, PersonalDataLength::WithItself);
        assert_eq!(&other[..6], b"000079");
    }

    #[test]
    fn umlauts_are_single_bytes() {
        let file = personal_data_file(&Holder::MUELLER, PersonalDataLength::FieldsOnly);
        assert!(file.windows(8).any(|bytes| bytes == b"06M\xDCLLER"));
    }
}
