//! A blocking `C_WaitForSlotEvent`: one PC/SC context for the whole wait, hardly a message, and `C_Finalize` ends it.

use std::thread::sleep;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::program::{CClient, CClientProgram, LIMIT};
use crate::clients::check::{Check, on_each, pass};
use crate::process::{self, InteractiveProcess};
use crate::report::StepOutcome;
use crate::testbed::{Testbed, card};

/// How long the program waits.
const WAIT: Duration = Duration::from_secs(10);
/// Within which `C_Finalize` ends the wait: 100 ms are promised; a machine may be busy, and strace slows it down.
const END: u64 = 1000;
/// Messages to pcscd in the whole wait: the module looks at its readers anew every 4 s, with some 30 of them.
const FEW: usize = 200;
/// `CKR_CRYPTOKI_NOT_INITIALIZED`: what the wait answers when `C_Finalize` ends it (PKCS#11 2.40, 5.5).
const NOT_INITIALIZED: u64 = 0x190;

pub fn checks() -> Vec<Check> {
    on_each(&[card::DEFAULT], "waiting for a card: one context, ended by C_Finalize", wait)
}

fn wait(testbed: &mut Testbed) -> Result<StepOutcome> {
    let program = CClientProgram::new(testbed)?;
    let calls = testbed.client.file("calls");
    let mut command = testbed.client.command("strace");
    command.args(["-f", "-qq", "-e", "trace=connect,sendto,sendmsg,write", "-o"]).arg(&calls);
    command.arg(&program.program).arg(&testbed.client.module);
    let mut program = CClient(InteractiveProcess::start(command)?);
    let listed = program.step("list");
    if listed.is_err() && process::read_lossy(&calls).is_ok_and(|calls| calls.is_empty()) {
        return Ok(StepOutcome::Skipped("strace may not look at programs here".into()));
    }
    listed?.succeed()?;
    let before = SystemCalls::so_far(&calls)?;
    program.step("wait")?.succeed()?;
    sleep(WAIT);
    let during = SystemCalls::so_far(&calls)?;
    let end = program.step("finalize")?.succeed()?;
    program.0.finish(LIMIT)?.succeed()?;

    let (contexts, messages) = (during.contexts - before.contexts, during.messages - before.messages);
    ensure!(contexts <= 1, "{contexts} contexts were opened in {} s of waiting", WAIT.as_secs());
    ensure!(messages < FEW, "{messages} messages in {} s of waiting", WAIT.as_secs());
    let (answer, after) = (end.figure("wait")?, end.figure("after")?);
    ensure!(answer == NOT_INITIALIZED, "the wait ended with 0x{answer:08X}");
    ensure!(after < END, "C_Finalize ended the wait after {after} ms");
    pass(format!(
        "{} s: {contexts} context, {messages} messages; C_Finalize ends it after {after} ms",
        WAIT.as_secs()
    ))
}

/// System calls of the program so far.
struct SystemCalls {
    /// A context of pcsc-lite is a connection to the service.
    contexts: usize,
    messages: usize,
}

impl SystemCalls {
    fn so_far(file: &std::path::Path) -> Result<Self> {
        let calls = process::read_lossy(file)?;
        let contexts = calls.lines().filter(|call| call.contains("connect(") && call.contains("pcscd.comm"));
        // What it writes to us is no message to the service.
        let messages = calls.lines().filter(|call| {
            ["sendto(", "sendmsg(", "write("].iter().any(|name| call.contains(name))
                && !call.contains("write(1,")
                && !call.contains("write(2,")
        });
        Ok(Self { contexts: contexts.count(), messages: messages.count() })
    }
}
