//! When a certificate is valid: from 1 January of one year to 1 January of another.

use der::DateTime;
use der::asn1::{GeneralizedTime, UtcTime};
use x509_cert::time::{Time, Validity};

/// From the first day of one year to the first day of the other.
pub(super) fn validity((first, last): (u16, u16)) -> Validity {
    Validity { not_before: new_year(first), not_after: new_year(last) }
}

/// RFC 5280, 4.1.2.5: UTCTime through the year 2049, GeneralizedTime from 2050 on.
fn new_year(year: u16) -> Time {
    let date = DateTime::new(year, 1, 1, 0, 0, 0).expect("a year of ours");
    if year < 2050 {
        Time::UtcTime(UtcTime::from_date_time(date).expect("before 2050"))
    } else {
        Time::GeneralTime(GeneralizedTime::from_date_time(date))
    }
}
