//! A package of the Windows Installer, made by wixl.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use fs_err as fs;

use super::super::tools::{date_of_change, run_tool};
use super::summary::{guid, make_reproducible};
use interop::cargo;

/// What wixl has no words for, or other words from one version to the next.
const CORRECTIONS: [&str; 3] = [
    // An administrator's properties reach the part that runs as the system.
    "UPDATE Property SET Value = 'WIX_DOWNGRADE_DETECTED;WIX_UPGRADE_DETECTED;REGISTER_ALL;REGISTER_NFC' \
     WHERE Property = 'SecureCustomProperties'",
    // Runs when an installation is taken back: an installed program, in the script for that, as the system.
    "UPDATE CustomAction SET Type = 3410 WHERE Action = 'UndoRegister'",
    // The older version goes before anything of the newer one comes.
    "UPDATE InstallExecuteSequence SET Sequence = 1450 WHERE Action = 'RemoveExistingProducts'",
];

/// An installer of one version.
pub struct Installer {
    version: String,
    pub path: PathBuf,
}

impl Installer {
    pub fn of(version: &str, folder: &Path) -> Self {
        let path = folder.join(format!("cns-pkcs11-{version}-x64.msi"));
        Self { version: version.to_owned(), path }
    }

    /// Packs the files of a folder. The same files give the same package.
    pub fn pack(&self, files: &Path) -> Result<()> {
        let date = date_of_change()?;
        for file in fs::read_dir(files)? {
            let mut touch = Command::new("touch");
            touch.arg(format!("--date=@{date}")).arg(file?.path());
            run_tool(touch)?;
        }
        let mut wixl = Command::new("wixl");
        wixl.args(["--arch", "x64", "--output"]).arg(&self.path).current_dir(files);
        for (name, value) in [("Version", self.version.clone()), ("ProductCode", self.product_code())] {
            wixl.arg("--define").arg(format!("{name}={value}"));
        }
        wixl.arg(templates().join("cns-pkcs11.wxs"));
        run_tool(wixl)?;
        let mut correct = Command::new("msibuild");
        correct.arg(&self.path).arg("-q").args(CORRECTIONS);
        run_tool(correct)?;
        let mut package = fs::read(&self.path)?;
        make_reproducible(&mut package, date.parse()?)?;
        Ok(fs::write(&self.path, package)?)
    }

    /// Another one for each version: Windows knows an upgrade by that.
    pub fn product_code(&self) -> String {
        guid(format!("cns-pkcs11 {}", self.version).as_bytes())
    }
}

/// What the installer and winget's manifest are made from.
pub fn templates() -> PathBuf {
    cargo::workspace().join("packaging/windows")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_is_another_product() {
        let code = |version: &str| Installer::of(version, Path::new("")).product_code();
        assert_eq!(code("1.2.3"), code("1.2.3"));
        assert_ne!(code("1.2.3"), code("1.2.4"));
    }
}
