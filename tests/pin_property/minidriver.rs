//! A program that uses the Windows minidriver beside those that use the module.

use virtual_cns::in_process::Readers;

use crate::base_csp::{BaseCsp, Kind};
use crate::common::READER;
use crate::fixture::{Fixture, Open};
use crate::steps::{Call, PINS};

/// Codes after which Windows acquires a context anew: the card, the reader or the service is not the one there was.
const GONE: [u32; 6] = [0x8010_0003, 0x8010_0009, 0x8010_000C, 0x8010_0017, 0x8010_001D, 0x8010_0069];

/// A context, and the card that it was acquired for.
pub(crate) struct Acquired {
    csp: BaseCsp,
    card: usize,
}

impl Fixture {
    /// Asks the minidriver; the card that a secret was given for, in the form of a session.
    pub(crate) fn call_minidriver(&mut self, call: Call) -> Option<Open> {
        if self.minidriver.is_none() {
            self.minidriver = self.acquire();
        }
        let Acquired { csp, card } = self.minidriver.as_mut()?;
        let (card, right) = (*card, PINS[*card].as_bytes());
        let outcome = match call {
            Call::ConnectAgain => {
                csp.connect_again();
                Ok(())
            }
            Call::Delete => Err(GONE[0]),
            _ => csp.transaction(|csp| perform(csp, call, right)),
        };
        if outcome.is_err_and(|code| GONE.contains(&code)) {
            self.minidriver = None;
        }
        Some(Open { handle: 0, card, steps_dead: 0 })
    }

    /// Swapped while it was acquired: whose context it is, nobody at the fixture can say; so there is none.
    fn acquire(&self) -> Option<Acquired> {
        let before = self.look();
        let readers: &Readers = &self.stage.readers;
        let csp = BaseCsp::new(readers, READER).ok()?;
        let card = before.0.filter(|_| self.look() == before)?;
        Some(Acquired { csp, card })
    }
}

fn perform(csp: &BaseCsp, call: Call, right: &[u8]) -> Result<(), u32> {
    let code = |outcome: Result<(), (u32, u32)>| outcome.map_err(|(code, _)| code);
    let sign = || csp.sign(Kind::Pkcs1(Some("SHA256")), &[7; 32]).map(drop);
    match call {
        Call::Authenticate(pin, is_reset) => {
            let outcome = code(csp.authenticate(pin.as_bytes())).and_then(|()| sign());
            if is_reset {
                csp.deauthenticate();
            }
            outcome
        }
        Call::Change(old) => code(csp.change_pin(old.as_bytes(), right)),
        Call::Unblock(puk) => code(csp.unblock_pin(puk.as_bytes(), right)),
        Call::Sign => sign(),
        Call::ConnectAgain | Call::Delete => Ok(()),
    }
}
