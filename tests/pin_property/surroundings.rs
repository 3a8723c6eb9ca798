//! What happens around the module: holders with cards in their hands, other programs, accidents.

use std::sync::Arc;

use virtual_cns::faults::When;
use virtual_cns::in_process::{Disposition, Sharing};
use virtual_cns::{Effect, Fault};

use crate::common::READER;
use crate::common::pin_commands::locked;
use crate::fixture::Fixture;
use crate::steps::{Accident, PINS, Step};

impl Fixture {
    /// What people and other programs do.
    pub(crate) fn handle(&self, step: &Step) {
        self.stage.readers.start_service();
        self.stage.readers.plug_in(READER);
        let inside = self.look().0;
        let readers = &self.stage.readers;
        match step {
            Step::TakeOut => drop(readers.remove(READER)),
            Step::PutIn(which) if inside != Some(*which) => {
                readers.insert(READER, Arc::clone(&self.cards[*which]))
            }
            Step::TakeOutAndPutBack => {
                let card = readers.remove(READER).unwrap_or_else(|| Arc::clone(&self.cards[0]));
                readers.insert(READER, card);
            }
            Step::SwapForTheOther => {
                readers.swap(READER, Arc::clone(&self.cards[1 - inside.unwrap_or(1)]));
            }
            Step::ResetByAnother => readers.reset(READER),
            Step::MoveByAnother => self.rival(&[0x00, 0xA4, 0x08, 0x00, 0x04, 0x10, 0x00, 0x10, 0x03, 0x00]),
            Step::VerifyByAnother => {
                if let Some(inside) = inside {
                    let mut verify = vec![0x00, 0x20, 0x00, 0x10, 0x08];
                    verify.extend(PINS[inside].bytes().chain([0xFF; 8]).take(8));
                    self.rival(&verify);
                    locked(&self.cards[inside]).clear_transcript();
                }
            }
            _ => {}
        }
    }

    fn rival(&self, command: &[u8]) {
        let Ok(rival) = self.stage.readers.connect(READER, Sharing::Shared) else { return };
        if rival.begin().is_ok() {
            let _ = rival.transmit(command);
            let _ = rival.end(Disposition::Leave);
        }
        rival.disconnect(Disposition::Leave);
    }

    /// The card in the reader meets this at the command after so many others.
    pub(crate) fn plan(&mut self, after: usize, accident: &Accident, done: bool) {
        let Some(inside) = self.look().0 else { return };
        let effect = match accident {
            Accident::Answer(bytes) => Effect::Answer(bytes.to_vec()),
            Accident::Timeout => Effect::Timeout,
            Accident::Reset => Effect::Reset,
            Accident::Remove => Effect::Remove,
            Accident::Reinsert => Effect::Reinsert,
            Accident::Replace => Effect::Replace(Arc::clone(&self.cards[1 - inside])),
            Accident::Unplug => Effect::Unplug,
            Accident::StopService => Effect::StopService,
        };
        let mut card = locked(&self.cards[inside]);
        card.faults().clear();
        let fault = Fault::new(When::Command(after), effect);
        card.faults().plan(if done { fault.after_execution() } else { fault });
        self.planned[inside] = Some(after);
    }
}
