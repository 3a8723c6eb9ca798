//! A blocking `C_WaitForSlotEvent`: one PC/SC context for the whole wait, hardly a message, and `C_Finalize` ends it.

use std::thread::sleep;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::{LIMIT, Scene, Visitor};
use crate::clients::{Check, on_each, shown};
use crate::process::{self, Dialogue};
use crate::report::Outcome;
use crate::testbed::{Stack, card};

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

fn wait(stack: &mut Stack) -> Result<Outcome> {
    let scene = Scene::new(stack)?;
    let calls = stack.desk.file("calls");
    let mut command = stack.desk.client("strace");
    command.args(["-f", "-qq", "-e", "trace=connect,sendto,sendmsg,write", "-o"]).arg(&calls);
    command.arg(&scene.program).arg(&stack.desk.module);
    let mut program = Visitor(Dialogue::start(command)?);
    let listed = program.step("list");
    if listed.is_err() && process::lossy(&calls).is_ok_and(|calls| calls.is_empty()) {
        return Ok(Outcome::Skipped("strace may not look at programs here".into()));
    }
    listed?.succeed()?;
    let before = Calls::so_far(&calls)?;
    program.step("wait")?.succeed()?;
    sleep(WAIT);
    let during = Calls::so_far(&calls)?;
    let end = program.step("finalize")?.succeed()?;
    program.0.finish(LIMIT)?.succeed()?;

    let (contexts, messages) = (during.contexts - before.contexts, during.messages - before.messages);
    ensure!(contexts <= 1, "{contexts} contexts were opened in {} s of waiting", WAIT.as_secs());
    ensure!(messages < FEW, "{messages} messages in {} s of waiting", WAIT.as_secs());
    let (answer, after) = (end.figure("wait")?, end.figure("after")?);
    ensure!(answer == NOT_INITIALIZED, "the wait ended with 0x{answer:08X}");
    ensure!(after < END, "C_Finalize ended the wait after {after} ms");
    shown(format!(
        "{} s: {contexts} context, {messages} messages; C_Finalize ends it after {after} ms",
        WAIT.as_secs()
    ))
}

/// System calls of the program so far.
struct Calls {
    /// A context of pcsc-lite is a connection to the service.
    contexts: usize,
    messages: usize,
}

impl Calls {
    fn so_far(file: &std::path::Path) -> Result<Self> {
        let calls = process::lossy(file)?;
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
