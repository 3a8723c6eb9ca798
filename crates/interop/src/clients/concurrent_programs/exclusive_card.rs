//! A card that another program holds for itself (`SCARD_SHARE_EXCLUSIVE`, as GnuPG's scdaemon does): one bounded wait,
//! then answers at once, and the card is read as soon as it is free.

use anyhow::{Result, ensure};

use super::program::{CClient, CClientProgram, LIMIT, is_long_form};
use crate::clients::check::{Check, on_each, pass};
use crate::process::InteractiveProcess;
use crate::report::StepOutcome;
use crate::testbed::pcscd::Reader;
use crate::testbed::{Testbed, card};

/// How long a program looks on, once a second; and where `cargo xtask soak` asks for the long form.
const SECONDS: u64 = 10;
const MANY_SECONDS: u64 = 30;
const THREADS: usize = 8;
/// What all looks may wait together, and each of several threads: 3.5 s are promised; a machine may be busy.
const ALL_LOOKS: u64 = 5000;
const EACH_THREAD: u64 = 6000;
/// A read of a card that is free again.
const AT_ONCE: u64 = 3000;

pub(super) const NAME: &str = "held exclusively: nobody waits for a stranger";

pub fn checks() -> Vec<Check> {
    on_each(&[card::DEFAULT, "idemia2021"], NAME, beside_a_holder)
}

fn beside_a_holder(testbed: &mut Testbed) -> Result<StepOutcome> {
    let seconds = if is_long_form() { MANY_SECONDS } else { SECONDS };
    let program = CClientProgram::new(testbed)?;
    let mut holder = hold(&program)?;

    let mut looker = program.visitor()?;
    // All that it waits counts, its first listing too.
    let first = looker.step("slots")?.succeed()?.milliseconds;
    let looks = looker.step(&format!("look {seconds}"))?;
    let blocked = first + looks.figure("blocked")?;
    ensure!(blocked < ALL_LOOKS, "{seconds} looks were blocked for {blocked} ms");

    let mut ten_programs = program.visitor()?;
    ten_programs.step("slots")?.succeed()?;
    let longest = ten_programs.step(&format!("threads {THREADS}"))?.figure("longest")?;
    ensure!(longest < EACH_THREAD, "one of {THREADS} threads waited {longest} ms");

    holder.send("")?;
    holder.expect("release 0x00000000", LIMIT)?;
    let mut read = Vec::new();
    for (name, program) in [("the first", &mut looker), ("the second", &mut ten_programs)] {
        let listed = program.step("list")?.succeed()?;
        ensure!(listed.figure("objects")? > 0, "{name} lists nothing after the release");
        ensure!(listed.milliseconds < AT_ONCE, "{name} needs {} ms after the release", listed.milliseconds);
        read.push(listed.milliseconds);
    }
    for program in [looker, ten_programs] {
        farewell(program)?;
    }
    pass(format!(
        "{seconds} looks wait {blocked} ms in all, each of {THREADS} threads {longest} ms at most; free again, it is \
         read in {} ms",
        read.iter().max().unwrap_or(&0)
    ))
}

/// A program that holds the card from now on.
fn hold(program: &CClientProgram<'_>) -> Result<InteractiveProcess> {
    let mut command = program.command();
    command.args(["hold", Reader::First.name()]);
    let mut holder = InteractiveProcess::start(command)?;
    holder.send("")?;
    holder.expect("hold 0x00000000", LIMIT)?;
    holder.expect("\n", LIMIT)?;
    Ok(holder)
}

fn farewell(mut program: CClient) -> Result<()> {
    program.step("finalize")?.succeed()?;
    program.leave().map(drop)
}
