//! The Windows minidriver as the Base CSP asks it: in one transaction, at whose end the card is reset.

use crate::base_csp::BaseCsp;
use crate::steps::What;

pub(crate) fn ask(csp: &BaseCsp, what: What, secret: &[u8], new: &[u8]) {
    csp.transaction(|csp| {
        let _ = match what {
            What::Verify => csp.authenticate(secret),
            What::Change => csp.change_pin(secret, new),
            What::Unblock => csp.unblock_pin(secret, new),
        };
        csp.deauthenticate();
    });
}
