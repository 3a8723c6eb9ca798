//! `cns test-login`: one page asked for with the card, as a browser would, and what came of it. Without an address the
//! page is one of a site inside this process.

mod client_certificate;
mod https;
mod https_error;
mod local_server;
mod login_report;
pub(crate) mod messages;
mod offline_login;
mod tls_messages;

pub(crate) use https_error::HttpsError;
#[cfg(target_os = "linux")]
pub(crate) use local_server::practice_server;

use std::net::TcpStream;
use std::path::{Path, PathBuf};

use rustls::ProtocolVersion;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject};
use url::Url;

use self::client_certificate::{can_log_in, can_sign, sent};
use self::https::{Endpoint, HttpResponse, TlsVersion};
use self::https_error::{PATIENCE, signing_failure};
use self::login_report::{Connection, LoginReport};
use self::messages::WIDTH;
use crate::card::certificate::CertificateDetails;
use crate::console::Verdict;
use crate::console::messages as console_messages;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::options::JsonOption;
use crate::pkcs11::card_identity::CardIdentity;
use crate::pkcs11::pkcs11_login::{LoginOptions, log_in_when};

/// The options of `cns test-login`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(
        value_name = "URL",
        help = "Address of the page for logging in with CNS, https://… (default: try inside this computer, \
                no network)",
        value_parser = address
    )]
    url: Option<Url>,
    /// Trust the certificates in this PEM file too, for test sites
    #[arg(long, value_name = "FILE", requires = "url")]
    ca: Option<PathBuf>,
    /// Use only this version of TLS
    #[arg(long, value_name = "1.2|1.3")]
    tls: Option<TlsVersion>,
    #[command(flatten)]
    login: LoginOptions,
    /// Whether a program reads the result.
    #[command(flatten)]
    pub json: JsonOption,
}

/// An address as people write it: `www.inps.it` is a site too.
fn address(text: &str) -> Result<Url, url::ParseError> {
    match text.contains("://") {
        true => Url::parse(text),
        false => Url::parse(&format!("https://{text}")),
    }
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    match &arguments.url {
        Some(url) => visit(url, arguments, context),
        None => offline_login::run(arguments.tls, &arguments.login, context),
    }
}

/// `cns test-login` without an address, with the card in this reader; for `cns start`.
pub(crate) fn offline(reader: &str, module: &Path, context: &mut Context<'_>) -> Result<Exit, Failure> {
    // `cns start` has told the expiry.
    offline_login::log_in(None, &LoginOptions::for_reader(reader, module), can_sign, context)
}

fn visit(url: &Url, arguments: &Arguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let language = context.language;
    let Some(target) = Endpoint::of(url) else {
        return Err(Failure::new(Exit::Usage, messages::not_https(language, url.as_str())));
    };
    let roots = trusted(arguments, context)?;
    // Before the PIN is asked for: the server must be reachable.
    let address = target.reachable_address().map_err(|error| {
        Failure::new(Exit::Failed, messages::not_reached(language, &target.name()))
            .because_of(error, language)
            .then(messages::CHECK_ADDRESS_AND_NETWORK.to(language))
    })?;

    let (user, ()) = log_in_when(&arguments.login, context, can_log_in)?;
    let certificate = user.certificate.clone();
    let bits = certificate.key_bits.unwrap_or_default();
    let (session, key, _module) = user.into_parts();
    let identity = CardIdentity::new(session, key, certificate.der.clone(), bits);
    let asked = {
        let _shown = context.output.progress(&messages::asking_server(language, &target.name()));
        https::get(
            || TcpStream::connect_timeout(&address, PATIENCE),
            &target,
            roots,
            arguments.tls,
            identity.clone(),
        )
    };
    match asked {
        Ok(answer) => Ok(show(&target, &answer, &certificate, identity.was_asked_for(), context)),
        Err(trouble) => Err(failure(trouble, &target, identity.was_asked_for(), context)),
    }
}

fn show(
    target: &Endpoint,
    answer: &HttpResponse,
    certificate: &CertificateDetails,
    asked: bool,
    context: &mut Context<'_>,
) -> Exit {
    let language = context.language;
    let (verdict, text, exit) = match (asked, answer.status) {
        (false, _) => (Verdict::Problem, messages::SERVER_DID_NOT_ASK.to(language), Exit::Failed),
        (true, 400..) => (Verdict::Problem, messages::SERVER_SAID_NO.to(language), Exit::Failed),
        (true, _) => (Verdict::Ok, messages::LOGGED_IN.to(language), Exit::Success),
    };
    let tls = match answer.protocol {
        Some(ProtocolVersion::TLSv1_2) => Some(TlsVersion::V12),
        Some(ProtocolVersion::TLSv1_3) => Some(TlsVersion::V13),
        _ => None,
    };
    if context.wants_json() {
        let connection = Connection {
            tls: tls.map(TlsVersion::number),
            cipher_suite: &answer.suite,
            signature: None,
            certificate_requested: asked,
            status: Some(answer.status),
            location: answer.location.as_deref(),
        };
        context.write_json(&LoginReport {
            server: Some(target.name()),
            success: exit == Exit::Success,
            explanation: text,
            certificate_sent: asked.then(|| sent(certificate)),
            connections: vec![connection],
        });
        return exit;
    }
    context.output.title(&messages::answer_title(language, &target.name()));
    let protocol = tls.map_or_else(|| format!("{:?}", answer.protocol), |tls| tls.name().to_owned());
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
    context.output.verdict(verdict, text);
    exit
}

fn failure(trouble: HttpsError, target: &Endpoint, asked: bool, context: &Context<'_>) -> Failure {
    let language = context.language;
    let refusal = trouble.refusal(asked);
    if let Some(failure) = signing_failure(&trouble, language) {
        return Failure { exit: Exit::Failed, ..failure };
    }
    let next = messages::after_refusal(language, refusal);
    Failure::new(Exit::Failed, messages::refused(language, &target.name(), refusal))
        .because(messages::reason(language, trouble))
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
                _ => failure.because(messages::NOT_PEM.to(context.language)),
            }
        };
        for certificate in CertificateDer::pem_file_iter(file).map_err(unreadable)? {
            roots.push(certificate.map_err(unreadable)?);
        }
    }
    Ok(roots)
}
