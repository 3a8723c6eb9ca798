//! What `cns test-login` says.

use super::https_error::{self, HttpsError, ResponseError};
use super::tls_messages::tls_error;
use crate::host::SystemError;
use crate::text::{Language, Message};

/// The width of the column of names, in characters.
pub(super) const WIDTH: usize = 22;

pub(crate) const OFFLINE_ANNOUNCED: Message = Message::new(
    "Nessun indirizzo: provo l'accesso con un sito finto, dentro questo computer. In rete non va nulla.",
    "No address: the login is tried with a make-believe site inside this computer. Nothing goes over the \
     network.",
);

/// What is shown while the card logs in to the site inside the command.
pub(crate) fn logging_in(language: Language, tls: &str) -> String {
    language.pick(format!("La tessera accede con {tls}…"), format!("The card logs in with {tls}…"))
}

pub(crate) const OFFLINE_TITLE: Message =
    Message::new("Prova dentro questo computer", "Try-out inside this computer");

/// Which signature the card made, in which cipher suite.
pub(crate) fn logged_in_with(language: Language, signature: &str, suite: &str) -> String {
    language.pick(
        format!("accesso riuscito; firma della tessera: {signature} ({suite})"),
        format!("logged in; the card's signature: {signature} ({suite})"),
    )
}

pub(crate) const OFFLINE_LOGIN_WORKS: Message = Message::new(
    "Lettore, tessera, PIN e modulo funzionano: la tessera firma come serve per accedere a un sito.",
    "Reader, card, PIN and module work: the card signs as a login to a site needs it.",
);
pub(crate) const OFFLINE_LIMITS: Message = Message::new(
    "La prova non dice se un certo sito accetta questa tessera, se la rete va, né se il browser è configurato. Per un sito: cns test-login https://…; per il browser: cns doctor.",
    "This does not tell whether a certain site takes this card, whether the network works, or whether the browser is set up. For a site: cns test-login https://…; for the browser: cns doctor.",
);

/// It did not come about.
pub(crate) fn offline_login_failed(language: Language, tls: &str) -> String {
    language.pick(
        format!("Il PIN è giusto, ma l'accesso di prova con {tls} non è riuscito."),
        format!("The PIN is right, but the login with {tls} did not come about."),
    )
}

/// Only https will do.
pub(crate) fn not_https(language: Language, url: &str) -> String {
    language.pick(
        format!("«{url}» non comincia con https://: senza TLS non si accede con la tessera."),
        format!("\"{url}\" does not begin with https://: nobody logs in with a card without TLS."),
    )
}

/// No connection to the server.
pub(crate) fn not_reached(language: Language, server: &str) -> String {
    language.pick(
        format!("Non riesco a collegarmi a {server}: il PIN non è stato chiesto."),
        format!("{server} cannot be reached: the PIN was not asked for."),
    )
}

/// What to do about that.
pub(crate) const CHECK_ADDRESS_AND_NETWORK: Message = Message::new(
    "Controlla l'indirizzo e la connessione a Internet.",
    "Check the address and the connection to the Internet.",
);

/// What is shown while the server is asked.
pub(crate) fn asking_server(language: Language, server: &str) -> String {
    language.pick(format!("Chiedo la pagina a {server}…"), format!("Asking {server} for the page…"))
}

/// Above the answer.
pub(crate) fn answer_title(language: Language, server: &str) -> String {
    language.pick(format!("Risposta di {server}"), format!("Answer of {server}"))
}

pub(crate) const PROTOCOL: Message = Message::new("Protocollo", "Protocol");
pub(crate) const CIPHER_SUITE: Message = Message::new("Cifratura", "Cipher suite");
pub(crate) const CERTIFICATE_SENT: Message = Message::new("Certificato inviato", "Certificate sent");
pub(crate) const NO_CERTIFICATE_ASKED: Message =
    Message::new("nessuno: il sito non l'ha chiesto", "none: the site did not ask for it");
pub(crate) const STATUS_LINE: Message = Message::new("Risposta", "Answer");
pub(crate) const REDIRECTED_TO: Message = Message::new("Il sito manda a", "The site sends you to");
pub(crate) const SERVER_DID_NOT_ASK: Message = Message::new(
    "Il sito non ha chiesto il certificato a questo indirizzo. Aprire nel browser la pagina di accesso con \
     CNS e copiare l'indirizzo che compare quando il sito chiede la tessera. (Alcuni siti chiedono il \
     certificato solo più tardi, in un modo che questa prova non segue.)",
    "The site did not ask for the certificate at this address. Open the page for logging in with CNS in the \
     browser and copy the address that is shown when the site asks for the card. (Some sites ask for the \
     certificate later, in a way that this test does not follow.)",
);
pub(crate) const SERVER_SAID_NO: Message = Message::new(
    "Il sito ha ricevuto il certificato, ma risponde con un errore: la tessera e questo computer \
     funzionano, il problema è nel sito o nell'abilitazione della persona.",
    "The site got the certificate but answers with an error: the card and this computer work, the problem \
     is in the site or in what the person is enabled for.",
);
pub(crate) const LOGGED_IN: Message = Message::new(
    "Il sito ha accettato il certificato: lettore, tessera, PIN e modulo funzionano.",
    "The site took the certificate: reader, card, PIN and module work.",
);

/// The server gave no page.
pub(crate) fn refused(language: Language, server: &str, refusal: ResponseError) -> String {
    match refusal {
        ResponseError::ServerNotTrusted => language.pick(
            format!("Il certificato di {server} non è affidabile per questo computer."),
            format!("This computer does not trust the certificate of {server}."),
        ),
        ResponseError::CertificateRefused => language.pick(
            format!("{server} ha rifiutato il certificato della tessera."),
            format!("{server} refused the card's certificate."),
        ),
        ResponseError::ClosedAfterCertificate => language.pick(
            format!("{server} ha chiuso il collegamento dopo aver ricevuto il certificato della tessera."),
            format!("{server} closed the connection after it had got the card's certificate."),
        ),
        ResponseError::CardFailed => language
            .pick(
                "La tessera o il modulo non ha fatto la firma che serve per accedere.",
                "The card or the module did not make the signature that logging in needs.",
            )
            .into(),
        ResponseError::NotUnderstood => language.pick(
            format!("{server} ha risposto, ma questa prova non riesce a leggere la risposta."),
            format!("{server} answered, but this test cannot read the answer."),
        ),
        ResponseError::TooSlow => language.pick(
            format!("{server} non ha finito di rispondere in tempo."),
            format!("{server} did not answer in time."),
        ),
        ResponseError::Handshake => language.pick(
            format!("Con {server} non si riesce ad aprire un collegamento TLS."),
            format!("No TLS connection can be made with {server}."),
        ),
        ResponseError::Connection => language.pick(
            format!("Il collegamento con {server} si è interrotto."),
            format!("The connection with {server} broke."),
        ),
    }
}

pub(crate) const NO_ANSWER: Message = Message::new(
    "Il collegamento è finito prima di una risposta HTTP.",
    "The connection ended before there was an HTTP answer.",
);
pub(crate) const NOT_HTTP: Message =
    Message::new("Quello che è arrivato non è una risposta HTTP.", "What came is not an HTTP answer.");

/// The answer has more header lines than are read.
pub(crate) fn too_many_headers(language: Language, most: usize) -> String {
    language.pick(
        format!("La risposta ha più di {most} righe di intestazione."),
        format!("The answer has more than {most} headers."),
    )
}

/// The answer's head is longer than is read, in bytes.
pub(crate) fn answer_too_long(language: Language, most: usize) -> String {
    language.pick(
        format!("L'intestazione della risposta è più lunga di {most} byte."),
        format!("The head of the answer is longer than {most} bytes."),
    )
}

/// There was no answer in so many seconds.
pub(crate) fn too_slow(language: Language, seconds: u64) -> String {
    language.pick(
        format!("In {seconds} secondi non è arrivata una risposta completa."),
        format!("No complete answer came within {seconds} seconds."),
    )
}

/// What to do about it.
pub(crate) fn after_refusal(language: Language, refusal: ResponseError) -> &'static str {
    match refusal {
        ResponseError::ServerNotTrusted => language.pick(
            "Controllare l'indirizzo e l'orologio del computer. Un antivirus che apre il traffico cifrato \
             dà lo stesso errore: va escluso per questo sito. Per un sito di prova c'è --ca FILE.",
            "Check the address and the computer's clock. An antivirus that opens encrypted traffic causes \
             the same error: exclude this site there. For a test site there is --ca FILE.",
        ),
        ResponseError::CertificateRefused | ResponseError::ClosedAfterCertificate => language.pick(
            "Controllare con «cns cert show» che il certificato non sia scaduto; se è valido, chiedere al \
             sito se accetta le CNS di questo emittente.",
            "Check with \"cns cert show\" that the certificate has not expired; if it is valid, ask the \
             site whether it takes CNS cards of this issuer.",
        ),
        ResponseError::CardFailed => language.pick(
            "Togliere e reinserire la tessera, poi riprovare. «cns doctor» cerca la causa.",
            "Take the card out, put it back and try again. \"cns doctor\" looks for the cause.",
        ),
        ResponseError::Handshake => language.pick(
            "Riprovare con --tls 1.2; se non basta, il sito usa un TLS che questa prova non conosce.",
            "Try again with --tls 1.2; if that does not help, the site uses a TLS unknown to this test.",
        ),
        ResponseError::NotUnderstood => language.pick(
            "Apri l'indirizzo nel browser: il certificato può essere accettato lo stesso.",
            "Open the address in the browser: the certificate may be accepted all the same.",
        ),
        ResponseError::TooSlow => language.pick(
            "Riprova più tardi; se succede sempre, chiedi al sito.",
            "Try again later; if it stays so, ask the site.",
        ),
        ResponseError::Connection => language.pick("Riprovare più tardi.", "Try again later."),
    }
}

/// What happened, as far as there are words for it.
pub(crate) fn reason(language: Language, error: HttpsError) -> String {
    match error {
        HttpsError::Io(error) => format!("{}.", SystemError::from(error).text(language)),
        HttpsError::Tls(error) => tls_error(language, &error),
        HttpsError::NoAnswer => NO_ANSWER.to(language).to_owned(),
        HttpsError::NotHttp => NOT_HTTP.to(language).to_owned(),
        HttpsError::TooManyHeaders => too_many_headers(language, https_error::MOST_HEADERS),
        HttpsError::TooLong => answer_too_long(language, https_error::MOST),
        HttpsError::TooSlow => too_slow(language, https_error::PATIENCE.as_secs()),
    }
}
