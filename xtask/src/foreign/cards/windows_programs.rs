//! Programs for Windows, run by wine.

use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::foreign::wine::WinePrefix;
use interop::process::{self, InteractiveProcess, ProgramOutput};
use interop::testbed::client_environment::ClientEnvironment;

/// For one program. A fault at every command takes minutes on a busy machine.
const LIMIT: Duration = Duration::from_secs(1800);

/// Programs for Windows, with the reader and the card of a test bed.
pub(super) struct WindowsPrograms {
    pub(super) prefix: WinePrefix,
}

impl WindowsPrograms {
    /// Runs a program to its end.
    pub(super) fn run(
        &self,
        client: &ClientEnvironment,
        program: &str,
        arguments: &[&str],
        stdin: &str,
    ) -> Result<ProgramOutput> {
        process::run(self.command(client, program, arguments), stdin, LIMIT)
    }

    /// Starts a program that is talked to.
    pub(super) fn start(
        &self,
        client: &ClientEnvironment,
        program: &str,
        arguments: &[&str],
    ) -> Result<InteractiveProcess> {
        InteractiveProcess::start(self.command(client, program, arguments))
    }

    /// In the test bed's folder, where the module logs too.
    pub(super) fn command(&self, client: &ClientEnvironment, program: &str, arguments: &[&str]) -> Command {
        let mut command = self.prefix.program(client.command("wine"), program, arguments);
        command.env("CNS_PKCS11_LOG", "module.log");
        command
    }
}

impl Drop for WindowsPrograms {
    fn drop(&mut self) {
        self.prefix.end_services();
    }
}
