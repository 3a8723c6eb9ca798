//! Names in a certificate as text: attributes of X.520 in whichever string type the issuer took (RFC 5280, 4.1.2.4).

use x509_parser::asn1_rs::Tag;
use x509_parser::objects::{oid_registry, oid2abbrev};
use x509_parser::oid_registry::OID_X509_SERIALNUMBER;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

/// An attribute's value; `None` of one that is empty or no string.
///
/// TeletexString is read as Latin-1, which is what issuers put into it, and so is a UTF8String that is none.
#[must_use]
pub fn text(attribute: &AttributeTypeAndValue<'_>) -> Option<String> {
    let value = attribute.attr_value();
    let bytes: &[u8] = value.data;
    let latin1 = || bytes.iter().copied().map(char::from).collect();
    let text: String = match value.header.tag() {
        Tag::Utf8String => std::str::from_utf8(bytes).map_or_else(|_| latin1(), str::to_owned),
        Tag::PrintableString
        | Tag::Ia5String
        | Tag::NumericString
        | Tag::VisibleString
        | Tag::TeletexString => latin1(),
        Tag::BmpString => {
            let units = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        Tag::UniversalString => {
            let codes =
                bytes.chunks_exact(4).map(|four| u32::from_be_bytes([four[0], four[1], four[2], four[3]]));
            codes.map(|code| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        _ => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

/// A distinguished name: each attribute with its short name or number, what is no text in hexadecimal.
#[must_use]
pub fn distinguished_name(name: &X509Name<'_>) -> String {
    let attribute = |attribute: &AttributeTypeAndValue<'_>| {
        let hexadecimal =
            || attribute.attr_value().data.iter().map(|byte| format!("{byte:02X}")).collect::<String>();
        let value = text(attribute).unwrap_or_else(hexadecimal);
        match oid2abbrev(attribute.attr_type(), oid_registry()) {
            Ok(short) => format!("{short}={value}"),
            Err(_) => format!("{}={value}", attribute.attr_type().to_id_string()),
        }
    };
    let parts = name.iter().map(|part| part.iter().map(attribute).collect::<Vec<_>>().join(" + "));
    parts.collect::<Vec<_>>().join(", ")
}

/// The common name of a subject: the one that begins with a tax code and a slash, as the CNS profile has it (docs/cards,
/// "certificate profile"), where there are several; else the first that is text.
#[must_use]
pub fn common_name(subject: &X509Name<'_>) -> Option<String> {
    let names: Vec<String> = subject.iter_common_name().filter_map(text).collect();
    let by_profile = |name: &&String| name.split_once('/').is_some_and(|(code, _)| is_tax_code(code.trim()));
    names.iter().find(by_profile).or(names.first()).cloned()
}

/// The tax code (codice fiscale) of a subject: what stands before the slash of the common name, else in the attribute
/// serialNumber, with the prefix of ETSI EN 319 412-1 (`TINIT-`) or of older Italian profiles.
#[must_use]
pub fn tax_code(subject: &X509Name<'_>) -> Option<String> {
    let in_common_name = common_name(subject).and_then(|name| {
        let code = name.split('/').next().unwrap_or_default().trim();
        is_tax_code(code).then(|| code.to_owned())
    });
    let in_serial_number = || {
        let numbers = subject.iter_by_oid(&OID_X509_SERIALNUMBER).filter_map(text);
        numbers.map(|number| without_prefix(number.trim()).to_owned()).find(|code| is_tax_code(code))
    };
    in_common_name.or_else(in_serial_number)
}

fn without_prefix(number: &str) -> &str {
    let prefix = ["TINIT-", "IT:", "CF:"].into_iter().find(|prefix| {
        number.get(..prefix.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(prefix))
    });
    number[prefix.map_or(0, str::len)..].trim()
}

/// A person's code (letters in nine places, and digits in the others, or the letters that stand for them when two persons
/// would have the same code), or the 11 digits of a provisional code.
#[must_use]
pub fn is_tax_code(text: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || b"LMNPQRSTUV".contains(&byte.to_ascii_uppercase());
    match text.len() {
        16 => text.bytes().enumerate().all(|(place, byte)| match place {
            0..=5 | 8 | 11 | 15 => byte.is_ascii_alphabetic(),
            _ => is_digit(byte),
        }),
        11 => text.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    }
}
