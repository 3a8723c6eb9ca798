//! Is a card one that is remembered? Then its certificate need not be read again.
//!
//! A card is taken for a remembered one when it shows the end of its certificate where that ends: the end of the
//! issuer's signature over all the rest, so that a renewed certificate, or another card's, ends in other bytes.

use tracing::debug;

use crate::card_id;
use crate::certificate_file::Found;
use crate::driver::CardDriver;
use crate::driver::dialogue::Dialogue;
use crate::error::CardError;
use crate::identity::Identity;
use crate::personal_data::Holder;
use crate::profile::CardProfile;
use crate::public_files::{Seen, optional};
use crate::remembered::Remembered;

/// A card that was recognised again.
pub(crate) struct Recalled {
    pub(crate) driver: &'static dyn CardDriver,
    pub(crate) seen: Seen,
    pub(crate) holder: Option<Option<Holder>>,
}

/// The most READs that are spent on the question: reading a certificate takes not many more.
const MOST_READS: usize = 3;

/// A remembered card that this one may be.
type Candidate<'a> = (&'a Remembered, Found);

/// Is the card one of these? The first are tried first. `None` costs a SELECT and a READ or a few, or nothing when none
/// is of this kind.
pub(crate) fn recall(
    dialogue: &mut Dialogue<'_>,
    driver: &'static dyn CardDriver,
    atr: &[u8],
    remembered: &[Remembered],
) -> Result<Option<Recalled>, CardError> {
    let Some(first) = remembered.iter().find(|one| one.atr == atr) else { return Ok(None) };
    let driver = match first.family == driver.profile().name {
        true => driver,
        false => driver.second_thought_called(&first.family).unwrap_or(driver),
    };
    let profile = driver.profile();
    let same_kind =
        |one: &&Remembered| one.atr == atr && one.family == profile.name && one.place == first.place;
    let candidates = remembered.iter().filter(same_kind);
    let candidates: Vec<Candidate<'_>> =
        candidates.filter_map(|one| Some((one, one.login(profile)?))).collect();
    match shown(dialogue, profile, candidates)? {
        Some((remembered, login)) => {
            let holder = remembered.holder.clone();
            Ok(Some(Recalled { driver, seen: again(dialogue, profile, remembered, login)?, holder }))
        }
        None => {
            debug!("the card is none of those that are remembered");
            Ok(None)
        }
    }
}

/// Which of these, all of one place, the card shows. What was read for one rules out others.
fn shown<'a>(
    dialogue: &mut Dialogue<'_>,
    profile: &CardProfile,
    mut candidates: Vec<Candidate<'a>>,
) -> Result<Option<Candidate<'a>>, CardError> {
    let Some((_, Found { file, .. })) = candidates.first() else { return Ok(None) };
    if optional(dialogue.select(profile, *file))? != Some(true) {
        return Ok(None);
    }
    for _ in 0..MOST_READS {
        if candidates.is_empty() {
            break;
        }
        let candidate = candidates.remove(0);
        let content = read_end(dialogue, profile, &candidate.1)?;
        if content == candidate.1.end().1 {
            return Ok(Some(candidate));
        }
        let from = candidate.1.end().0.start;
        candidates.retain(|(_, other)| !content.is_empty() && other.may_show(from, &content));
    }
    Ok(None)
}

/// The bytes of the current EF in which this certificate ends, as far as there are any.
fn read_end(dialogue: &mut Dialogue<'_>, profile: &CardProfile, found: &Found) -> Result<Vec<u8>, CardError> {
    let mut content = Vec::new();
    optional(dialogue.read_binary(profile, &mut content, found.end().0))?;
    Ok(content)
}

/// What is known of it, with the number that is proved by no certificate.
fn again(
    dialogue: &mut Dialogue<'_>,
    profile: &CardProfile,
    remembered: &Remembered,
    login: Found,
) -> Result<Seen, CardError> {
    let card_id = match &remembered.card_id {
        None if profile.application.is_some() => {
            Some(card_id::read(dialogue, profile)?.map(|(number, _)| number))
        }
        known => known.clone(),
    };
    let identity = Some(Identity::of(&login));
    Ok(Seen { login: Ok(login), signature: None, card_id, personal_data: None, identity })
}
