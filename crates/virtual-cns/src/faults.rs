//! Faults: what goes wrong, and at which command.
//!
//! First-class because the module's promises are about faults. This file only describes them and finds the one
//! that is due; the card carries them out, and the host (reader or vpcd) acts on an `Incident`.

use std::collections::VecDeque;
use std::time::Duration;

/// Which command a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// The command with this number, counted from 0 since the faults were last cleared or `restart_count` was called.
    Command(usize),
    /// Every command from this number on.
    From(usize),
    /// Commands with this instruction byte.
    Instruction(u8),
    /// Commands that carry a PIN or PUK: VERIFY, CHANGE REFERENCE DATA and RESET RETRY COUNTER with data.
    Secret,
    /// Any command.
    Always,
}

/// What happens. `C` is a card as its host holds it.
#[derive(Debug, Clone)]
pub enum Effect<C> {
    /// These raw bytes come back instead of the card's answer; empty means no answer at all (a transmit error).
    Answer(Vec<u8>),
    /// These bytes are appended to the card's answer.
    Append(Vec<u8>),
    /// These bytes stand between the data of the card's answer and its status word.
    Surplus(Vec<u8>),
    /// The card answers after this long.
    Delay(Duration),
    /// The card is reset behind the program's back, as by another program.
    Reset,
    /// The card is pulled.
    Remove,
    /// The card is pulled and put back at once.
    Reinsert,
    /// The card is pulled and another one put in at once.
    Replace(C),
    /// The reader gives up waiting for the answer.
    Timeout,
    /// The reader is unplugged with the card in it.
    Unplug,
    /// The PC/SC service is killed.
    StopService,
}

/// One planned fault.
#[derive(Debug, Clone)]
pub struct Fault<C> {
    /// Which command.
    pub when: When,
    /// What happens.
    pub effect: Effect<C>,
    /// Whether the card carries the command out first (a lost answer) or never sees it.
    pub executed: bool,
    /// How often it strikes; `None` without end.
    pub times: Option<usize>,
}

impl<C> Fault<C> {
    /// A fault that strikes once, and the command is not carried out.
    pub fn new(when: When, effect: Effect<C>) -> Self {
        Fault { when, effect, executed: false, times: Some(1) }
    }

    /// The command is carried out before the fault.
    pub fn after_execution(self) -> Self {
        Fault { executed: true, ..self }
    }

    /// The fault strikes without end.
    pub fn without_end(self) -> Self {
        Fault { times: None, ..self }
    }
}

/// What a fault did to the card that its host must act on.
#[derive(Debug, Clone)]
pub enum Incident<C> {
    /// The card was reset.
    Reset,
    /// The card left the reader.
    Removed,
    /// The card left and came back.
    Reinserted,
    /// Another card is in the reader now.
    Replaced(C),
    /// No answer came in time; the card is still there.
    TimedOut,
    /// The reader left with the card.
    Unplugged,
    /// The service died.
    ServiceStopped,
}

/// A closure that may answer a command instead of the card: it sees the command and its number.
pub type Hook = Box<dyn FnMut(&[u8], usize) -> Option<Vec<u8>> + Send>;

/// The faults of one card.
pub struct Faults<C> {
    planned: Vec<Fault<C>>,
    hook: Option<Hook>,
    count: usize,
    incidents: VecDeque<Incident<C>>,
}

impl<C> Default for Faults<C> {
    fn default() -> Self {
        Faults { planned: Vec::new(), hook: None, count: 0, incidents: VecDeque::new() }
    }
}

impl<C: Clone> Faults<C> {
    /// Plans a fault.
    pub fn plan(&mut self, fault: Fault<C>) {
        self.planned.push(fault);
    }

    /// Plans a raw answer for one command number.
    pub fn answer_at(&mut self, command: usize, answer: &[u8]) {
        self.plan(Fault::new(When::Command(command), Effect::Answer(answer.to_vec())));
    }

    /// Sets a closure that is asked before anything else.
    pub fn set_hook(&mut self, hook: Hook) {
        self.hook = Some(hook);
    }

    /// Forgets all faults and the hook and counts from 0 again.
    pub fn clear(&mut self) {
        *self = Faults::default();
    }

    /// Counts commands from 0 again.
    pub fn restart_count(&mut self) {
        self.count = 0;
    }

    /// The number of commands seen.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The oldest incident not yet acted on.
    pub fn take_incident(&mut self) -> Option<Incident<C>> {
        self.incidents.pop_front()
    }

    pub(crate) fn report(&mut self, incident: Incident<C>) {
        self.incidents.push_back(incident);
    }

    /// Counts a command; answers what the hook says and the fault that is due.
    pub(crate) fn due(&mut self, command: &[u8]) -> (Option<Vec<u8>>, Option<Fault<C>>) {
        let number = self.count;
        self.count += 1;
        if let Some(answer) = self.hook.as_mut().and_then(|hook| hook(command, number)) {
            return (Some(answer), None);
        }
        let due = self.planned.iter_mut().find(|fault| {
            fault.times != Some(0)
                && match fault.when {
                    When::Command(at) => at == number,
                    When::From(first) => number >= first,
                    When::Instruction(ins) => command.get(1) == Some(&ins),
                    When::Secret => matches!(command, [_, 0x20 | 0x24 | 0x2C, _, _, _, _, ..]),
                    When::Always => true,
                }
        });
        let due = due.map(|fault| {
            fault.times = fault.times.map(|times| times - 1);
            fault.clone()
        });
        (None, due)
    }
}

impl<C: std::fmt::Debug> std::fmt::Debug for Faults<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Faults")
            .field("planned", &self.planned)
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}
