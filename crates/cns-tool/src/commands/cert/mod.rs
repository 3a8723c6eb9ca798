//! `cns cert`: the certificate on the card, shown, written to a file, or named for other programs.

mod show;
mod uri;

use std::path::PathBuf;

use pem_rfc7468::LineEnding;
use pem_rfc7468::encode_string;
pub(crate) use show::{told as validity_told, validity};

use crate::certificate::Certificate;
use crate::cli::{ModuleOption, ReaderOption};
use crate::exit::{Exit, Failure};
use crate::reader_choice::{self, OpenCard};
use crate::result_file::{Destination, Form};
use crate::text::described;
use crate::unsupported_text;
use crate::world::World;

/// What to do with the certificate.
#[derive(Debug, clap::Subcommand)]
pub enum Action {
    /// `cns cert show`
    #[command(about = described().cert_show_about())]
    Show(Which),
    /// `cns cert export`
    #[command(about = described().cert_export_about())]
    Export(Export),
    /// `cns cert uri`
    #[command(about = described().cert_uri_about())]
    Uri(Uri),
}

/// Which certificate.
#[derive(Debug, clap::Args)]
pub struct Which {
    #[command(flatten)]
    reader: ReaderOption,
    #[arg(long, help = described().signature_certificate_option())]
    signature: bool,
}

/// The options of `cns cert export`.
#[derive(Debug, clap::Args)]
pub struct Export {
    #[command(flatten)]
    which: Which,
    #[arg(long, help = described().pem_option())]
    pem: bool,
    #[arg(long, conflicts_with = "pem", help = described().der_option())]
    der: bool,
    #[arg(short, long, value_name = described().file_value(), help = described().output_option())]
    output: Option<PathBuf>,
}

/// The options of `cns cert uri`.
#[derive(Debug, clap::Args)]
pub struct Uri {
    #[command(flatten)]
    reader: ReaderOption,
    #[command(flatten)]
    module: ModuleOption,
}

pub(crate) fn run(action: &Action, world: &mut World<'_>) -> Result<Exit, Failure> {
    match action {
        Action::Show(which) => {
            let (opened, certificate) = read(which, world)?;
            show::show(&opened.reader, &certificate, world);
        }
        Action::Export(options) => {
            let (_, certificate) = read(&options.which, world)?;
            export(options, &certificate.der, world)?;
        }
        Action::Uri(options) => uri::run(options, world)?,
    }
    Ok(Exit::Success)
}

fn read(which: &Which, world: &mut World<'_>) -> Result<(OpenCard, Certificate), Failure> {
    let opened = reader_choice::open_card(which.reader.reader.as_deref(), world)?;
    let text = world.text;
    let der = match which.signature {
        true => opened.files.signature_certificate.as_deref(),
        false => opened.files.certificate.as_ref().map(|file| file.der.as_slice()),
    };
    let Some(der) = der else {
        let what = match which.signature {
            true => text.no_signature_certificate().to_owned(),
            false => text.no_certificate(opened.files.certificate_problem),
        };
        let failure = Failure::new(Exit::UnusableCard, what);
        let advice = opened.files.advice().filter(|_| !which.signature);
        return Err(match advice {
            Some(advice) => failure.then(unsupported_text::advice(advice, world.language)),
            None => failure,
        });
    };
    match Certificate::parse(der) {
        Some(certificate) => Ok((opened, certificate)),
        None => Err(Failure::new(Exit::UnusableCard, text.no_certificate_at_all())),
    }
}

fn export(options: &Export, der: &[u8], world: &mut World<'_>) -> Result<(), Failure> {
    if options.der {
        return Destination::new(Form::Binary, options.output.as_deref()).deliver(der, world);
    }
    let pem = encode_string("CERTIFICATE", LineEnding::LF, der)
        .map_err(|error| Failure::new(Exit::Failed, error.to_string()))?;
    Destination::new(Form::Text, options.output.as_deref()).deliver(pem.as_bytes(), world)
}
