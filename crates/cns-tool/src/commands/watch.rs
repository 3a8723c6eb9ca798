//! `cns watch`: readers and cards as they come and go, for support people.

use std::time::{Duration, SystemTime};

use cns_card::{Cancellation, Occupancy, OpenedCard, ReaderStatus, TransportError};
use time::OffsetDateTime;

use crate::exit::{Exit, Failure};
use crate::foreign::one_line;
use crate::text::{Event, described};
use crate::unsupported_text;
use crate::world::World;

/// How long to wait at most before looking again, lest an event was missed.
const PATIENCE: Duration = Duration::from_secs(5);

/// The options of `cns watch`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(long, value_name = "N", help = described().count_option())]
    count: Option<usize>,
}

pub(crate) fn run(arguments: &Arguments, world: &mut World<'_>) -> Result<Exit, Failure> {
    let text = world.text;
    world.output.note(text.watching());
    let mut watch = Watch { told: 0, most: arguments.count, known: Vec::new(), service: true };
    loop {
        match world.transport.readers() {
            Ok(now) => {
                if !watch.service {
                    watch.service = true;
                    watch.tell(&Event::ServiceBack, world);
                }
                watch.compare(now, world);
            }
            Err(TransportError::ServiceUnavailable) if watch.service => {
                watch.service = false;
                watch.compare(Vec::new(), world);
                watch.tell(&Event::ServiceGone, world);
            }
            Err(_) => {}
        }
        if watch.is_done() {
            return Ok(Exit::Success);
        }
        // What went wrong shows at the next look.
        let _ = world.transport.wait_for_change(&watch.known, Some(PATIENCE), &Cancellation::new());
    }
}

struct Watch {
    told: usize,
    most: Option<usize>,
    known: Vec<ReaderStatus>,
    service: bool,
}

impl Watch {
    fn is_done(&self) -> bool {
        self.most.is_some_and(|most| self.told >= most)
    }

    fn tell(&mut self, event: &Event, world: &mut World<'_>) {
        if !self.is_done() {
            let told = format!("{} {}", clock(SystemTime::now()), world.text.event(event));
            world.output.line(&one_line(&told));
            self.told += 1;
        }
    }

    fn compare(&mut self, now: Vec<ReaderStatus>, world: &mut World<'_>) {
        let before = std::mem::replace(&mut self.known, now.clone());
        for gone in before.iter().filter(|reader| !now.iter().any(|other| other.name == reader.name)) {
            self.tell(&Event::ReaderGone { reader: gone.name.clone() }, world);
        }
        for reader in now {
            let known = before.iter().find(|other| other.name == reader.name);
            if known.is_none() {
                self.tell(&Event::Reader { reader: reader.name.clone() }, world);
            }
            let was = known.map_or(Occupancy::Empty, |known| known.occupancy);
            // A card that was pulled and put back between two looks has moved the service's counter.
            let moved = known.is_some_and(|known| known.events != reader.events);
            if was != Occupancy::Empty && (was != reader.occupancy || moved) {
                self.tell(&Event::CardGone { reader: reader.name.clone() }, world);
            }
            if reader.occupancy != Occupancy::Empty && (was != reader.occupancy || moved) {
                let event = inserted(&reader, world);
                self.tell(&event, world);
            }
        }
    }
}

fn inserted(reader: &ReaderStatus, world: &World<'_>) -> Event {
    let name = reader.name.clone();
    if reader.occupancy == Occupancy::MuteCard {
        return Event::MuteCard { reader: name };
    }
    match cns_card::open(world.transport, &name) {
        Ok(OpenedCard::Cns(card, files)) => {
            let family = card.family();
            Event::Cns { reader: name, family, certificate: files.certificate.is_some() }
        }
        Ok(OpenedCard::Unsupported { what, .. }) => {
            Event::OtherCard { reader: name, what: unsupported_text::card(what, world.language) }
        }
        Err(error) => Event::UnreadableCard { reader: name, error: error.to_string() },
    }
}

/// The time of day in UTC, as the system's log may be compared with.
fn clock(now: SystemTime) -> String {
    let (hour, minute, second) = OffsetDateTime::from(now).to_hms();
    format!("{hour:02}:{minute:02}:{second:02}Z")
}
