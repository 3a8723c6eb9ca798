//! Ctrl-C: the terminal is put back as it was, a PIN command that is under way is waited for, and the process ends. Who
//! was being asked something is told that nothing came of it.

use std::io::Write;
use std::process;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::calls;
use crate::exit::Exit;
use crate::prompt::NoAnswer;

/// Held while the card works on a command that must not be left half done.
static UNDER_WAY: Mutex<()> = Mutex::new(());

/// The question that may be interrupted. Locked by who says something about it: a Ctrl-C may come as a signal, as an
/// answer, or as both at once, and one sentence is enough.
static QUESTION: Mutex<Question> = Mutex::new(Question::None);

enum Question {
    /// Nobody is asked anything.
    None,
    /// Somebody is asked; who interrupts is told this.
    Asked(&'static str),
    /// It was interrupted, and that has been said.
    Told,
}

/// Ends the process with exit code 130 on Ctrl-C and on the other polite requests to end.
///
/// # Panics
/// When called twice.
pub fn install() {
    let end = || {
        let _finished = uninterrupted();
        calls::restore_terminal();
        // Held to the end: nobody speaks after this.
        let question = question();
        let lines = match *question {
            Question::None => "\n".to_owned(),
            Question::Asked(told) => format!("\n{told}\n"),
            Question::Told => String::new(),
        };
        let _ = std::io::stderr().write_all(lines.as_bytes());
        process::exit(Exit::Interrupted.code().into());
    };
    ctrlc::set_handler(end).expect("called once, at the start");
}

/// As long as the value lives, an interruption waits.
pub fn uninterrupted() -> MutexGuard<'static, ()> {
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asks something; `told` is said to who interrupts it.
pub(crate) fn asking<T>(
    told: &'static str,
    ask: impl FnOnce() -> Result<T, NoAnswer>,
) -> Result<T, NoAnswer> {
    *question() = Question::Asked(told);
    let answer = ask();
    if !matches!(answer, Err(NoAnswer::Interrupted)) {
        *question() = Question::None;
    }
    answer
}

/// Says what is to be said of an interruption that came as an answer, unless the signal has said it.
pub(crate) fn tell(say: impl FnOnce()) {
    let mut question = question();
    say();
    *question = Question::Told;
}

fn question() -> MutexGuard<'static, Question> {
    QUESTION.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Remembers how the terminal is, for an interruption while echo is off; forgets it when dropped.
pub(crate) fn keep_terminal() -> impl Drop {
    calls::KeptTerminal::new()
}
