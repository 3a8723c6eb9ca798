//! What `cns test-login` says.

use super::https_error::{self, HttpsError, ResponseError};
use super::tls_messages::tls_error;
use crate::host::SystemError;
use crate::text::{Language, Message};

/// The width of the column of names, in characters.
pub(super) const WIDTH: usize = 22;

pub(crate) const OFFLINE_ANNOUNCED: Message = Message::new(
    "Nessun indirizzo: provo l'accesso con un sito di prova interno a questo computer. Nessun dato esce in rete.",
    "No address: the login is tried with a test site inside this computer. Nothing goes over the network.",
);

/// What is shown while the card logs in to the site inside the command.
pub(crate) fn logging_in(language: Language, tls: &str) -> String {
    language.pick(format!("La tessera accede con {tls}…"), format!("The card logs in with {tls}…"))
}

pub(crate) const OFFLINE_TITLE: Message =
    Message::new("Prova interna a questo computer", "Test inside this computer");

/// Which signature the card made, in which cipher suite.
pub(crate) fn logged_in_with(language: Language, signature: &str, suite: &str) -> String {
    language.pick(
        format!("accesso riuscito; firma della tessera: {signature} ({suite})"),
        format!("logged in; the card's signature: {signature} ({suite})"),
    )
}

pub(crate) const OFFLINE_LOGIN_WORKS: Message = Message::new(
    "Lettore, tessera, PIN e driver funzionano: puoi usare la tessera per accedere a un sito.",
    "Reader, card, PIN and driver work: you can use the card to log in to a site.",
);
pub(crate) const OFFLINE_LIMITS: Message = Message::new(
    "La prova non controlla se un sito accetta questa tessera, se la rete funziona o se il browser è \
     configurato. Per un sito: cns test-login https://…; per il browser: cns doctor.",
    "The test does not check whether a site accepts this card, whether the network works or whether the \
     browser is set up. For a site: cns test-login https://…; for the browser: cns doctor.",
);

/// It did not come about.
pub(crate) fn offline_login_failed(language: Language, tls: &str) -> String {
    language.pick(
        format!("Il PIN è corretto, ma l'accesso di prova con {tls} non è riuscito."),
        format!("The PIN is correct, but the test login with {tls} did not succeed."),
    )
}

/// Only https will do.
pub(crate) fn not_https(language: Language, url: &str) -> String {
    language.pick(
        format!("«{url}» non comincia con https://: senza una connessione sicura non puoi accedere con la tessera."),
        format!("\"{url}\" does not begin with https://: you cannot log in with the card without a secure connection."),
    )
}

/// No connection to the server.
pub(crate) fn not_reached(language: Language, server: &str) -> String {
    language.pick(
        format!("Non riesco a collegarmi a {server}: non ti ho chiesto il PIN."),
        format!("{server} cannot be reached: you were not asked for the PIN."),
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
pub(crate) const REDIRECTED_TO: Message = Message::new("Il sito rimanda a", "The site sends you to");
pub(crate) const SERVER_DID_NOT_ASK: Message = Message::new(
    "A questo indirizzo il sito non ha chiesto il certificato. Apri nel browser la pagina di accesso con CNS \
     e copia l'indirizzo che compare quando il sito chiede la tessera. (Alcuni siti chiedono il certificato \
     solo dopo, in un modo che questa prova non segue.)",
    "The site did not ask for the certificate at this address. Open the page for logging in with CNS in the \
     browser and copy the address that is shown when the site asks for the card. (Some sites ask for the \
     certificate later, in a way that this test does not follow.)",
);
pub(crate) const SERVER_SAID_NO: Message = Message::new(
    "Il sito ha ricevuto il certificato, ma risponde con un errore: la tessera e questo computer funzionano; \
     il problema è nel sito, oppure non sei abilitato a quel servizio.",
    "The site got the certificate but answers with an error: the card and this computer work; the problem is \
     in the site, or you are not enabled for that service.",
);
pub(crate) const LOGGED_IN: Message = Message::new(
    "Il sito ha accettato il certificato: lettore, tessera, PIN e driver funzionano.",
    "The site accepted the certificate: reader, card, PIN and driver work.",
);

/// The server gave no page.
pub(crate) fn refused(language: Language, server: &str, refusal: ResponseError) -> String {
    match refusal {
        ResponseError::ServerNotTrusted => language.pick(
            format!("Questo computer non considera affidabile il certificato di {server}."),
            format!("This computer does not trust the certificate of {server}."),
        ),
        ResponseError::CertificateRefused => language.pick(
            format!("{server} ha rifiutato il certificato della tessera."),
            format!("{server} refused the card's certificate."),
        ),
        ResponseError::ClosedAfterCertificate => language.pick(
            format!("{server} ha chiuso il collegamento dopo aver ricevuto il certificato della tessera."),
            format!("{server} closed the connection after it received the card's certificate."),
        ),
        ResponseError::CardFailed => language
            .pick(
                "La tessera non ha fatto la firma che serve per accedere.",
                "The card did not make the signature that is needed to log in.",
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
            format!("Non riesco ad aprire una connessione sicura (TLS) con {server}."),
            format!("No secure connection (TLS) can be made with {server}."),
        ),
        ResponseError::Connection => language.pick(
            format!("Il collegamento con {server} si è interrotto."),
            format!("The connection with {server} was interrupted."),
        ),
    }
}

pub(crate) const NOT_PEM: Message = Message::new(
    "Il file non contiene certificati in formato PEM.",
    "The file holds no certificates in PEM format.",
);
pub(crate) const NO_ANSWER: Message = Message::new(
    "Il sito ha chiuso il collegamento senza rispondere.",
    "The site closed the connection without an answer.",
);
pub(crate) const NOT_HTTP: Message = Message::new(
    "La risposta non è quella di un sito web (HTTP).",
    "The answer is not that of a web site (HTTP).",
);

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
        format!("La risposta non è arrivata per intero entro {seconds} secondi."),
        format!("No complete answer came within {seconds} seconds."),
    )
}

/// What to do about it.
pub(crate) fn after_refusal(language: Language, refusal: ResponseError) -> &'static str {
    match refusal {
        ResponseError::ServerNotTrusted => language.pick(
            "Controlla l'indirizzo, la data e l'ora del computer. Anche un antivirus che controlla le \
             connessioni cifrate dà questo errore: disattivalo per questo sito. Per un sito di prova usa --ca FILE.",
            "Check the address and the computer's date and time. An antivirus that inspects encrypted \
             connections causes the same error: turn that off for this site. For a test site use --ca FILE.",
        ),
        ResponseError::CertificateRefused | ResponseError::ClosedAfterCertificate => language.pick(
            "Controlla con «cns cert show» che il certificato non sia scaduto; se è valido, chiedi al sito se \
             accetta le CNS di questo emittente.",
            "Check with \"cns cert show\" that the certificate has not expired; if it is valid, ask the \
             site whether it accepts CNS cards of this issuer.",
        ),
        ResponseError::CardFailed => language.pick(
            "Togli e reinserisci la tessera, poi riprova. Se succede ancora, cerca la causa con «cns doctor».",
            "Take the card out, put it back and try again. If it happens again, find the cause with \"cns doctor\".",
        ),
        ResponseError::Handshake => language.pick(
            "Riprova con --tls 1.2; se non basta, il sito usa una versione di TLS che questa prova non conosce.",
            "Try again with --tls 1.2; if that does not help, the site uses a version of TLS that this test \
             does not know.",
        ),
        ResponseError::NotUnderstood => language.pick(
            "Apri l'indirizzo nel browser: il sito potrebbe accettare il certificato lo stesso.",
            "Open the address in the browser: the site may accept the certificate anyway.",
        ),
        ResponseError::TooSlow => language.pick(
            "Riprova più tardi; se succede sempre, chiedi al sito.",
            "Try again later; if it keeps happening, ask the site.",
        ),
        ResponseError::Connection => language.pick("Riprova più tardi.", "Try again later."),
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
