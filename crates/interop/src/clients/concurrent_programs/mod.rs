//! Programs of several kinds and users on one card at the same time, through a real pcscd: one login, one count of tries,
//! nobody signs after a logout, no program waits for another user's.
//!
//! The program is one small C program (`client.c`), compiled here: it answers each step with the return code and the time
//! it took, and can be killed between any two.

mod exclusive_card;
mod shared_retries;
mod slot_event;
mod ten_programs;
mod two_users;

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::Check;
use crate::process::{InteractiveProcess, ProgramOutput};
use crate::testbed::Testbed;

pub const PACKAGES: &[&str] =
    &["gcc", "libc6-dev", "libp11-kit-dev", "libpcsclite-dev", "openssl", "pcsc-tools", "strace"];

/// For one step, on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);
/// `CKR_OK` (PKCS#11 2.40, pkcs11t.h), as all return codes here.
const OK: u64 = 0;

/// What the names of those begin with that `cargo xtask soak` runs in their long form.
pub const SOAKED: [&str; 2] = [ten_programs::NAME, exclusive_card::NAME];

/// Whether it does: its variable is set.
fn is_long_form() -> bool {
    std::env::var_os("CNS_SOAK_MINUTES").is_some()
}

pub fn checks() -> Vec<Check> {
    [
        ten_programs::checks(),
        exclusive_card::checks(),
        slot_event::checks(),
        two_users::checks(),
        shared_retries::checks(),
    ]
    .concat()
}

/// What the programs of one check share: the card, and the compiled program.
#[derive(Debug)]
struct CClientProgram<'s> {
    testbed: &'s Testbed,
    program: PathBuf,
}

/// One running program.
#[derive(Debug)]
struct CClient(InteractiveProcess);

/// What it answers to a step.
#[derive(Debug)]
struct StepResult {
    step: String,
    rv: u64,
    milliseconds: u64,
    shown: String,
}

impl<'s> CClientProgram<'s> {
    /// Compiles the program; no warning is a good one.
    fn new(testbed: &'s Testbed) -> Result<Self> {
        let client = &testbed.client;
        let source = client.write("client.c", include_str!("client.c"))?;
        let mut compiler = client.command("cc");
        compiler.args(["-std=c99", "-Wall", "-Wextra", "-Werror"]);
        compiler.args(["-I", "/usr/include/p11-kit-1", "-I", "/usr/include/PCSC"]).arg(source);
        compiler.args(["-o", "visitor", "-lpcsclite", "-lpthread", "-ldl"]);
        client.run(compiler)?.succeed()?;
        Ok(Self { testbed, program: client.file("visitor") })
    }

    /// The program, not started yet.
    fn command(&self) -> Command {
        self.testbed.client.command(&self.program.to_string_lossy())
    }

    /// Starts it with the module.
    fn visitor(&self) -> Result<CClient> {
        let mut command = self.command();
        command.arg(&self.testbed.client.module);
        Ok(CClient(InteractiveProcess::start(command)?))
    }
}

impl CClient {
    /// Takes a step.
    fn step(&mut self, line: &str) -> Result<StepResult> {
        self.begin(line)?;
        self.answer()
    }

    /// Begins a step; [`CClient::answer`] waits for its end.
    fn begin(&mut self, line: &str) -> Result<()> {
        self.0.send(line)
    }

    fn answer(&mut self) -> Result<StepResult> {
        let said = self.0.expect("\n", LIMIT)?;
        StepResult::parse(said.trim_end()).with_context(|| format!("no answer: {said}"))
    }

    /// Kills it, as a crash would.
    fn kill(self) {
        self.0.kill();
    }

    /// Lets it end by itself, without a farewell to the module.
    fn leave(self) -> Result<ProgramOutput> {
        self.0.finish(LIMIT)?.succeed()
    }
}

impl StepResult {
    /// `login 0x00000000 123 what it shows`
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.splitn(4, ' ');
        Some(Self {
            step: words.next()?.to_owned(),
            rv: u64::from_str_radix(words.next()?.strip_prefix("0x")?, 16).ok()?,
            milliseconds: words.next()?.parse().ok()?,
            shown: words.next().unwrap_or_default().trim().to_owned(),
        })
    }

    /// Fails unless the return code is this one.
    fn expect(self, rv: u64) -> Result<Self> {
        ensure!(
            self.rv == rv,
            "{}: 0x{:08X} {} after {} ms, not 0x{rv:08X}",
            self.step,
            self.rv,
            self.shown,
            self.milliseconds
        );
        Ok(self)
    }

    fn succeed(self) -> Result<Self> {
        self.expect(OK)
    }

    /// A figure that it shows: `name:123`.
    fn figure(&self, name: &str) -> Result<u64> {
        let words = self.shown.split(' ').filter_map(|word| word.split_once(':'));
        let figure = words.into_iter().find(|(found, _)| *found == name).map(|(_, figure)| figure);
        let figure = figure.with_context(|| format!("{} shows no {name}: {}", self.step, self.shown))?;
        let (digits, radix) = figure.strip_prefix("0x").map_or((figure, 10), |digits| (digits, 16));
        u64::from_str_radix(digits, radix).with_context(|| format!("{name}: {figure}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_a_code_a_time_and_figures() {
        let answer = StepResult::parse("look 0x000000e1 1234 blocked:3001 wait:0x00000190").unwrap();
        assert_eq!((answer.rv, answer.milliseconds), (0xE1, 1234));
        assert_eq!((answer.figure("blocked").unwrap(), answer.figure("wait").unwrap()), (3001, 0x190));
        assert!(answer.figure("longest").is_err() && answer.succeed().is_err());
        assert_eq!(StepResult::parse("logout 0x00000000 7").unwrap().shown, "");
        assert!(StepResult::parse("Segmentation fault").is_none());
    }
}
