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
        let answer = steps.context.ask(messages::WHICH_SITE.to(language));
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
