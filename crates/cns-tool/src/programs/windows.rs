//! Windows itself: with our minidriver, browsers there use the card through the system's certificates, and the module is
//! for other programs.

use std::path::{Path, PathBuf};

use cns_registration::MINIDRIVER;

use super::config_file::ConfigFile;
use super::program::{Program, ProgramState};
use super::scope::Scope;
use crate::host::{Host, OperatingSystem};
use crate::text::Language;

/// It has no file: `cns setup` writes its registry.
pub(crate) static WINDOWS: Windows = Windows;

/// Windows as a program that is set up for the card.
pub(crate) struct Windows;

impl Program for Windows {
    fn name(&self) -> &'static str {
        "windows"
    }

    fn title(&self, _: Language) -> &'static str {
        "Windows (Chrome, Edge, Firefox)"
    }

    fn files(&self, _: &Host, _: Scope) -> Vec<ConfigFile> {
        Vec::new()
    }

    fn uses_modules_on(&self, system: OperatingSystem) -> bool {
        system == OperatingSystem::Windows
    }
}

/// The minidriver that is installed with a module, as a path of the computer: beside it.
pub(crate) fn minidriver(host: &Host, module: &str) -> Option<PathBuf> {
    let path = Path::new(module).with_file_name(MINIDRIVER);
    let is_there =
        host.system.operating_system == OperatingSystem::Windows && host.system.at(&path).is_file();
    is_there.then_some(path)
}

/// Whether the browsers of this computer use the card through Windows.
pub(super) fn serves_browsers(host: &Host, module: Option<&str>) -> bool {
    module.is_some_and(|module| minidriver(host, module).is_some())
}

/// What is said of a browser that Windows serves, in the place of what its own files say.
pub(super) fn through_windows(state: ProgramState) -> ProgramState {
    match state {
        ProgramState::Registered { program, path } => ProgramState::RegisteredBesideWindows { program, path },
        ProgramState::NotRegistered { program, .. }
        | ProgramState::NeverStarted { program }
        | ProgramState::NotThroughModules { program } => ProgramState::ThroughWindows { program },
        other => other,
    }
}
