//! Reads the public files of a card: all of them or only the certificates when it is opened, the others on demand.

use super::{Card, OPEN, OPEN_BUDGET, OPERATION_BUDGET};
use crate::cached_card::CachedCard;
use crate::card::cache_match::{CacheHit, find_cache_match};
use crate::error::CardError;
use crate::files::card_id::{self, CardId};
use crate::files::certificate::{self, CertificateFile, CertificateProblem, LocatedCertificate};
use crate::files::certificate_search::{self, OTHERS_BUDGET};
use crate::files::content::FileContent;
use crate::files::personal_data::{Holder, PersonalData};
use crate::files::public::{self, DataFile, Extent, PublicFiles};

/// What is read when a card is opened.
#[derive(Clone, Copy)]
pub(crate) enum ReadScope<'a> {
    Everything,
    /// The certificates; on a card that is one of these, they are taken from the cache.
    Certificates(&'a [CachedCard]),
}

/// May READ BINARY use extended length fields, which not every reader supports?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExtendedReads {
    /// Where card and reader allow it. When it fails, opening starts again: see [`Card::extended_length_failed`].
    MayBeTried,
    /// They failed before.
    Never,
}

impl Card {
    /// The first transaction. Later ones compare the card with what it reads.
    pub(crate) fn read_public_files(
        &mut self,
        scope: ReadScope<'_>,
        extended_reads: ExtendedReads,
    ) -> Result<PublicFiles, CardError> {
        let (driver, atr) = (self.driver, self.connection.atr().to_vec());
        let (cache_hit, came_from_cache) = self.transact(OPEN, OPEN_BUDGET, |session, _| {
            session.may_try_extended = extended_reads == ExtendedReads::MayBeTried;
            let extent = match scope {
                ReadScope::Everything => Extent::Everything,
                ReadScope::Certificates(cached) => {
                    if let Some(cache_hit) = find_cache_match(session, driver, &atr, cached)? {
                        return Ok((cache_hit, true));
                    }
                    Extent::Certificates
                }
            };
            let contents = public::read(session, driver.profile(), extent)?;
            let other = match &contents.login {
                Ok(_) => None,
                Err(_) => driver.alternative_driver(session)?,
            };
            let (driver, contents) = match other {
                Some(other) => (other, public::read(session, other.profile(), extent)?),
                None => (driver, contents),
            };
            let holder = contents.personal_data.and_then(PersonalData::holder);
            Ok((CacheHit { driver, contents, holder }, false))
        })?;
        let files = cache_hit.contents.files();
        let without =
            cache_hit.contents.login.is_err().then(|| cache_hit.driver.without_certificate()).flatten();
        self.driver = without.unwrap_or(cache_hit.driver);
        self.identity = cache_hit.contents.identity.clone();
        self.contents = Some(cache_hit.contents);
        self.holder = cache_hit.holder;
        self.came_from_cache = came_from_cache;
        self.identity_unchecked = false;
        Ok(files)
    }

    /// Was its certificate taken from the cache?
    #[must_use]
    pub fn came_from_cache(&self) -> bool {
        self.came_from_cache
    }

    /// Does the object map that named the certificate name others, which were not read?
    #[must_use]
    pub fn names_other_certificates(&self) -> bool {
        let login = self.contents.as_ref().and_then(|contents| contents.login.as_ref().ok());
        login.is_some_and(|login| login.map_names_others)
    }

    /// The certificates that [`Card::read_other_certificates`] found beside the one of the first look.
    pub fn other_certificates(&self) -> impl Iterator<Item = &CertificateFile> {
        self.contents.iter().flat_map(|contents| &contents.others).map(|other| &other.certificate)
    }

    /// Looks for other certificates in the places that the search for the first one left out, within 64 commands. A card
    /// without certificate has none: all its places were looked at.
    ///
    /// # Errors
    /// Those of the exchange; what was found before is kept, and the card is not for the cache. Whatever a single place
    /// answers, it holds no certificate then.
    pub fn read_other_certificates(&mut self) -> Result<(), CardError> {
        let Some(Ok(login)) = self.contents.as_ref().map(|contents| contents.login.clone()) else {
            return Ok(());
        };
        let profile = self.driver.profile();
        let mut others = Vec::new();
        let outcome = self.transact("read other certificates", OTHERS_BUDGET, |session, _| {
            certificate_search::read_others(session, profile, &login, &mut others)
        });
        if let Some(contents) = &mut self.contents {
            contents.others = others;
            contents.others_are_all = outcome.is_ok();
        }
        outcome
    }

    /// Makes one of the other certificates, or none, the one that stands for this card from now on; the one before is among
    /// the others then. Whichever was read first goes on proving the card. On a card of an unknown lot that is left without
    /// one, no key is known that its PIN opens: no PIN command is sent to it from then on.
    pub fn set_login_certificate(&mut self, chosen: Option<&CertificateFile>) {
        let Some(contents) = self.contents.as_mut().filter(|contents| contents.login.is_ok()) else { return };
        let others = std::mem::take(&mut contents.others);
        let before = std::mem::replace(&mut contents.login, Err(CertificateProblem::SignatureOnly));
        for one in before.into_iter().chain(others) {
            match chosen == Some(&one.certificate) {
                true => contents.login = Ok(one),
                false => contents.others.push(one),
            }
        }
        if contents.login.is_err() {
            self.driver = self.driver.without_certificate().unwrap_or(self.driver);
        }
    }

    /// The certificate that is now in the place of this card's, DER: read whole, and not compared with anything.
    ///
    /// # Errors
    /// Those of the exchange; a place without certificate is none.
    pub fn read_login_certificate_again(&mut self) -> Result<Option<Vec<u8>>, CardError> {
        let Some(Ok(login)) = self.contents.as_ref().map(|contents| contents.login.clone()) else {
            return Ok(None);
        };
        let (profile, layout) = (self.driver.profile(), login.layout());
        let read = self.transact("read certificate", OPEN_BUDGET, |session, _| {
            certificate::read(session, profile, &layout)
        })?;
        Ok(read.ok().map(|found| found.certificate.der))
    }

    /// Did the last operation fail at a command with extended length fields?
    pub(crate) fn extended_length_failed(&self) -> bool {
        self.capabilities.extended_without_response
    }

    /// The card's number, EF ID_Carta or what stands for it; read if it was not yet.
    ///
    /// # Errors
    /// Those of the exchange; a card without number is none.
    pub fn card_id(&mut self) -> Result<Option<CardId>, CardError> {
        match self.contents.as_ref().map(|contents| &contents.card_id) {
            Some(FileContent::Present(number)) => return Ok(Some(number.clone())),
            Some(FileContent::Absent) => return Ok(None),
            Some(FileContent::NotRead) | None => {}
        }
        let profile = self.driver.profile();
        let read =
            self.transact("read card id", OPERATION_BUDGET, |session, _| card_id::read(session, profile))?;
        let identity = read.present().map(|(_, identity)| identity.clone());
        self.identity = self.identity.take().or(identity);
        let number = read.and_then(|(number, _)| Some(number.clone()));
        let known = number.present().cloned();
        if let Some(contents) = &mut self.contents {
            contents.card_id = number;
        }
        Ok(known)
    }

    /// The name in EF Dati_personali; the beginning of the file is read if it was not yet.
    ///
    /// # Errors
    /// Those of the exchange; a card without readable names is none.
    pub fn holder(&mut self) -> Result<Option<Holder>, CardError> {
        match &self.holder {
            FileContent::Present(holder) => return Ok(Some(holder.clone())),
            FileContent::Absent => return Ok(None),
            FileContent::NotRead => {}
        }
        let profile = self.driver.profile();
        let holder = self
            .transact("read holder", OPERATION_BUDGET, |session, _| public::read_holder(session, profile))?;
        let known = holder.present().cloned();
        self.holder = holder;
        Ok(known)
    }

    /// Is the file known to be absent, or to hold nothing readable? Sends no command.
    #[must_use]
    pub fn lacks(&self, file: DataFile) -> bool {
        match file {
            DataFile::CardId => {
                self.contents.as_ref().is_some_and(|contents| contents.card_id == FileContent::Absent)
            }
            DataFile::PersonalData => self.holder == FileContent::Absent,
        }
    }

    /// This card for the cache; `None` for a card without certificate, and for one whose search for others failed: the next
    /// process is to search again.
    #[must_use]
    pub fn cached_card(&self) -> Option<CachedCard> {
        let contents = self.contents.as_ref().filter(|contents| contents.others_are_all)?;
        let LocatedCertificate { certificate, file, .. } = contents.login.as_ref().ok()?;
        Some(CachedCard {
            atr: self.connection.atr().to_vec(),
            family: self.family().to_owned(),
            place: file.path,
            key_number: certificate.key.reference,
            certificate: certificate.der.clone(),
            card_id: contents.card_id.clone(),
            holder: self.holder.clone(),
        })
    }
}
