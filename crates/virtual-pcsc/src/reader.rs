//! One reader as pcscd keeps it (`READER_CONTEXT`): its card, who is connected, whose transaction it is. No waiting, no
//! handles of programs but by their numbers.

use std::sync::{MutexGuard, PoisonError};

use virtual_cns::{Card, SharedCard};

use crate::codes::{Code, E_NO_SMARTCARD, E_NOT_TRANSACTED, E_SHARING_VIOLATION, W_UNRESPONSIVE_CARD};

/// How a handle shares the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// `SCARD_SHARE_EXCLUSIVE`
    Exclusive,
    /// `SCARD_SHARE_SHARED`
    Shared,
    /// `SCARD_SHARE_DIRECT`: the reader, with or without a card.
    Direct,
}

/// What happens to the card at the end of a transaction or connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// `SCARD_LEAVE_CARD`
    Leave,
    /// `SCARD_RESET_CARD`
    Reset,
    /// `SCARD_UNPOWER_CARD`
    Unpower,
}

/// Who is connected (`contexts`, -1 for exclusive in pcscd).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sharing {
    Shared(usize),
    Exclusive(i64),
}

#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) name: String,
    pub(crate) card: Option<SharedCard>,
    pub(crate) atr: Vec<u8>,
    pub(crate) sharing: Sharing,
    /// Insertions and removals.
    pub(crate) events: u16,
    /// The handle that holds the transaction, and how deep (`hLockId`, `LockCount`).
    transaction: Option<(i64, usize)>,
    powered: bool,
}

/// What `SCardGetStatusChange` names `SCARD_STATE_…`.
pub(crate) mod state {
    pub(crate) const IGNORE: u32 = 0x0001;
    pub(crate) const CHANGED: u32 = 0x0002;
    pub(crate) const UNKNOWN: u32 = 0x0004;
    pub(crate) const UNAVAILABLE: u32 = 0x0008;
    pub(crate) const EMPTY: u32 = 0x0010;
    pub(crate) const PRESENT: u32 = 0x0020;
    pub(crate) const EXCLUSIVE: u32 = 0x0080;
    pub(crate) const INUSE: u32 = 0x0100;
    pub(crate) const MUTE: u32 = 0x0200;
}

impl Reader {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            card: None,
            atr: Vec::new(),
            sharing: Sharing::Shared(0),
            events: 0,
            transaction: None,
            powered: false,
        }
    }

    pub(crate) fn insert(&mut self, card: SharedCard) {
        self.atr = lock_card(&card).atr();
        self.card = Some(card);
        self.powered = false;
        self.events = self.events.wrapping_add(1);
    }

    pub(crate) fn remove(&mut self) -> Option<SharedCard> {
        let card = self.card.take()?;
        lock_card(&card).power_off();
        self.powered = false;
        // Whose transaction it was learns of the removal (`RFSetReaderEventState`).
        self.transaction = None;
        self.atr.clear();
        self.events = self.events.wrapping_add(1);
        Some(card)
    }

    /// The service died: the card loses its power, and no handle is connected.
    pub(crate) fn abandon(&mut self) {
        self.dispose(Disposition::Unpower);
        self.transaction = None;
        self.sharing = Sharing::Shared(0);
        self.events = 0;
    }

    /// `dwEventState`, without `SCARD_STATE_CHANGED`.
    pub(crate) fn event_state(&self) -> u32 {
        let card = match &self.card {
            None => state::EMPTY,
            Some(_) if self.atr.is_empty() => state::PRESENT | state::MUTE,
            Some(_) => state::PRESENT,
        };
        let sharing = match self.sharing {
            Sharing::Exclusive(_) => state::EXCLUSIVE,
            Sharing::Shared(others) if others > 0 && self.card.is_some() => state::INUSE,
            Sharing::Shared(_) => 0,
        };
        u32::from(self.events) << 16 | card | sharing
    }

    /// `RFCheckSharing`.
    pub(crate) fn free_for(&self, handle: i64) -> Result<(), Code> {
        match self.transaction {
            Some((holder, _)) if holder != handle => Err(E_SHARING_VIOLATION),
            _ => Ok(()),
        }
    }

    pub(crate) fn in_transaction(&self) -> bool {
        self.transaction.is_some()
    }

    /// `RFLockSharing`.
    pub(crate) fn lock(&mut self, handle: i64) -> Result<(), Code> {
        self.free_for(handle)?;
        let depth = self.transaction.map_or(0, |(_, depth)| depth);
        self.transaction = Some((handle, depth + 1));
        Ok(())
    }

    /// `RFUnlockSharing`.
    pub(crate) fn unlock(&mut self, handle: i64) -> Result<(), Code> {
        self.free_for(handle)?;
        let (_, depth) = self.transaction.ok_or(E_NOT_TRANSACTED)?;
        self.transaction = (depth > 1).then_some((handle, depth - 1));
        Ok(())
    }

    /// `RFUnlockAllSharing`.
    pub(crate) fn unlock_all(&mut self, handle: i64) {
        if self.free_for(handle).is_ok() {
            self.transaction = None;
        }
    }

    /// The card that is in it, powered; its power comes with the first connection.
    pub(crate) fn power(&mut self) -> Result<(), Code> {
        let card = self.card.as_ref().ok_or(E_NO_SMARTCARD)?;
        if self.atr.is_empty() {
            return Err(W_UNRESPONSIVE_CARD);
        }
        if !self.powered {
            lock_card(card).power_on();
            self.powered = true;
        }
        Ok(())
    }

    /// `IFDPowerICC`. Whether the security state of the card is gone.
    pub(crate) fn dispose(&mut self, disposition: Disposition) -> bool {
        let Some(card) = &self.card else { return false };
        match disposition {
            Disposition::Leave => return false,
            Disposition::Reset => lock_card(card).reset(),
            Disposition::Unpower => lock_card(card).power_off(),
        }
        self.powered = disposition == Disposition::Reset;
        true
    }

    pub(crate) fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Code> {
        let card = self.card.as_ref().ok_or(E_NO_SMARTCARD)?;
        let answer = lock_card(card).transmit(command);
        if answer.is_empty() { Err(E_NOT_TRANSACTED) } else { Ok(answer) }
    }
}

fn lock_card(card: &SharedCard) -> MutexGuard<'_, Card> {
    card.lock().unwrap_or_else(PoisonError::into_inner)
}
