//! `cns sign`: a detached signature of a file with the card's key.
//!
//! The document is read once, and its digest is what is signed, whatever becomes of the file. All that can fail without
//! the card is done before a PIN is asked for; nothing is written that the certificate's key does not verify.

mod cms;
mod messages;

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use cns_token::KeyProblem;
use cryptoki::mechanism::Mechanism;
use sha2::{Digest, Sha256};

use crate::card::certificate::CertificateDetails;
use crate::card::certificate_messages;
use crate::card::messages as card_messages;
use crate::card::public_key::PublicKey;
use crate::commands::cert::warn_of_expiry;
use crate::console::interrupt;
use crate::console::messages as console_messages;
use crate::console::one_line;
use crate::console::{Destination, OutputKind};
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::host::os::{self, FileIdentity};
use crate::pkcs11::pkcs11_login::{LoginOptions, log_in_when};
use crate::pkcs11::pkcs11_module;
use cms::{CmsMessage, digest_info};

/// How much of a file is read at once, in bytes.
const PIECE: usize = 64 * 1024;
/// The standard input, where a file is named.
const STANDARD_INPUT: &str = "-";

/// The options of `cns sign`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// File to sign; - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only the RSA signature (PKCS#1 v1.5, SHA-256), without certificate
    #[arg(long)]
    raw: bool,
    /// Where to write the signature (default: FILE.p7s, or FILE.sig with --raw)
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace a signature that already exists
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    login: LoginOptions,
}

impl Arguments {
    fn is_from_input(&self) -> bool {
        self.file == Path::new(STANDARD_INPUT)
    }

    fn destination(&self, document: &Document) -> Destination {
        let default = match self.is_from_input() {
            true => PathBuf::from(STANDARD_INPUT),
            false => beside(&self.file, if self.raw { "sig" } else { "p7s" }),
        };
        let output = self.output.as_ref().unwrap_or(&default);
        Destination::new(OutputKind::Binary, Some(output))
            .overwriting(self.force)
            .made_from(document.identity.clone())
    }
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let language = context.language;
    if arguments.is_from_input() && arguments.login.pin_from_input() {
        return Err(messages::document_and_pin_from_input(language).with(Exit::Usage));
    }
    let _hidden = arguments.is_from_input().then(|| {
        context.prompt.leave_standard_input();
        context.prompt.hide_typing()
    });
    let document = Document::read(arguments, context)?;
    let destination = arguments.destination(&document);
    destination.check(context)?;
    let (signer, request) = log_in_when(&arguments.login, context, |certificate, context| {
        let request = SignatureRequest::of(&document, certificate, arguments.raw, context)?;
        warn_of_expiry(certificate, context);
        Ok(request)
    })?;
    let signature = {
        let _shown = context.output.progress(card_messages::ASKING_CARD.to(language));
        let _whole = interrupt::uninterrupted();
        signer.session.sign(&Mechanism::RsaPkcs, signer.key, &digest_info(&request.digest))
    };
    let signature = signature.map_err(|error| pkcs11_module::signing_failure(&error, language))?;
    destination.deliver(&request.with(&signature, context)?, context)?;
    context.output.note(messages::ABOUT_THE_SIGNATURE.to(language));
    Ok(Exit::Success)
}

/// What is to be signed, as it was when it was read.
struct Document {
    digest: Vec<u8>,
    identity: Option<FileIdentity>,
}

impl Document {
    fn read(arguments: &Arguments, context: &Context<'_>) -> Result<Self, Failure> {
        let file = &arguments.file;
        let read = if arguments.is_from_input() {
            let mut input = io::stdin().lock();
            digest(&mut input).map(|digest| Self { digest, identity: os::identity_of_input() })
        } else {
            File::open(file).and_then(|mut opened| {
                let identity = os::identity_of(&opened, file);
                Ok(Self { digest: digest(&mut opened)?, identity })
            })
        };
        read.map_err(|error| {
            let file = file.display().to_string();
            Failure::new(Exit::Failed, console_messages::not_readable(context.language, &one_line(&file)))
                .because_of(error, context.language)
        })
    }
}

/// A signature that lacks nothing but the card.
struct SignatureRequest {
    /// What the card is to sign, with PKCS#1 v1.5 and SHA-256.
    digest: Vec<u8>,
    /// The message around it; without one, the signature alone is request.
    message: Option<CmsMessage>,
    key: PublicKey,
}

impl SignatureRequest {
    fn of(
        document: &Document,
        certificate: &CertificateDetails,
        raw: bool,
        context: &Context<'_>,
    ) -> Result<Self, Failure> {
        let language = context.language;
        let key = PublicKey::of(&certificate.der);
        let key = key.ok_or_else(|| {
            certificate_messages::key_unusable(language, KeyProblem::Damaged).with(Exit::UnusableCard)
        })?;
        if raw {
            return Ok(Self { digest: document.digest.clone(), message: None, key });
        }
        let message = CmsMessage::new(&document.digest, &certificate.der, context.now);
        let message = message.ok_or_else(|| Failure::new(Exit::Failed, messages::NO_MESSAGE.to(language)))?;
        Ok(Self { digest: Sha256::digest(message.to_sign()).to_vec(), message: Some(message), key })
    }

    /// What is written: only around a signature that fits.
    fn with(&self, signature: &[u8], context: &Context<'_>) -> Result<Vec<u8>, Failure> {
        if !self.key.fits_digest(&self.digest, signature) {
            return Err(messages::signature_does_not_fit(context.language).with(Exit::Failed));
        }
        Ok(match &self.message {
            Some(message) => message.with_signature(signature),
            None => signature.to_vec(),
        })
    }
}

/// Of all there is to read, once.
fn digest(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; PIECE];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(hash.finalize().to_vec()),
            Ok(length) => hash.update(&buffer[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn beside(file: &Path, extension: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(".");
    name.push(extension);
    name.into()
}

#[cfg(test)]
mod tests {
    use cns_card::{ReaderStatus, Transport, TransportError};
    use rsa::Pkcs1v15Sign;
    use virtual_cns::holders::{CertificateOptions, private_key};

    use super::*;
    use crate::console::prompt::Terminal;
    use crate::{Output, System};

    struct Nothing;

    impl Transport for Nothing {
        fn readers(&self) -> Result<Vec<ReaderStatus>, TransportError> {
            Err(TransportError::ServiceUnavailable)
        }

        fn reader(&self, _: &str) -> Result<ReaderStatus, TransportError> {
            Err(TransportError::ServiceUnavailable)
        }

        fn wait_for_change(
            &self,
            _: &[ReaderStatus],
            _: Option<std::time::Duration>,
            _: &cns_card::Cancellation,
        ) -> Result<(), TransportError> {
            Err(TransportError::ServiceUnavailable)
        }

        fn connect(&self, _: &str) -> Result<Box<dyn cns_card::CardConnection>, TransportError> {
            Err(TransportError::ServiceUnavailable)
        }
    }

    #[test]
    fn only_what_the_certificates_key_has_signed_is_written() {
        let mut terminal = Terminal;
        let output = Output::to(io::sink(), io::sink());
        let context = Context::new(&Nothing, &mut terminal, output, System::of_process());
        let document = Document { digest: Sha256::digest("a document").to_vec(), identity: None };
        for bits in [1024, 2048] {
            let (key, other) = (private_key("sign", bits), private_key("another", bits));
            let der = CertificateOptions::PLAIN.issue(
                &virtual_cns::Holder::ROSSI,
                "6090010000000017",
                b"data",
                &key,
            );
            let certificate = CertificateDetails::parse(&der).expect("a certificate");
            for raw in [true, false] {
                let request = SignatureRequest::of(&document, &certificate, raw, &context)
                    .expect("a signature to make");
                let padded = Pkcs1v15Sign::new_unprefixed();
                let signature = key.sign(padded.clone(), &digest_info(&request.digest)).expect("signed");
                let written = request.with(&signature, &context).expect("it fits");
                assert_eq!(raw, written == signature);
                let forged = other.sign(padded, &digest_info(&request.digest)).expect("signed");
                let mut damaged = signature.clone();
                damaged[20] ^= 1;
                for bad in [forged, damaged, signature[1..].to_vec(), Vec::new()] {
                    assert_eq!(request.with(&bad, &context).expect_err("it does not fit").exit, Exit::Failed);
                }
            }
        }
    }
}
