//! Whether a snap may reach pcscd, by what the command `snap` says.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use wait_timeout::ChildExt as _;

use crate::host::Host;

const PROGRAM: &str = "/usr/bin/snap";
/// snapd may have to be started first.
const PATIENCE: Duration = Duration::from_secs(5);

/// The interface of pcscd as snapd has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SnapInterface {
    Connected,
    NotConnected,
    /// This version of the snap does not ask for it.
    Missing,
}

/// `None`: there is no answer.
pub(crate) fn pcscd_interface(host: &Host, snap: &str) -> Option<SnapInterface> {
    let program = host.at(PROGRAM);
    if !program.exists() {
        return None;
    }
    let mut command = Command::new(program);
    command.args(["connections", snap]).env("LC_ALL", "C").stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::null()).spawn().ok()?;
    let Some(status) = child.wait_timeout(PATIENCE).ok()? else {
        let _ = child.kill();
        let _ = child.wait();
        return None;
    };
    let mut output = String::new();
    child.stdout.take()?.read_to_string(&mut output).ok()?;
    status.success().then(|| parse(&output, snap))
}

/// Columns: interface, plug, slot, notes. A slot `-` is none.
fn parse(output: &str, snap: &str) -> SnapInterface {
    let plug = format!("{snap}:pcscd");
    let rows = output.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let mut slots = rows.filter(|row| row.get(1) == Some(&plug.as_str())).map(|row| row.get(2).copied());
    match slots.next() {
        None => SnapInterface::Missing,
        Some(None | Some("-")) => SnapInterface::NotConnected,
        Some(Some(_)) => SnapInterface::Connected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_snap_connections() {
        let with = |row: &str| {
            format!(
                "Interface        Plug              Slot          Notes\n\
                 audio-playback   firefox:audio-playback  :audio-playback  -\n{row}"
            )
        };
        let parse = |row: &str| parse(&with(row), "firefox");
        assert_eq!(parse("pcscd  firefox:pcscd  :pcscd  manual\n"), SnapInterface::Connected);
        assert_eq!(parse("pcscd  firefox:pcscd  -  -\n"), SnapInterface::NotConnected);
        assert_eq!(parse("pcscd  chromium:pcscd  :pcscd  -\n"), SnapInterface::Missing);
    }
}
