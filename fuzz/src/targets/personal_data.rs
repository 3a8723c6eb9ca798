//! EF Dati_personali of any bytes.

use cns_card::PersonalData;

use crate::FuzzTarget;

/// See above.
pub const TARGET: FuzzTarget = FuzzTarget { name: "personal_data", longest: 4096, prepare: || (), run };

fn run(data: &[u8]) {
    let Some(read) = PersonalData::parse(data) else { return };
    let fields = [
        &read.issuer,
        &read.issue_date,
        &read.expiry_date,
        &read.surname,
        &read.name,
        &read.birth_date,
        &read.sex,
        &read.height,
        &read.tax_code,
        &read.citizenship,
        &read.birth_municipality,
        &read.birth_country,
        &read.birth_act,
        &read.residence_municipality,
        &read.residence_address,
        &read.notes,
    ];
    let mut rest = data;
    for field in fields.into_iter().flatten() {
        assert!(!field.is_empty() && field.trim() == field, "blanks around {field:?}");
        assert!(!field.chars().any(char::is_control), "control characters in {field:?}");
        assert!(field.chars().count() <= 255, "longer than its length field can say");
        // Latin-1, in the file's order, with nothing but control characters left out.
        for character in field.chars() {
            let at = rest.iter().position(|&byte| char::from(byte) == character).expect("a byte of the file");
            rest = &rest[at + 1..];
        }
    }
}
