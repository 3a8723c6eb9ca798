//! PINs that somebody who finds the card would try first.

use cns_card::PublicFiles;

use crate::card::certificate::CertificateDetails;

/// Why a PIN is easy to guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weakness {
    /// The same digit all over.
    AllEqual,
    /// Digits that follow each other, up or down.
    Sequence,
    /// The holder's birth date, in whatever form.
    BirthDate,
}

/// Why a PIN is easy to guess; `None` when it is not. `typed` consists of digits.
pub(super) fn weakness(typed: &str, files: &PublicFiles) -> Option<Weakness> {
    let digits = typed.as_bytes();
    let steps = |step: u8| digits.windows(2).all(|pair| (pair[0] - b'0' + step) % 10 == pair[1] - b'0');
    if steps(0) {
        return Some(Weakness::AllEqual);
    }
    if steps(1) || steps(9) {
        return Some(Weakness::Sequence);
    }
    let born = birth_dates(files);
    born.iter().any(|date| forms(*date).iter().any(|form| form == typed)).then_some(Weakness::BirthDate)
}

/// A day of birth; the year has four digits, or two if the card has only these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Birth {
    day: u16,
    month: u16,
    year: u16,
}

/// From EF Dati_personali (DDMMYYYY) and from the tax code in the certificate.
fn birth_dates(files: &PublicFiles) -> Vec<Birth> {
    let on_card = files.personal_data.as_ref().and_then(|data| of_digits(data.birth_date.as_deref()?));
    let certificate = files.certificate.as_ref().and_then(|file| CertificateDetails::parse(&file.der));
    let in_tax_code = certificate.as_ref().and_then(|certificate| of_tax_code(certificate.tax_code()?));
    on_card.into_iter().chain(in_tax_code).collect()
}

fn of_digits(date: &str) -> Option<Birth> {
    let part = |range: std::ops::Range<usize>| date.get(range)?.parse().ok();
    (date.len() == 8).then_some(())?;
    Some(Birth { day: part(0..2)?, month: part(2..4)?, year: part(4..8)? })
}

/// Characters 7 and 8 of a tax code are the year, 9 the month's letter, 10 and 11 the day, for women plus forty (Ministry
/// of Finance, decree of 23 December 1976).
fn of_tax_code(tax_code: &str) -> Option<Birth> {
    const MONTHS: &str = "ABCDEHLMPRST";
    let year = tax_code.get(6..8)?.parse().ok()?;
    let month = MONTHS.find(tax_code.get(8..9)?.to_ascii_uppercase().as_str())?;
    let day: u16 = tax_code.get(9..11)?.parse().ok()?;
    Some(Birth { day: if day > 40 { day - 40 } else { day }, month: u16::try_from(month).ok()? + 1, year })
}

/// The ways in which people write a date in digits, with and without zeros in front, in each order, whole or in part.
fn forms(birth: Birth) -> Vec<String> {
    let both = |number: u16| [format!("{number:02}"), number.to_string()];
    let mut years = vec![format!("{:02}", birth.year % 100)];
    if birth.year >= 100 {
        years.push(birth.year.to_string());
    } else {
        years.extend([format!("19{:02}", birth.year), format!("20{:02}", birth.year)]);
    }
    let mut forms = Vec::new();
    for year in &years {
        for month in both(birth.month) {
            forms.extend([format!("{month}{year}"), format!("{year}{month}")]);
            for day in both(birth.day) {
                forms.extend([
                    format!("{day}{month}{year}"),
                    format!("{month}{day}{year}"),
                    format!("{year}{month}{day}"),
                    format!("{year}{day}{month}"),
                ]);
            }
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOBODY: PublicFiles = PublicFiles {
        card_id: None,
        personal_data: None,
        certificate: None,
        certificate_problem: None,
        signature_certificate: None,
    };

    fn born(date: &str) -> PublicFiles {
        let personal_data =
            cns_card::PersonalData { birth_date: Some(date.to_owned()), ..Default::default() };
        PublicFiles { personal_data: Some(personal_data), ..NOBODY }
    }

    #[test]
    fn equal_digits_and_sequences() {
        for pin in ["00000", "1111111", "99999999"] {
            assert_eq!(weakness(pin, &NOBODY), Some(Weakness::AllEqual), "{pin}");
        }
        for pin in ["12345", "01234567", "98765", "67890", "43210", "32109876"] {
            assert_eq!(weakness(pin, &NOBODY), Some(Weakness::Sequence), "{pin}");
        }
        for pin in ["13579", "11112", "12344", "90210", "00001"] {
            assert_eq!(weakness(pin, &NOBODY), None, "{pin}");
        }
    }

    #[test]
    fn the_birth_date_however_it_is_written() {
        let files = born("05031982");
        for pin in [
            "05031982", "050382", "5382000", "820305", "19820305", "030582", "5031982", "50382", "198203",
            "031982",
        ] {
            let weak = weakness(pin, &files);
            assert_eq!(weak, (pin != "5382000").then_some(Weakness::BirthDate), "{pin}");
        }
        assert_eq!(weakness("05031983", &files), None);
        assert_eq!(weakness("05031982", &born("")), None);
        assert_eq!(weakness("05031982", &born("0503198à")), None);
    }

    #[test]
    fn the_birth_date_in_a_tax_code() {
        assert_eq!(of_tax_code("RSSMRA80A01H501U"), Some(Birth { day: 1, month: 1, year: 80 }));
        assert_eq!(of_tax_code("BNCGLI92L55F205A"), Some(Birth { day: 15, month: 7, year: 92 }));
        assert_eq!(of_tax_code("MLLJGN68S30A952K"), Some(Birth { day: 30, month: 11, year: 68 }));
        assert_eq!(of_tax_code(""), None);
        assert_eq!(of_tax_code("RSSMRA80X01H501U"), None);
        let forms = forms(Birth { day: 1, month: 1, year: 80 });
        assert!(
            ["01011980", "010180", "1180", "19800101"].iter().all(|form| forms.iter().any(|f| f == form))
        );
    }
}
