//! The first look at a card, at all its public files or at those that a listing needs; and what was left out, on
//! demand.

use super::{Card, OPEN, OPEN_BUDGET, OPERATION_BUDGET};
use crate::card_id::{self, CardId};
use crate::certificate_file::Found;
use crate::error::CardError;
use crate::identity::Identity;
use crate::personal_data::Holder;
use crate::public_files::{self, DataFile, Extent, PublicFiles};
use crate::recall::{Recalled, recall};
use crate::remembered::Remembered;

/// What a first look is to see.
#[derive(Clone, Copy)]
pub(crate) enum Look<'a> {
    AtEverything,
    /// At the certificates, which are not read anew on a card that is one of these.
    AtCertificates(&'a [Remembered]),
}

/// Extended READ BINARY, which a reader may not carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LongReads {
    /// Where card and reader allow it; when it fails, the look is begun anew: see [`Card::asked_too_much`].
    MayBeTried,
    /// It failed.
    Never,
}

impl Card {
    /// The first transaction; what it reads proves the card in later ones.
    pub(crate) fn look(&mut self, look: Look<'_>, long_reads: LongReads) -> Result<PublicFiles, CardError> {
        let (driver, atr) = (self.driver, self.connection.atr().to_vec());
        let (recalled, was_recalled) = self.transact(OPEN, OPEN_BUDGET, |dialogue, _| {
            dialogue.may_try_extended = long_reads == LongReads::MayBeTried;
            let extent = match look {
                Look::AtEverything => Extent::Everything,
                Look::AtCertificates(remembered) => {
                    if let Some(recalled) = recall(dialogue, driver, &atr, remembered)? {
                        return Ok((recalled, true));
                    }
                    Extent::Certificates
                }
            };
            let seen = public_files::read(dialogue, driver, extent)?;
            let other = match &seen.login {
                Ok(_) => None,
                Err(_) => driver.second_thought(dialogue)?,
            };
            let (driver, seen) = match other {
                Some(other) => (other, public_files::read(dialogue, other, extent)?),
                None => (driver, seen),
            };
            let holder = seen.personal_data.as_ref().map(|data| data.as_ref().and_then(|data| data.holder()));
            Ok((Recalled { driver, seen, holder }, false))
        })?;
        let files = recalled.seen.files();
        let without = recalled.seen.login.is_err().then(|| recalled.driver.without_certificate()).flatten();
        self.driver = without.unwrap_or(recalled.driver);
        self.identity = recalled.seen.identity.clone();
        self.seen = Some(recalled.seen);
        self.holder = recalled.holder;
        self.was_recalled = was_recalled;
        self.unproved = false;
        Ok(files)
    }

    /// Was it recognised as one that is remembered, and not read anew?
    #[must_use]
    pub fn was_recalled(&self) -> bool {
        self.was_recalled
    }

    /// Did the last operation fail at a command that the reader may not carry?
    pub(crate) fn asked_too_much(&self) -> bool {
        self.learned.extended_unanswered
    }

    /// The card's number, EF ID_Carta or what stands for it: read when nobody has yet.
    ///
    /// # Errors
    /// Those of the exchange; a card without number is none.
    pub fn card_id(&mut self) -> Result<Option<CardId>, CardError> {
        if let Some(known) = self.seen.as_ref().and_then(|seen| seen.card_id.clone()) {
            return Ok(known);
        }
        let profile = self.driver.profile();
        let read =
            self.transact("read card id", OPERATION_BUDGET, |dialogue, _| card_id::read(dialogue, profile))?;
        let (number, identity): (Option<CardId>, Option<Identity>) = read.unzip();
        self.identity = self.identity.take().or(identity);
        if let Some(seen) = &mut self.seen {
            seen.card_id = Some(number.clone());
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
        let holder = self.transact("read holder", OPERATION_BUDGET, |dialogue, _| {
            public_files::read_holder(dialogue, profile)
        })?;
        self.holder = Some(holder.clone());
        Ok(holder)
    }

    /// Is the file known not to be there, or to hold nothing readable? Nobody looks for it because of the question.
    #[must_use]
    pub fn lacks(&self, file: DataFile) -> bool {
        match file {
            DataFile::CardId => self.seen.as_ref().is_some_and(|seen| seen.card_id == Some(None)),
            DataFile::PersonalData => self.holder == Some(None),
        }
    }

    /// What to remember of this card; `None` of a card without certificate.
    #[must_use]
    pub fn remembered(&self) -> Option<Remembered> {
        let seen = self.seen.as_ref()?;
        let Found { certificate, file, .. } = seen.login.as_ref().ok()?;
        Some(Remembered {
            atr: self.connection.atr().to_vec(),
            family: self.family().to_owned(),
            place: file.path,
            key_number: certificate.key.reference,
            certificate: certificate.der.clone(),
            card_id: seen.card_id.clone(),
            holder: self.holder.clone(),
        })
    }
}
