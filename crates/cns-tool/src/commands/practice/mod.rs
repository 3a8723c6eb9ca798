//! `cns practice`: a virtual card and a local portal, in which a person's own browser logs in without a card. For courses,
//! and for people who help others.

mod control;
mod event;
mod messages;
mod page;
mod portal;
mod virtual_card;

use std::sync::mpsc;
use std::time::{Duration, Instant};

use cns_card::{Cancellation, Occupancy};
use cns_token::{TokenIdentity, forget_card};

use self::control::{Control, stop_running};
use self::event::PracticeEvent;
use self::portal::Portal;
use self::virtual_card::VirtualCard;
use crate::card::failures::card_failure;
use crate::card::open_card::open_in;
use crate::card::reader_selection::readers;
use crate::commands::test_login;
use crate::console::{Verdict, one_line};
use crate::context::Context;
use crate::exit::{Exit, Failure};

/// The options of `cns practice`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The kind of virtual card; `virtual-cns list` names them
    #[arg(long, value_name = "KIND", default_value = "st2021")]
    card: String,
    /// Where the virtual reader takes cards
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:35963")]
    address: String,
    /// End the practice that runs in another terminal
    #[arg(long)]
    stop: bool,
}

/// What readers of the package `vsmartcard-vpcd` are called.
const VIRTUAL_READER: &str = "Virtual PCD";
/// The service looks for a card every 400 ms.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it is looked whether the virtual card is still there.
const POLL: Duration = Duration::from_millis(500);

pub(crate) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let language = context.language;
    if arguments.stop {
        if !stop_running() {
            return Err(Failure::new(Exit::NotDone, messages::NOT_RUNNING.to(language)));
        }
        context.output.line(messages::ENDED.to(language));
        return Ok(Exit::Success);
    }
    let (send, events) = mpsc::channel();
    let control = Control::open(send.clone())
        .map_err(|error| messages::cannot_start(language).with(Exit::Failed).because_of(error, language))?;
    let Some(_control) = control else { return Err(messages::runs_already(language).with(Exit::NotDone)) };
    let readers = readers(context)?;
    if !readers.iter().any(|reader| reader.name.contains(VIRTUAL_READER)) {
        return Err(messages::no_virtual_reader(language).with(Exit::NoReader));
    }
    let mut card =
        VirtualCard::insert(&arguments.card, &arguments.address).map_err(|error| error.failure(language))?;
    let mut open = open_in(&wait_for_card(context)?, context)?;
    let certificate = open.files.certificate.as_ref().map(|file| file.der.clone());
    let certificate =
        certificate.ok_or_else(|| messages::cannot_log_in(language).with(Exit::UnusableCard))?;
    let files = open.files.clone();
    let serial = open.card().and_then(|card| TokenIdentity::of(card, &files)).map(|identity| identity.serial);
    let serial = serial.map_err(|error| card_failure(error, language))?;
    drop(open);
    let portal = Portal::open(&certificate, language, send).map_err(|error| {
        let failure = messages::cannot_start(language).with(Exit::Failed);
        failure.because(test_login::messages::reason(language, error))
    })?;
    for line in messages::instructions(language, &portal.url(), &card.pin) {
        context.output.line(&one_line(&line));
    }
    // Until it is stopped from elsewhere, or the virtual card is gone.
    while card.is_inserted() {
        match events.recv_timeout(POLL) {
            Ok(PracticeEvent::LoggedIn(tls)) => {
                context.output.verdict(Verdict::Ok, &messages::logged_in(language, tls));
            }
            Ok(PracticeEvent::Stop) => break,
            Err(_) => {}
        }
    }
    drop(card);
    forget_card(&serial);
    context.output.line(messages::ENDED.to(language));
    Ok(Exit::Success)
}

/// The reader in which the virtual card lies.
fn wait_for_card(context: &Context<'_>) -> Result<String, Failure> {
    let start = Instant::now();
    loop {
        let readers = readers(context)?;
        let with_card = readers
            .iter()
            .find(|reader| reader.name.contains(VIRTUAL_READER) && reader.occupancy == Occupancy::Card);
        if let Some(reader) = with_card {
            return Ok(reader.name.clone());
        }
        if start.elapsed() > PATIENCE {
            return Err(messages::card_not_seen(context.language).with(Exit::NoCard));
        }
        // What went wrong shows at the next look.
        let _ = context.transport.wait_for_change(&readers, Some(POLL), &Cancellation::new());
    }
}
