//! Windows: the registry's keys by which it finds our minidriver for a card. Another product's cards stay with it, unless
//! the person asks for the one in the reader.

use std::io;

use cns_card::OpenedCard;
use cns_registration::{
    CardType, RegisteredType, SMART_CARDS, Wishes, bare_contactless, before_all_others, pairing,
    registration, removal,
};

use crate::commands::doctor::{readers, windows::atr};
use crate::context::Context;
use crate::host::{Host, OperatingSystem};
use crate::pkcs11::module_path;
use crate::programs::windows::{WINDOWS, minidriver};
use crate::programs::{Outcome, SetupResult, WindowsOutcome};

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request {
    /// The card in the reader is taken from another product.
    pub(super) take_over: bool,
    pub(super) dry_run: bool,
    /// The person named Windows: then it is a failure if nothing can be set up.
    pub(super) named: bool,
}

/// Registers the minidriver that is installed, for all cards that no other product has.
pub(super) fn register(request: Request, host: &Host, context: &Context<'_>) -> Vec<SetupResult> {
    let system = host.system.operating_system;
    if system != OperatingSystem::Windows {
        return vec![result(Outcome::NotOnThisSystem(system))];
    }
    let Some(minidriver) = installed(host) else {
        return if request.named { vec![result(WindowsOutcome::NoMinidriver.into())] } else { Vec::new() };
    };
    let cards = cards(context);
    if request.take_over && cards.is_empty() {
        return vec![result(WindowsOutcome::NoCard.into())];
    }
    write(request, &minidriver, &cards, context).unwrap_or_else(|error| vec![result(refused(error))])
}

/// Removes the keys of the minidriver that is installed.
pub(super) fn unregister(request: Request, host: &Host, context: &Context<'_>) -> Vec<SetupResult> {
    let Some(minidriver) = installed(host) else {
        return if request.named { vec![result(Outcome::NothingThere)] } else { Vec::new() };
    };
    let remove = || -> io::Result<Outcome> {
        let registered = context.windows.card_types()?;
        let names = removal(&registered, &minidriver);
        Ok(match names.is_empty() {
            true => Outcome::NothingThere,
            false if request.dry_run => Outcome::WouldRemove,
            false => {
                names.into_iter().try_for_each(|name| context.windows.remove_card_type(name))?;
                WindowsOutcome::Unregistered.into()
            }
        })
    };
    vec![result(remove().unwrap_or_else(refused))]
}

fn write(
    request: Request,
    minidriver: &str,
    cards: &[Vec<u8>],
    context: &Context<'_>,
) -> io::Result<Vec<SetupResult>> {
    let registered = context.windows.card_types()?;
    let foreign: Vec<CardType> =
        registered.iter().filter(|key| !key.is_ours()).map(|key| key.card_type.clone()).collect();
    let bare = bare_contactless();
    let contactless = request.take_over && cards.iter().any(|atr| bare.matches(atr));
    let mut changes = registration(&registered, Wishes { take_over: false, contactless });
    for atr in cards {
        let taken = pairing(&foreign, atr).is_some();
        // A lot that no key of ours is for, and nobody else's.
        let unknown = pairing(&changes.write, atr).is_none() && !taken && !bare.matches(atr);
        let own = before_all_others(atr);
        if (unknown || (taken && request.take_over)) && !changes.write.contains(&own) {
            changes.write.push(own);
        }
    }
    let missing: Vec<&CardType> =
        changes.write.iter().filter(|card_type| !is_written(card_type, minidriver, &registered)).collect();
    let outcome = match (missing.is_empty() && changes.remove.is_empty(), request.dry_run) {
        (true, _) => Outcome::Already,
        (false, true) => Outcome::WouldRegister,
        (false, false) => {
            missing
                .into_iter()
                .try_for_each(|card_type| context.windows.write_card_type(card_type, minidriver))?;
            changes.remove.iter().try_for_each(|name| context.windows.remove_card_type(name))?;
            Outcome::Registered(None)
        }
    };
    let all: Vec<CardType> = foreign.iter().cloned().chain(changes.write).collect();
    let of_card = |atr: &Vec<u8>| match pairing(&all, atr) {
        Some(key) if foreign.contains(key) => {
            Some(WindowsOutcome::OtherDriver { entry: key.name.clone() }.into())
        }
        Some(_) => None,
        None => Some(WindowsOutcome::SharedAtr.into()),
    };
    Ok([outcome].into_iter().chain(cards.iter().filter_map(of_card)).map(result).collect())
}

/// Whether the key is there as it would be written.
fn is_written(card_type: &CardType, minidriver: &str, registered: &[RegisteredType]) -> bool {
    registered.iter().any(|key| {
        key.card_type == *card_type
            && key.minidriver.eq_ignore_ascii_case(minidriver)
            && key.key_storage_provider.is_some()
    })
}

/// The minidriver beside the installed module, as a path of the computer.
fn installed(host: &Host) -> Option<String> {
    let module = host.inside(&module_path::find(&host.system)?);
    Some(minidriver(host, &module.display().to_string())?.display().to_string())
}

/// The ATRs of the cards that are CNS: only for those anything is taken from another product.
fn cards(context: &Context<'_>) -> Vec<Vec<u8>> {
    let is_cns = |reader: &String| {
        let opened = cns_token::open(context.transport, reader, context.now);
        matches!(opened, Ok(OpenedCard::Cns(..)))
    };
    let readers = readers::occupied(context.transport).into_iter().filter(is_cns);
    readers.filter_map(|reader| atr(context.transport, &reader)).collect()
}

fn refused(error: io::Error) -> Outcome {
    match error.kind() {
        io::ErrorKind::PermissionDenied => WindowsOutcome::NeedsAdministrator.into(),
        _ => Outcome::NotWritable(error.into()),
    }
}

fn result(outcome: Outcome) -> SetupResult {
    SetupResult { program: &WINDOWS, path: format!(r"HKLM\{SMART_CARDS}"), outcome }
}
