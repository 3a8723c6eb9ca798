//! The toolchains of rustup that this program starts others of, and standard libraries that are built from their sources.
//!
//! The cargo that runs us has put its own toolchain into the environment; what is started here must not inherit it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toolchain {
    /// The one that is used here anyway, which may have come without rustup.
    Usual,
    Nightly,
}

/// Why something is not done, where there is none.
pub const NO_NIGHTLY: &str = "no nightly toolchain (rustup toolchain install nightly)";

impl Toolchain {
    /// One of its programs.
    pub fn program(self, name: &str) -> Command {
        if self == Self::Usual {
            return Command::new(std::env::var_os(name.to_uppercase()).unwrap_or_else(|| name.into()));
        }
        let mut command = Command::new("rustup");
        command.args(["run", "nightly", name]);
        for variable in ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN"] {
            command.env_remove(variable);
        }
        command
    }

    /// Whether the program runs with these arguments, and ends well.
    pub fn has(self, name: &str, arguments: &[&str]) -> bool {
        let mut command = self.program(name);
        command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }

    /// A folder that its compiler names: `sysroot`, `target-libdir`.
    pub fn folder(self, name: &str, arguments: &[&str]) -> Option<PathBuf> {
        let mut command = self.program("rustc");
        command.args(["--print", name]).args(arguments).stderr(Stdio::null());
        let output = command.output().ok().filter(|output| output.status.success())?;
        let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
        Some(path).filter(|path| path.is_absolute())
    }

    /// Whether its standard library can be built anew.
    pub fn has_sources(self) -> bool {
        self.folder("sysroot", &[]).is_some_and(|root| has_sources(&root))
    }
}

/// Whether a folder with a compiler holds the sources of its standard library, too.
pub fn has_sources(sysroot: &Path) -> bool {
    sysroot.join("lib/rustlib/src/rust/library/std/Cargo.toml").is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_toolchain_is_there() {
        let usual = Toolchain::Usual;
        assert!(usual.has("cargo", &["--version"]) && !usual.has("cargo", &["no-such-subcommand"]));
        let root = usual.folder("sysroot", &[]).unwrap();
        assert!(root.join("lib/rustlib").is_dir(), "{}", root.display());
        assert_eq!(usual.folder("no-such-folder", &[]), None);
    }

    #[test]
    fn sources_are_there_when_the_librarys_are() {
        let root = tempfile::tempdir().unwrap();
        assert!(!has_sources(root.path()));
        let std = root.path().join("lib/rustlib/src/rust/library/std");
        fs_err::create_dir_all(&std).unwrap();
        fs_err::write(std.join("Cargo.toml"), "").unwrap();
        assert!(has_sources(root.path()));
    }
}
