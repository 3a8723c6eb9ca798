//! What goes through the module: `cns cert uri`, `cns sign`, `cns test-login`.

use crate::text::{English, FailureText, LoginText, Refusal};

impl LoginText for English {
    fn module_option(&self) -> &'static str {
        "PKCS#11 module to use (if absent: the installed one)"
    }

    fn module_not_loaded(&self, path: &str) -> String {
        format!("The module {path} cannot be loaded.")
    }

    fn no_token(&self, reader: &str) -> FailureText {
        FailureText {
            what: format!("The module shows no card in the reader {reader}."),
            why: "The card was taken out, or the module cannot read it.",
            next: "Take the card out, put it back and try again. \"cns doctor\" looks for the cause.",
        }
    }

    fn module_failed(&self, error: &str) -> FailureText {
        FailureText {
            what: format!("The PKCS#11 module answered with an error ({error})."),
            why: "",
            next: "Take the card out, put it back and try again. \"cns doctor\" looks for the cause.",
        }
    }

    fn last_try_kept(&self) -> FailureText {
        FailureText {
            what:
                "One try is left for the PIN: the module does not use it, and nothing was sent to the card."
                    .into(),
            why: "A program must not lock the card by mistake.",
            next: "Check the PIN with \"cns pin verify\", which asks for a confirmation; then take the card out and put it \
                   back.",
        }
    }

    fn sign_about(&self) -> &'static str {
        "Sign a file with the card's key (detached signature)"
    }

    fn sign_file_argument(&self) -> &'static str {
        "File to sign; - is the standard input"
    }

    fn raw_option(&self) -> &'static str {
        "Only the RSA signature (PKCS#1 v1.5, SHA-256), without certificate"
    }

    fn sign_output_option(&self) -> &'static str {
        "Where to write the signature (if absent: FILE.p7s, or FILE.sig with --raw)"
    }

    fn force_option(&self) -> &'static str {
        "Replace a signature that is there already"
    }

    fn document_and_pin_from_input(&self) -> FailureText {
        FailureText {
            what: "The standard input can bring the document or the PIN, not both.".into(),
            why: "",
            next: "Save the document in a file and sign that; or leave out --pin-stdin and type the PIN in the terminal.",
        }
    }

    fn not_readable(&self, file: &str) -> String {
        format!("{file} cannot be read.")
    }

    fn no_message(&self) -> &'static str {
        "No CMS signature can be made with this card's certificate; --raw can."
    }

    fn key_cannot_be_checked(&self) -> FailureText {
        FailureText {
            what: "This certificate has no key that the card could sign with.".into(),
            why: "The certificate is damaged, or its key is not RSA.",
            next: "Ask at the counter to have the card replaced. The card's state: \"cns status\".",
        }
    }

    fn signature_does_not_fit(&self) -> FailureText {
        FailureText {
            what: "The signature made by the card does not fit its certificate: nothing was written.".into(),
            why: "The key on the card is not the certificate's, or the connection with the reader is disturbed.",
            next: "Take the card out, put it back and try again. \"cns doctor\" looks for the cause.",
        }
    }

    fn about_the_signature(&self) -> &'static str {
        "The signature is made with the authentication certificate: it proves who you are, but it is no qualified \
         electronic signature."
    }

    fn test_login_about(&self) -> &'static str {
        "Try a login with the card: to a real site or, without an address, without any network"
    }

    fn url_argument(&self) -> &'static str {
        "Address of the page for logging in with CNS, https://… (default: try inside this computer, no network)"
    }

    fn ca_option(&self) -> &'static str {
        "Trust the certificates in this PEM file too, for test sites"
    }

    fn tls_option(&self) -> &'static str {
        "Use this version of TLS only"
    }

    fn rehearsal_announced(&self) -> &'static str {
        "No address: the login is tried with a make-believe site inside this computer. Nothing goes over the network."
    }

    fn rehearsing(&self, tls: &str) -> String {
        format!("The card logs in with {tls}…")
    }

    fn rehearsal_title(&self) -> &'static str {
        "Try-out inside this computer"
    }

    fn rehearsed_with(&self, signature: &str, suite: &str) -> String {
        format!("logged in; the card's signature: {signature} ({suite})")
    }

    fn rehearsed(&self) -> &'static str {
        "Reader, card, PIN and module work: the card signs as a login to a site needs it."
    }

    fn rehearsal_shows_not(&self) -> &'static str {
        "This does not tell whether a certain site takes this card, whether the network works, or whether the browser is \
         set up. For a site: cns test-login https://…; for the browser: cns doctor."
    }

    fn rehearsal_failed(&self, tls: &str) -> String {
        format!("The PIN is right, but the login with {tls} did not come about.")
    }

    fn not_https(&self, url: &str) -> String {
        format!("\"{url}\" does not begin with https://: nobody logs in with a card without TLS.")
    }

    fn not_reached(&self, server: &str) -> String {
        format!("{server} cannot be reached: the PIN was not asked for.")
    }

    fn asking_server(&self, server: &str) -> String {
        format!("Asking {server} for the page…")
    }

    fn answer_title(&self, server: &str) -> String {
        format!("Answer of {server}")
    }

    fn protocol(&self) -> &'static str {
        "Protocol"
    }

    fn cipher_suite(&self) -> &'static str {
        "Cipher suite"
    }

    fn certificate_sent(&self) -> &'static str {
        "Certificate sent"
    }

    fn no_certificate_asked(&self) -> &'static str {
        "none: the site did not ask for it"
    }

    fn status_line(&self) -> &'static str {
        "Answer"
    }

    fn redirected_to(&self) -> &'static str {
        "The site sends you to"
    }

    fn server_did_not_ask(&self) -> &'static str {
        "The site did not ask for the certificate at this address. Open the page for logging in with CNS in the browser \
         and copy the address that is shown when the site asks for the card. (Some sites ask for the certificate later, \
         in a way that this test does not follow.)"
    }

    fn server_said_no(&self) -> &'static str {
        "The site got the certificate but answers with an error: the card and this computer work, the problem is in the \
         site or in what the person is enabled for."
    }

    fn logged_in(&self) -> &'static str {
        "The site took the certificate: reader, card, PIN and module work."
    }

    fn refused(&self, server: &str, refusal: Refusal) -> String {
        match refusal {
            Refusal::ServerNotTrusted => format!("This computer does not trust the certificate of {server}."),
            Refusal::CertificateRefused => format!("{server} refused the card's certificate."),
            Refusal::ClosedAfterCertificate => {
                format!("{server} closed the connection after it had got the card's certificate.")
            }
            Refusal::CardFailed => {
                "The card or the module did not make the signature that logging in needs.".into()
            }
            Refusal::NotUnderstood => format!("{server} answered, but this test cannot read the answer."),
            Refusal::TooSlow => format!("{server} did not answer in time."),
            Refusal::Handshake => format!("No TLS connection can be made with {server}."),
            Refusal::Connection => format!("The connection with {server} broke."),
        }
    }

    fn no_answer(&self) -> &'static str {
        "The connection ended before there was an HTTP answer."
    }

    fn not_http(&self) -> &'static str {
        "What came is not an HTTP answer."
    }

    fn too_many_headers(&self, most: usize) -> String {
        format!("The answer has more than {most} headers.")
    }

    fn answer_too_long(&self, most: usize) -> String {
        format!("The head of the answer is longer than {most} bytes.")
    }

    fn too_slow(&self, seconds: u64) -> String {
        format!("No complete answer came within {seconds} seconds.")
    }

    fn after_refusal(&self, refusal: Refusal) -> &'static str {
        match refusal {
            Refusal::ServerNotTrusted => {
                "Check the address and the computer's clock. An antivirus that opens encrypted traffic causes the same \
                 error: exclude this site there. For a test site there is --ca FILE."
            }
            Refusal::CertificateRefused | Refusal::ClosedAfterCertificate => {
                "Check with \"cns cert show\" that the certificate has not expired; if it is valid, ask the site whether it \
                 takes CNS cards of this issuer."
            }
            Refusal::CardFailed => {
                "Take the card out, put it back and try again. \"cns doctor\" looks for the cause."
            }
            Refusal::Handshake => {
                "Try again with --tls 1.2; if that does not help, the site uses a TLS unknown to this test."
            }
            Refusal::NotUnderstood => {
                "Open the address in the browser: the certificate may be accepted all the same."
            }
            Refusal::TooSlow => "Try again later; if it stays so, ask the site.",
            Refusal::Connection => "Try again later.",
        }
    }
}
