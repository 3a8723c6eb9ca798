//! When a certificate is valid: from 1 January of one year to 1 January of another, fixed or by the clock.

use super::CertificateOptions;
use der::DateTime;
use der::asn1::{GeneralizedTime, UtcTime};
use std::time::SystemTime;
use x509_cert::time::{Time, Validity};

/// How long a CNS certificate is valid.
const YEARS: u16 = 6;

impl CertificateOptions {
    /// The same, valid on the day of use: issued on 1 January of last year, for six years. For cards that programs with
    /// a clock of their own look at; the other tests keep the fixed years, and with them the same bytes in every run.
    ///
    /// # Panics
    /// If the system's clock is before 1970.
    #[must_use]
    pub fn valid_now(self) -> CertificateOptions {
        self.valid_at(SystemTime::now())
    }

    /// [`CertificateOptions::valid_now`] with a clock of the caller's.
    ///
    /// # Panics
    /// If that is before 1970.
    #[must_use]
    pub fn valid_at(self, now: SystemTime) -> CertificateOptions {
        let date = DateTime::from_system_time(now).expect("a clock after 1970");
        let first = date.year() - 1;
        CertificateOptions { years: (first, first + YEARS), ..self }
    }
}

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
