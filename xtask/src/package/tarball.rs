//! The tarball, for systems without a package: unpack it anywhere, then `bin/cns setup`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use fs_err as fs;

use super::layout::{InstallOptions, MODULE, install};
use super::tools::{folder, pack, run_tool, version};

/// Builds the tarball in `stage`; answers its path.
pub fn build(stage: &Path) -> Result<PathBuf> {
    let name = format!("cns-pkcs11-{}-{}-linux", version(), std::env::consts::ARCH);
    install(&InstallOptions {
        destdir: stage.to_owned(),
        prefix: "/usr/local".into(),
        libdir: "lib".into(),
        zsh: "share/zsh/site-functions".into(),
        fish: "share/fish/vendor_completions.d".into(),
    })?;
    let top = stage.join(&name);
    fs::rename(stage.join("usr/local"), &top)?;
    let mut strip = Command::new("strip");
    strip.arg("--strip-unneeded").arg(top.join("bin/cns")).arg(top.join("lib").join(MODULE));
    run_tool(strip)?;
    let package = folder().join(format!("{name}.tar.gz"));
    pack(&package, stage, &name)?;
    Ok(package)
}
