//! The site to log in to, opened in the person's browser, on request only.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::messages;
use super::steps::Steps;
use crate::exit::Failure;
use crate::host::{Host, OperatingSystem};

/// A site that people log in to with the card.
#[derive(Debug)]
struct Site {
    name: &'static str,
    address: &'static str,
    /// The page of `cns guide` about it.
    topic: &'static str,
}

const SITES: [Site; 3] = [
    Site { name: "INPS", address: "https://www.inps.it/", topic: "inps" },
    Site { name: "INAIL", address: "https://www.inail.it/", topic: "inail" },
    Site {
        name: "Fascicolo Sanitario Elettronico",
        address: "https://www.fascicolosanitario.gov.it/",
        topic: "fse",
    },
];

pub(super) fn open(steps: &mut Steps<'_, '_>) -> Result<(), Failure> {
    let language = steps.context.language;
    for (number, site) in (1..).zip(&SITES) {
        steps.context.output.note(&format!("  {number}. {} ({})", site.name, site.address));
    }
    let site = loop {
        let answer = steps.context.ask_number(messages::WHICH_SITE.to(language));
        let answer = answer.map_err(|none| steps.context.no_answer(none))?;
        let number = answer.trim().parse::<usize>().ok();
        match number.and_then(|number| SITES.get(number.checked_sub(1)?)) {
            Some(site) => break site,
            None if answer.trim().is_empty() => return Ok(()),
            None => steps.context.output.warning(messages::NO_SUCH_SITE.to(language)),
        }
    };
    steps.site = Some(site.topic);
    if !opens(&steps.host, site.address) {
        steps.context.output.note(&messages::open_yourself(language, site.address));
    }
    Ok(())
}

/// Starts the browser. The administrator's would not be the person's.
fn opens(host: &Host, address: &str) -> bool {
    let (opener, needs_display) = match host.system.operating_system {
        OperatingSystem::Linux => ("xdg-open", true),
        OperatingSystem::MacOs => ("open", false),
        OperatingSystem::Windows => ("explorer.exe", false),
    };
    let display = ["WAYLAND_DISPLAY", "DISPLAY"].iter().any(|name| host.system.variable(name).is_some());
    if host.is_administrator() || needs_display && !display {
        return false;
    }
    let Some(opener) = program(host, opener) else { return false };
    let mut command = Command::new(opener);
    command.arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // The browser goes on when the terminal is closed.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().is_ok()
}

/// A program in the person's search path.
pub(super) fn program(host: &Host, name: &str) -> Option<PathBuf> {
    let path = host.system.variable("PATH")?;
    let mut candidates = std::env::split_paths(path).map(|folder| host.system.at(folder).join(name));
    candidates.find(|candidate| candidate.is_file())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::System;

    /// The address, and nothing else, goes to the person's browser; without a desktop, or as root, to none.
    #[test]
    fn the_persons_own_browser_is_started() {
        let folder = tempfile::tempdir().unwrap();
        let opened = folder.path().join("opened");
        fs::create_dir_all(folder.path().join("usr/bin")).unwrap();
        let opener = folder.path().join("usr/bin/xdg-open");
        let script = format!("#!/bin/sh\necho \"$@\" > {0}.new && mv {0}.new {0}\n", opened.display());
        fs::write(&opener, script).unwrap();
        fs::set_permissions(&opener, Permissions::from_mode(0o755)).unwrap();
        let host = |user, display: &str| {
            let variables = [("PATH", "/usr/bin"), ("DISPLAY", display)];
            let variables = variables.map(|(name, value)| (name.into(), value.into())).into();
            let operating_system = OperatingSystem::Linux;
            let (root, program) = (folder.path().to_owned(), "/usr/bin/cns".into());
            Host { system: System { root, program, variables, operating_system }, user }
        };
        assert!(!opens(&host(0, ":0"), SITES[0].address) && !opens(&host(1000, ""), SITES[0].address));
        assert!(!opened.exists());
        assert!(opens(&host(1000, ":0"), SITES[0].address));
        let end = Instant::now() + Duration::from_secs(30);
        while !opened.exists() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(fs::read_to_string(opened).unwrap(), "https://www.inps.it/\n");
    }
}
