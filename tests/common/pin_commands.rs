//! Commands that carry a PIN or PUK, as the virtual card heard them.

use std::sync::{MutexGuard, PoisonError};

use cryptoki_sys::{CK_RV, CKR_GENERAL_ERROR};
use virtual_cns::{Card, Exchange, SharedCard};

/// The numbers of the card's PIN and PUK.
pub const PIN: u8 = 0x10;
pub const PUK: u8 = 0x11;

/// Commands with a secret among these, by instruction (VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER).
pub fn by_instruction(commands: &[Exchange]) -> [usize; 3] {
    let sent = |ins| with_secret(commands).filter(|exchange| exchange.ins == ins).count();
    [sent(0x20), sent(0x24), sent(0x2C)]
}

/// Those that do not name the card's PIN.
pub fn to_another_pin(commands: &[Exchange]) -> usize {
    // Bit 8 of P2 says where the card looks for the PIN.
    with_secret(commands).filter(|exchange| exchange.p2 & 0x7F != PIN).count()
}

/// Commands with a secret.
pub fn with_secret(commands: &[Exchange]) -> impl Iterator<Item = &Exchange> {
    commands.iter().filter(|exchange| exchange.lc > 0 && matches!(exchange.ins, 0x20 | 0x24 | 0x2C))
}

/// Every answer of the module passes here. CKR_GENERAL_ERROR is a panic that was caught, or a failure that has no code
/// (architecture.md, "Errors"): never, whatever happens to the card.
pub fn told<T>(outcome: Result<T, CK_RV>) -> Result<T, CK_RV> {
    if let Err(CKR_GENERAL_ERROR) = outcome {
        panic!("a call answered CKR_GENERAL_ERROR");
    }
    outcome
}

/// The card, whatever became of a thread that held it.
pub fn locked(card: &SharedCard) -> MutexGuard<'_, Card> {
    card.lock().unwrap_or_else(PoisonError::into_inner)
}
