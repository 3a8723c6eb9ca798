//! `cns cert`: the certificate on the card, shown, written to a file, or named for other programs.

pub(crate) mod messages;
mod show;
mod uri;

use std::path::PathBuf;

use cns_card::CardId;
use pem_rfc7468::LineEnding;
use pem_rfc7468::encode_string;
pub(crate) use show::{validity, validity_text, warn_of_expiry};

use crate::card::OpenCard;
use crate::card::card_number;
use crate::card::certificate::CertificateDetails;
use crate::card::certificate_messages;
use crate::card::open_card;
use crate::console::{Destination, OutputKind};
use crate::context::Context;
use crate::exit::{ErrorCode, Exit, Failure};
use crate::options::{JsonOption, ReaderOption};
use crate::text::Language;

/// What to do with the certificate.
#[derive(Debug, clap::Subcommand)]
pub enum CertAction {
    /// Show what the certificate says
    Show(ShowOptions),
    /// Write the certificate to a file or to the output
    Export(ExportOptions),
    /// Show the PKCS#11 names (URIs, RFC 7512) of card, certificate and key, for other programs
    Uri(uri::UriOptions),
}

/// Which certificate.
#[derive(Debug, clap::Args)]
pub struct CertificateOptions {
    #[command(flatten)]
    reader: ReaderOption,
    /// The signature certificate, on cards that have one
    #[arg(long)]
    signature: bool,
}

/// The options of `cns cert show`.
#[derive(Debug, clap::Args)]
pub struct ShowOptions {
    #[command(flatten)]
    which: CertificateOptions,
    /// Whether a program reads the result.
    #[command(flatten)]
    pub json: JsonOption,
}

/// The options of `cns cert export`.
#[derive(Debug, clap::Args)]
pub struct ExportOptions {
    #[command(flatten)]
    which: CertificateOptions,
    /// As PEM (text), the default
    #[arg(long)]
    pem: bool,
    /// As DER (binary)
    #[arg(long, conflicts_with = "pem")]
    der: bool,
    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(crate) fn run(action: &CertAction, context: &mut Context<'_>) -> Result<Exit, Failure> {
    match action {
        CertAction::Show(options) => {
            let (opened, certificate) = read(&options.which, context)?;
            show::show(&opened.reader, &certificate, context);
        }
        CertAction::Export(options) => {
            let (_, certificate) = read(&options.which, context)?;
            export(options, &certificate.der, context)?;
        }
        CertAction::Uri(options) => uri::run(options, context)?,
    }
    Ok(Exit::Success)
}

fn read(
    which: &CertificateOptions,
    context: &mut Context<'_>,
) -> Result<(OpenCard, CertificateDetails), Failure> {
    let opened = open_card::open_card(which.reader.reader.as_deref(), context)?;
    let language = context.language;
    let der = match which.signature {
        true => opened.files.signature_certificate.as_deref(),
        false => opened.files.certificate.as_ref().map(|file| file.der.as_slice()),
    };
    let Some(der) = der else {
        let what = match which.signature {
            true => messages::NO_SIGNATURE_CERTIFICATE.to(language).to_owned(),
            false => certificate_messages::no_certificate(language, opened.files.certificate_problem),
        };
        let failure = Failure::new(Exit::UnusableCard, what).with_code(ErrorCode::NoCertificate);
        return Err(match which.signature {
            true => failure,
            false => failure.then(advice_without_certificate(&opened, language)),
        });
    };
    match CertificateDetails::parse(der) {
        Some(certificate) => Ok((opened, certificate)),
        None => Err(Failure::new(Exit::UnusableCard, messages::NO_CERTIFICATE_AT_ALL.to(language))
            .then(certificate_messages::REISSUE.to(language))),
    }
}

/// What to do about a card without certificate.
pub(crate) fn advice_without_certificate(opened: &OpenCard, language: Language) -> &'static str {
    let is_health_card = card_number::may_be_one(opened.files.card_id.as_ref().map(CardId::as_str));
    let problem = opened.files.certificate_problem;
    certificate_messages::advice_without_certificate(language, problem, is_health_card)
}

fn export(options: &ExportOptions, der: &[u8], context: &mut Context<'_>) -> Result<(), Failure> {
    if options.der {
        return Destination::new(OutputKind::Binary, options.output.as_deref()).deliver(der, context);
    }
    let pem = encode_string("CERTIFICATE", LineEnding::LF, der)
        .map_err(|_| Failure::new(Exit::Failed, messages::NO_CERTIFICATE_AT_ALL.to(context.language)))?;
    Destination::new(OutputKind::Text, options.output.as_deref()).deliver(pem.as_bytes(), context)
}
