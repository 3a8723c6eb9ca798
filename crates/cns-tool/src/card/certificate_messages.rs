//! What is said about certificates: what is wrong with one, and what it is for.

use cns_card::{Advice, CertificateProblem};
use cns_token::KeyProblem;

use super::certificate::Validity;
use super::other_certificates::{OtherCertificate, Purpose};
use super::unsupported_text;
use crate::exit::FailureText;
use crate::text::{Language, Message};

/// A CNS without certificate.
pub(crate) fn no_certificate(language: Language, problem: Option<CertificateProblem>) -> String {
    match problem {
        None | Some(CertificateProblem::Absent) => {
            language.pick("La tessera non contiene il certificato.", "The card holds no certificate.").into()
        }
        Some(CertificateProblem::TooLong { length }) => language.pick(
            format!("Il certificato sulla tessera è troppo lungo: {length} byte, il massimo è 8192."),
            format!("The certificate on the card is too long: {length} bytes, at most 8192 are allowed."),
        ),
        Some(CertificateProblem::Truncated { declared, present }) => language.pick(
            format!("Il certificato sulla tessera è incompleto: {present} byte su {declared}."),
            format!("The certificate on the card is incomplete: {present} of {declared} bytes."),
        ),
        Some(CertificateProblem::SignatureOnly) => ONLY_FOR_SIGNATURES.to(language).into(),
        Some(_) => language
            .pick(
                "Il certificato sulla tessera non si può leggere.",
                "The certificate on the card cannot be read.",
            )
            .into(),
    }
}

pub(crate) const REISSUE: Message = Message::new(
    "Chiedi a chi ha rilasciato la carta di sostituirla: cns guide smarrita",
    "Ask whoever issued the card to replace it: cns guide lost",
);

pub(crate) const SIGNED_WITH_SHA1: Message = Message::new(
    "Il certificato è firmato con SHA-1, un metodo superato: alcuni siti lo rifiutano.",
    "The certificate is signed with SHA-1, which is outdated: some sites refuse it.",
);
pub(crate) const HAVE_IT_RENEWED: Message = Message::new(
    "Se un sito lo rifiuta, chiedi il rinnovo a chi ha rilasciato la carta: i certificati nuovi sono firmati \
     con SHA-256.",
    "If a site refuses it, ask whoever issued the card to renew it: new certificates are signed with SHA-256.",
);

/// What to do about a card without usable certificate.
pub(crate) fn advice_without_certificate(
    language: Language,
    problem: Option<CertificateProblem>,
    is_health_card: bool,
) -> &'static str {
    match problem {
        None | Some(CertificateProblem::Absent) => {
            let advice = if is_health_card { Advice::AskTheIssuer } else { Advice::AskWhoIssuedIt };
            unsupported_text::advice(advice, language)
        }
        Some(CertificateProblem::SignatureOnly) => NEEDS_A_LOGIN_CERTIFICATE.to(language),
        Some(_) => REISSUE.to(language),
    }
}

/// A key that cannot log in.
pub(crate) fn key_unusable(language: Language, problem: KeyProblem) -> FailureText {
    let why = match problem {
        KeyProblem::NotRsa => language.pick(
            "Non è una chiave RSA, e le CNS hanno chiavi RSA.",
            "It is not an RSA key, and CNS cards have RSA keys.",
        ),
        KeyProblem::Length { .. } => language.pick(
            "È troppo corta o troppo lunga: servono da 1024 a 4096 bit.",
            "It is too short or too long: 1024 to 4096 bits are needed.",
        ),
        KeyProblem::Damaged => language.pick("È danneggiata.", "It is damaged."),
    };
    FailureText::new(
        language.pick(
            "La chiave nel certificato della tessera non si può usare per accedere.",
            "The key in the card's certificate cannot be used to log in.",
        ),
        why,
        REISSUE.to(language),
    )
}

/// A signature of another key than the certificate's, or one that was disturbed on its way.
pub(crate) fn signature_of_another_key(language: Language, what: &str) -> FailureText {
    FailureText::new(
        what,
        language.pick(
            "La chiave nella tessera non è quella del certificato, oppure il lettore non trasmette bene i dati.",
            "The key on the card is not the certificate's, or the reader does not transmit the data correctly.",
        ),
        language.pick(
            "Togli e reinserisci la tessera, poi riprova. Se succede ancora, chiedi a chi ha rilasciato la carta \
             di sostituirla: cns guide smarrita",
            "Take the card out, put it back and try again. If it happens again, ask whoever issued the card to \
             replace it: cns guide lost",
        ),
    )
}

pub(crate) const ONLY_FOR_SIGNATURES: Message = Message::new(
    "Sulla tessera c'è solo un certificato per la firma digitale: non serve per accedere ai servizi online.",
    "The card has only a certificate for digital signatures: you cannot log in with it.",
);
pub(crate) const NEEDS_A_LOGIN_CERTIFICATE: Message = Message::new(
    "Per accedere usa una tessera con il certificato CNS. Per firmare usa il programma di chi ha rilasciato questa.",
    "To log in, use a card with a CNS certificate. To sign, use the program of whoever issued this one.",
);

/// A certificate beside the one that logs in: what it is for, and its validity.
pub(crate) fn other_certificate(language: Language, other: &OtherCertificate) -> String {
    let purpose = match other.purpose {
        Purpose::Login => language.pick("per accedere ai servizi online", "for logging in"),
        Purpose::Signature => language.pick("per la firma digitale", "for digital signatures"),
        Purpose::Unclear => language.pick("uso non indicato", "purpose not stated"),
    };
    let (begins, ends) = (language.date(other.not_before), language.date(other.not_after));
    let validity = match other.validity {
        Validity::NotYet => language.pick(format!("vale dal {begins}"), format!("valid from {begins}")),
        Validity::Valid(_) | Validity::Soon(_) => {
            language.pick(format!("valido fino al {ends}"), format!("valid until {ends}"))
        }
        Validity::Expired => language.pick(format!("scaduto il {ends}"), format!("expired on {ends}")),
    };
    format!("{purpose}, {validity}")
}
