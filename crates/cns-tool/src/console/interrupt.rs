//! Ctrl-C: the terminal is put back as it was, a PIN command that is under way is waited for, and the process ends. Who
//! was being asked something is told that nothing came of it. Ctrl-Z: the shell gets the terminal as it was.

use std::io::Write;
use std::process;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::output;
use crate::console::prompt::NoAnswer;
use crate::console::terminal;
use crate::exit::Exit;

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
    ctrlc::set_handler(end).expect("called once, at the start");
    #[cfg(unix)]
    job_control();
}

fn end() {
    let _finished = uninterrupted();
    terminal::restore();
    // Held to the end: nobody speaks after this.
    let question = question();
    let lines = match *question {
        Question::None => "\n".to_owned(),
        Question::Asked(told) => format!("\n{}", output::for_the_screen(told)),
        Question::Told => String::new(),
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
                    terminal::stop(|| {
                        let _ = signal_hook::low_level::emulate_default_handler(SIGTSTP);
                    });
                }
                // After a stop that nobody was asked about (SIGSTOP), the terminal is the shell's.
                SIGCONT => terminal::hide_again(),
                _ => end(),
            }
        }
    });
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
