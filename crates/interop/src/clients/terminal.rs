//! A real terminal for a program that asks a person: tmux holds it, types into it and reads its screen.

use std::ffi::OsStr;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::process::{ProgramOutput, wait_until};
use crate::testbed::client_environment::{CLIENT_LIMIT, ClientEnvironment};

/// How long a program may take to ask, on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);
/// The name of the one session.
const SESSION: &str = "person";

/// A terminal with a program in it; ended when dropped.
#[derive(Debug)]
pub struct Terminal<'d> {
    client: &'d ClientEnvironment,
    socket: String,
}

impl<'d> Terminal<'d> {
    /// Runs a line of shell in a new terminal of 200 columns and 50 lines. What the line leaves behind stays readable:
    /// the terminal waits for Enter after it.
    pub fn start(client: &'d ClientEnvironment, line: &str) -> Result<Self> {
        let socket = client.fresh_folder("terminal")?.join("tmux").display().to_string();
        let terminal = Self { client, socket };
        let script = format!("{line}; echo \"[ended $?]\"; stty -a | grep -o '[-]*echo ' ; exec sleep 600");
        let mut command = terminal.tmux();
        // Nobody's own configuration decides how the screen looks.
        command.args([
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-s",
            SESSION,
            "-x",
            "200",
            "-y",
            "50",
            &script,
        ]);
        client.run(command)?.succeed()?;
        Ok(terminal)
    }

    /// What is on the screen, and what has scrolled off it.
    pub fn screen(&self) -> Result<String> {
        let mut command = self.tmux();
        command.args(["capture-pane", "-p", "-J", "-S", "-", "-t", SESSION]);
        Ok(self.client.run(command)?.succeed()?.stdout)
    }

    /// Waits until the screen shows `text` for the `times`th time.
    pub fn shows(&self, text: &str, times: usize) -> Result<String> {
        let seen = wait_until(text, LIMIT, || Ok(self.screen()?.matches(text).count() >= times));
        match seen {
            Ok(()) => self.screen(),
            Err(error) => bail!("{error:#}\n--- the screen\n{}", self.screen()?.trim_end()),
        }
    }

    /// Waits until the `times`th question stands on the screen: a line that ends with a colon.
    pub fn asks(&self, times: usize) -> Result<()> {
        let questions = || -> Result<usize> {
            Ok(self.screen()?.lines().filter(|line| without_marks(line).ends_with(':')).count())
        };
        match wait_until("a question", LIMIT, || Ok(questions()? >= times)) {
            Ok(()) => Ok(()),
            Err(error) => bail!("{error:#}\n--- the screen\n{}", self.screen()?.trim_end()),
        }
    }

    /// Types something and Enter.
    pub fn types(&self, text: &str) -> Result<()> {
        if !text.is_empty() {
            self.keys(&["-l", "--", text])?;
        }
        self.keys(&["Enter"])
    }

    /// Presses Ctrl-C.
    pub fn interrupts(&self) -> Result<()> {
        self.keys(&["C-c"])
    }

    /// Waits until the program has ended, and answers the whole screen, which must say that it ended with this code and
    /// left the terminal with its echo on.
    pub fn ended_with(&self, code: i32) -> Result<String> {
        let screen = self.shows("[ended ", 1)?;
        if !screen.contains(&format!("[ended {code}]")) {
            bail!("not ended with {code}\n--- the screen\n{}", screen.trim_end());
        }
        let screen = self.shows("echo ", 1)?;
        if screen.contains("-echo ") {
            bail!("the terminal is left without echo\n--- the screen\n{}", screen.trim_end());
        }
        Ok(screen)
    }

    fn keys(&self, keys: &[&str]) -> Result<()> {
        let mut command = self.tmux();
        command.args(["send-keys", "-t", SESSION]).args(keys);
        self.client.run(command)?.succeed().map(drop)
    }

    fn tmux(&self) -> Command {
        let mut command = self.client.command("tmux");
        command.args(["-S", &self.socket, "-u"]);
        command
    }
}

/// As a word of a shell's line.
pub fn quoted(word: impl AsRef<OsStr>) -> String {
    format!("'{}'", word.as_ref().to_string_lossy().replace('\'', r"'\''"))
}

/// A line without what stands for the digits of a secret.
pub fn without_marks(line: &str) -> &str {
    line.trim_end().trim_end_matches(['•', '*']).trim_end()
}

impl Drop for Terminal<'_> {
    fn drop(&mut self) {
        let mut command = self.tmux();
        command.arg("kill-server");
        let _: Result<ProgramOutput> = crate::process::run(command, "", CLIENT_LIMIT);
    }
}
