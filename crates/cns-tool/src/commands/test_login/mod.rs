//! `cns test-login`: one page asked for with the card, as a browser would, and what came of it. Without an address the
//! page is one of a site inside this process.

mod https;
mod local_server;
mod messages;
mod offline_login;

use std::path::PathBuf;

use rustls::ProtocolVersion;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject};
use url::Url;

use self::https::{HttpsError, Response, Target};
use crate::card::certificate::Certificate;
use crate::card::messages as card_messages;
use crate::card::public_key::PublicKey;
use crate::card::redact;
use crate::console::Verdict;
use crate::console::messages as console_messages;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::host::SystemError;
use crate::pkcs11::card_identity::CardIdentity;
use crate::pkcs11::pkcs11_login::{LoginOptions, log_in_when};
use crate::text::Language;

/// The width of the column of names, in characters.
const WIDTH: usize = 22;

/// The options of `cns test-login`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(
        value_name = "URL",
        help = "Address of the page for logging in with CNS, https://… (default: try inside this computer, \
                no network)"
    )]
    url: Option<Url>,
    /// Trust the certificates in this PEM file too, for test sites
    #[arg(long, value_name = "FILE", requires = "url")]
    ca: Option<PathBuf>,
    /// Use this version of TLS only
    #[arg(long, value_name = "1.2|1.3")]
    tls: Option<TlsVersion>,
    #[command(flatten)]
    login: LoginOptions,
}

/// The only version of TLS that is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum TlsVersion {
    /// TLS 1.2.
    #[value(name = "1.2")]
    V12,
    /// TLS 1.3.
    #[value(name = "1.3")]
    V13,
}

impl TlsVersion {
    /// As people name it.
    fn name(self) -> &'static str {
        match self {
            Self::V12 => "TLS 1.2",
            Self::V13 => "TLS 1.3",
        }
    }
}

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

pub(crate) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    match &arguments.url {
        Some(url) => visit(url, arguments, context),
        None => offline_login::run(arguments, context),
    }
}

fn visit(url: &Url, arguments: &Arguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let language = context.language;
    let Some(target) = Target::of(url) else {
        return Err(Failure::new(Exit::Usage, messages::not_https(language, url.as_str())));
    };
    let roots = trusted(arguments, context)?;
    // Before the PIN is asked for: the server must be reachable.
    let address = target.reachable_address().map_err(|error| {
        Failure::new(Exit::Failed, messages::not_reached(language, &target.name()))
            .because_of(error, language)
    })?;

    let (user, ()) = log_in_when(&arguments.login, context, can_sign)?;
    let certificate = user.certificate.clone();
    let bits = certificate.key_bits.unwrap_or_default();
    let (session, key, _module) = user.into_parts();
    let identity = CardIdentity::new(session, key, certificate.der.clone(), bits);
    let asked = {
        let _shown = context.output.progress(&messages::asking_server(language, &target.name()));
        https::get(&target, address, roots, arguments.tls, identity.clone())
    };
    match asked {
        Ok(answer) => Ok(show(&target, &answer, &certificate, identity.was_asked_for(), context)),
        Err(trouble) => Err(failure(trouble, &target, identity.was_asked_for(), context)),
    }
}

/// Before the PIN is asked for: the certificate must have a key that can sign.
fn can_sign(certificate: &Certificate, context: &mut Context<'_>) -> Result<(), Failure> {
    match PublicKey::of(&certificate.der) {
        Some(_) => Ok(()),
        None => Err(card_messages::key_cannot_be_checked(context.language).with(Exit::UnusableCard)),
    }
}

fn show(
    target: &Target,
    answer: &Response,
    certificate: &Certificate,
    asked: bool,
    context: &mut Context<'_>,
) -> Exit {
    let language = context.language;
    context.output.title(&messages::answer_title(language, &target.name()));
    let protocol = match answer.protocol {
        Some(ProtocolVersion::TLSv1_2) => TlsVersion::V12.name().to_owned(),
        Some(ProtocolVersion::TLSv1_3) => TlsVersion::V13.name().to_owned(),
        other => format!("{other:?}"),
    };
    let sent = match asked {
        true => sent(certificate),
        false => messages::NO_CERTIFICATE_ASKED.to(language).to_owned(),
    };
    let mut rows = vec![
        (messages::PROTOCOL.to(language), protocol),
        (messages::CIPHER_SUITE.to(language), answer.suite.clone()),
        (messages::CERTIFICATE_SENT.to(language), sent),
        (messages::STATUS_LINE.to(language), answer.status_line()),
    ];
    if let Some(location) = &answer.location {
        rows.push((messages::REDIRECTED_TO.to(language), location.clone()));
    }
    for (name, value) in rows {
        context.output.field(name, WIDTH, &value);
    }
    for line in &answer.first_lines {
        context.output.line(&format!("  | {line}"));
    }
    let (verdict, text, exit) = match (asked, answer.status) {
        (false, _) => (Verdict::Problem, messages::SERVER_DID_NOT_ASK.to(language), Exit::Failed),
        (true, 400..) => (Verdict::Problem, messages::SERVER_SAID_NO.to(language), Exit::Failed),
        (true, _) => (Verdict::Ok, messages::LOGGED_IN.to(language), Exit::Success),
    };
    context.output.verdict(verdict, text);
    exit
}

/// Whose certificate was sent, for who looks over the person's shoulder.
fn sent(certificate: &Certificate) -> String {
    match certificate.tax_code() {
        Some(code) => format!("{}, {}", redact::tax_code(code), certificate.issuer_name),
        None => certificate.subject.clone(),
    }
}

fn failure(trouble: HttpsError, target: &Target, asked: bool, context: &Context<'_>) -> Failure {
    let language = context.language;
    let refusal = trouble.refusal(asked);
    let next = messages::after_refusal(language, refusal);
    Failure::new(Exit::Failed, messages::refused(language, &target.name(), refusal))
        .because(trouble.reason(language))
        .then(next)
}

/// The certificates of the system, and those of `--ca`.
fn trusted(arguments: &Arguments, context: &Context<'_>) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let mut roots = rustls_native_certs::load_native_certs().certs;
    if let Some(file) = &arguments.ca {
        let unreadable = |error: pem::Error| {
            let failure = Failure::new(
                Exit::Failed,
                console_messages::not_readable(context.language, &file.display().to_string()),
            );
            match error {
                pem::Error::Io(error) => failure.because_of(error, context.language),
                other => failure.because(other.to_string()),
            }
        };
        for certificate in CertificateDer::pem_file_iter(file).map_err(unreadable)? {
            roots.push(certificate.map_err(unreadable)?);
        }
    }
    Ok(roots)
}

impl HttpsError {
    /// What happened, in the person's language as far as it has words for it.
    fn reason(self, language: Language) -> String {
        match self {
            Self::Io(error) => format!("{}.", SystemError::from(error).text(language)),
            Self::Tls(error) => error.to_string(),
            Self::NoAnswer => messages::NO_ANSWER.to(language).to_owned(),
            Self::NotHttp => messages::NOT_HTTP.to(language).to_owned(),
            Self::TooManyHeaders => messages::too_many_headers(language, https::MOST_HEADERS),
            Self::TooLong => messages::answer_too_long(language, https::MOST),
            Self::TooSlow => messages::too_slow(language, https::PATIENCE.as_secs()),
        }
    }

    /// What a failed connection means for the person.
    fn refusal(&self, asked: bool) -> Refusal {
        match self {
            Self::Tls(rustls::Error::InvalidCertificate(_)) => Refusal::ServerNotTrusted,
            Self::Tls(rustls::Error::AlertReceived(_)) if asked => Refusal::CertificateRefused,
            Self::Tls(rustls::Error::General(_)) => Refusal::CardFailed,
            Self::Tls(_) => Refusal::Handshake,
            Self::Io(_) | Self::NoAnswer if asked => Refusal::ClosedAfterCertificate,
            Self::Io(_) | Self::NoAnswer => Refusal::Connection,
            Self::NotHttp | Self::TooManyHeaders | Self::TooLong => Refusal::NotUnderstood,
            Self::TooSlow => Refusal::TooSlow,
        }
    }
}
