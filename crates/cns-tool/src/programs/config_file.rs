//! A file in which programs name their modules.

use std::fs;
use std::path::PathBuf;

use super::formats::format::FileFormat;
use super::scope::Scope;
use crate::host::Host;

/// A file in which a program's modules are named, or could be.
#[derive(Clone)]
pub struct ConfigFile {
    pub(crate) path: PathBuf,
    pub(crate) format: &'static dyn FileFormat,
    /// The browser that has it open now.
    pub(crate) open_in: Option<&'static str>,
    /// Where the program can load the module from, if not from where it is installed: a copy.
    pub(crate) module_copy: Option<PathBuf>,
    pub(crate) template: Template,
    /// The browser that reads it has the modules of p11-kit by the system's policy.
    pub(crate) loads_p11_kit: bool,
}

/// What counts no more when a file is there.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Template {
    Nothing,
    /// This file: a new one begins as its copy.
    File(PathBuf),
    /// Several that differ: a new one would put each out of force.
    Different,
}

impl ConfigFile {
    pub(crate) fn new(path: PathBuf, format: &'static dyn FileFormat) -> Self {
        Self {
            path,
            format,
            open_in: None,
            module_copy: None,
            template: Template::Nothing,
            loads_p11_kit: false,
        }
    }

    /// What a new file begins with, without our module.
    pub(crate) fn copied(&self) -> Option<String> {
        let Template::File(template) = &self.template else { return None };
        let text = fs::read_to_string(template).ok()?;
        Some(self.format.take_out(&text).ok().flatten().unwrap_or(text))
    }

    /// One that is in our own folder of settings.
    pub(crate) fn own(
        host: &Host,
        scope: Scope,
        name: &str,
        format: &'static dyn FileFormat,
    ) -> Option<Self> {
        let folder = match scope {
            Scope::User => host.configuration(),
            Scope::Everybody => host.shared_configuration(),
        };
        Some(Self::new(folder?.join("cns").join(name), format))
    }
}
