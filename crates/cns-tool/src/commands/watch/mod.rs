//! `cns watch`: readers and cards as they come and go, for support people.

mod messages;

use std::time::{Duration, SystemTime};

use cns_card::{Cancellation, Occupancy, OpenedCard, ReaderStatus};
use serde::Serialize;
use time::OffsetDateTime;

use self::messages::Event;
use crate::card::failures::card_failure;
use crate::card::service::ServiceFailure;
use crate::console::one_line;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::json;
use crate::options::JsonOption;

/// How long to wait at most before looking again, lest an event was missed.
const PATIENCE: Duration = Duration::from_secs(5);

/// The options of `cns watch`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// End after N events
    #[arg(long, value_name = "N")]
    count: Option<usize>,
    /// Whether a program reads the result: an object a line.
    #[command(flatten)]
    pub json: JsonOption,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let language = context.language;
    context.output.note(messages::WATCHING.to(language));
    let mut watch = Watch { reported: 0, most: arguments.count, known: Vec::new(), service: true };
    loop {
        match context.transport.readers() {
            Ok(now) => {
                if !watch.service {
                    watch.service = true;
                    watch.report(&Event::ServiceBack, context);
                }
                watch.compare(now, context);
            }
            Err(error) if watch.service => {
                watch.service = false;
                watch.compare(Vec::new(), context);
                let failure = ServiceFailure::of(error, &context.system);
                watch.report(&Event::ServiceGone { failure }, context);
            }
            Err(_) => {}
        }
        // A program that reads no more waits for nothing.
        if watch.is_done() || context.output.lost().is_some() {
            return Ok(Exit::Success);
        }
        // What went wrong shows at the next look.
        let _ = context.transport.wait_for_change(&watch.known, Some(PATIENCE), &Cancellation::new());
    }
}

/// An event as JSON has it.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(serialize_with = "json::moment")]
    time: OffsetDateTime,
    #[serde(flatten)]
    event: &'a Event,
}

struct Watch {
    reported: usize,
    most: Option<usize>,
    known: Vec<ReaderStatus>,
    service: bool,
}

impl Watch {
    fn is_done(&self) -> bool {
        self.most.is_some_and(|most| self.reported >= most)
    }

    fn report(&mut self, event: &Event, context: &mut Context<'_>) {
        if self.is_done() {
            return;
        }
        let time = OffsetDateTime::from(SystemTime::now());
        if context.wants_json() {
            context.write_json_line(&Line { time, event });
        } else {
            let line = format!(
                "{} {}",
                clock(time.to_offset(context.local_offset)),
                messages::event(context.language, event)
            );
            context.output.line(&one_line(&line));
        }
        self.reported += 1;
    }

    fn compare(&mut self, now: Vec<ReaderStatus>, context: &mut Context<'_>) {
        let before = std::mem::replace(&mut self.known, now.clone());
        for gone in before.iter().filter(|reader| !now.iter().any(|other| other.name == reader.name)) {
            self.report(&Event::ReaderGone { reader: gone.name.clone() }, context);
        }
        for reader in now {
            let known = before.iter().find(|other| other.name == reader.name);
            if known.is_none() {
                self.report(&Event::Reader { reader: reader.name.clone() }, context);
            }
            let was = known.map_or(Occupancy::Empty, |known| known.occupancy);
            // A card that was pulled and put back between two looks has moved the service's counter.
            let moved = known.is_some_and(|known| known.events != reader.events);
            if was != Occupancy::Empty && (was != reader.occupancy || moved) {
                self.report(&Event::CardGone { reader: reader.name.clone() }, context);
            }
            if reader.occupancy != Occupancy::Empty && (was != reader.occupancy || moved) {
                let event = card_event(&reader, context);
                self.report(&event, context);
            }
        }
    }
}

fn card_event(reader: &ReaderStatus, context: &Context<'_>) -> Event {
    let name = reader.name.clone();
    if reader.occupancy == Occupancy::MuteCard {
        return Event::MuteCard { reader: name };
    }
    match cns_token::open(context.transport, &name, context.now) {
        Ok(OpenedCard::Cns(card, files)) => {
            let family = card.family();
            Event::Cns { reader: name, family, certificate: files.certificate.is_some() }
        }
        Ok(OpenedCard::Unsupported { what, .. }) => Event::OtherCard { reader: name, kind: what },
        Err(error) => Event::UnreadableCard { reader: name, error: card_failure(error, context.language) },
    }
}

/// The time of day, as the clock on the wall and the system's log have it.
fn clock(now: OffsetDateTime) -> String {
    let (hour, minute, second) = now.to_hms();
    format!("{hour:02}:{minute:02}:{second:02}")
}
