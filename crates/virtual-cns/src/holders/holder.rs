//! The synthetic people: well-formed names, tax codes and card numbers of no known person.

/// A synthetic person with a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// Surname, as printed on the card.
    pub surname: &'static str,
    /// Given name, as printed on the card.
    pub given_name: &'static str,
    /// The tax code (codice fiscale).
    pub tax_code: &'static str,
    /// Date of birth, DDMMYYYY.
    pub birth_date: &'static str,
    /// `M` or `F`.
    pub sex: &'static str,
    /// Cadastral code of the municipality of birth; empty when born abroad.
    pub birth_municipality: &'static str,
    /// Country of birth when born abroad, else empty.
    pub birth_country: &'static str,
    /// Cadastral code of the municipality of residence.
    pub residence_municipality: &'static str,
    /// Address.
    pub address: &'static str,
    /// The card number in EF ID_Carta: 16 digits, the first four are the issuer's.
    pub card_id: &'static str,
}

impl Holder {
    /// The everyday holder.
    pub const ROSSI: Holder = Holder {
        surname: "ROSSI",
        given_name: "MARIO",
        tax_code: "RSSMRA80A01H501U",
        birth_date: "01011980",
        sex: "M",
        birth_municipality: "H501",
        birth_country: "",
        residence_municipality: "H501",
        address: "VIA DELLA PROVA 1",
        card_id: "6090010000000017",
    };
    /// A name that apostrophes end and split.
    pub const DANGELO: Holder = Holder {
        surname: "D'ANGELO'",
        given_name: "NICCOLO'",
        tax_code: "DNGNCL75C12D612R",
        birth_date: "12031975",
        sex: "M",
        birth_municipality: "D612",
        birth_country: "",
        residence_municipality: "D612",
        address: "VIA DELL'ESEMPIO 12/A",
        card_id: "6090010000000025",
    };
    /// A name with letters outside ASCII, which the card stores as Latin-1.
    pub const MUELLER: Holder = Holder {
        surname: "MÜLLER",
        given_name: "JÜRGEN",
        tax_code: "MLLJGN68S30A952K",
        birth_date: "30111968",
        sex: "M",
        birth_municipality: "A952",
        birth_country: "",
        residence_municipality: "A952",
        address: "PROBESTRAßE 3",
        card_id: "6090010000000033",
    };
    /// A woman: forty is added to the day in the tax code.
    pub const BIANCHI: Holder = Holder {
        surname: "BIANCHI",
        given_name: "GIULIA",
        tax_code: "BNCGLI92L55F205A",
        birth_date: "15071992",
        sex: "F",
        birth_municipality: "F205",
        birth_country: "",
        residence_municipality: "F205",
        address: "CORSO COLLAUDO 40",
        card_id: "6090010000000041",
    };
    /// Born abroad, and with a name longer than a 32-byte token label.
    pub const FITZGERALD: Holder = Holder {
        surname: "FITZGERALD MONTGOMERY",
        given_name: "MARIA ANTONIETTA SOFÌA",
        tax_code: "FTZMNT01T61Z404P",
        birth_date: "21122001",
        sex: "F",
        birth_municipality: "",
        birth_country: "Z404",
        residence_municipality: "L219",
        address: "PIAZZA VERIFICA 7",
        card_id: "6090010000000058",
    };

    /// Everyone, the everyday holder first.
    pub const ALL: [Holder; 5] =
        [Holder::ROSSI, Holder::DANGELO, Holder::MUELLER, Holder::BIANCHI, Holder::FITZGERALD];

    /// A holder by surname or tax code, in any case; apostrophes and umlauts may be left out.
    pub fn by_name(name: &str) -> Option<Holder> {
        let plain = |text: &str| text.to_lowercase().replace('\'', "").replace('ü', "u");
        Holder::ALL
            .into_iter()
            .find(|holder| plain(holder.surname) == plain(name) || holder.tax_code.eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check letter of a tax code, by the ministerial decree of 23 December 1976.
    fn check_letter(code: &[u8]) -> char {
        const ODD: [u32; 26] =
            [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
        let number = |byte: u8| u32::from(if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' });
        let sum: u32 = code[..15]
            .iter()
            .enumerate()
            .map(|(at, byte)| if at % 2 == 0 { ODD[number(*byte) as usize] } else { number(*byte) })
            .sum();
        char::from(b'A' + u8::try_from(sum % 26).unwrap())
    }

    #[test]
    fn tax_codes_and_card_numbers_are_well_formed_and_distinct() {
        for holder in Holder::ALL {
            let code = holder.tax_code.as_bytes();
            assert_eq!(code.len(), 16);
            assert_eq!(char::from(code[15]), check_letter(code), "{}", holder.tax_code);
            assert!(holder.card_id.len() == 16 && holder.card_id.bytes().all(|byte| byte.is_ascii_digit()));
            let same = Holder::ALL.iter().filter(|other| other.card_id == holder.card_id).count();
            assert_eq!(same, 1);
        }
        assert_eq!(Holder::by_name("dangelo"), Some(Holder::DANGELO));
    }
}
