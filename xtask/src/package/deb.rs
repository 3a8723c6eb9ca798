//! The Debian packages, put together by `debian/rules` from what was built already.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use fs_err as fs;

use super::tools::{date_of_change, dpkg_architecture, folder, run_tool, version};
use interop::{cargo, programs};

/// Those of the source package.
pub const PACKAGES: [&str; 2] = ["cns-pkcs11", "cns-pkcs11-dev"];

/// Builds the packages in `stage`; answers their paths.
pub fn build(stage: &Path) -> Result<Vec<PathBuf>> {
    let source = stage.join("cns-pkcs11");
    fs::create_dir(&source)?;
    let mut copy = Command::new("cp");
    copy.arg("--archive").arg(cargo::workspace().join("debian")).arg(&source);
    run_tool(copy)?;
    let mut command = Command::new("dpkg-buildpackage");
    command.args(["--build=binary", "--no-sign", "--no-check-builddeps"]).current_dir(&source);
    command.env("CNS_XTASK", programs::own_executable()?).env("CARGO_TARGET_DIR", cargo::target());
    command.env("SOURCE_DATE_EPOCH", date_of_change()?);
    // debhelper hides the home folder, and with it where cargo and rustup keep their files.
    for (variable, name) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
        let home = env::var_os("HOME").map(|home| PathBuf::from(home).join(name));
        if let Some(place) = env::var_os(variable).map(PathBuf::from).or(home) {
            command.env(variable, place);
        }
    }
    run_tool(command)?;
    PACKAGES.iter().map(|name| moved(stage, name)).collect()
}

/// Where a package goes that was built.
pub fn path(name: &str) -> Result<PathBuf> {
    let architecture = dpkg_architecture("DEB_HOST_ARCH")?;
    Ok(folder().join(format!("{name}_{}_{architecture}.deb", version())))
}

/// Out of the stage, under a name without Debian's revision: the newest is what the tests and people look for.
fn moved(stage: &Path, name: &str) -> Result<PathBuf> {
    let beginning = format!("{name}_{}-", version());
    let is_package = |path: &PathBuf| {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        file.starts_with(&beginning) && file.ends_with(".deb")
    };
    let built = fs::read_dir(stage)?.filter_map(|entry| Some(entry.ok()?.path())).find(is_package);
    let path = path(name)?;
    fs::rename(built.with_context(|| format!("no {name} was built"))?, &path)?;
    Ok(path)
}
