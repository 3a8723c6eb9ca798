//! Other programs, run with a time limit and never left behind.
//!
//! Everything here is ended by the process id (or the process group) that we started, never by name: the machine
//! may well run a pcscd or an nginx of its own. Output goes to files, not pipes: a client that writes a lot cannot
//! block, and what it said is still there when it had to be killed.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use fs_err::{self as fs, File};
use rustix::process::{Pid, Signal};
use wait_timeout::ChildExt as _;

use crate::programs;

/// How often a condition that can only be polled is looked at.
const POLL: Duration = Duration::from_millis(10);

/// Waits until `condition` holds, for at most `limit`.
pub fn wait_until(what: &str, limit: Duration, mut condition: impl FnMut() -> Result<bool>) -> Result<()> {
    let start = Instant::now();
    while !condition()? {
        if start.elapsed() > limit {
            bail!("waited {} s in vain for {what}", limit.as_secs());
        }
        thread::sleep(POLL);
    }
    Ok(())
}

/// Whether somebody listens on this Unix socket, asked of the kernel: a visit would be one client more, and the file
/// alone has its name before anybody listens.
pub fn listens(socket: &Path) -> bool {
    /// `__SO_ACCEPTCON` of Linux' `net/unix`: the fourth column of the table.
    const LISTENING: &str = "00010000";
    read_lossy(Path::new("/proc/net/unix")).unwrap_or_default().lines().any(|line| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        columns.get(3) == Some(&LISTENING) && columns.get(7).is_some_and(|name| Path::new(name) == socket)
    })
}

/// What a program that ran to its end (or to its time limit) left.
#[derive(Debug)]
pub struct ProgramOutput {
    /// The command line, for messages.
    pub command: String,
    /// None when the time limit ended it.
    pub status: Option<ExitStatus>,
    pub stdout: String,
    pub stderr: String,
}

impl ProgramOutput {
    /// Fails, with everything the program said, unless it ended well.
    pub fn succeed(self) -> Result<Self> {
        match self.status {
            Some(status) if status.success() => Ok(self),
            _ => bail!("{}", self.report("failed")),
        }
    }

    /// Fails unless the output (either stream) holds `text`.
    pub fn expect_output(self, text: &str) -> Result<Self> {
        if self.stdout.contains(text) || self.stderr.contains(text) {
            return Ok(self);
        }
        bail!("{}", self.report(&format!("did not say {text:?}")))
    }

    /// Everything there is to know about the run, for a failure message.
    pub fn report(&self, verdict: &str) -> String {
        let end = match self.status {
            None => "ended by its time limit".to_owned(),
            Some(status) => match (status.code(), status.signal()) {
                (Some(code), _) => format!("exit code {code}"),
                (None, Some(signal)) => format!("ended by signal {signal}"),
                (None, None) => "ended".to_owned(),
            },
        };
        let (stdout, stderr) = (tail(&self.stdout, 100), tail(&self.stderr, 100));
        format!("{verdict}: {}\n({end})\n--- its output\n{stdout}{stderr}", self.command)
    }
}

/// Runs `command` with `stdin`, at most for `limit`; its whole process group ends with it.
pub fn run(mut command: Command, stdin: &str, limit: Duration) -> Result<ProgramOutput> {
    let description = describe(&command);
    let folder = tempfile::tempdir()?;
    let (out, err) = (folder.path().join("stdout"), folder.path().join("stderr"));
    command
        .stdin(Stdio::piped())
        .stdout(File::create(&out)?.into_file())
        .stderr(File::create(&err)?.into_file());
    let mut process = Process::start(command)?;
    // A program that does not read its input is no failure of ours (EPIPE).
    if let Some(mut pipe) = process.child.stdin.take() {
        let _ = pipe.write_all(stdin.as_bytes());
    }
    let status = process.child.wait_timeout(limit)?;
    drop(process);
    Ok(ProgramOutput { command: description, status, stdout: read_lossy(&out)?, stderr: read_lossy(&err)? })
}

/// A running program; dropped, it is ended: politely first, then for good.
#[derive(Debug)]
pub struct Process {
    child: Child,
    name: String,
}

impl Process {
    /// Starts `command` as the leader of a process group of its own.
    pub fn start(mut command: Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut running = running();
        let child = programs::start(command.process_group(0))?;
        running.insert(child.id());
        Ok(Self { child, name })
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Waits for the program to end by itself.
    pub fn wait(&mut self, limit: Duration) -> Result<ExitStatus> {
        match self.child.wait_timeout(limit)? {
            Some(status) => Ok(status),
            None => bail!("{} still runs after {} s", self.name, limit.as_secs()),
        }
    }

    /// Sends `signal` to the program and everything it started.
    pub fn signal(&self, signal: Signal) {
        signal_group(self.child.id(), signal);
    }
}

/// The process groups started and not ended yet.
static RUNNING: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

fn running() -> MutexGuard<'static, BTreeSet<u32>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends everything that was started, for a command that is interrupted.
pub fn kill_all() {
    for group in running().iter() {
        signal_group(*group, Signal::KILL);
    }
}

fn signal_group(leader: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(leader).ok().and_then(Pid::from_raw) {
        let _ = rustix::process::kill_process_group(pid, signal);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.signal(Signal::TERM);
            if matches!(self.child.wait_timeout(Duration::from_secs(3)), Ok(None) | Err(_)) {
                self.signal(Signal::KILL);
                let _ = self.child.wait();
            }
        }
        running().remove(&self.child.id());
    }
}

/// A program that is talked to: wait for its prompt, answer, look at the card in between.
#[derive(Debug)]
pub struct InteractiveProcess {
    process: Process,
    stdin: Option<ChildStdin>,
    transcript: PathBuf,
    /// Up to here the output has been looked at.
    read: usize,
    _folder: tempfile::TempDir,
}

impl InteractiveProcess {
    /// Starts the program; both output streams go into one transcript.
    pub fn start(mut command: Command) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let transcript = folder.path().join("dialogue");
        let file = File::create(&transcript)?.into_file();
        command.stdin(Stdio::piped()).stderr(file.try_clone()?).stdout(file);
        let mut process = Process::start(command)?;
        let stdin = process.child.stdin.take();
        Ok(Self { process, stdin, transcript, read: 0, _folder: folder })
    }

    /// Waits until the program says `text`, and answers what it said up to there since the last time.
    pub fn expect(&mut self, text: &str, limit: Duration) -> Result<String> {
        let start = Instant::now();
        loop {
            let ended = !self.process.runs()?;
            let said = read_lossy(&self.transcript)?;
            if let Some(position) = said[self.read..].find(text) {
                let end = self.read + position + text.len();
                let piece = said[self.read..end].to_owned();
                self.read = end;
                return Ok(piece);
            }
            if ended || start.elapsed() > limit {
                let why = if ended { "it ended" } else { "time is up" };
                bail!(
                    "waited for {text:?}, but {why}: {}\n--- its output\n{}",
                    self.process.name,
                    tail(&said, 100)
                );
            }
            thread::sleep(POLL);
        }
    }

    /// Types a line.
    pub fn send(&mut self, line: &str) -> Result<()> {
        let stdin = self.stdin.as_mut().context("its input is closed already")?;
        stdin.write_all(format!("{line}\n").as_bytes())?;
        Ok(stdin.flush()?)
    }

    /// Kills it at once, as a crash would.
    pub fn kill(self) {
        self.process.signal(Signal::KILL);
    }

    /// Closes its input and waits for its end; answers everything it said.
    pub fn finish(mut self, limit: Duration) -> Result<ProgramOutput> {
        self.stdin = None;
        let status = self.process.child.wait_timeout(limit)?;
        let stdout = read_lossy(&self.transcript)?;
        Ok(ProgramOutput { command: self.process.name.clone(), status, stdout, stderr: String::new() })
    }
}

/// The file as text; what is no UTF-8 is replaced.
pub fn read_lossy(path: &Path) -> Result<String> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The last `lines` lines of a text.
pub fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    let skipped = all.len().saturating_sub(lines);
    let mut tail = if skipped > 0 { format!("… {skipped} lines left out\n") } else { String::new() };
    for line in &all[skipped..] {
        tail.push_str(line);
        tail.push('\n');
    }
    tail
}

/// The command line as a person would read it.
pub fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_program_is_ended_by_its_limit_together_with_its_children() {
        let start = Instant::now();
        let finished = run(shell("echo hello; sleep 60 & sleep 60"), "", Duration::from_millis(200)).unwrap();
        assert!(finished.status.is_none());
        assert_eq!(finished.stdout, "hello\n");
        assert!(start.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn a_dialogue_answers_prompts() {
        let mut dialogue =
            InteractiveProcess::start(shell("printf 'name? '; read name; echo hello $name")).unwrap();
        dialogue.expect("name? ", Duration::from_secs(5)).unwrap();
        dialogue.send("Anna").unwrap();
        let finished = dialogue.finish(Duration::from_secs(5)).unwrap().succeed().unwrap();
        assert!(finished.stdout.ends_with("hello Anna\n"));
    }

    #[test]
    fn a_failure_shows_what_was_said() {
        let error =
            run(shell("echo oops >&2; exit 3"), "", Duration::from_secs(5)).unwrap().succeed().unwrap_err();
        assert!(error.to_string().contains("oops") && error.to_string().contains("exit code 3"));
    }
}
