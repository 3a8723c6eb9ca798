//! What the service knows, and what its functions do when they need not wait. All of it under the service's lock.

use virtual_cns::SharedCard;

use crate::codes::*;
use crate::faults::Plan;
use crate::reader::{Disposition, Share};
use crate::reader::{Reader, Sharing};

/// What a handle gets until it is reconnected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notice {
    Reset,
    Removed,
}

#[derive(Debug)]
struct Handle {
    number: i64,
    context: i64,
    reader: String,
    notice: Option<Notice>,
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) running: bool,
    next: i64,
    /// Numbers below were given out by a service that has ended: its old clients never reach the new one.
    oldest: i64,
    /// Their numbers, and whether `SCardCancel` was called.
    contexts: Vec<(i64, bool)>,
    handles: Vec<Handle>,
    pub(crate) readers: Vec<Reader>,
    pub(crate) plan: Plan,
}

impl State {
    pub(crate) const fn new() -> Self {
        Self {
            running: true,
            next: 1,
            oldest: 0,
            contexts: Vec::new(),
            handles: Vec::new(),
            readers: Vec::new(),
            plan: Plan::new(),
        }
    }

    /// As after a restart, with one reader and its card. Numbers go on: an old handle is never a new one.
    pub(crate) fn begin(&mut self, reader: &str, card: &SharedCard) {
        self.readers.iter_mut().for_each(|reader| drop(reader.remove()));
        let mut only = Reader::new(reader);
        only.insert(SharedCard::clone(card));
        *self = Self { next: self.next, readers: vec![only], ..Self::new() };
    }

    /// The card is pulled: its handles get that for ever.
    pub(crate) fn remove(&mut self, reader: &str) -> Option<SharedCard> {
        let card = self.reader(reader).ok()?.remove()?;
        self.notify(reader, Notice::Removed);
        Some(card)
    }

    /// Another program resets the cards of which no transaction is under way.
    pub(crate) fn reset(&mut self) {
        let mut reset = Vec::new();
        for reader in self.readers.iter_mut().filter(|reader| !reader.in_transaction()) {
            if reader.dispose(Disposition::Reset) {
                reset.push(reader.name.clone());
            }
        }
        reset.iter().for_each(|reader| self.notify(reader, Notice::Reset));
    }

    /// The cards are reset; no handle learns of it.
    pub(crate) fn lose_security_status(&mut self) {
        for reader in &mut self.readers {
            reader.dispose(Disposition::Reset);
        }
    }

    pub(crate) fn stop(&mut self) {
        self.running = false;
        self.oldest = self.next + 1;
        self.contexts.clear();
        self.handles.clear();
        self.readers.iter_mut().for_each(Reader::abandon);
    }

    pub(crate) fn establish(&mut self) -> Result<i64, Code> {
        if !self.running {
            return Err(E_NO_SERVICE);
        }
        let number = self.number();
        self.contexts.push((number, false));
        Ok(number)
    }

    /// A context's flag of `SCardCancel`.
    pub(crate) fn context(&mut self, context: i64) -> Result<&mut bool, Code> {
        if !self.running || context < self.oldest {
            return Err(E_NO_SERVICE);
        }
        let known = self.contexts.iter_mut().find(|(number, _)| *number == context);
        known.map(|(_, cancelled)| cancelled).ok_or(E_INVALID_HANDLE)
    }

    pub(crate) fn contexts(&self) -> Vec<i64> {
        self.contexts.iter().map(|(number, _)| *number).collect()
    }

    fn number(&mut self) -> i64 {
        self.next += 1;
        self.next
    }

    pub(crate) fn reader(&mut self, name: &str) -> Result<&mut Reader, Code> {
        self.readers.iter_mut().find(|reader| reader.name == name).ok_or(E_READER_UNAVAILABLE)
    }

    fn handle(&mut self, handle: i64) -> Result<&mut Handle, Code> {
        if !self.running || handle < self.oldest {
            return Err(E_NO_SERVICE);
        }
        self.handles.iter_mut().find(|known| known.number == handle).ok_or(E_INVALID_HANDLE)
    }

    pub(crate) fn reader_of(&mut self, handle: i64) -> Result<&mut Reader, Code> {
        let name = self.handle(handle)?.reader.clone();
        self.reader(&name)
    }

    /// `RFCheckReaderEventState`, then the reader.
    pub(crate) fn unchanged(&mut self, handle: i64) -> Result<&mut Reader, Code> {
        match self.handle(handle)?.notice {
            Some(Notice::Reset) => Err(W_RESET_CARD),
            Some(Notice::Removed) => Err(W_REMOVED_CARD),
            None => self.reader_of(handle),
        }
    }

    pub(crate) fn connect(&mut self, context: i64, name: &str, share: Share) -> Result<i64, Code> {
        let number = self.number();
        let reader = self.reader(name)?;
        if share != Share::Direct {
            reader.power()?;
        }
        reader.sharing = match (share, reader.sharing) {
            (Share::Exclusive, Sharing::Shared(0)) => Sharing::Exclusive(number),
            (Share::Exclusive, _) | (_, Sharing::Exclusive(_)) => return Err(E_SHARING_VIOLATION),
            (_, Sharing::Shared(others)) => Sharing::Shared(others + 1),
        };
        if share == Share::Exclusive {
            reader.lock(number)?;
        }
        self.handles.push(Handle { number, context, reader: name.to_owned(), notice: None });
        Ok(number)
    }

    pub(crate) fn disconnect(&mut self, handle: i64, disposition: Disposition) -> Result<(), Code> {
        if let Ok(reader) = self.reader_of(handle) {
            reader.unlock_all(handle);
            reader.sharing = match reader.sharing {
                Sharing::Exclusive(_) => Sharing::Shared(0),
                Sharing::Shared(connected) => Sharing::Shared(connected.saturating_sub(1)),
            };
            if reader.dispose(disposition) {
                let name = reader.name.clone();
                self.notify(&name, Notice::Reset);
            }
        }
        self.forget(handle)
    }

    pub(crate) fn forget(&mut self, handle: i64) -> Result<(), Code> {
        self.handles.retain(|known| known.number != handle);
        Ok(())
    }

    /// `SCardReconnect`, when no other handle has a transaction.
    pub(crate) fn reconnect(
        &mut self,
        handle: i64,
        share: Share,
        disposition: Disposition,
    ) -> Result<(), Code> {
        let reader = self.reader_of(handle)?;
        reader.free_for(handle)?;
        if reader.dispose(disposition) {
            let name = reader.name.clone();
            self.notify(&name, Notice::Reset);
        }
        let reader = self.reader_of(handle)?;
        reader.power()?;
        reader.sharing = match (share, reader.sharing) {
            (Share::Exclusive, Sharing::Shared(1)) => Sharing::Exclusive(handle),
            (Share::Exclusive, Sharing::Shared(_)) => return Err(E_SHARING_VIOLATION),
            (Share::Shared | Share::Direct, Sharing::Exclusive(_)) => Sharing::Shared(1),
            (_, sharing) => sharing,
        };
        self.handle(handle)?.notice = None;
        Ok(())
    }

    /// `SCardEndTransaction`. All handles learn of the reset, also the one that asked for it. A handle that has not
    /// learnt of a reset yet gets that now, and its transaction goes on.
    pub(crate) fn end(&mut self, handle: i64, disposition: Disposition) -> Result<(), Code> {
        let reader = self.unchanged(handle)?;
        if disposition != Disposition::Leave {
            reader.free_for(handle)?;
        }
        let was_reset = reader.dispose(disposition);
        if disposition == Disposition::Unpower && was_reset {
            // "Power down and up" here.
            let _ = reader.power();
        }
        let unlocked = reader.unlock(handle);
        if was_reset {
            let name = reader.name.clone();
            self.notify(&name, Notice::Reset);
        }
        unlocked
    }

    /// The handles of a context, and what they got.
    pub(crate) fn handles_of(&self, context: i64) -> Vec<(i64, Option<Notice>)> {
        let own = self.handles.iter().filter(|handle| handle.context == context);
        own.map(|handle| (handle.number, handle.notice)).collect()
    }

    pub(crate) fn forget_context(&mut self, context: i64) {
        self.contexts.retain(|(number, _)| *number != context);
    }

    /// Notifies every handle of a reader. A removal stays for ever.
    pub(crate) fn notify(&mut self, reader: &str, notice: Notice) {
        let told = self.handles.iter_mut().filter(|handle| handle.reader == reader);
        told.filter(|handle| handle.notice != Some(Notice::Removed))
            .for_each(|handle| handle.notice = Some(notice));
    }
}
