//! What the cards in the readers say of their holders, to make sure that none of it is in a text.

use cns_card::OpenedCard;

use crate::card::OpenCard;
use crate::card::certificate::CertificateDetails;
use crate::context::Context;

/// In the place of what was removed.
pub(super) const LEFT_OUT: &str = "…";
/// A shorter text says nothing of anybody, and may be a part of any word.
const SHORTEST: usize = 4;

/// Texts that must not be passed on.
pub(super) struct PrivateTexts(Vec<String>);

impl PrivateTexts {
    /// Of the holders of these cards, and of whose computer it is.
    pub(super) fn of(readers: &[String], context: &Context<'_>) -> Self {
        let mut texts = Vec::new();
        for reader in readers {
            let opened = cns_token::open(context.transport, reader, context.now);
            let Ok(OpenedCard::Cns(card, files)) = opened else { continue };
            if let Ok(opened) = OpenCard::new(reader, card, files, context.transport) {
                texts.extend(of_card(&opened));
            }
        }
        for variable in ["COMPUTERNAME", "USERDOMAIN"] {
            texts.extend(context.system.variable(variable).map(|name| name.to_string_lossy().into_owned()));
        }
        texts.retain(|text| text.chars().count() >= SHORTEST);
        texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        Self(texts)
    }

    /// The text without them, and without whatever looks like a tax code or a long number.
    pub(super) fn removed_from(&self, text: &str) -> String {
        let text = self.0.iter().fold(text.to_owned(), |text, gone| without(&text, gone));
        let mut clean = String::new();
        for word in text.split_inclusive(|letter: char| !letter.is_ascii_alphanumeric()) {
            let body = word.trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric());
            let is_personal = is_tax_code(body) || is_long_number(body);
            clean += if is_personal { LEFT_OUT } else { body };
            clean += &word[body.len()..];
        }
        clean
    }
}

fn of_card(card: &OpenCard) -> Vec<String> {
    let mut texts: Vec<String> = card.holder().into_iter().collect();
    let parts: Vec<String> = texts.iter().flat_map(|name| name.split(' ')).map(str::to_owned).collect();
    texts.extend(parts);
    texts.extend(card.files.card_id.as_ref().map(|id| id.as_str().to_owned()));
    let certificate = card.files.certificate.as_ref();
    if let Some(certificate) = certificate.and_then(|file| CertificateDetails::parse(&file.der)) {
        let own = [certificate.tax_code(), certificate.card_id()].map(|text| text.map(str::to_owned));
        texts.extend(own.into_iter().flatten());
        texts.extend(certificate.common_name.iter().cloned());
        texts.extend([certificate.serial.replace(':', ""), certificate.sha1().replace(':', "")]);
        texts.extend(certificate.emails);
    }
    texts
}

/// Without every place of `gone`, in capital letters or not.
fn without(text: &str, gone: &str) -> String {
    let (folded, gone) = (text.to_ascii_lowercase(), gone.to_ascii_lowercase());
    let mut clean = String::new();
    let mut rest = 0;
    while let Some(at) = folded[rest..].find(&gone) {
        clean += &text[rest..rest + at];
        clean += LEFT_OUT;
        rest += at + gone.len();
    }
    clean + &text[rest..]
}

/// Six letters, then digits and letters as Italy's tax code has them (letters may stand for digits).
fn is_tax_code(word: &str) -> bool {
    const LETTERS: [usize; 9] = [0, 1, 2, 3, 4, 5, 8, 11, 15];
    let bytes = word.as_bytes();
    bytes.len() == 16
        && LETTERS.iter().all(|at| bytes[*at].is_ascii_alphabetic())
        && word.contains(|letter: char| letter.is_ascii_digit())
}

/// The number of a card has twenty digits, that of a certificate about as many.
fn is_long_number(word: &str) -> bool {
    word.len() >= 12 && word.bytes().all(|letter| letter.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_card_says_of_its_holder_goes() {
        let private = PrivateTexts(vec!["Bianchi Anna".to_owned(), "5A3F9912".to_owned()]);
        let text = "BIANCHI ANNA, x5a3f9912y, RSSMRA80A01H501U. 80380001900000000123 2147483647 3B80800101 2026-07-01";
        assert_eq!(private.removed_from(text), "…, x…y, …. … 2147483647 3B80800101 2026-07-01");
    }
}
