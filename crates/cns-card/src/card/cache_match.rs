//! Is a card one that is cached? Then its certificate need not be read again.
//!
//! A card is taken for a cached one when it shows the end of its certificate where that ends: the end of the
//! issuer's signature over all the rest, so that a renewed certificate, or another card's, ends in other bytes.

use tracing::debug;

use crate::cached_card::CachedCard;
use crate::card_session::CardSession;
use crate::driver::CardDriver;
use crate::error::CardError;
use crate::files::card_id;
use crate::files::certificate::LocatedCertificate;
use crate::files::identity::Identity;
use crate::files::personal_data::Holder;
use crate::files::public::{CardContents, optional};
use crate::profile::CardProfile;

/// A card that was recognised again.
pub(crate) struct CacheHit {
    pub(crate) driver: &'static dyn CardDriver,
    pub(crate) contents: CardContents,
    pub(crate) holder: Option<Option<Holder>>,
}

/// The most READs that are spent on the question: reading a certificate takes not many more.
const MOST_READS: usize = 3;

/// A cached card that this one may be.
type Candidate<'a> = (&'a CachedCard, LocatedCertificate);

/// Is the card one of these? The first are tried first. `None` costs a SELECT and a READ or a few, or nothing when none
/// is of this kind.
pub(crate) fn find_cache_match(
    session: &mut CardSession<'_>,
    driver: &'static dyn CardDriver,
    atr: &[u8],
    cached: &[CachedCard],
) -> Result<Option<CacheHit>, CardError> {
    let Some(first) = cached.iter().find(|one| one.atr == atr) else { return Ok(None) };
    let driver = match first.family == driver.profile().name {
        true => driver,
        false => driver.alternative_driver_named(&first.family).unwrap_or(driver),
    };
    let profile = driver.profile();
    let same_kind =
        |one: &&CachedCard| one.atr == atr && one.family == profile.name && one.place == first.place;
    let candidates = cached.iter().filter(same_kind);
    let candidates: Vec<Candidate<'_>> =
        candidates.filter_map(|one| Some((one, one.login(profile)?))).collect();
    match shown(session, profile, candidates)? {
        Some((cached, login)) => {
            let holder = cached.holder.clone();
            Ok(Some(CacheHit { driver, contents: again(session, profile, cached, login)?, holder }))
        }
        None => {
            debug!("the card is none of those that are cached");
            Ok(None)
        }
    }
}

/// Which of these, all of one place, the card shows. What was read for one rules out others.
fn shown<'a>(
    session: &mut CardSession<'_>,
    profile: &CardProfile,
    mut candidates: Vec<Candidate<'a>>,
) -> Result<Option<Candidate<'a>>, CardError> {
    let Some((_, LocatedCertificate { file, .. })) = candidates.first() else { return Ok(None) };
    if optional(session.select(profile, *file))? != Some(true) {
        return Ok(None);
    }
    for _ in 0..MOST_READS {
        if candidates.is_empty() {
            break;
        }
        let candidate = candidates.remove(0);
        let content = read_end(session, profile, &candidate.1)?;
        if content == candidate.1.end().1 {
            return Ok(Some(candidate));
        }
        let from = candidate.1.end().0.start;
        candidates.retain(|(_, other)| !content.is_empty() && other.may_show(from, &content));
    }
    Ok(None)
}

/// The bytes of the current EF in which this certificate ends, as far as there are any.
fn read_end(
    session: &mut CardSession<'_>,
    profile: &CardProfile,
    found: &LocatedCertificate,
) -> Result<Vec<u8>, CardError> {
    let mut content = Vec::new();
    optional(session.read_binary(profile, &mut content, found.end().0))?;
    Ok(content)
}

/// What is known of it, with the number that is proved by no certificate.
fn again(
    session: &mut CardSession<'_>,
    profile: &CardProfile,
    cached: &CachedCard,
    login: LocatedCertificate,
) -> Result<CardContents, CardError> {
    let card_id = match &cached.card_id {
        None if profile.application.is_some() => {
            Some(card_id::read(session, profile)?.map(|(number, _)| number))
        }
        known => known.clone(),
    };
    let identity = Some(Identity::of(&login));
    Ok(CardContents { login: Ok(login), signature: None, card_id, personal_data: None, identity })
}
