//! `cns practice`: a virtual card and a local portal, in which a person's own browser logs in without a card. For courses,
//! and for people who help others.

mod control;
mod messages;
mod page;
mod portal;
mod virtual_card;

use std::sync::mpsc;
use std::time::{Duration, Instant};

use cns_card::{Cancellation, Occupancy, ReaderStatus, Transport};
use cns_token::{TokenIdentity, forget_card};

use self::control::{Control, ControlError, PracticeEvent, stop_running};
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
/// How long the service may take to see that the card is gone.
const REMOVAL: Duration = Duration::from_secs(3);
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
    let _control = Control::open(send.clone()).map_err(|error| match error {
        ControlError::RunsAlready => messages::runs_already(language).with(Exit::NotDone),
        ControlError::TakenByAnother => messages::taken_by_another(language).with(Exit::Failed),
        ControlError::Io(error) => {
            messages::cannot_start(language).with(Exit::Failed).because_of(error, language)
        }
    })?;
    let readers = readers(context)?;
    if !readers.iter().any(|reader| reader.name.contains(VIRTUAL_READER)) {
        return Err(messages::no_virtual_reader(language).with(Exit::NoReader));
    }
    let mut card =
        VirtualCard::insert(&arguments.card, &arguments.address).map_err(|error| error.failure(language))?;
    let reader = wait_for_card(context)?;
    let mut open = open_in(&reader, context)?;
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
    // Whoever has asked for the end learns of it after this: the next command must not meet half a card.
    wait_until_empty(&reader, context.transport, REMOVAL);
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

/// Waits for the card to have left a reader, for so long at most.
fn wait_until_empty(reader: &str, transport: &dyn Transport, patience: Duration) {
    let end = Instant::now() + patience;
    while let Ok(known) = transport.readers() {
        let lies_there = |status: &ReaderStatus| {
            status.name == reader && matches!(status.occupancy, Occupancy::Card | Occupancy::MuteCard)
        };
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() || !known.iter().any(lies_there) {
            return;
        }
        if transport.wait_for_change(&known, Some(left.min(POLL)), &Cancellation::new()).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use testkit::InProcess;
    use virtual_cns::in_process::Readers;
    use virtual_cns::{Card, Personality};

    use super::*;

    /// Some time after the program has ended the service sees the reader empty; other cards do not matter.
    #[test]
    fn the_end_is_when_the_reader_is_empty() {
        let card = || Card::builder(&Personality::idemia_2021()).shared();
        let readers = Readers::new(&["One", "Two"]);
        readers.insert("One", card());
        readers.insert("Two", card());
        let transport = InProcess(readers.clone());
        let start = Instant::now();
        wait_until_empty("One", &transport, Duration::from_millis(300));
        assert!(start.elapsed() >= Duration::from_millis(300), "it did not wait");
        let service = readers.clone();
        let later = thread::spawn(move || {
            thread::sleep(Duration::from_millis(200));
            service.remove("One");
        });
        wait_until_empty("One", &transport, Duration::from_secs(60));
        assert!(later.is_finished() || later.join().is_ok());
        assert_eq!(transport.reader("One").map(|status| status.occupancy), Ok(Occupancy::Empty));
        assert!(start.elapsed() < Duration::from_secs(30), "it waited for another card");
        readers.stop_service();
        wait_until_empty("One", &transport, Duration::from_secs(60));
        assert!(start.elapsed() < Duration::from_secs(30), "it waited for a service that has ended");
    }
}
