//! The number printed on the back of a TS-CNS, from the card's own number.
//!
//! The back shows twenty digits: `80` for health, `380` for Italy, the issuer, the person's series, and a check digit
//! (ISO/IEC 7812-1, Luhn). The card's number (EF ID_Carta, 16 digits) is `6`, the Region's three digits, the series and
//! more; the back repeats its digits 2 to 13 after `8038000`. The last ten digits are the user id at the health-record
//! portal of Lombardia, whose digits are `030`. Chambers of commerce and other issuers begin with another digit: for their
//! cards none of this is true.

/// Before the digits that are the card's own.
const PREFIX: &str = "8038000";
/// How the numbers of health cards begin; other issuers of CNS (chambers of commerce, …) have other first digits.
const HEALTH_CARD: u8 = b'6';
/// How the numbers of Lombardia's health cards begin.
const LOMBARDIA: &str = "6030";
/// Digits of the user id.
const USER_ID_LENGTH: usize = 10;

/// Whether a card with this number is a health card. A card without a number may be one.
pub(crate) fn may_be_one(card_id: Option<&str>) -> bool {
    card_id.is_none_or(is_one)
}

fn is_one(card_id: &str) -> bool {
    let digits = card_id.as_bytes();
    digits.len() == 16 && digits[0] == HEALTH_CARD && digits.iter().all(u8::is_ascii_digit)
}

/// The twenty digits; `None` for a card whose number is none of a health card.
pub(crate) fn number_on_the_back(card_id: &str) -> Option<String> {
    if !is_one(card_id) {
        return None;
    }
    let number = format!("{PREFIX}{}", &card_id[1..13]);
    let check = luhn(&number);
    Some(format!("{number}{check}"))
}

/// The user id at the Lombardia portal; `None` for a card of another issuer.
pub(crate) fn lombardia_user_id(card_id: &str) -> Option<String> {
    let number = number_on_the_back(card_id).filter(|_| card_id.starts_with(LOMBARDIA))?;
    Some(number[number.len().saturating_sub(USER_ID_LENGTH)..].to_owned())
}

/// The digit that makes a number valid when put behind it: every second digit from the right counts double.
fn luhn(digits: &str) -> u32 {
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|digit| digit.to_digit(10))
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 if digit > 4 => digit * 2 - 9,
            0 => digit * 2,
            _ => digit,
        })
        .sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn luhn_digits_of_well_known_numbers() {
        // ISO/IEC 7812-1, annex B: 7992739871 is followed by 3. The test numbers of payment networks.
        assert_eq!(luhn("7992739871"), 3);
        assert_eq!(luhn("411111111111111"), 1);
        assert_eq!(luhn("37828224631000"), 5);
    }

    #[test]
    fn twenty_digits_of_a_health_card() {
        // 8038000, digits 2 to 13 (090 010000000), and the check digit worked out by hand: 9, 3 and 8 count double (9, 6,
        // 7), 1 and 8 single; 31 wants a 9.
        let number = number_on_the_back("6090010000000017").unwrap();
        assert_eq!(number, "80380000900100000009");
    }

    /// 8038000, digits 2 to 13 (030 010000000), and the check digit worked out by hand: 8, 3 and 3 count double (7, 6, 6), 8
    /// and 1 single; 28 wants a 2.
    #[test]
    fn the_user_id_is_for_cards_of_lombardia() {
        assert_eq!(number_on_the_back("6030010000000019").as_deref(), Some("80380000300100000002"));
        assert_eq!(lombardia_user_id("6030010000000019").as_deref(), Some("0100000002"));
        for other in
            ["6090010000000017", "6003010000000019", "7430010000000017", "1207000000000017", "60300100", ""]
        {
            assert_eq!(lombardia_user_id(other), None, "{other}");
        }
    }

    #[test]
    fn whose_card_it_is() {
        assert!(may_be_one(None) && may_be_one(Some("6090010000000017")));
        for other in ["7430010000000017", "1207000000000017", "5030010000000017", "603001000000001"] {
            assert!(!may_be_one(Some(other)), "{other}");
        }
    }

    #[test]
    fn other_cards_have_no_such_number() {
        for other in [
            "",
            "609001000000001",
            "1207000000000017",
            "7430010000000017",
            "60900100000000AB",
            "1234",
            "609001000000001é",
        ] {
            assert_eq!(number_on_the_back(other), None, "{other}");
        }
    }
}
