//! The process of a pinentry, and the lines to and from it. It ends with its connection, and when `cns` is interrupted.

use std::io::{self, Read, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use wait_timeout::ChildExt as _;
use zeroize::Zeroizing;

use super::assuan::{self, LONGEST_LINE, Reply};
use super::pinentry_error::ConnectionError;

/// How long the process may take to end when it is asked to.
const FAREWELL: Duration = Duration::from_secs(1);
/// Lines that wait to be read here; a program that never stops talking waits, too.
const UNREAD: usize = 4;

/// The process of the open connection: interruptions end it.
static OPEN: Mutex<Option<Child>> = Mutex::new(None);

#[derive(Debug)]
pub(super) struct PinentryConnection {
    input: ChildStdin,
    lines: Receiver<Zeroizing<Vec<u8>>>,
}

impl PinentryConnection {
    pub(super) fn open(program: &Path) -> Result<Self, ConnectionError> {
        let mut command = Command::new(program);
        // What it says on the error output is for developers.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(ConnectionError::NotStarted)?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        *open() = Some(child);
        let (Some(input), Some(output)) = (input, output) else { return Err(ConnectionError::Ended) };
        let (sender, lines) = sync_channel(UNREAD);
        thread::spawn(move || read_lines(output, &sender));
        Ok(Self { input, lines })
    }

    pub(super) fn send(&mut self, line: &str) -> Result<(), ConnectionError> {
        self.input.write_all(line.as_bytes()).map_err(|_| ended())
    }

    /// The next reply; `None` when there is none for this long.
    pub(super) fn receive(&mut self, patience: Duration) -> Result<Option<Reply>, ConnectionError> {
        match self.lines.recv_timeout(patience) {
            Ok(line) => assuan::reply(&line).map(Some).ok_or(ConnectionError::Malformed),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(ended()),
        }
    }

    /// The next reply but remarks, within this time.
    pub(super) fn receive_within(&mut self, limit: Duration) -> Result<Option<Reply>, ConnectionError> {
        let end = Instant::now() + limit;
        loop {
            match self.receive(end.saturating_duration_since(Instant::now()))? {
                Some(Reply::Other) if Instant::now() < end => {}
                Some(Reply::Other) => return Ok(None),
                other => return Ok(other),
            }
        }
    }

    /// After an answer: the program ends by itself.
    pub(super) fn bid_farewell(mut self) {
        let _ = self.send("BYE\n");
        if let Some(child) = open().as_mut() {
            let _ = child.wait_timeout(FAREWELL);
        }
    }
}

impl Drop for PinentryConnection {
    fn drop(&mut self) {
        end_open();
    }
}

/// Ends the program that is asking, if there is one. Politely first: it may have changed a terminal, and gives it back
/// before this returns.
pub(crate) fn end_open() {
    let mut open = open();
    if let Some(child) = open.as_mut() {
        end(child);
    }
    *open = None;
}

fn end(child: &mut Child) {
    if matches!(child.try_wait(), Ok(Some(_))) {
        return;
    }
    #[cfg(unix)]
    {
        let _ = rustix::process::kill_process(
            rustix::process::Pid::from_child(child),
            rustix::process::Signal::TERM,
        );
        if matches!(child.wait_timeout(FAREWELL), Ok(Some(_))) {
            return;
        }
    }
    let _ = child.kill();
    let _ = child.wait();
}

fn open() -> MutexGuard<'static, Option<Child>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How it ended: by an interruption of `cns`, which has taken it away, or of both, for Ctrl-C at a terminal is a signal to
/// it, too.
fn ended() -> ConnectionError {
    let mut open = open();
    let Some(child) = open.as_mut() else { return ConnectionError::Interrupted };
    let status = child.wait_timeout(FAREWELL).ok().flatten();
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        let interrupt = rustix::process::Signal::INT.as_raw();
        if status.and_then(|status| status.signal()) == Some(interrupt) {
            return ConnectionError::Interrupted;
        }
    }
    let _ = status;
    ConnectionError::Ended
}

/// Hands over whole lines until the output ends, one is too long, or none is wanted any more. No byte stays behind.
fn read_lines(mut from: impl Read, to: &SyncSender<Zeroizing<Vec<u8>>>) {
    let mut piece = Zeroizing::new([0; LONGEST_LINE]);
    let mut line = empty_line();
    loop {
        let length = match from.read(&mut *piece) {
            Ok(0) => return,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return,
        };
        for byte in &piece[..length] {
            match byte {
                b'\n' => {
                    if to.send(std::mem::replace(&mut line, empty_line())).is_err() {
                        return;
                    }
                }
                // With a carriage return at its end.
                _ if line.len() > LONGEST_LINE => return,
                byte => line.push(*byte),
            }
        }
    }
}

/// With space for the longest line, so that no copy is left behind by growing.
fn empty_line() -> Zeroizing<Vec<u8>> {
    Zeroizing::new(Vec::with_capacity(LONGEST_LINE + 1))
}
