//! The tarball, for systems without a package: unpack it anywhere, then `bin/cns setup`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::layout::FileLayout;
use super::layout::MODULE;
use super::tools::{date_of_change, folder, run_tool, version};

/// Builds the tarball in `stage`; answers its path.
pub fn build(stage: &Path) -> Result<PathBuf> {
    let name = format!("cns-pkcs11-{}-{}-linux", version(), std::env::consts::ARCH);
    let layout = FileLayout::new(stage.join(&name), "lib");
    layout.programs()?;
    layout.made_by_the_command()?;
    layout.documents(&format!("/usr/local/lib/{MODULE}"))?;
    let package = folder().join(format!("{name}.tar.gz"));
    // The same files give the same archive, whoever packs them and when.
    let mut command = Command::new("tar");
    command
        .args(["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--create", "--file"])
        .arg(&package);
    command.arg(format!("--mtime=@{}", date_of_change()?)).args(["--use-compress-program", "gzip -9n"]);
    command.arg("--directory").arg(stage).arg(&name);
    run_tool(command)?;
    Ok(package)
}
