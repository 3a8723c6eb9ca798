//! The files of a CNS that are read without a PIN: certificates, card id, personal data.

use crate::card_session::{CardSession, Span, must_exist};
use crate::error::{CardError, optional};
use crate::files::card_id::{self, CARD_ID_LENGTH, CardId};
use crate::files::certificate::{self, CertificateFile, CertificateProblem, LocatedCertificate};
use crate::files::certificate_search;
use crate::files::content::{FileContent, read_or_refused};
use crate::files::identity::Identity;
use crate::files::personal_data::{self, Holder, PersonalData};
use crate::profile::{CardIdFile, CardProfile, KeyPairLayout};

/// What can be read from a CNS without a PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicFiles {
    /// EF ID_Carta; `None` also when it was not read.
    pub card_id: Option<CardId>,
    /// EF Dati_personali; `None` also when it was not read.
    pub personal_data: Option<PersonalData>,
    /// The authentication certificate.
    pub certificate: Option<CertificateFile>,
    /// Why there is none; `None` when there is one.
    pub certificate_problem: Option<CertificateProblem>,
    /// DER of the certificate of a signature keyset beside it, on cards of the classic layout that have one; `None` also
    /// when it was not read. Neither PIN nor key of that keyset is ever used.
    pub signature_certificate: Option<Vec<u8>>,
}

/// A data file that is read without a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DataFile {
    /// EF ID_Carta: the card's number.
    CardId,
    /// EF Dati_personali: who the holder is.
    PersonalData,
}

/// Which files are read when a card is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All of them.
    Everything,
    /// The certificates, and what cannot be read later without clearing the security status.
    Certificates,
}

/// What was read of a card.
pub(crate) struct CardContents {
    pub(crate) login: Result<LocatedCertificate, CertificateProblem>,
    /// The other certificates that were read.
    pub(crate) others: Vec<LocatedCertificate>,
    /// No search for others has failed.
    pub(crate) others_are_all: bool,
    /// The certificate of the signature keyset, DER; `None` also when it was not read.
    pub(crate) signature: Option<Vec<u8>>,
    pub(crate) card_id: FileContent<CardId>,
    pub(crate) personal_data: FileContent<PersonalData>,
    /// What the card is compared with after a reset; `None` when it has nothing of its own.
    pub(crate) identity: Option<Identity>,
}

impl CardContents {
    pub(crate) fn files(&self) -> PublicFiles {
        let certificate = |found: &LocatedCertificate| found.certificate.clone();
        PublicFiles {
            card_id: self.card_id.present().cloned(),
            personal_data: self.personal_data.present().cloned(),
            certificate: self.login.as_ref().ok().map(certificate),
            certificate_problem: self.login.as_ref().err().copied(),
            signature_certificate: self.signature.clone(),
        }
    }
}

/// Reads public files, each with one SELECT and as few READs as its content takes.
pub(crate) fn read(
    session: &mut CardSession<'_>,
    profile: &CardProfile,
    extent: Extent,
) -> Result<CardContents, CardError> {
    let everything = extent == Extent::Everything;
    let id = match everything || profile.application.is_some() {
        true => card_id::read(session, profile)?,
        false => FileContent::NotRead,
    };
    let login = certificate_search::find(session, profile)?;
    let personal_data = match everything {
        true => optional(read_personal_data(session, profile))?.flatten().into(),
        false => FileContent::NotRead,
    };
    let signature = match &login {
        Ok(found) if everything && found.file == KeyPairLayout::CLASSIC.certificate => {
            certificate::read_signature_certificate(session, profile)?
        }
        _ => None,
    };
    let card_id = id.and_then(|(id, _)| Some(id.clone()));
    let identity = id.present().map(|(_, identity)| identity.clone());
    let identity = identity.or_else(|| login.as_ref().ok().map(Identity::of));
    Ok(CardContents {
        login,
        others: Vec::new(),
        others_are_all: true,
        signature,
        card_id,
        personal_data,
        identity,
    })
}

/// The whole content of a data file. On a card with applications EF ID_Carta may be in another one than the login.
pub(crate) fn read_data(
    session: &mut CardSession<'_>,
    profile: &CardProfile,
    file: DataFile,
) -> Result<Vec<u8>, CardError> {
    let (file, most) = match file {
        DataFile::CardId => (CardIdFile::SPECIFICATION.file, CARD_ID_LENGTH),
        DataFile::PersonalData => (profile.personal_data, personal_data::MAX_LENGTH),
    };
    must_exist(session.select(profile, file)?)?;
    let mut content = Vec::new();
    session.read_binary(profile, &mut content, Span::exactly(0, most))?;
    Ok(content)
}

/// The holder's name, from the beginning of EF Dati_personali.
pub(crate) fn read_holder(
    session: &mut CardSession<'_>,
    profile: &CardProfile,
) -> Result<FileContent<Holder>, CardError> {
    /// Issuer, dates, surname and name: 32 bytes, 4 of lengths, 28 of names. Longer names take a second READ.
    const AS_A_RULE: usize = 64;
    let read = |session: &mut CardSession<'_>| {
        let mut content = Vec::new();
        if !session.select(profile, profile.personal_data)? {
            return Ok(None);
        }
        session.read_binary(profile, &mut content, Span::exactly(0, AS_A_RULE))?;
        let Some(data) = PersonalData::parse(&content) else { return Ok(None) };
        if data.holder().is_some() || content.len() < AS_A_RULE {
            return Ok(data.holder());
        }
        session.read_binary(
            profile,
            &mut content,
            Span { start: 0, enough: AS_A_RULE + 1, most: ONE_PIECE },
        )?;
        Ok(PersonalData::parse(&content).and_then(|data| data.holder()))
    };
    read_or_refused(read(session))
}

/// What one READ brings on any card.
const ONE_PIECE: usize = 255;

/// One piece of the file: the name is in its beginning.
fn read_personal_data(
    session: &mut CardSession<'_>,
    profile: &CardProfile,
) -> Result<Option<PersonalData>, CardError> {
    if !session.select(profile, profile.personal_data)? {
        return Ok(None);
    }
    let mut content = Vec::new();
    session.read_binary(profile, &mut content, Span { start: 0, enough: 1, most: ONE_PIECE })?;
    Ok(PersonalData::parse(&content))
}
