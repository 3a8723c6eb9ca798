//! Which file goes where.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use fs_err as fs;

use super::notices;
use super::tools::run_tool;
use interop::cargo;

/// The name of the module's file.
pub const MODULE: &str = "libcns_pkcs11.so";

/// The places below a prefix.
pub struct FileLayout {
    /// The prefix: `usr` of a package, the top folder of a tarball.
    prefix: PathBuf,
    /// Where libraries go, below the prefix.
    libraries: String,
}

impl FileLayout {
    pub fn new(prefix: PathBuf, libraries: impl Into<String>) -> Self {
        Self { prefix, libraries: libraries.into() }
    }

    /// Module and command of the release build, without what only a debugger wants.
    pub fn programs(&self) -> Result<()> {
        let built = cargo::target().join("release");
        self.file(&built.join(MODULE), &format!("{}/{MODULE}", self.libraries), 0o644)?;
        self.file(&built.join("cns"), "bin/cns", 0o755)?;
        let mut command = Command::new("strip");
        command.arg("--strip-unneeded").arg(self.prefix.join("bin/cns"));
        command.arg(self.prefix.join(&self.libraries).join(MODULE));
        run_tool(command).map(|_| ())
    }

    /// The link by which p11-kit and others find a module without knowing the machine's triplet, and the file that
    /// tells p11-kit of it.
    pub fn p11_kit(&self) -> Result<()> {
        let folder = self.place(&format!("{}/pkcs11", self.libraries))?;
        fs::create_dir_all(&folder)?;
        symlink(format!("../{MODULE}"), folder.join(MODULE))?;
        self.text("share/p11-kit/modules/cns.module", &format!("module: {MODULE}\n"))
    }

    /// What a person reads, and the policy for administrators; `module` is where that policy says the module is.
    pub fn documents(&self, module: &str) -> Result<()> {
        let workspace = cargo::workspace();
        for name in [
            "README.md",
            "README.it.md",
            "LICENSE-MIT",
            "LICENSE-APACHE",
            "docs/clients.md",
            "docs/clients.it.md",
        ] {
            let file = Path::new(name).file_name().and_then(|name| name.to_str()).unwrap_or(name);
            self.file(&workspace.join(name), &format!("share/doc/cns-pkcs11/{file}"), 0o644)?;
        }
        self.text("share/doc/cns-pkcs11/THIRD-PARTY", &notices::third_party()?)?;
        let devices = serde_json::json!({ "Add": { "Carta Nazionale dei Servizi": module } });
        let policies = serde_json::json!({ "policies": { "SecurityDevices": devices } });
        let policies = serde_json::to_string_pretty(&policies)? + "\n";
        self.text("share/doc/cns-pkcs11/examples/policies.json", &policies)
    }

    /// Man pages and completions, made by the command itself.
    pub fn made_by_the_command(&self) -> Result<()> {
        let made = tempfile::tempdir()?;
        let mut command = Command::new(cargo::target().join("release/cns"));
        command.arg("generate").arg(made.path());
        run_tool(command)?;
        for (from, to) in [("man/man1", "share/man/man1"), ("man/it/man1", "share/man/it/man1")] {
            let pages =
                fs::read_dir(made.path().join(from)).with_context(|| format!("no pages in {from}"))?;
            for page in pages {
                let page = page?;
                let name = page.file_name().to_string_lossy().into_owned();
                self.file(&page.path(), &format!("{to}/{name}"), 0o644)?;
                self.compress(&format!("{to}/{name}"))?;
            }
        }
        let completions = made.path().join("completions");
        self.file(&completions.join("cns.bash"), "share/bash-completion/completions/cns", 0o644)?;
        self.file(&completions.join("_cns"), "share/zsh/vendor-completions/_cns", 0o644)?;
        self.file(&completions.join("cns.fish"), "share/fish/vendor_completions.d/cns.fish", 0o644)
    }

    /// Copies a file to a place below the prefix.
    pub fn file(&self, from: &Path, to: &str, mode: u32) -> Result<()> {
        let to = self.place(to)?;
        fs::copy(from, &to).with_context(|| format!("no {}", from.display()))?;
        Ok(fs::set_permissions(&to, Permissions::from_mode(mode))?)
    }

    /// Writes a file at a place below the prefix.
    pub fn text(&self, to: &str, content: &str) -> Result<()> {
        let to = self.place(to)?;
        fs::write(&to, content)?;
        Ok(fs::set_permissions(&to, Permissions::from_mode(0o644))?)
    }

    /// Compresses a file; without name and time in it, so that it is always the same.
    pub fn compress(&self, file: &str) -> Result<()> {
        let mut command = Command::new("gzip");
        command.args(["--best", "--no-name", "--force"]).arg(self.prefix.join(file));
        run_tool(command).map(|_| ())
    }

    fn place(&self, to: &str) -> Result<PathBuf> {
        let place = self.prefix.join(to);
        for folder in place.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.prefix)) {
            if !folder.exists() {
                fs::create_dir_all(folder)?;
            }
        }
        Ok(place)
    }
}
