//! EF Dati_personali, who the holder is (docs/cards, personal data; CNS file system document). The parser is tolerant,
//! never reads beyond the end of the file, and logs nothing of it.

/// The most bytes of the file that are ever read; real ones have 400.
pub(crate) const MAX_LENGTH: usize = 1024;

/// Hexadecimal digits of the length in front.
const LENGTH_DIGITS: usize = 6;

/// The sixteen fields of EF Dati_personali; `None` where the card has an empty or no field.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct PersonalData {
    /// The issuing body's code.
    pub issuer: Option<String>,
    /// Date of issue, DDMMYYYY.
    pub issue_date: Option<String>,
    /// Date of expiry, DDMMYYYY.
    pub expiry_date: Option<String>,
    /// Surname.
    pub surname: Option<String>,
    /// Given name.
    pub name: Option<String>,
    /// Date of birth, DDMMYYYY.
    pub birth_date: Option<String>,
    /// Sex, `M` or `F`.
    pub sex: Option<String>,
    /// Height in centimetres.
    pub height: Option<String>,
    /// The tax code (codice fiscale).
    pub tax_code: Option<String>,
    /// Citizenship.
    pub citizenship: Option<String>,
    /// Municipality of birth (code).
    pub birth_municipality: Option<String>,
    /// Foreign country of birth.
    pub birth_country: Option<String>,
    /// Birth act.
    pub birth_act: Option<String>,
    /// Municipality of residence (code).
    pub residence_municipality: Option<String>,
    /// Address of residence.
    pub residence_address: Option<String>,
    /// Notes.
    pub notes: Option<String>,
}

/// The name of the holder.
#[derive(Clone, PartialEq, Eq)]
pub struct Holder {
    /// Given name.
    pub name: String,
    /// Surname.
    pub surname: String,
}

impl std::fmt::Debug for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Holder(…)")
    }
}

impl std::fmt::Debug for PersonalData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonalData(…)")
    }
}

impl PersonalData {
    /// Parses the file's content. `None` when it has no readable first field: an empty file, or another format.
    ///
    /// Fields are read until there are 16 of them or the data end; a broken one ends the reading and the ones before
    /// it count. The length in front is not believed: on some cards it counts its own 6 digits, on others not.
    #[must_use]
    pub fn parse(content: &[u8]) -> Option<Self> {
        declared_length(content)?;
        let mut fields = Fields { rest: content.get(LENGTH_DIGITS..)? };
        let first = fields.next()?;
        let mut next = || fields.next().and_then(text);
        Some(Self {
            issuer: text(first),
            issue_date: next(),
            expiry_date: next(),
            surname: next(),
            name: next(),
            birth_date: next(),
            sex: next(),
            height: next(),
            tax_code: next(),
            citizenship: next(),
            birth_municipality: next(),
            birth_country: next(),
            birth_act: next(),
            residence_municipality: next(),
            residence_address: next(),
            notes: next(),
        })
    }
}

impl PersonalData {
    /// Name and surname, where the card has both.
    #[must_use]
    pub fn holder(&self) -> Option<Holder> {
        Some(Holder { name: self.name.clone()?, surname: self.surname.clone()? })
    }
}

fn declared_length(content: &[u8]) -> Option<usize> {
    hexadecimal(content.get(..LENGTH_DIGITS)?)
}

/// The values of the fields, each two hexadecimal digits of length and the value.
struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Fields<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.rest.split_at_checked(2)?;
        let (value, rest) = rest.split_at_checked(hexadecimal(length)?)?;
        self.rest = rest;
        Some(value)
    }
}

fn hexadecimal(digits: &[u8]) -> Option<usize> {
    digits.iter().try_fold(0, |value, &digit| Some(value << 4 | char::from(digit).to_digit(16)? as usize))
}

/// Latin-1 to a string, without control characters and the blanks around; `None` when nothing is left.
fn text(value: &[u8]) -> Option<String> {
    let text: String = value.iter().map(|&byte| char::from(byte)).filter(|c| !c.is_control()).collect();
    let trimmed = text.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Made by hand from the description of the file; a synthetic person. 123 bytes of fields = 7B.
    const FIELDS_OF_ROSSI: &[u8] = b"046030\
        0801012021\
        0801012027\
        09DE' ROSSI\
        08NICCOLO'\
        0801011980\
        01M\
        00\
        10RSSNCL80A01H501X\
        00\
        04H501\
        00\
        00\
        04H501\
        15VIA DELLE ROSE, 1 \xC8 B\
        00";

    fn file(length: &[u8], fields: &[u8]) -> Vec<u8> {
        let mut file = [length, fields].concat();
        file.resize(400, 0);
        file
    }

    #[test]
    fn a_file_as_the_specification_has_it() {
        for length in [b"00007B", b"000081", b"00007b"] {
            let data = PersonalData::parse(&file(length, FIELDS_OF_ROSSI)).unwrap();
            assert_eq!(data.issuer.as_deref(), Some("6030"));
            assert_eq!(data.expiry_date.as_deref(), Some("01012027"));
            assert_eq!(data.surname.as_deref(), Some("DE' ROSSI"));
            assert_eq!(data.name.as_deref(), Some("NICCOLO'"));
            assert_eq!(data.tax_code.as_deref(), Some("RSSNCL80A01H501X"));
            assert_eq!(data.residence_address.as_deref(), Some("VIA DELLE ROSE, 1 È B"));
            assert_eq!((data.height, data.notes), (None, None));
        }
    }

    #[test]
    fn cut_off_empty_and_absurd_files() {
        let whole = file(b"00007B", FIELDS_OF_ROSSI);
        assert_eq!(PersonalData::parse(&[]), None);
        assert_eq!(PersonalData::parse(&[0; 400]), None);
        assert_eq!(PersonalData::parse(&[0xFF; 400]), None);
        assert_eq!(PersonalData::parse(b"000000"), None);
        assert_eq!(PersonalData::parse(&whole[..6]), None);
        // The fields before the cut count.
        let data = PersonalData::parse(&whole[..50]).unwrap();
        assert_eq!((data.surname.as_deref(), data.name), (Some("DE' ROSSI"), None));
        assert_eq!(PersonalData::parse(b"length046030"), None, "another format");
        let data = PersonalData::parse(b"00007BFF6030").map(|data| data.issuer);
        assert_eq!(data, None, "a field longer than the file");
    }

    #[test]
    fn control_characters_and_blanks_vanish() {
        let data = PersonalData::parse(b"00000F046030\x30\x30\x30\x3007A\x00B \x85C ").unwrap();
        assert_eq!(data.surname.as_deref(), Some("AB C"));
    }

    proptest! {
        #[test]
        fn never_panics(
            length in "[0-9A-Fa-f]{6}",
            content in proptest::collection::vec(any::<u8>(), 0..500),
            text in "[0-9A-F]{0,300}",
        ) {
            for bytes in [content.clone(), [length.as_bytes(), &content].concat(), [length.as_bytes(), text.as_bytes()].concat()] {
                let _ = PersonalData::parse(&bytes);
            }
        }
    }
}
