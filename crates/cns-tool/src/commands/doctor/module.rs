//! Whether programs can load the module. It is tried in a process of its own: a library that crashes must not end the
//! examination.

use std::env;
use std::process::{Command, Stdio};
use std::time::Duration;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use serde::{Deserialize, Serialize};
use wait_timeout::ChildExt as _;

use super::finding::Finding;
use crate::host::Host;

/// Loading asks no reader; a module that takes this long hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a module says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibraryInfo {
    /// The version of the library.
    pub version: String,
    /// Who made it.
    pub maker: String,
}

/// Loads a module into this process, as any program would, and asks it for its name.
///
/// # Errors
/// What the system or the module says.
pub fn load(path: &str) -> Result<LibraryInfo, cryptoki::error::Error> {
    let module = Pkcs11::new(path)?;
    module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))?;
    let info = module.get_library_info()?;
    let version = format!("{}.{}", info.library_version().major(), info.library_version().minor());
    Ok(LibraryInfo { version, maker: info.manufacturer_id().to_owned() })
}

/// The installed module.
pub(crate) fn examine(host: &Host, path: Option<&str>) -> Finding {
    let Some(path) = path else { return Finding::ModuleMissing };
    let path = path.to_owned();
    if !host.at(&path).is_file() {
        return Finding::ModuleMissing;
    }
    if !host.is_running_system() {
        return Finding::ModuleNotTried { path };
    }
    match load_in_child(&path) {
        Ok(loaded) => Finding::ModuleLoads { path, version: loaded.version },
        Err(why) => Finding::ModuleFails { path, why },
    }
}

/// The same in another process of this program.
fn load_in_child(path: &str) -> Result<LibraryInfo, String> {
    let program = env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(program);
    command.args(["load-module", path]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let status = child.wait_timeout(PATIENCE).map_err(|error| error.to_string())?;
    if status.is_none() {
        let _ = child.kill();
    }
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    match status {
        None => Err(format!("no answer within {} s", PATIENCE.as_secs())),
        Some(status) if status.success() => {
            serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
        }
        Some(status) if status.code().is_none() => Err(format!("it crashed ({status})")),
        Some(_) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
    }
}
