//! Is a card one that is cached? Then its certificate need not be read again.
//!
//! A card is taken for a cached one when its certificate begins with the same length and serial number, and ends with the
//! same bytes of the issuer's signature over all the rest. The end alone would not do: a shorter certificate that was
//! written over it leaves it where it was.

use tracing::debug;

use crate::cached_card::CachedCard;
use crate::card_session::{CardSession, Span};
use crate::driver::CardDriver;
use crate::error::{CardError, optional};
use crate::files::card_id;
use crate::files::certificate::LocatedCertificate;
use crate::files::content::FileContent;
use crate::files::identity::Identity;
use crate::files::personal_data::Holder;
use crate::files::public::CardContents;
use crate::profile::CardProfile;

/// A card that was recognised again.
pub(crate) struct CacheHit {
    pub(crate) driver: &'static dyn CardDriver,
    pub(crate) contents: CardContents,
    pub(crate) holder: FileContent<Holder>,
}

/// A cached card that this one may be.
type Candidate<'a> = (&'a CachedCard, LocatedCertificate);

/// Is the card one of these? A match takes a SELECT and two READs, whichever it is; `None` usually takes a READ less, or
/// nothing when none is of this kind.
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

/// Which of these, all of one place, the card shows.
fn shown<'a>(
    session: &mut CardSession<'_>,
    profile: &CardProfile,
    mut candidates: Vec<Candidate<'a>>,
) -> Result<Option<Candidate<'a>>, CardError> {
    let Some((_, first)) = candidates.first() else { return Ok(None) };
    if optional(session.select(profile, first.file))? != Some(true) {
        return Ok(None);
    }
    let beginning = read_part(session, profile, first.beginning().0)?;
    candidates.retain(|(_, one)| one.beginning().1 == beginning);
    // The beginning has the length: they all end in the same place.
    let Some((_, first)) = candidates.first() else { return Ok(None) };
    let end = read_part(session, profile, first.end().0)?;
    Ok(candidates.into_iter().find(|(_, one)| one.end().1 == end))
}

/// A part of the current EF, as far as it is there.
fn read_part(session: &mut CardSession<'_>, profile: &CardProfile, part: Span) -> Result<Vec<u8>, CardError> {
    let mut content = Vec::new();
    optional(session.read_binary(profile, &mut content, part))?;
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
        FileContent::NotRead if profile.application.is_some() => {
            card_id::read(session, profile)?.and_then(|(number, _)| Some(number.clone()))
        }
        known => known.clone(),
    };
    let identity = Some(Identity::of(&login));
    Ok(CardContents {
        login: Ok(login),
        others: Vec::new(),
        others_are_all: true,
        signature: None,
        card_id,
        personal_data: FileContent::NotRead,
        identity,
    })
}
