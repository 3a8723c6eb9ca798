//! Quello che passa dal modulo: `cns cert uri`, `cns sign`, `cns test-login`.

use crate::text::{FailureText, Italian, LoginText, Refusal};

impl LoginText for Italian {
    fn module_option(&self) -> &'static str {
        "Modulo PKCS#11 da usare (se manca: quello installato)"
    }

    fn module_not_loaded(&self, path: &str) -> String {
        format!("Il modulo {path} non si può caricare.")
    }

    fn no_token(&self, reader: &str) -> FailureText {
        FailureText {
            what: format!("Il modulo non mostra nessuna tessera nel lettore {reader}."),
            why: "La tessera è stata tolta, oppure il modulo non riesce a leggerla.",
            next: "Togliere e reinserire la tessera, poi riprovare. «cns doctor» cerca la causa.",
        }
    }

    fn module_failed(&self, error: &str) -> FailureText {
        FailureText {
            what: format!("Il modulo PKCS#11 ha risposto con un errore ({error})."),
            why: "",
            next: "Togliere e reinserire la tessera, poi riprovare. «cns doctor» cerca la causa.",
        }
    }

    fn last_try_kept(&self) -> FailureText {
        FailureText {
            what: "Resta un solo tentativo per il PIN: il modulo non lo usa, e alla tessera non è stato inviato nulla."
                .into(),
            why: "Un programma non deve bloccare la tessera per sbaglio.",
            next: "Controllare il PIN con «cns pin verify», che chiede conferma; poi togliere e reinserire la tessera.",
        }
    }

    fn sign_about(&self) -> &'static str {
        "Firma un file con la chiave della tessera (firma staccata)"
    }

    fn sign_file_argument(&self) -> &'static str {
        "File da firmare; con - quello che arriva dall'ingresso standard"
    }

    fn raw_option(&self) -> &'static str {
        "Solo la firma RSA (PKCS#1 v1.5, SHA-256), senza certificato"
    }

    fn sign_output_option(&self) -> &'static str {
        "Dove scrivere la firma (se manca: FILE.p7s, oppure FILE.sig con --raw)"
    }

    fn force_option(&self) -> &'static str {
        "Sostituisce la firma che c'è già"
    }

    fn document_and_pin_from_input(&self) -> FailureText {
        FailureText {
            what: "Dall'ingresso standard può arrivare il documento o il PIN, non tutti e due.".into(),
            why: "",
            next: "Salva il documento in un file e firma quello; oppure togli --pin-stdin e scrivi il PIN nel terminale.",
        }
    }

    fn not_readable(&self, file: &str) -> String {
        format!("Non riesco a leggere {file}.")
    }

    fn no_message(&self) -> &'static str {
        "Con il certificato di questa tessera non si riesce a comporre una firma CMS; con --raw si può."
    }

    fn key_cannot_be_checked(&self) -> FailureText {
        FailureText {
            what: "Questo certificato non ha una chiave con cui la tessera possa firmare.".into(),
            why: "Il certificato è danneggiato, oppure la chiave non è RSA.",
            next: "Chiedi allo sportello di sostituire la tessera. Lo stato della tessera: «cns status».",
        }
    }

    fn signature_does_not_fit(&self) -> FailureText {
        FailureText {
            what: "La firma fatta dalla tessera non corrisponde al suo certificato: non ho scritto nulla."
                .into(),
            why: "La chiave nella tessera non è quella del certificato, oppure il collegamento con il lettore è disturbato.",
            next: "Togli e reinserisci la tessera, poi riprova. «cns doctor» cerca la causa.",
        }
    }

    fn about_the_signature(&self) -> &'static str {
        "È una firma fatta con il certificato di autenticazione: prova chi sei, ma non è una firma digitale qualificata."
    }

    fn test_login_about(&self) -> &'static str {
        "Prova un accesso con la tessera: a un sito vero, oppure, senza indirizzo, senza usare la rete"
    }

    fn url_argument(&self) -> &'static str {
        "Indirizzo della pagina di accesso con CNS, https://… (se manca: prova dentro questo computer, senza rete)"
    }

    fn ca_option(&self) -> &'static str {
        "Si fida anche dei certificati in questo file PEM, per i siti di prova"
    }

    fn tls_option(&self) -> &'static str {
        "Usa soltanto questa versione di TLS"
    }

    fn rehearsal_announced(&self) -> &'static str {
        "Nessun indirizzo: provo l'accesso con un sito finto, dentro questo computer. In rete non va nulla."
    }

    fn rehearsing(&self, tls: &str) -> String {
        format!("La tessera accede con {tls}…")
    }

    fn rehearsal_title(&self) -> &'static str {
        "Prova dentro questo computer"
    }

    fn rehearsed_with(&self, signature: &str, suite: &str) -> String {
        format!("accesso riuscito; firma della tessera: {signature} ({suite})")
    }

    fn rehearsed(&self) -> &'static str {
        "Lettore, tessera, PIN e modulo funzionano: la tessera firma come serve per accedere a un sito."
    }

    fn rehearsal_shows_not(&self) -> &'static str {
        "La prova non dice se un certo sito accetta questa tessera, se la rete va, né se il browser è configurato. \
         Per un sito: cns test-login https://…; per il browser: cns doctor."
    }

    fn rehearsal_failed(&self, tls: &str) -> String {
        format!("Il PIN è giusto, ma l'accesso di prova con {tls} non è riuscito.")
    }

    fn not_https(&self, url: &str) -> String {
        format!("«{url}» non comincia con https://: senza TLS non si accede con la tessera.")
    }

    fn not_reached(&self, server: &str) -> String {
        format!("Non riesco a collegarmi a {server}: il PIN non è stato chiesto.")
    }

    fn asking_server(&self, server: &str) -> String {
        format!("Chiedo la pagina a {server}…")
    }

    fn answer_title(&self, server: &str) -> String {
        format!("Risposta di {server}")
    }

    fn protocol(&self) -> &'static str {
        "Protocollo"
    }

    fn cipher_suite(&self) -> &'static str {
        "Cifratura"
    }

    fn certificate_sent(&self) -> &'static str {
        "Certificato inviato"
    }

    fn no_certificate_asked(&self) -> &'static str {
        "nessuno: il sito non l'ha chiesto"
    }

    fn status_line(&self) -> &'static str {
        "Risposta"
    }

    fn redirected_to(&self) -> &'static str {
        "Il sito manda a"
    }

    fn server_did_not_ask(&self) -> &'static str {
        "Il sito non ha chiesto il certificato a questo indirizzo. Aprire nel browser la pagina di accesso con CNS e \
         copiare l'indirizzo che compare quando il sito chiede la tessera. (Alcuni siti chiedono il certificato solo più \
         tardi, in un modo che questa prova non segue.)"
    }

    fn server_said_no(&self) -> &'static str {
        "Il sito ha ricevuto il certificato, ma risponde con un errore: la tessera e questo computer funzionano, il \
         problema è nel sito o nell'abilitazione della persona."
    }

    fn logged_in(&self) -> &'static str {
        "Il sito ha accettato il certificato: lettore, tessera, PIN e modulo funzionano."
    }

    fn refused(&self, server: &str, refusal: Refusal) -> String {
        match refusal {
            Refusal::ServerNotTrusted => {
                format!("Il certificato di {server} non è affidabile per questo computer.")
            }
            Refusal::CertificateRefused => format!("{server} ha rifiutato il certificato della tessera."),
            Refusal::ClosedAfterCertificate => {
                format!("{server} ha chiuso il collegamento dopo aver ricevuto il certificato della tessera.")
            }
            Refusal::CardFailed => {
                "La tessera o il modulo non ha fatto la firma che serve per accedere.".into()
            }
            Refusal::NotUnderstood => {
                format!("{server} ha risposto, ma questa prova non riesce a leggere la risposta.")
            }
            Refusal::TooSlow => format!("{server} non ha finito di rispondere in tempo."),
            Refusal::Handshake => format!("Con {server} non si riesce ad aprire un collegamento TLS."),
            Refusal::Connection => format!("Il collegamento con {server} si è interrotto."),
        }
    }

    fn no_answer(&self) -> &'static str {
        "Il collegamento è finito prima di una risposta HTTP."
    }

    fn not_http(&self) -> &'static str {
        "Quello che è arrivato non è una risposta HTTP."
    }

    fn too_many_headers(&self, most: usize) -> String {
        format!("La risposta ha più di {most} righe di intestazione.")
    }

    fn answer_too_long(&self, most: usize) -> String {
        format!("L'intestazione della risposta è più lunga di {most} byte.")
    }

    fn too_slow(&self, seconds: u64) -> String {
        format!("In {seconds} secondi non è arrivata una risposta completa.")
    }

    fn after_refusal(&self, refusal: Refusal) -> &'static str {
        match refusal {
            Refusal::ServerNotTrusted => {
                "Controllare l'indirizzo e l'orologio del computer. Un antivirus che apre il traffico cifrato dà lo \
                 stesso errore: va escluso per questo sito. Per un sito di prova c'è --ca FILE."
            }
            Refusal::CertificateRefused | Refusal::ClosedAfterCertificate => {
                "Controllare con «cns cert show» che il certificato non sia scaduto; se è valido, chiedere al sito se \
                 accetta le CNS di questo emittente."
            }
            Refusal::CardFailed => {
                "Togliere e reinserire la tessera, poi riprovare. «cns doctor» cerca la causa."
            }
            Refusal::Handshake => {
                "Riprovare con --tls 1.2; se non basta, il sito usa un TLS che questa prova non conosce."
            }
            Refusal::NotUnderstood => {
                "Apri l'indirizzo nel browser: il certificato può essere accettato lo stesso."
            }
            Refusal::TooSlow => "Riprova più tardi; se succede sempre, chiedi al sito.",
            Refusal::Connection => "Riprovare più tardi.",
        }
    }
}
