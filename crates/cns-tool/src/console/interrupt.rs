//! Ctrl-C: waits for a PIN command that was sent, restores the terminal, says at a question that nothing was sent, and
//! ends the process. Ctrl-Z: restores the terminal for the shell.

use std::io::Write;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::pinentry;
use super::wrap::wrap_for_terminal;
use crate::console::prompt::NoAnswer;
use crate::console::terminal;
use crate::exit::Exit;

/// Held while the card works on a command that must not be left half done.
static UNDER_WAY: Mutex<()> = Mutex::new(());

/// Held while another program has the terminal: Ctrl-C is for that program, too, and this one ends after it.
static OTHER_PROGRAM: Mutex<()> = Mutex::new(());

/// The process ends as soon as what is under way is done.
static ENDING: AtomicBool = AtomicBool::new(false);

/// The question that may be interrupted. Locked while its message is written: a Ctrl-C may come as a signal, as an answer,
/// or as both at once, and is answered once.
static QUESTION: Mutex<PromptState> = Mutex::new(PromptState::None);

enum PromptState {
    /// No question is open.
    None,
    /// A question is open; this is the message on Ctrl-C.
    Asked(&'static str),
    /// It was interrupted, and the message was written.
    Answered,
}

/// Ends the process with exit code 130 on Ctrl-C (SIGINT), SIGTERM and SIGHUP.
///
/// # Panics
/// When called twice.
pub fn install() {
    ctrlc::set_handler(end).expect("called once, at the start");
    #[cfg(unix)]
    job_control();
}

fn end() {
    ENDING.store(true, Ordering::SeqCst);
    // It puts the terminal back as it found it: only then the shell may have it.
    let _ended = OTHER_PROGRAM.lock().unwrap_or_else(PoisonError::into_inner);
    let _finished = uninterrupted();
    pinentry::end_open();
    terminal::restore();
    // Held to the end: no other message follows.
    let question = question();
    let lines = match *question {
        PromptState::None => "\n".to_owned(),
        PromptState::Asked(text) => format!("\n{}", wrap_for_terminal(text)),
        PromptState::Answered => String::new(),
    };
    let _ = std::io::stderr().write_all(lines.as_bytes());
    process::exit(Exit::Interrupted.code().into());
}

/// SIGTSTP and SIGCONT; SIGQUIT ends as SIGINT does, without a core file that could hold a PIN.
#[cfg(unix)]
fn job_control() {
    use signal_hook::consts::{SIGCONT, SIGQUIT, SIGTSTP};
    let mut signals = signal_hook::iterator::Signals::new([SIGTSTP, SIGCONT, SIGQUIT])
        .expect("signals that a program may handle");
    std::thread::spawn(move || {
        for signal in &mut signals {
            match signal {
                SIGTSTP => {
                    let _finished = uninterrupted();
                    terminal::lend();
                    // Stops; SIGCONT is among the signals then.
                    let _ = signal_hook::low_level::emulate_default_handler(SIGTSTP);
                }
                // Also after a stop that cannot be handled (SIGSTOP).
                SIGCONT => terminal::resume(),
                _ => end(),
            }
        }
    });
}

/// As long as the value lives, an interruption waits.
pub fn uninterrupted() -> MutexGuard<'static, ()> {
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs another program at the person's terminal, to its end. An interruption meanwhile ends this process after it.
pub fn while_another_program<T>(run: impl FnOnce() -> T) -> T {
    let held = OTHER_PROGRAM.lock().unwrap_or_else(PoisonError::into_inner);
    let result = terminal::lend_while(run);
    drop(held);
    while ENDING.load(Ordering::SeqCst) {
        std::thread::park();
    }
    result
}

/// Asks something; `text` is said to who interrupts it.
pub(crate) fn while_asking<T>(
    text: &'static str,
    ask: impl FnOnce() -> Result<T, NoAnswer>,
) -> Result<T, NoAnswer> {
    *question() = PromptState::Asked(text);
    let answer = ask();
    if !matches!(answer, Err(NoAnswer::Interrupted)) {
        *question() = PromptState::None;
    }
    answer
}

/// Says what is to be said of an interruption that came as an answer, unless the signal has said it.
pub(crate) fn report(say: impl FnOnce()) {
    let mut question = question();
    say();
    *question = PromptState::Answered;
}

fn question() -> MutexGuard<'static, PromptState> {
    QUESTION.lock().unwrap_or_else(PoisonError::into_inner)
}
