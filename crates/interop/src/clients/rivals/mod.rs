//! Programs of several kinds and users on one card at the same time, through a real pcscd: one login, one count of tries,
//! nobody signs after a logout, nobody waits for a stranger.
//!
//! What plays is one small C program (`visitor.c`), compiled here: it answers each step with the return code and the time
//! it took, and can be killed between any two.

mod counts;
mod crowd;
mod held;
mod users;
mod waiting;

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::Check;
use crate::process::{Dialogue, Finished};
use crate::testbed::Stack;

pub const PACKAGES: &[&str] =
    &["gcc", "libc6-dev", "libp11-kit-dev", "libpcsclite-dev", "openssl", "pcsc-tools", "strace"];

/// For one step, on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);
/// `CKR_OK` (PKCS#11 2.40, pkcs11t.h), as all return codes here.
const OK: u64 = 0;

/// What the names of those begin with that `cargo xtask soak` runs in their long form.
pub const SOAKED: [&str; 2] = [crowd::NAME, held::NAME];

/// Whether it does: its variable is set.
fn is_long_form() -> bool {
    std::env::var_os("CNS_SOAK_MINUTES").is_some()
}

pub fn checks() -> Vec<Check> {
    [crowd::checks(), held::checks(), waiting::checks(), users::checks(), counts::checks()].concat()
}

/// What the programs of one check share: the card, and the compiled program.
#[derive(Debug)]
struct Scene<'s> {
    stack: &'s Stack,
    program: PathBuf,
}

/// One running program.
#[derive(Debug)]
struct Visitor(Dialogue);

/// What it answers to a step.
#[derive(Debug)]
struct Answer {
    step: String,
    rv: u64,
    milliseconds: u64,
    shown: String,
}

impl<'s> Scene<'s> {
    /// Compiles the program; no warning is a good one.
    fn new(stack: &'s Stack) -> Result<Self> {
        let desk = &stack.desk;
        let source = desk.write("visitor.c", include_str!("visitor.c"))?;
        let mut compiler = desk.client("cc");
        compiler.args(["-std=c99", "-Wall", "-Wextra", "-Werror"]);
        compiler.args(["-I", "/usr/include/p11-kit-1", "-I", "/usr/include/PCSC"]).arg(source);
        compiler.args(["-o", "visitor", "-lpcsclite", "-lpthread", "-ldl"]);
        desk.run(compiler)?.succeed()?;
        Ok(Self { stack, program: desk.file("visitor") })
    }

    /// The program, not started yet.
    fn command(&self) -> Command {
        self.stack.desk.client(&self.program.to_string_lossy())
    }

    /// Starts it with the module.
    fn visitor(&self) -> Result<Visitor> {
        let mut command = self.command();
        command.arg(&self.stack.desk.module);
        Ok(Visitor(Dialogue::start(command)?))
    }
}

impl Visitor {
    /// Takes a step.
    fn step(&mut self, line: &str) -> Result<Answer> {
        self.begin(line)?;
        self.answer()
    }

    /// Begins a step; [`Visitor::answer`] waits for its end.
    fn begin(&mut self, line: &str) -> Result<()> {
        self.0.send(line)
    }

    fn answer(&mut self) -> Result<Answer> {
        let said = self.0.expect("\n", LIMIT)?;
        Answer::parse(said.trim_end()).with_context(|| format!("no answer: {said}"))
    }

    /// Kills it, as a crash would.
    fn kill(self) {
        self.0.kill();
    }

    /// Lets it end by itself, without a farewell to the module.
    fn leave(self) -> Result<Finished> {
        self.0.finish(LIMIT)?.succeed()
    }
}

impl Answer {
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
        let answer = Answer::parse("look 0x000000e1 1234 blocked:3001 wait:0x00000190").unwrap();
        assert_eq!((answer.rv, answer.milliseconds), (0xE1, 1234));
        assert_eq!((answer.figure("blocked").unwrap(), answer.figure("wait").unwrap()), (3001, 0x190));
        assert!(answer.figure("longest").is_err() && answer.succeed().is_err());
        assert_eq!(Answer::parse("logout 0x00000000 7").unwrap().shown, "");
        assert!(Answer::parse("Segmentation fault").is_none());
    }
}
