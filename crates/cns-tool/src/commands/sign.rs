//! `cns sign`: a detached signature of a file with the card's key.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use cryptoki::error::Error;
use cryptoki::mechanism::Mechanism;
use sha2::{Digest, Sha256};

use crate::certificate::Validity;
use crate::cms::Unsigned;
use crate::commands::cert::validity;
use crate::exit::{Exit, Failure};
use crate::interrupt;
use crate::login::{LoggedIn, LoginOptions, log_in};
use crate::provider;
use crate::result_file::{Form, can_deliver, deliver};
use crate::text::described;
use crate::world::World;

/// How much of a file is read at once, in bytes.
const PIECE: usize = 64 * 1024;

/// The options of `cns sign`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = described().file_value(), help = described().sign_file_argument())]
    file: PathBuf,
    #[arg(long, help = described().raw_option())]
    raw: bool,
    #[arg(short, long, value_name = described().file_value(), help = described().sign_output_option())]
    output: Option<PathBuf>,
    #[command(flatten)]
    login: LoginOptions,
}

pub(crate) fn run(arguments: &Arguments, world: &mut World<'_>) -> Result<Exit, Failure> {
    let text = world.text;
    // Nobody types a PIN for a file that cannot be read, nor for a signature that cannot be kept.
    let digest = digest(&arguments.file).map_err(|error| unreadable(&arguments.file, error, world))?;
    let default = beside(&arguments.file, if arguments.raw { "sig" } else { "p7s" });
    let output = arguments.output.as_ref().unwrap_or(&default);
    can_deliver(Form::Binary, Some(output), world)?;
    let signer = log_in(&arguments.login, world)?;
    let state = signer.certificate.validity(world.now.into());
    if !matches!(state, Validity::Valid(_)) {
        let (_, told) = validity(&signer.certificate, world);
        world.output.warning(&told);
    }
    let signature = {
        let _shown = world.output.progress(text.asking_card());
        let _whole = interrupt::uninterrupted();
        match arguments.raw {
            true => raw(&signer, &arguments.file, world)?,
            false => message(&signer, &digest, world)?,
        }
    };
    deliver(&signature, Form::Binary, Some(output), world)?;
    world.output.note(text.about_the_signature());
    Ok(Exit::Success)
}

/// PKCS#1 v1.5 with SHA-256 over the file. The module hashes.
fn raw(signer: &LoggedIn, file: &Path, world: &World<'_>) -> Result<Vec<u8>, Failure> {
    let failed = |error: Error| provider::failure(&error, world.text);
    signer.session.sign_init(&Mechanism::Sha256RsaPkcs, signer.key).map_err(failed)?;
    let mut outcome = Ok(());
    pieces(file, |piece| {
        outcome = signer.session.sign_update(piece);
        outcome.is_ok()
    })
    .map_err(|error| unreadable(file, error, world))?;
    outcome.map_err(failed)?;
    signer.session.sign_final().map_err(failed)
}

fn message(signer: &LoggedIn, digest: &[u8], world: &World<'_>) -> Result<Vec<u8>, Failure> {
    let malformed = |error: x509_cert::der::Error| {
        Failure::new(Exit::Failed, world.text.no_message()).because(error.to_string())
    };
    let unsigned = Unsigned::new(digest, &signer.certificate.der, world.now).map_err(malformed)?;
    let to_sign = unsigned.to_sign().map_err(malformed)?;
    let signature = signer.session.sign(&Mechanism::Sha256RsaPkcs, signer.key, &to_sign);
    let signature = signature.map_err(|error| provider::failure(&error, world.text))?;
    unsigned.with_signature(&signature).map_err(malformed)
}

fn digest(file: &Path) -> io::Result<Vec<u8>> {
    let mut hash = Sha256::new();
    pieces(file, |piece| {
        hash.update(piece);
        true
    })?;
    Ok(hash.finalize().to_vec())
}

/// Hands the file over in pieces, until there are no more or none is wanted.
fn pieces(file: &Path, mut take: impl FnMut(&[u8]) -> bool) -> io::Result<()> {
    let mut file = File::open(file)?;
    let mut buffer = vec![0; PIECE];
    loop {
        let length = file.read(&mut buffer)?;
        if length == 0 || !take(&buffer[..length]) {
            return Ok(());
        }
    }
}

fn unreadable(file: &Path, error: io::Error, world: &World<'_>) -> Failure {
    Failure::new(Exit::Failed, world.text.not_readable(&file.display().to_string()))
        .because_of(error, world.text)
}

fn beside(file: &Path, extension: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(".");
    name.push(extension);
    name.into()
}
