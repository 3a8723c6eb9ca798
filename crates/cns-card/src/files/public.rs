//! The files of a CNS that anybody may read: certificates, card id, personal data; all of them, or what a listing needs.

use crate::card_session::{CardSession, Span, must_exist};
use crate::driver::CardDriver;
use crate::error::CardError;
use crate::files::card_id::{self, CARD_ID_LENGTH, CardId};
use crate::files::certificate::{self, CertificateFile, CertificateProblem, LocatedCertificate};
use crate::files::identity::Identity;
use crate::files::personal_data::{self, Holder, PersonalData};
use crate::identify::unsupported::Advice;
use crate::profile::{CardIdFile, CardProfile, KeyPairLayout};

/// What can be read from a CNS without a PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicFiles {
    /// EF ID_Carta; `None` also where it was not looked for.
    pub card_id: Option<CardId>,
    /// EF Dati_personali; `None` also where it was not looked for.
    pub personal_data: Option<PersonalData>,
    /// The authentication certificate.
    pub certificate: Option<CertificateFile>,
    /// Why there is none; `None` when there is one.
    pub certificate_problem: Option<CertificateProblem>,
    /// DER of the certificate of a signature keyset beside it, on cards of the classic layout that have one; `None` also
    /// where it was not looked for. Neither PIN nor key of that keyset is ever used.
    pub signature_certificate: Option<Vec<u8>>,
}

impl PublicFiles {
    /// What the holder of a card without certificate can do; `None` for every other card.
    #[must_use]
    pub fn advice(&self) -> Option<Advice> {
        let of_another_issuer = self.card_id.as_ref().is_some_and(|id| !id.is_of_a_health_card());
        match (&self.certificate, of_another_issuer) {
            (Some(_), _) => None,
            (None, false) => Some(Advice::AskTheIssuer),
            (None, true) => Some(Advice::AskWhoIssuedIt),
        }
    }
}

/// A file of data that anybody may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DataFile {
    /// EF ID_Carta: the card's number.
    CardId,
    /// EF Dati_personali: whose card it is.
    PersonalData,
}

/// Which files a first look reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All of them.
    Everything,
    /// The certificates, and what cannot be read later without ending a login.
    Certificates,
}

/// What a first look saw. Of what may be there or not, `None` says that it was not looked for.
pub(crate) struct CardContents {
    pub(crate) login: Result<LocatedCertificate, CertificateProblem>,
    /// The other certificates that were read.
    pub(crate) others: Vec<LocatedCertificate>,
    /// The certificate of the signature keyset, DER; `None` also where it was not looked for.
    pub(crate) signature: Option<Vec<u8>>,
    pub(crate) card_id: Option<Option<CardId>>,
    pub(crate) personal_data: Option<Option<PersonalData>>,
    /// What proves the card from now on; `None` when it shows nothing of its own.
    pub(crate) identity: Option<Identity>,
}

impl CardContents {
    pub(crate) fn files(&self) -> PublicFiles {
        let certificate = |found: &LocatedCertificate| found.certificate.clone();
        PublicFiles {
            card_id: self.card_id.clone().flatten(),
            personal_data: self.personal_data.clone().flatten(),
            certificate: self.login.as_ref().ok().map(certificate),
            certificate_problem: self.login.as_ref().err().copied(),
            signature_certificate: self.signature.clone(),
        }
    }
}

/// Reads public files, each with one SELECT and as few READs as its content takes.
pub(crate) fn read(
    session: &mut CardSession<'_>,
    driver: &dyn CardDriver,
    extent: Extent,
) -> Result<CardContents, CardError> {
    let profile = driver.profile();
    let everything = extent == Extent::Everything;
    let id = match everything || profile.application.is_some() {
        true => Some(card_id::read(session, profile)?),
        false => None,
    };
    let login = driver.find_certificate(session)?;
    let personal_data = match everything {
        true => Some(optional(read_personal_data(session, profile))?.flatten()),
        false => None,
    };
    let signature = match &login {
        Ok(found) if everything && found.file == KeyPairLayout::CLASSIC.certificate => {
            certificate::read_signature_certificate(session, profile)?
        }
        _ => None,
    };
    let (card_id, shown_by_id) = match id {
        Some(Some((id, identity))) => (Some(Some(id)), Some(identity)),
        Some(None) => (Some(None), None),
        None => (None, None),
    };
    let identity = shown_by_id.or_else(|| login.as_ref().ok().map(Identity::of));
    Ok(CardContents { login, others: Vec::new(), signature, card_id, personal_data, identity })
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

/// Whose card it is, from the beginning of EF Dati_personali: two fields of sixteen.
pub(crate) fn read_holder(
    session: &mut CardSession<'_>,
    profile: &CardProfile,
) -> Result<Option<Holder>, CardError> {
    /// Issuer, dates, surname and name in 32 + 2 x (2 + 30) bytes; a longer name takes a second READ.
    const AS_A_RULE: usize = 96;
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
    Ok(optional(read(session))?.flatten())
}

/// A file that a card may lack, or may answer nonsense for, without being useless.
pub(crate) fn optional<T>(result: Result<T, CardError>) -> Result<Option<T>, CardError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(CardError::Status { .. } | CardError::Malformed { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What one READ brings on any card.
const ONE_PIECE: usize = 255;

/// One piece of the file: whose card it is stands in front.
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
