//! `cns test-login`: one page asked for with the card, as a browser would, and what came of it. Without an address the
//! page is one of a site inside this process.

mod https;
mod local_server;
mod offline_login;

use std::path::PathBuf;

use rustls::ProtocolVersion;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject};
use url::Url;

use self::https::{Answer, HttpsError, Target};
use crate::card::certificate::Certificate;
use crate::card::public_key::PublicKey;
use crate::card::reader_selection::explained;
use crate::card::redact;
use crate::console::Verdict;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::pkcs11::card_identity::CardIdentity;
use crate::pkcs11::pkcs11_login::{LoginOptions, log_in_when};
use crate::text::{Refusal, Text};

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

pub(crate) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    match &arguments.url {
        Some(url) => visit(url, arguments, context),
        None => offline_login::run(arguments, context),
    }
}

fn visit(url: &Url, arguments: &Arguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let text = context.text;
    let Some(target) = Target::of(url) else {
        return Err(Failure::new(Exit::Usage, text.not_https(url.as_str())));
    };
    let roots = trusted(arguments, context)?;
    // Nobody types a PIN for a server that is not there.
    let address = target.reached().map_err(|error| {
        Failure::new(Exit::Failed, text.not_reached(&target.name())).because_of(error, text)
    })?;

    let (user, ()) = log_in_when(&arguments.login, context, can_sign)?;
    let certificate = user.certificate.clone();
    let bits = certificate.key_bits.unwrap_or_default();
    let (session, key, _provider) = user.into_parts();
    let identity = CardIdentity::new(session, key, certificate.der.clone(), bits);
    let asked = {
        let _shown = context.output.progress(&text.asking_server(&target.name()));
        https::get(&target, address, roots, arguments.tls, identity.clone())
    };
    match asked {
        Ok(answer) => Ok(show(&target, &answer, &certificate, identity.was_asked_for(), context)),
        Err(trouble) => Err(failure(trouble, &target, identity.was_asked_for(), context)),
    }
}

/// Nobody types a PIN for a certificate whose key could not sign.
fn can_sign(certificate: &Certificate, context: &mut Context<'_>) -> Result<(), Failure> {
    match PublicKey::of(&certificate.der) {
        Some(_) => Ok(()),
        None => Err(explained(Exit::UnusableCard, context.text.key_cannot_be_checked())),
    }
}

fn show(
    target: &Target,
    answer: &Answer,
    certificate: &Certificate,
    asked: bool,
    context: &mut Context<'_>,
) -> Exit {
    let text = context.text;
    context.output.title(&text.answer_title(&target.name()));
    let protocol = match answer.protocol {
        Some(ProtocolVersion::TLSv1_2) => TlsVersion::V12.name().to_owned(),
        Some(ProtocolVersion::TLSv1_3) => TlsVersion::V13.name().to_owned(),
        other => format!("{other:?}"),
    };
    let sent = match asked {
        true => sent(certificate),
        false => text.no_certificate_asked().to_owned(),
    };
    let mut rows = vec![
        (text.protocol(), protocol),
        (text.cipher_suite(), answer.suite.clone()),
        (text.certificate_sent(), sent),
        (text.status_line(), answer.status_line()),
    ];
    if let Some(location) = &answer.location {
        rows.push((text.redirected_to(), location.clone()));
    }
    for (name, value) in rows {
        context.output.field(name, WIDTH, &value);
    }
    for line in &answer.first_lines {
        context.output.line(&format!("  | {line}"));
    }
    let (verdict, told, exit) = match (asked, answer.status) {
        (false, _) => (Verdict::Problem, text.server_did_not_ask(), Exit::Failed),
        (true, 400..) => (Verdict::Problem, text.server_said_no(), Exit::Failed),
        (true, _) => (Verdict::Ok, text.logged_in(), Exit::Success),
    };
    context.output.verdict(verdict, told);
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
    let text = context.text;
    let refusal = trouble.refusal(asked);
    let next = text.after_refusal(refusal);
    Failure::new(Exit::Failed, text.refused(&target.name(), refusal)).because(trouble.told(text)).then(next)
}

/// The certificates of the system, and those of `--ca`.
fn trusted(arguments: &Arguments, context: &Context<'_>) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let mut roots = rustls_native_certs::load_native_certs().certs;
    if let Some(file) = &arguments.ca {
        let unreadable = |error: pem::Error| {
            let failure = Failure::new(Exit::Failed, context.text.not_readable(&file.display().to_string()));
            match error {
                pem::Error::Io(error) => failure.because_of(error, context.text),
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
    fn told(self, text: &dyn Text) -> String {
        match self {
            Self::Io(error) => format!("{}.", text.system_error(&error.into())),
            Self::Tls(error) => error.to_string(),
            Self::NoAnswer => text.no_answer().to_owned(),
            Self::NotHttp => text.not_http().to_owned(),
            Self::TooManyHeaders => text.too_many_headers(https::MOST_HEADERS),
            Self::TooLong => text.answer_too_long(https::MOST),
            Self::TooSlow => text.too_slow(https::PATIENCE.as_secs()),
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
