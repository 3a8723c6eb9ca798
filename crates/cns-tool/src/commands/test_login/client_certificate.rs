//! The certificate that the client sends.

use cns_token::KeyProblem;

use crate::card::certificate::CertificateDetails;
use crate::card::certificate_messages;
use crate::card::public_key::PublicKey;
use crate::card::redact;
use crate::commands::cert::warn_of_expiry;
use crate::context::Context;
use crate::exit::{Exit, Failure};

/// Before the PIN is asked for: the certificate must have a key that can sign.
pub(super) fn can_sign(certificate: &CertificateDetails, context: &mut Context<'_>) -> Result<(), Failure> {
    let problem = certificate.key_problem.or(match PublicKey::of(&certificate.der) {
        Some(_) => None,
        None => Some(KeyProblem::Damaged),
    });
    match problem {
        None => Ok(()),
        Some(problem) => {
            Err(certificate_messages::key_unusable(context.language, problem).with(Exit::UnusableCard))
        }
    }
}

/// The same, and the person is told if the certificate has expired or soon will.
pub(super) fn can_log_in(certificate: &CertificateDetails, context: &mut Context<'_>) -> Result<(), Failure> {
    can_sign(certificate, context)?;
    warn_of_expiry(certificate, context);
    Ok(())
}

/// Whose certificate was sent, for who looks over the person's shoulder.
pub(super) fn sent(certificate: &CertificateDetails) -> String {
    match certificate.tax_code() {
        Some(code) => format!("{}, {}", redact::tax_code(code), certificate.issuer_name),
        None => certificate.subject.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use cns_card::PcscTransport;
    use virtual_cns::holders::{CertificateOptions, private_key};

    use super::*;
    use crate::console::prompt::Terminal;
    use crate::{Output, System};

    /// What is said on this day before the PIN is asked for.
    fn told(day: SystemTime) -> String {
        let der = CertificateOptions::PLAIN.issue(
            &virtual_cns::Holder::ROSSI,
            "6090010000000017",
            b"data",
            &private_key("login", 2048),
        );
        let certificate = CertificateDetails::parse(&der).expect("a certificate");
        let (transport, mut terminal, mut told) = (PcscTransport::new(), Terminal, Vec::new());
        let output = Output::to(std::io::sink(), &mut told);
        let mut context = Context::new(&transport, &mut terminal, output, System::of_process());
        context.now = day;
        can_log_in(&certificate, &mut context).expect("it can sign");
        drop(context);
        String::from_utf8(told).expect("UTF-8")
    }

    #[test]
    fn an_expired_certificate_is_told_before_the_pin() {
        let of_day = |seconds| told(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        // The virtual certificates end on 1 January 2031.
        assert_eq!(of_day(1_800_000_000), "");
        assert!(of_day(1_924_992_000 + 86_400).contains("2031"));
        assert!(of_day(1_924_992_000 - 5 * 86_400).contains("2031"));
    }
}
