//! Which call of which function meets a fault, before or after it ran, and the record of all calls. Carries nothing out.

use crate::codes::Code;

/// A function of the C interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are those of the functions without `SCard`")]
pub enum Function {
    EstablishContext,
    ReleaseContext,
    IsValidContext,
    ListReaders,
    GetStatusChange,
    Cancel,
    Connect,
    Reconnect,
    Disconnect,
    BeginTransaction,
    EndTransaction,
    Status,
    GetAttrib,
    SetAttrib,
    Control,
    Transmit,
}

/// When a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum When {
    /// Before the call: an error means that nothing was done.
    Before,
    /// After it: an error means that all was done and only the answer is lost.
    After,
}

/// Which calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calls {
    /// The call of this number, counted from 0 since [`Plan::forget_calls`].
    Number(usize),
    /// Every call of this function, from this number of call on.
    Of(Function, usize),
    /// The first call of this function, from this number of call on.
    First(Function, usize),
    /// Every call of whatever function, from this number on.
    From(usize),
}

/// What a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The call answers this error, whether or not that is true.
    Answers(Code),
    /// The cards lose their security status, whatever is under way, and the call answers this error.
    Tells(Code),
    /// This happens, and the call answers what pcsc-lite makes of it.
    Happens(Event),
}

/// What can happen to a card beside a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// Another program resets the card; within a transaction no program can.
    Reset,
    /// The card is pulled and put back.
    Reinserted,
    /// The service ends and is started again.
    Restarted,
}

/// One fault.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// Which calls.
    pub calls: Calls,
    /// What becomes of them.
    pub effect: Effect,
    /// Before or after they ran.
    pub when: When,
}

/// One call that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// The function.
    pub function: Function,
    /// The instruction byte of the command, where it sends one.
    pub instruction: Option<u8>,
    /// Whether a fault struck it.
    pub struck: bool,
}

/// The faults that are planned, and the calls that were made.
#[derive(Debug, Default)]
pub struct Plan {
    faults: Vec<Fault>,
    calls: Vec<Call>,
    hangs: usize,
}

impl Plan {
    pub(crate) const fn new() -> Self {
        Self { faults: Vec::new(), calls: Vec::new(), hangs: 0 }
    }

    /// Plans a fault.
    pub fn add(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// Forgets all faults; the record of calls stays.
    pub fn clear(&mut self) {
        self.faults.clear();
    }

    /// The calls so far.
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// Calls that would have waited for ever.
    pub fn hangs(&self) -> usize {
        self.hangs
    }

    pub(crate) fn note_hang(&mut self) {
        self.hangs += 1;
    }

    /// Counts from 0 again.
    pub fn forget_calls(&mut self) {
        self.calls.clear();
    }

    /// Records a call; the fault that is due for it.
    pub(crate) fn due(&mut self, function: Function, instruction: Option<u8>) -> Option<Fault> {
        let number = self.calls.len();
        let due = self.faults.iter().copied().find(|fault| match fault.calls {
            Calls::Number(wanted) => wanted == number,
            Calls::Of(wanted, from) => wanted == function && number >= from,
            Calls::First(wanted, from) => {
                let mut since = self.calls.iter().skip(from);
                wanted == function && number >= from && since.all(|call| call.function != wanted)
            }
            Calls::From(from) => number >= from,
        });
        self.calls.push(Call { function, instruction, struck: due.is_some() });
        due
    }
}
