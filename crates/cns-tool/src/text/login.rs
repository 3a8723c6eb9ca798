//! What goes through the module: `cns cert uri`, `cns sign`, `cns test-login`.

use super::FailureText;

/// Why a server gave no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Its own certificate is not trusted.
    ServerNotTrusted,
    /// It said no to the card's certificate.
    CertificateRefused,
    /// It closed the connection once it had the certificate.
    ClosedAfterCertificate,
    /// The card or the module could not sign.
    CardFailed,
    /// TLS did not come about.
    Handshake,
    /// The connection broke.
    Connection,
    /// It answered, and the answer could not be read.
    NotUnderstood,
    /// It took too long.
    TooSlow,
}

/// Messages about what goes through the module.
pub trait LoginText {
    /// What `--module` does.
    fn module_option(&self) -> &'static str;
    /// The module cannot be loaded.
    fn module_not_loaded(&self, path: &str) -> String;
    /// The module shows no token for the card in a reader.
    fn no_token(&self, reader: &str) -> FailureText;
    /// The module answered this.
    fn module_failed(&self, error: &str) -> FailureText;
    /// The module keeps the last try.
    fn last_try_kept(&self) -> FailureText;

    /// What `cns sign` does.
    fn sign_about(&self) -> &'static str;
    /// The file to sign.
    fn sign_file_argument(&self) -> &'static str;
    /// What `--raw` does.
    fn raw_option(&self) -> &'static str;
    /// What `--output` does.
    fn sign_output_option(&self) -> &'static str;
    /// What `--force` does.
    fn force_option(&self) -> &'static str;
    /// The standard input was to bring both.
    fn document_and_pin_from_input(&self) -> FailureText;
    /// A file cannot be read.
    fn not_readable(&self, file: &str) -> String;
    /// The message around the signature could not be made.
    fn no_message(&self) -> &'static str;
    /// There is no key in the certificate that a signature could be checked with.
    fn key_cannot_be_checked(&self) -> FailureText;
    /// The card's signature is not one of the certificate's key.
    fn signature_does_not_fit(&self) -> FailureText;
    /// What such a signature is worth.
    fn about_the_signature(&self) -> &'static str;

    /// What `cns test-login` does.
    fn test_login_about(&self) -> &'static str;
    /// The page to ask for.
    fn url_argument(&self) -> &'static str;
    /// What `--ca` does.
    fn ca_option(&self) -> &'static str;
    /// What `--tls` does.
    fn tls_option(&self) -> &'static str;
    /// No address was given: what is tried instead.
    fn rehearsal_announced(&self) -> &'static str;
    /// What is shown while the card logs in to the site inside the command.
    fn rehearsing(&self, tls: &str) -> String;
    /// Above what came of it.
    fn rehearsal_title(&self) -> &'static str;
    /// Which signature the card made, in which cipher suite.
    fn rehearsed_with(&self, signature: &str, suite: &str) -> String;
    /// What that shows.
    fn rehearsed(&self) -> &'static str;
    /// What it does not show.
    fn rehearsal_shows_not(&self) -> &'static str;
    /// It did not come about.
    fn rehearsal_failed(&self, tls: &str) -> String;
    /// Only https will do.
    fn not_https(&self, url: &str) -> String;
    /// No connection to the server.
    fn not_reached(&self, server: &str) -> String;
    /// What is shown while the server is asked.
    fn asking_server(&self, server: &str) -> String;
    /// Above the answer.
    fn answer_title(&self, server: &str) -> String;
    /// Before the version of TLS.
    fn protocol(&self) -> &'static str;
    /// Before the cipher suite.
    fn cipher_suite(&self) -> &'static str;
    /// Before the certificate that was sent.
    fn certificate_sent(&self) -> &'static str;
    /// In its place, when the server did not ask for one.
    fn no_certificate_asked(&self) -> &'static str;
    /// Before the status of the answer.
    fn status_line(&self) -> &'static str;
    /// Before the address that the server points to.
    fn redirected_to(&self) -> &'static str;
    /// The server never asked for the card.
    fn server_did_not_ask(&self) -> &'static str;
    /// It answered with an error.
    fn server_said_no(&self) -> &'static str;
    /// It took the card.
    fn logged_in(&self) -> &'static str;
    /// The server gave no page.
    fn refused(&self, server: &str, refusal: Refusal) -> String;
    /// The connection ended without an answer.
    fn no_answer(&self) -> &'static str;
    /// What came is not HTTP.
    fn not_http(&self) -> &'static str;
    /// The answer has more header lines than are read.
    fn too_many_headers(&self, most: usize) -> String;
    /// The answer's head is longer than is read, in bytes.
    fn answer_too_long(&self, most: usize) -> String;
    /// There was no answer in so many seconds.
    fn too_slow(&self, seconds: u64) -> String;
    /// What to do about it.
    fn after_refusal(&self, refusal: Refusal) -> &'static str;
}
