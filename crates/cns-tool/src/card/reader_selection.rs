//! Which reader: from `--reader`, from the one card there is, or from the person.

use cns_card::{Occupancy, ReaderStatus};

use super::failures::mute_card;
use super::service::ServiceFailure;
use super::{holder, messages};
use crate::console::one_line;
use crate::context::Context;
use crate::exit::{ErrorCode, Exit, Failure};

/// The name of the reader that the person means, with a card in it. At a terminal, reader and card are waited for.
pub(crate) fn select_reader(wanted: Option<&str>, context: &mut Context<'_>) -> Result<String, Failure> {
    let mut invited = None;
    loop {
        let Ok(known) = context.transport.readers() else { return occupied_reader(wanted, context) };
        let failure = match occupied_reader(wanted, context) {
            Err(failure) if context.on_terminal => failure,
            found => return found,
        };
        let missing = match failure.exit {
            Exit::NoReader if known.is_empty() => messages::INSERT_READER,
            Exit::NoCard => messages::INSERT_CARD,
            _ => return Err(failure),
        };
        let invitation = (invited != Some(missing)).then(|| missing.to(context.language));
        invited = Some(missing);
        context.wait_for_change(invitation, &known)?;
    }
}

/// The same, at once.
pub(crate) fn occupied_reader(wanted: Option<&str>, context: &mut Context<'_>) -> Result<String, Failure> {
    let language = context.language;
    let matching = matching_readers(wanted, context)?;
    let cards: Vec<&ReaderStatus> =
        matching.iter().filter(|reader| reader.occupancy == Occupancy::Card).collect();
    match cards[..] {
        [one] => Ok(one.name.clone()),
        [] if matching.iter().any(|reader| reader.occupancy == Occupancy::MuteCard) => {
            Err(mute_card(language))
        }
        [] => Err(messages::no_card(language).with(Exit::NoCard)),
        _ => pick(&cards, context),
    }
}

/// The readers that the person means: all, or those named; at least one.
pub(crate) fn matching_readers(
    wanted: Option<&str>,
    context: &Context<'_>,
) -> Result<Vec<ReaderStatus>, Failure> {
    let language = context.language;
    let readers = readers(context)?;
    match wanted {
        Some(wanted) => named(&readers, wanted).map_err(|all| {
            let failure = messages::unknown_reader(language, wanted, &list(all.iter())).with(Exit::NoReader);
            failure.with_code(ErrorCode::UnknownReader)
        }),
        None => Ok(readers),
    }
}

/// All readers; at least one.
pub(crate) fn readers(context: &Context<'_>) -> Result<Vec<ReaderStatus>, Failure> {
    // The service may have to be started first, and is waited for.
    let searching = context.output.progress(messages::LOOKING_FOR_READERS.to(context.language));
    let readers = context.transport.readers();
    drop(searching);
    let readers =
        readers.map_err(|error| ServiceFailure::of(error, &context.system).failure(context.language))?;
    if readers.is_empty() {
        return Err(messages::no_reader(context.language).with(Exit::NoReader));
    }
    Ok(readers)
}

/// Readers of that very name, else those whose name contains it; all readers when there is none.
fn named<'r>(readers: &'r [ReaderStatus], wanted: &str) -> Result<Vec<ReaderStatus>, &'r [ReaderStatus]> {
    if let Some(exact) = readers.iter().find(|reader| reader.name == wanted) {
        return Ok(vec![exact.clone()]);
    }
    let wanted = wanted.to_lowercase();
    let like: Vec<_> =
        readers.iter().filter(|reader| reader.name.to_lowercase().contains(&wanted)).cloned().collect();
    if like.is_empty() || wanted.is_empty() { Err(readers) } else { Ok(like) }
}

fn pick(cards: &[&ReaderStatus], context: &mut Context<'_>) -> Result<String, Failure> {
    let language = context.language;
    let list = list(cards.iter().copied());
    if !context.prompt.is_interactive() {
        let failure = messages::several_cards(language, &list).with(Exit::NotDone);
        return Err(failure.with_code(ErrorCode::SeveralCards));
    }
    let holders: Vec<_> = cards.iter().map(|card| holder::card_in(&card.name, context)).collect();
    context.output.note(messages::WHICH_READER.to(language));
    for (reader, holder) in list.lines().zip(holders) {
        match holder {
            Some(holder) => context.output.note(&format!("{reader} – {holder}")),
            None => context.output.note(reader),
        }
    }
    loop {
        let answer = context.ask_number(&messages::reader_number(language, cards.len()));
        let answer = answer.map_err(|none| context.no_answer(none))?;
        let number = answer.trim().parse::<usize>().ok();
        if let Some(reader) = number.and_then(|number| cards.get(number.checked_sub(1)?)) {
            return Ok(reader.name.clone());
        }
        context.output.warning(&messages::no_such_number(language, cards.len()));
    }
}

/// One a line, numbered from 1.
fn list<'r>(readers: impl Iterator<Item = &'r ReaderStatus>) -> String {
    let lines: Vec<_> = readers
        .enumerate()
        .map(|(index, reader)| format!("  {}. {}", index + 1, one_line(&reader.name)))
        .collect();
    lines.join("\n")
}
