//! The first look at a card, at all its public files or at those that a listing needs; and what was left out, on
//! demand.

use super::{Card, OPEN, OPEN_BUDGET, OPERATION_BUDGET};
use crate::cached_card::CachedCard;
use crate::card::cache_match::{CacheHit, find_cache_match};
use crate::error::CardError;
use crate::files::card_id::{self, CardId};
use crate::files::certificate::{self, CertificateFile, CertificateProblem, LocatedCertificate};
use crate::files::certificate_search::{self, OTHERS_BUDGET};
use crate::files::identity::Identity;
use crate::files::personal_data::Holder;
use crate::files::public::{self, DataFile, Extent, PublicFiles};

/// What a first look is to see.
#[derive(Clone, Copy)]
pub(crate) enum ReadScope<'a> {
    Everything,
    /// At the certificates, which are not read anew on a card that is one of these.
    Certificates(&'a [CachedCard]),
}

/// Extended READ BINARY, which a reader may not carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExtendedReads {
    /// Where card and reader allow it; when it fails, the look is begun anew: see [`Card::extended_length_failed`].
    MayBeTried,
    /// It failed.
    Never,
}

impl Card {
    /// The first transaction; what it reads proves the card in later ones.
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
            let contents = public::read(session, driver, extent)?;
            let other = match &contents.login {
                Ok(_) => None,
                Err(_) => driver.alternative_driver(session)?,
            };
            let (driver, contents) = match other {
                Some(other) => (other, public::read(session, other, extent)?),
                None => (driver, contents),
            };
            let holder =
                contents.personal_data.as_ref().map(|data| data.as_ref().and_then(|data| data.holder()));
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

    /// Was it recognised as one that is cached, and not read anew?
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
    /// Those of the exchange. Whatever a single place answers, it holds no certificate then.
    pub fn read_other_certificates(&mut self) -> Result<(), CardError> {
        let Some(Ok(login)) = self.contents.as_ref().map(|contents| contents.login.clone()) else {
            return Ok(());
        };
        let profile = self.driver.profile();
        let others = self.transact("read other certificates", OTHERS_BUDGET, |session, _| {
            certificate_search::read_others(session, profile, &login)
        })?;
        if let Some(contents) = &mut self.contents {
            contents.others = others;
        }
        Ok(())
    }

    /// Makes one of the other certificates, or none, the one that stands for this card from now on; the one before is among
    /// the others then. Whichever was read first goes on proving the card.
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

    /// Did the last operation fail at a command that the reader may not carry?
    pub(crate) fn extended_length_failed(&self) -> bool {
        self.capabilities.extended_without_response
    }

    /// The card's number, EF ID_Carta or what stands for it: read when nobody has yet.
    ///
    /// # Errors
    /// Those of the exchange; a card without number is none.
    pub fn card_id(&mut self) -> Result<Option<CardId>, CardError> {
        if let Some(known) = self.contents.as_ref().and_then(|contents| contents.card_id.clone()) {
            return Ok(known);
        }
        let profile = self.driver.profile();
        let read =
            self.transact("read card id", OPERATION_BUDGET, |session, _| card_id::read(session, profile))?;
        let (number, identity): (Option<CardId>, Option<Identity>) = read.unzip();
        self.identity = self.identity.take().or(identity);
        if let Some(contents) = &mut self.contents {
            contents.card_id = Some(number.clone());
        }
        Ok(number)
    }

    /// Whose card it is, by EF Dati_personali: its beginning is read when nobody has yet.
    ///
    /// # Errors
    /// Those of the exchange; a card without readable names is none.
    pub fn holder(&mut self) -> Result<Option<Holder>, CardError> {
        if let Some(known) = &self.holder {
            return Ok(known.clone());
        }
        let profile = self.driver.profile();
        let holder = self
            .transact("read holder", OPERATION_BUDGET, |session, _| public::read_holder(session, profile))?;
        self.holder = Some(holder.clone());
        Ok(holder)
    }

    /// Is the file known not to be there, or to hold nothing readable? Nobody looks for it because of the question.
    #[must_use]
    pub fn lacks(&self, file: DataFile) -> bool {
        match file {
            DataFile::CardId => self.contents.as_ref().is_some_and(|contents| contents.card_id == Some(None)),
            DataFile::PersonalData => self.holder == Some(None),
        }
    }

    /// What to remember of this card; `None` of a card without certificate.
    #[must_use]
    pub fn cached_card(&self) -> Option<CachedCard> {
        let contents = self.contents.as_ref()?;
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
