//! What `cns status` finds out, as its JSON has it.

use cns_card::{
    CardError, CertificateProblem, Occupancy, OpenedCard, ReaderStatus, Retries, UnsupportedCard,
};
use cns_token::Secret;
use serde::Serialize;
use time::OffsetDateTime;

use crate::card::OpenCard;
use crate::card::as_json;
use crate::card::certificate::{CertificateDetails, Validity};
use crate::card::failures;
use crate::card::messages as card_messages;
use crate::card::other_certificates::{OtherCertificate, other_certificates};
use crate::card::{card_batch, card_number, reader_selection, redact};
use crate::context::Context;
use crate::exit::{Exit, Failure};

/// The readers that are meant.
#[derive(Debug, Serialize)]
pub(super) struct Readers<'a> {
    pub(super) readers: &'a [ReaderReport],
}

/// A reader and what is in it.
#[derive(Debug, Serialize)]
pub(super) struct ReaderReport {
    pub(super) reader: String,
    #[serde(flatten)]
    pub(super) content: ReaderContent,
}

#[derive(Debug, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub(super) enum ReaderContent {
    Empty,
    Mute {
        error: Failure,
    },
    Cns {
        card: Box<CardStatus>,
    },
    Unsupported {
        #[serde(serialize_with = "as_json::kind")]
        kind: UnsupportedCard,
        error: Failure,
    },
    Failed {
        error: Failure,
    },
}

/// A CNS.
#[derive(Debug, Serialize)]
pub(super) struct CardStatus {
    pub(super) family: &'static str,
    pub(super) printed_codes: Option<&'static str>,
    pub(super) makers: Option<String>,
    pub(super) atr: String,
    pub(super) holder: Option<String>,
    pub(super) tax_code: Option<String>,
    pub(super) card_id: Option<String>,
    pub(super) number_on_the_back: Option<String>,
    pub(super) lombardia_user_id: Option<String>,
    pub(super) certificate: Option<CertificateReport>,
    /// Why there is none.
    pub(super) certificate_problem: Option<&'static str>,
    #[serde(skip)]
    pub(super) problem: Option<CertificateProblem>,
    #[serde(serialize_with = "as_json::tries")]
    pub(super) pin_tries: Retries,
    #[serde(serialize_with = "as_json::tries")]
    pub(super) puk_tries: Retries,
    /// The card has a signature keyset with a PIN of its own, which is not used here.
    pub(super) signature_keyset: bool,
    /// What else is beside the certificate for logging in.
    pub(super) other_certificates: Vec<OtherCertificate>,
}

/// The certificate for logging in.
#[derive(Debug, Serialize)]
pub(super) struct CertificateReport {
    pub(super) state: &'static str,
    pub(super) days_left: Option<i64>,
    pub(super) not_before: String,
    pub(super) not_after: String,
    pub(super) issuer: String,
    #[serde(skip)]
    pub(super) issuer_name: String,
    pub(super) key_bits: Option<usize>,
    #[serde(skip)]
    pub(super) validity: Validity,
    #[serde(skip)]
    pub(super) ends: OffsetDateTime,
    #[serde(skip)]
    pub(super) begins: OffsetDateTime,
}

impl ReaderReport {
    /// How usable what is in the reader is.
    pub(super) fn exit(&self) -> Exit {
        match &self.content {
            ReaderContent::Empty => Exit::NoCard,
            ReaderContent::Mute { error }
            | ReaderContent::Unsupported { error, .. }
            | ReaderContent::Failed { error } => error.exit,
            ReaderContent::Cns { card } if card.pin_tries == Retries::Blocked => Exit::Locked,
            ReaderContent::Cns { card } => {
                match card.certificate.as_ref().map(|certificate| certificate.validity) {
                    Some(Validity::Valid(_) | Validity::Soon(_)) => Exit::Success,
                    Some(Validity::NotYet | Validity::Expired) | None => Exit::UnusableCard,
                }
            }
        }
    }
}

/// Looks into every reader, or into those that are meant.
pub(super) fn collect(
    wanted: Option<&str>,
    show: bool,
    context: &mut Context<'_>,
) -> Result<Vec<ReaderReport>, Failure> {
    let readers = reader_selection::matching_readers(wanted, context)?;
    let _shown = context.output.progress(card_messages::READING_CARD.to(context.language));
    Ok(readers.iter().map(|reader| report(reader, show, context)).collect())
}

fn report(reader: &ReaderStatus, show: bool, context: &Context<'_>) -> ReaderReport {
    let content = match reader.occupancy {
        Occupancy::NoReader | Occupancy::Empty => ReaderContent::Empty,
        Occupancy::MuteCard => ReaderContent::Mute { error: failures::mute_card(context.language) },
        Occupancy::Card => read_card(&reader.name, show, context).unwrap_or_else(|error| {
            ReaderContent::Failed { error: failures::card_failure(error, context.language) }
        }),
    };
    ReaderReport { reader: reader.name.clone(), content }
}

fn read_card(reader: &str, show: bool, context: &Context<'_>) -> Result<ReaderContent, CardError> {
    let atr = context.transport.connect(reader)?.atr().to_vec();
    match cns_token::open(context.transport, reader, context.now)? {
        OpenedCard::Unsupported { what, .. } => {
            let error = failures::unsupported(what, context.language);
            Ok(ReaderContent::Unsupported { kind: what, error })
        }
        OpenedCard::Cns(card, files) => {
            let mut opened = OpenCard::new(reader, card, files, context.transport)?;
            Ok(ReaderContent::Cns { card: Box::new(describe(&mut opened, &atr, show, context)?) })
        }
    }
}

fn describe(
    opened: &mut OpenCard,
    atr: &[u8],
    show: bool,
    context: &Context<'_>,
) -> Result<CardStatus, CardError> {
    let family = opened.card()?.family();
    let pin_tries = opened.retry_state(Secret::Pin, context.transport)?.left();
    let puk_tries = opened.retry_state(Secret::Puk, context.transport)?.left();
    let other_certificates = other_certificates(opened.card()?, context.now.into());
    let files = &opened.files;
    let certificate = files.certificate.as_ref().and_then(|file| CertificateDetails::parse(&file.der));
    let unreadable =
        (files.certificate.is_some() && certificate.is_none()).then_some(CertificateProblem::Unreadable);
    let absent = certificate.is_none().then_some(CertificateProblem::Absent);
    let problem = files.certificate_problem.or(unreadable).or(absent);
    let personal = files.personal_data.as_ref();
    let named = personal.and_then(|data| Some(format!("{} {}", data.name.as_ref()?, data.surname.as_ref()?)));
    let tax_code = certificate.as_ref().and_then(CertificateDetails::tax_code).map(str::to_owned);
    let tax_code = tax_code.or_else(|| personal.and_then(|data| data.tax_code.clone()));
    let card_id = files.card_id.as_ref().map(|id| id.as_str().to_owned());
    let card_id = card_id.or_else(|| certificate.as_ref()?.card_id().map(str::to_owned));
    let back = card_id.as_deref().and_then(card_number::number_on_the_back);
    Ok(CardStatus {
        family,
        printed_codes: card_batch::printed_codes(family),
        makers: card_batch::makers(atr),
        atr: atr.iter().map(|byte| format!("{byte:02X}")).collect(),
        holder: named,
        tax_code: tax_code.map(|code| if show { code } else { redact::tax_code(&code) }),
        lombardia_user_id: card_id.as_deref().and_then(card_number::lombardia_user_id),
        number_on_the_back: back,
        card_id,
        certificate: certificate.map(|certificate| certificate_report(&certificate, context)),
        certificate_problem: problem.map(as_json::certificate_problem_name),
        problem,
        pin_tries,
        puk_tries,
        signature_keyset: files.signature_certificate.is_some(),
        other_certificates,
    })
}

fn certificate_report(certificate: &CertificateDetails, context: &Context<'_>) -> CertificateReport {
    let validity = certificate.validity(context.now.into());
    CertificateReport {
        state: validity.name(),
        days_left: validity.days_left(),
        not_before: certificate.not_before.date().to_string(),
        not_after: certificate.not_after.date().to_string(),
        issuer: certificate.issuer.clone(),
        issuer_name: certificate.issuer_name.clone(),
        key_bits: certificate.key_bits,
        validity,
        ends: certificate.not_after,
        begins: certificate.not_before,
    }
}
