//! Certificates with a date that no calendar has, or that is not written as DER wants it. No login needs it, so the rest of
//! such a certificate is read all the same.

use der::asn1::AnyRef;
use der::{Decode as _, Encode as _, Reader as _, SliceReader, Tag, Tagged as _};

/// The certificate with both ends of its validity replaced by dates that a parser reads, each as near to what is written
/// there as can be; `None` when it is no certificate at all. What is no date at all is read as no limit: 1970, and the
/// end of RFC 5280, 4.1.2.5 for "no well-defined expiration date". The signature no longer fits: only for reading names,
/// keys and extensions.
pub(super) fn with_readable_dates(der: &[u8]) -> Option<Vec<u8>> {
    let certificate = fields(AnyRef::from_der(der).ok()?)?;
    let (tbs, rest) = certificate.split_first()?;
    let parts = fields(*tbs)?;
    // [0] version, where there is one, then number, algorithm, issuer, validity (RFC 5280, 4.1).
    let at = if parts.first()?.tag().is_context_specific() { 4 } else { 3 };
    let times = fields(*parts.get(at)?)?;
    let time = |number: usize, unlimited: &[u8]| {
        let readable = times.get(number).and_then(readable_time);
        readable.or_else(|| AnyRef::new(Tag::GeneralizedTime, unlimited).ok()?.to_der().ok())
    };
    let validity = [time(0, b"19700101000000Z")?, time(1, b"99991231235959Z")?].concat();
    let mut content = encoded(&parts[..at])?;
    content.extend(sequence(&validity)?);
    content.extend(encoded(&parts[at + 1..])?);
    sequence(&[sequence(&content)?, encoded(rest)?].concat())
}

fn fields(sequence: AnyRef<'_>) -> Option<Vec<AnyRef<'_>>> {
    if sequence.tag() != Tag::Sequence {
        return None;
    }
    let mut reader = SliceReader::new(sequence.value()).ok()?;
    let mut fields = Vec::new();
    while !reader.is_finished() {
        fields.push(AnyRef::decode(&mut reader).ok()?);
    }
    Some(fields)
}

fn encoded(fields: &[AnyRef<'_>]) -> Option<Vec<u8>> {
    fields.iter().map(|field| field.to_der().ok()).collect::<Option<Vec<_>>>().map(|all| all.concat())
}

fn sequence(content: &[u8]) -> Option<Vec<u8>> {
    AnyRef::new(Tag::Sequence, content).ok()?.to_der().ok()
}

/// The same moment, or the nearest one that exists: 31 June is 30 June.
fn readable_time(time: &AnyRef<'_>) -> Option<Vec<u8>> {
    let year_digits = match time.tag() {
        Tag::UtcTime => 2,
        Tag::GeneralizedTime => 4,
        _ => return None,
    };
    let end = time.value().iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(time.value().len());
    let digits = std::str::from_utf8(&time.value()[..end]).ok()?;
    let (year, rest) = digits.split_at_checked(year_digits)?;
    let mut pairs = rest.as_bytes().chunks_exact(2).map(|two| (two[0] - b'0') * 10 + two[1] - b'0');
    let mut next = |least, most| pairs.next().unwrap_or(least).clamp(least, most);
    let month = next(1, 12);
    let year_number = year.parse::<u32>().ok()?;
    // 2000 is a leap year, and of the years to 2050 that two digits stand for all are that can be divided by four.
    let leap = year_number % 4 == 0 && (year_digits == 2 || year_number % 100 != 0 || year_number % 400 == 0);
    let last_day = match month {
        2 => 28 + u8::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let [day, hour, minute, second] = [next(1, last_day), next(0, 23), next(0, 59), next(0, 59)];
    let text = format!("{year}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z");
    AnyRef::new(time.tag(), text.as_bytes()).ok()?.to_der().ok()
}
