//! Commands of the system, carried out for a person who agreed to them. Tests have a runner of their own.

use std::env;
use std::ffi::OsStr;
use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Carries out commands.
pub trait CommandRunner {
    /// Runs a program with its arguments, at the person's terminal, to its end; its exit code, or `None` if a signal
    /// ended it. `cns` is this very program.
    ///
    /// # Errors
    /// Those of starting it.
    fn run(&self, command: &[String]) -> io::Result<Option<i32>>;

    /// Runs one that asks nothing, with these variables; what it writes to its standard output.
    ///
    /// # Errors
    /// Those of starting it.
    fn read(&self, _command: &[String], _variables: &[(&str, &OsStr)]) -> io::Result<String> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// The system's processes.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemCommands;

impl CommandRunner for SystemCommands {
    fn run(&self, command: &[String]) -> io::Result<Option<i32>> {
        Ok(process(command)?.status()?.code())
    }

    fn read(&self, command: &[String], variables: &[(&str, &OsStr)]) -> io::Result<String> {
        let mut process = process(command)?;
        process.envs(variables.iter().copied()).stdin(Stdio::null());
        Ok(String::from_utf8_lossy(&process.output()?.stdout).into_owned())
    }
}

fn process(command: &[String]) -> io::Result<Command> {
    let word = |word: &String| match word.as_str() {
        "cns" => env::current_exe(),
        other => Ok(PathBuf::from(other)),
    };
    let words = command.iter().map(word).collect::<io::Result<Vec<_>>>()?;
    let (program, arguments) =
        words.split_first().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let mut process = Command::new(program);
    process.args(arguments);
    Ok(process)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn run(command: &[&str]) -> io::Result<Option<i32>> {
        SystemCommands.run(&command.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn how_it_ended() {
        assert_eq!(run(&["true"]).expect("there"), Some(0));
        assert_eq!(run(&["sh", "-c", "exit 7"]).expect("there"), Some(7));
        assert_eq!(run(&["sh", "-c", "kill -9 $$"]).expect("there"), None);
        assert_eq!(run(&["no-such-program"]).expect_err("absent").kind(), io::ErrorKind::NotFound);
        assert!(run(&[]).is_err());
    }
}
