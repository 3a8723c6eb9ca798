//! The C program of these checks: compiled, started, and asked for one step after the other.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use crate::process::{InteractiveProcess, ProgramOutput};
use crate::testbed::Testbed;

/// For one step, on a busy machine.
pub const LIMIT: Duration = Duration::from_secs(60);
/// `CKR_OK` (PKCS#11 2.40, pkcs11t.h), as all return codes here.
pub const OK: u64 = 0;

/// Whether `cargo xtask soak` asks for the long form: its variable is set.
pub fn is_long_form() -> bool {
    std::env::var_os("CNS_SOAK_MINUTES").is_some()
}

/// What the programs of one check share: the card, and the compiled program.
#[derive(Debug)]
pub struct CClientProgram<'s> {
    pub testbed: &'s Testbed,
    pub program: PathBuf,
}

/// One running program.
#[derive(Debug)]
pub struct CClient(pub InteractiveProcess);

/// What it answers to a step.
#[derive(Debug)]
pub struct StepResult {
    pub step: String,
    pub rv: u64,
    pub milliseconds: u64,
    pub shown: String,
}

impl<'s> CClientProgram<'s> {
    /// Compiles the program; no warning is a good one.
    pub fn new(testbed: &'s Testbed) -> Result<Self> {
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
    pub fn command(&self) -> Command {
        self.testbed.client.command(&self.program.to_string_lossy())
    }

    /// Starts it with the module.
    pub fn visitor(&self) -> Result<CClient> {
        let mut command = self.command();
        command.arg(&self.testbed.client.module);
        Ok(CClient(InteractiveProcess::start(command)?))
    }
}

impl CClient {
    /// Takes a step.
    pub fn step(&mut self, line: &str) -> Result<StepResult> {
        self.begin(line)?;
        self.answer()
    }

    /// Begins a step; [`CClient::answer`] waits for its end.
    pub fn begin(&mut self, line: &str) -> Result<()> {
        self.0.send(line)
    }

    pub fn answer(&mut self) -> Result<StepResult> {
        let said = self.0.expect("\n", LIMIT)?;
        StepResult::parse(said.trim_end()).with_context(|| format!("no answer: {said}"))
    }

    /// Kills it, as a crash would.
    pub fn kill(self) {
        self.0.kill();
    }

    /// Lets it end by itself, without a farewell to the module.
    pub fn leave(self) -> Result<ProgramOutput> {
        self.0.finish(LIMIT)?.succeed()
    }
}

impl StepResult {
    /// `login 0x00000000 123 what it shows`
    pub fn parse(line: &str) -> Option<Self> {
        let mut words = line.splitn(4, ' ');
        Some(Self {
            step: words.next()?.to_owned(),
            rv: u64::from_str_radix(words.next()?.strip_prefix("0x")?, 16).ok()?,
            milliseconds: words.next()?.parse().ok()?,
            shown: words.next().unwrap_or_default().trim().to_owned(),
        })
    }

    /// Fails unless the return code is this one.
    pub fn expect(self, rv: u64) -> Result<Self> {
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

    pub fn succeed(self) -> Result<Self> {
        self.expect(OK)
    }

    /// A figure that it shows: `name:123`.
    pub fn figure(&self, name: &str) -> Result<u64> {
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
