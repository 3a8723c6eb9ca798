//! The modules that are measured against each other.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::testbed::client_environment::{CLIENT_LIMIT, ClientEnvironment};
use crate::{packages, process};

/// A module, and how a program would have it.
#[derive(Debug, Clone)]
pub struct ModuleUnderTest {
    /// The heading of its column.
    pub name: String,
    pub path: PathBuf,
    /// Environment variables of programs that load it.
    variables: Vec<(&'static str, PathBuf)>,
    /// It runs only for the card on which this one, by its number, cannot sign.
    pub stands_in_for: Option<usize>,
}

/// What a reader with an own USB name would say of itself, and vpcd does not.
pub const EXTENDED_READER: &str =
    "app default { reader_driver pcsc { max_send_size = 65535; max_recv_size = 65536; } }\n";

impl ModuleUnderTest {
    /// A module without configuration.
    pub fn new(name: &str, module: &Path) -> Result<Self> {
        let module = module.canonicalize().with_context(|| format!("no module: {}", module.display()))?;
        Ok(Self { name: name.to_owned(), path: module, variables: Vec::new(), stands_in_for: None })
    }

    /// The OpenSC of the distribution.
    pub fn debian_opensc() -> Result<Self> {
        let version = packages::version("opensc-pkcs11");
        let version = version.split_whitespace().last().and_then(|version| version.split(['-', '~']).next());
        Self::new(&format!("OpenSC {}", version.unwrap_or_default()), &opensc_module()?)
    }

    /// The same OpenSC, configured as if the reader carries extended commands.
    pub fn with_extended_length(&self, number: usize, folder: &Path) -> Result<Self> {
        let configuration = folder.join("opensc-extended.conf");
        fs_err::write(&configuration, EXTENDED_READER)?;
        Ok(Self {
            name: format!("{}, extended", self.name),
            path: self.path.clone(),
            variables: vec![("OPENSC_CONF", configuration)],
            stands_in_for: Some(number),
        })
    }

    /// Makes programs of this environment load this module; nothing is logged.
    pub fn configure(&self, client: &mut ClientEnvironment) {
        client.module.clone_from(&self.path);
        client.variables = vec![("CNS_PKCS11_LOG", None)];
        for (name, value) in &self.variables {
            client.variables.push((name, Some(value.clone())));
        }
    }
}

/// Where the package put the module, whatever the architecture.
pub fn opensc_module() -> Result<PathBuf> {
    let mut command = Command::new("dpkg");
    command.args(["-L", "opensc-pkcs11"]);
    let files = process::run(command, "", CLIENT_LIMIT)?.succeed()?.stdout;
    let module = files.lines().find(|file| file.ends_with("/opensc-pkcs11.so") && !file.contains("/pkcs11/"));
    module.map(PathBuf::from).context("the package opensc-pkcs11 holds no module")
}
