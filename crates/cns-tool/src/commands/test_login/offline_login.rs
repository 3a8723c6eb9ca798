//! `cns test-login` without an address: the card logs in to a site inside this process.
//!
//! It shows that reader, card, PIN, module and TLS with the card's key work, and needs no network. What it cannot show,
//! it says.

use std::sync::Arc;
use std::{io, thread};

use rustls::{CertificateError, SignatureScheme};

use super::client_certificate::{can_log_in, sent};
use super::https::{self, Endpoint, TlsVersion};
use super::https_error::{HttpsError, ResponseError, signing_failure};
use super::local_server::LocalServer;
use super::login_report::{Connection, LoginReport, signature_name};
use super::messages::{self, WIDTH};
use crate::card::certificate::{CertificateDetails, Validity};
use crate::card::certificate_messages;
use crate::commands::cert::validity;
use crate::console::{Verdict, interrupt};
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::pkcs11::card_identity::CardIdentity;
use crate::pkcs11::pkcs11_login::{LoginOptions, log_in_when};

/// A login that the site took.
struct OfflineLogin {
    tls: TlsVersion,
    signed: SignatureScheme,
    suite: String,
}

pub(super) fn run(
    only: Option<TlsVersion>,
    login: &LoginOptions,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    context.output.note(messages::OFFLINE_ANNOUNCED.to(context.language));
    log_in(only, login, can_log_in, context)
}

/// The same, when it was said already what is tried.
pub(super) fn log_in(
    only: Option<TlsVersion>,
    login: &LoginOptions,
    ready: impl FnOnce(&CertificateDetails, &mut Context<'_>) -> Result<(), Failure>,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let language = context.language;
    let versions = match only {
        Some(version) => vec![version],
        None => vec![TlsVersion::V13, TlsVersion::V12],
    };
    let (user, ()) = log_in_when(login, context, ready)?;
    // Ctrl-C waits the few seconds until the card is locked again.
    let _whole = interrupt::uninterrupted();
    let certificate = user.certificate.clone();
    let bits = certificate.key_bits.unwrap_or_default();
    let (session, key, _module) = user.into_parts();
    let identity = CardIdentity::new(session, key, certificate.der.clone(), bits);
    let mut logins = Vec::new();
    for tls in versions {
        let _shown = context.output.progress(&messages::logging_in(language, tls.name()));
        let login = visit(tls, &certificate, &identity);
        logins.push(login.map_err(|trouble| failure(tls, trouble, context))?);
    }
    Ok(show(&logins, &certificate, context))
}

/// One page, asked for by one thread and given by another.
fn visit(
    tls: TlsVersion,
    certificate: &CertificateDetails,
    identity: &Arc<CardIdentity>,
) -> Result<OfflineLogin, HttpsError> {
    let site = LocalServer::open(tls, &certificate.der)?;
    let (address, visitor, end) = site.connect()?;
    let trusted = vec![site.certificate.clone()];
    let (answer, served) = thread::scope(|scope| {
        let serving = scope.spawn(|| site.serve(end));
        let identity = Arc::clone(identity);
        let answer = https::get(|| Ok(visitor), &Endpoint::at(address), trusted, Some(tls), identity);
        let ended = Err(HttpsError::Io(io::Error::from(io::ErrorKind::Other)));
        (answer, serving.join().unwrap_or(ended))
    });
    // What the site refused says more than the alert that came of it; a card that failed says more than the silence.
    let answer = match (answer, served) {
        (Ok(answer), Ok(())) => answer,
        (Err(HttpsError::Tls(rustls::Error::AlertReceived(_))), Err(refused)) => return Err(refused),
        (Err(trouble), _) | (Ok(_), Err(trouble)) => return Err(trouble),
    };
    match site.signed_with() {
        Some(signed) => Ok(OfflineLogin { tls, signed, suite: answer.suite }),
        None => Err(HttpsError::NoAnswer),
    }
}

fn show(logins: &[OfflineLogin], certificate: &CertificateDetails, context: &mut Context<'_>) -> Exit {
    let language = context.language;
    let state = certificate.validity(context.now.into());
    let exit = match state {
        Validity::Valid(_) | Validity::Soon(_) => Exit::Success,
        Validity::NotYet | Validity::Expired => Exit::Failed,
    };
    let (verdict, text) = validity(certificate, context);
    if context.wants_json() {
        let success = exit == Exit::Success;
        let explanation = if success { messages::OFFLINE_LOGIN_WORKS.to(language) } else { &text };
        context.write_json(&report(logins, certificate, success, explanation));
        return exit;
    }
    context.output.title(messages::OFFLINE_TITLE.to(language));
    context.output.field(messages::CERTIFICATE_SENT.to(language), WIDTH, &sent(certificate));
    for login in logins {
        let text = messages::logged_in_with(language, signature(login.signed), &login.suite);
        context.output.field(login.tls.name(), WIDTH, &text);
    }
    context.output.verdict(Verdict::Ok, messages::OFFLINE_LOGIN_WORKS.to(language));
    context.output.note(messages::OFFLINE_LIMITS.to(language));
    if !matches!(state, Validity::Valid(_)) {
        context.output.verdict(verdict, &text);
    }
    exit
}

fn report<'a>(
    logins: &'a [OfflineLogin],
    certificate: &CertificateDetails,
    success: bool,
    explanation: &'a str,
) -> LoginReport<'a> {
    let connection = |login: &'a OfflineLogin| Connection {
        tls: Some(login.tls.number()),
        cipher_suite: &login.suite,
        signature: signature_name(login.signed),
        certificate_requested: true,
        status: None,
        location: None,
    };
    LoginReport {
        server: None,
        success,
        explanation,
        certificate_sent: Some(sent(certificate)),
        connections: logins.iter().map(connection).collect(),
    }
}

/// As cryptographers name it.
fn signature(scheme: SignatureScheme) -> &'static str {
    match scheme {
        SignatureScheme::RSA_PSS_SHA256 => "RSA-PSS, SHA-256",
        SignatureScheme::RSA_PSS_SHA384 => "RSA-PSS, SHA-384",
        SignatureScheme::RSA_PSS_SHA512 => "RSA-PSS, SHA-512",
        SignatureScheme::RSA_PKCS1_SHA256 => "RSA PKCS#1 v1.5, SHA-256",
        SignatureScheme::RSA_PKCS1_SHA384 => "RSA PKCS#1 v1.5, SHA-384",
        _ => "RSA PKCS#1 v1.5, SHA-512",
    }
}

fn failure(tls: TlsVersion, trouble: HttpsError, context: &Context<'_>) -> Failure {
    let language = context.language;
    let what = messages::offline_login_failed(language, tls.name());
    if let HttpsError::Tls(rustls::Error::InvalidCertificate(CertificateError::BadSignature)) = trouble {
        return certificate_messages::signature_of_another_key(language, &what).with(Exit::Failed);
    }
    match signing_failure(&trouble, language) {
        Some(signing) => {
            let why = [Some(signing.what), signing.why].into_iter().flatten().collect::<Vec<_>>().join(" ");
            Failure { next: signing.next, ..Failure::new(Exit::Failed, what).because(why) }
        }
        None => Failure::new(Exit::Failed, what)
            .because(messages::reason(language, trouble))
            .then(messages::after_refusal(language, ResponseError::CardFailed)),
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use cns_card::PcscTransport;
    use cryptoki::context::Function;
    use cryptoki::error::{Error, RvError};

    use super::*;
    use crate::console::prompt::Terminal;
    use crate::text::Language;
    use crate::{Output, System};

    /// What the site or the module said about the signature, in own words.
    #[test]
    fn a_key_that_is_another_one() {
        let mut terminal = Terminal;
        let transport = PcscTransport::new();
        let output = Output::to(io::sink(), io::sink());
        let mut context = Context::new(&transport, &mut terminal, output, System::of_process());
        context.set_language(Language::Italian);
        let module = Error::Pkcs11(RvError::DeviceError, Function::Sign);
        for error in [
            rustls::Error::InvalidCertificate(CertificateError::BadSignature),
            rustls::Error::Other(rustls::OtherError(Arc::new(module))),
        ] {
            let raw = error.to_string();
            let failure = failure(TlsVersion::V13, HttpsError::Tls(error), &context);
            let told = format!("{failure:?}");
            assert!(
                told.contains("non è quella del certificato")
                    && told.contains("sostituirla")
                    && !told.contains(&raw),
                "{told}"
            );
        }
    }
}
