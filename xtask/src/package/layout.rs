//! Which file goes where: the one list that every packaging installs from (`cargo xtask install`).

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use fs_err as fs;

use super::notices;
use super::tools::{run_tool, version};
use interop::cargo;
use rustix::fs::Mode;

/// The name of the module's file.
pub const MODULE: &str = "libcns_pkcs11.so";

/// Where documents go, below the prefix.
const DOCUMENTS: &str = "share/doc/cns-pkcs11";

/// Files of the source, and the folder below the prefix that each goes to.
const FILES: &[(&str, &str)] = &[
    ("include/cns_pkcs11.h", "include"),
    ("packaging/cns-pkcs11.desktop", "share/applications"),
    ("packaging/io.github.cns_pkcs11.cns.metainfo.xml", "share/metainfo"),
    ("packaging/cns-pkcs11.svg", "share/icons/hicolor/scalable/apps"),
    ("README.md", DOCUMENTS),
    ("README.it.md", DOCUMENTS),
    ("CHANGELOG.md", DOCUMENTS),
    ("LICENSE-MIT", DOCUMENTS),
    ("LICENSE-APACHE", DOCUMENTS),
    ("docs/clients.md", DOCUMENTS),
    ("docs/clients.it.md", DOCUMENTS),
    ("examples/sign.c", "share/doc/cns-pkcs11/examples"),
    ("examples/sign.rs", "share/doc/cns-pkcs11/examples"),
    ("examples/sign_pykcs11.py", "share/doc/cns-pkcs11/examples"),
    ("examples/sign_python_pkcs11.py", "share/doc/cns-pkcs11/examples"),
];

/// The places that differ from one distribution to another.
#[derive(Debug, Clone, clap::Args)]
pub struct InstallOptions {
    /// The folder that stands for the root of the system
    #[arg(long, default_value = "/")]
    pub destdir: PathBuf,
    /// Where the files will be found, below that root
    #[arg(long, default_value = "/usr/local")]
    pub prefix: PathBuf,
    /// Where libraries go, below the prefix
    #[arg(long, default_value = "lib")]
    pub libdir: String,
    /// Where zsh looks for completions, below the prefix
    #[arg(long, default_value = "share/zsh/site-functions")]
    pub zsh: String,
    /// Where fish looks for completions, below the prefix
    #[arg(long, default_value = "share/fish/vendor_completions.d")]
    pub fish: String,
}

/// `cargo xtask install`: every file, from the release build of module and command.
pub fn install(options: &InstallOptions) -> Result<()> {
    // Every user reads what is installed, whatever the administrator's own files may be.
    rustix::process::umask(Mode::from_raw_mode(0o022));
    let layout = FileLayout::new(options)?;
    layout.programs()?;
    layout.generated_by_the_command()?;
    layout.p11_kit()?;
    layout.pkg_config()?;
    for (file, folder) in FILES {
        let name = Path::new(file).file_name().context("a file has a name")?.to_string_lossy();
        layout.file(&cargo::workspace().join(file), &format!("{folder}/{name}"), 0o644)?;
    }
    layout.text(&format!("{DOCUMENTS}/THIRD-PARTY"), &notices::third_party(&notices::LINUX)?)?;
    layout.policy()
}

/// The places below a prefix.
struct FileLayout<'a> {
    options: &'a InstallOptions,
    /// The prefix, while it is below the folder that stands for the root.
    top: PathBuf,
    /// The folder of the module when it is installed.
    libraries: String,
}

impl<'a> FileLayout<'a> {
    fn new(options: &'a InstallOptions) -> Result<Self> {
        let prefix = options.prefix.strip_prefix("/").context("the prefix is not an absolute path")?;
        let libraries = options.prefix.join(&options.libdir).display().to_string();
        Ok(Self { options, top: options.destdir.join(prefix), libraries })
    }

    fn programs(&self) -> Result<()> {
        let built = cargo::target().join("release");
        self.file(&built.join(MODULE), &format!("{}/{MODULE}", self.options.libdir), 0o644)?;
        self.file(&built.join("cns"), "bin/cns", 0o755)?;
        // No command for people: `cns practice` runs it.
        self.file(&built.join("virtual-cns"), "libexec/cns/virtual-cns", 0o755)
    }

    /// The link by which p11-kit and others find a module without knowing the machine's triplet, and the file that
    /// tells p11-kit of it.
    fn p11_kit(&self) -> Result<()> {
        let link = self.place(&format!("{}/pkcs11/{MODULE}", self.options.libdir))?;
        let _ = fs::remove_file(&link);
        symlink(format!("../{MODULE}"), &link)?;
        // p11-kit looks for a name without a folder below /usr only.
        let usual = self.options.prefix == Path::new("/usr");
        let module = if usual { MODULE.to_owned() } else { format!("{}/{MODULE}", self.libraries) };
        self.text("share/p11-kit/modules/cns.module", &format!("module: {module}\n"))
    }

    /// For programs that are built with the header, and look for the module when they run.
    fn pkg_config(&self) -> Result<()> {
        let prefix = self.options.prefix.display();
        let content = format!(
            "prefix={prefix}\nlibdir=${{prefix}}/{}\nincludedir=${{prefix}}/include\n\
             moduledir=${{libdir}}/pkcs11\n\n\
             Name: cns-pkcs11\nDescription: PKCS#11 module for Italian CNS smart cards\nVersion: {}\n\
             Cflags: -I${{includedir}}\n",
            self.options.libdir,
            version()
        );
        self.text(&format!("{}/pkgconfig/cns-pkcs11.pc", self.options.libdir), &content)
    }

    /// The policy by which an administrator adds the module to every Firefox.
    fn policy(&self) -> Result<()> {
        let module = format!("{}/{MODULE}", self.libraries);
        let devices = serde_json::json!({ "Add": { "Carta Nazionale dei Servizi": module } });
        let policies = serde_json::json!({ "policies": { "SecurityDevices": devices } });
        let policies = serde_json::to_string_pretty(&policies)? + "\n";
        self.text(&format!("{DOCUMENTS}/examples/policies.json"), &policies)
    }

    /// Man pages and completions.
    fn generated_by_the_command(&self) -> Result<()> {
        let made = tempfile::tempdir()?;
        let mut command = Command::new(cargo::target().join("release/cns"));
        command.arg("generate").arg(made.path());
        run_tool(command)?;
        for from in ["man/man1", "man/man7", "man/it/man1", "man/it/man7"] {
            let to = format!("share/{from}");
            let pages =
                fs::read_dir(made.path().join(from)).with_context(|| format!("no pages in {from}"))?;
            for page in pages {
                let page = page?;
                self.file(&page.path(), &format!("{to}/{}", page.file_name().to_string_lossy()), 0o644)?;
            }
        }
        let completions = made.path().join("completions");
        self.file(&completions.join("cns.bash"), "share/bash-completion/completions/cns", 0o644)?;
        self.file(&completions.join("_cns"), &format!("{}/_cns", self.options.zsh), 0o644)?;
        self.file(&completions.join("cns.fish"), &format!("{}/cns.fish", self.options.fish), 0o644)
    }

    /// Copies a file to a place below the prefix.
    fn file(&self, from: &Path, to: &str, mode: u32) -> Result<()> {
        let to = self.place(to)?;
        // Not written into: a program that runs, or has the module loaded, keeps the old one.
        let _ = fs::remove_file(&to);
        fs::copy(from, &to).with_context(|| format!("no {}", from.display()))?;
        Ok(fs::set_permissions(&to, Permissions::from_mode(mode))?)
    }

    /// Writes a file at a place below the prefix.
    fn text(&self, to: &str, content: &str) -> Result<()> {
        let to = self.place(to)?;
        fs::write(&to, content)?;
        Ok(fs::set_permissions(&to, Permissions::from_mode(0o644))?)
    }

    fn place(&self, to: &str) -> Result<PathBuf> {
        let place = self.top.join(to);
        fs::create_dir_all(place.parent().context("a place has a folder")?)?;
        Ok(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Below another prefix (from source, Nix) p11-kit finds the module by its whole path only.
    #[test]
    fn p11_kit_finds_the_module_below_each_prefix() {
        for (prefix, module) in [
            ("/usr", "libcns_pkcs11.so"),
            ("/usr/local", "/usr/local/lib/x/libcns_pkcs11.so"),
            ("/nix/store/cns", "/nix/store/cns/lib/x/libcns_pkcs11.so"),
        ] {
            let root = tempfile::tempdir().unwrap();
            let options = InstallOptions {
                destdir: root.path().to_owned(),
                prefix: prefix.into(),
                libdir: "lib/x".into(),
                zsh: String::new(),
                fish: String::new(),
            };
            let layout = FileLayout::new(&options).unwrap();
            layout.p11_kit().unwrap();
            let made = |path: &str| root.path().join(&prefix[1..]).join(path);
            let text = fs::read_to_string(made("share/p11-kit/modules/cns.module")).unwrap();
            assert_eq!(text, format!("module: {module}\n"));
            let link = fs::read_link(made("lib/x/pkcs11/libcns_pkcs11.so")).unwrap();
            assert_eq!(link, Path::new("../libcns_pkcs11.so"));
        }
    }

    /// A window that closes with the command would take what it says along.
    #[test]
    fn the_menu_entry_waits_at_the_end() {
        let entry = fs::read_to_string(cargo::workspace().join("packaging/cns-pkcs11.desktop")).unwrap();
        assert!(
            entry.contains("\nExec=cns start --pause\n") && entry.contains("\nTerminal=true\n"),
            "{entry}"
        );
    }
}
