//! What is said when TLS fails: the library's own text is English and for programmers.

use rustls::{AlertDescription, CertificateError, Error};

use crate::text::Language;

/// Why there is no TLS connection.
pub(super) fn tls_error(language: Language, error: &Error) -> String {
    match error {
        Error::AlertReceived(alert) => alert_received(language, *alert),
        Error::InvalidCertificate(problem) => invalid_certificate(language, problem).to_owned(),
        Error::PeerIncompatible(_) | Error::PeerMisbehaved(_) | Error::NoApplicationProtocol => language
            .pick(
                "Il sito usa TLS in un modo che questa prova non conosce.",
                "The site uses TLS in a way that this test does not know.",
            )
            .to_owned(),
        _ => language
            .pick("Il collegamento TLS non è riuscito.", "The TLS connection did not succeed.")
            .to_owned(),
    }
}

/// What the site said before it closed the connection (RFC 8446, 6.2).
fn alert_received(language: Language, alert: AlertDescription) -> String {
    use AlertDescription as Alert;
    let said = match alert {
        Alert::CertificateExpired => language.pick("il certificato è scaduto", "the certificate has expired"),
        Alert::CertificateRevoked => {
            language.pick("il certificato è stato revocato", "the certificate was revoked")
        }
        Alert::UnknownCA => language
            .pick("non conosce chi ha emesso il certificato", "it does not know the certificate's issuer"),
        Alert::AccessDenied => language.pick("l'accesso non è permesso", "access is denied"),
        Alert::BadCertificate | Alert::UnsupportedCertificate | Alert::CertificateUnknown => {
            language.pick("non accetta questo certificato", "it does not accept this certificate")
        }
        Alert::CertificateRequired => language.pick("serve un certificato", "a certificate is needed"),
        Alert::DecryptError => language
            .pick("la firma non corrisponde al certificato", "the signature does not match the certificate"),
        Alert::HandshakeFailure | Alert::ProtocolVersion | Alert::InsufficientSecurity => language.pick(
            "non c'è un tipo di collegamento sicuro in comune",
            "there is no kind of secure connection that both sides support",
        ),
        _ => language.pick("un errore del sito", "an error of the site"),
    };
    let number = u8::from(alert);
    language.pick(
        format!("Il sito ha risposto: {said} (avviso TLS {number})."),
        format!("The site answered: {said} (TLS alert {number})."),
    )
}

fn invalid_certificate(language: Language, problem: &CertificateError) -> &'static str {
    use CertificateError as Problem;
    match problem {
        Problem::Expired | Problem::ExpiredContext { .. } => {
            language.pick("Il certificato del sito è scaduto.", "The site's certificate has expired.")
        }
        Problem::NotValidYet | Problem::NotValidYetContext { .. } => language
            .pick("Il certificato del sito non è ancora valido.", "The site's certificate is not valid yet."),
        Problem::Revoked => {
            language.pick("Il certificato del sito è stato revocato.", "The site's certificate was revoked.")
        }
        Problem::UnknownIssuer => language.pick(
            "Questo computer non conosce chi ha emesso il certificato del sito.",
            "This computer does not know the issuer of the site's certificate.",
        ),
        Problem::NotValidForName | Problem::NotValidForNameContext { .. } => language.pick(
            "Il certificato del sito appartiene a un altro indirizzo.",
            "The site's certificate belongs to another address.",
        ),
        Problem::BadSignature => language.pick(
            "La firma non corrisponde al certificato.",
            "The signature does not match the certificate.",
        ),
        _ => language.pick(
            "Non è possibile controllare il certificato del sito.",
            "The site's certificate cannot be checked.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use rustls::PeerIncompatible;

    use super::*;

    #[test]
    fn in_the_persons_language() {
        let errors = [
            Error::AlertReceived(AlertDescription::CertificateExpired),
            Error::AlertReceived(AlertDescription::Unknown(200)),
            Error::InvalidCertificate(CertificateError::UnknownIssuer),
            Error::InvalidCertificate(CertificateError::BadEncoding),
            Error::PeerIncompatible(PeerIncompatible::NoCipherSuitesInCommon),
            Error::HandshakeNotComplete,
        ];
        for error in errors {
            let told = Language::ALL.map(|language| tls_error(language, &error));
            assert!(
                told.iter().all(|text| text.ends_with('.') && !text.contains(&error.to_string())),
                "{told:?}"
            );
            assert_ne!(told[0], told[1]);
        }
        let expired = Error::AlertReceived(AlertDescription::CertificateExpired);
        let told = tls_error(Language::Italian, &expired);
        assert_eq!(told, "Il sito ha risposto: il certificato è scaduto (avviso TLS 45).");
    }
}
