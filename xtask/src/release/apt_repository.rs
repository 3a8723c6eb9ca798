//! A flat repository for apt: one folder with the packages, their list, and the list's signed sums.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};
use fs_err as fs;

use crate::debian_build;
use crate::package::{date_of_change, run_tool};
use interop::report::StepOutcome;

/// What signs.
pub struct Key {
    pub name: String,
    /// The folder of its keyring, if it is not the user's own.
    pub home: Option<PathBuf>,
}

impl Key {
    /// One without a passphrase, in a folder that goes with the run.
    pub fn throw_away(home: &Path) -> Result<Self> {
        let name = "cns-pkcs11 release test";
        let _ = fs::remove_dir_all(home);
        fs::create_dir(home)?;
        let key = Self { name: name.to_owned(), home: Some(home.to_owned()) };
        let mut protect = Command::new("chmod");
        protect.arg("700").arg(home);
        run_tool(protect)?;
        key.gpg(&["--passphrase", "", "--quick-generate-key", name, "ed25519", "sign", "1d"], home)?;
        Ok(key)
    }

    /// Ends what gpg has started to hold the key, which would outlive the run.
    pub fn end_agent(home: &Path) -> Result<()> {
        let said = |program: &str, arguments: &[&str]| {
            let mut command = Command::new(program);
            command.args(arguments).env("GNUPGHOME", home);
            run_tool(command)
        };
        said("gpgconf", &["--kill", "all"])?;
        let process = said("gpg-connect-agent", &["--no-autostart", "getinfo pid", "/bye"])?.stdout;
        ensure!(process.is_empty(), "the agent still answers: {process}");
        Ok(())
    }

    fn gpg(&self, arguments: &[&str], folder: &Path) -> Result<()> {
        let mut command = Command::new("gpg");
        command.args(["--batch", "--yes"]).args(arguments).current_dir(folder);
        if let Some(home) = &self.home {
            command.env("GNUPGHOME", home);
        }
        run_tool(command).map(|_| ())
    }
}

/// The name under which the public key lies beside the packages.
const PUBLIC_KEY: &str = "cns-pkcs11-archive-keyring.gpg";

/// Builds it of the packages in `artefacts`.
pub fn build(artefacts: &Path, repository: &Path, key: &Key) -> Result<StepOutcome> {
    let _ = fs::remove_dir_all(repository);
    fs::create_dir_all(repository)?;
    for entry in fs::read_dir(artefacts)? {
        let path = entry?.path();
        if path.extension().is_some_and(|kind| kind == "deb") {
            fs::copy(&path, repository.join(path.file_name().unwrap_or_default()))?;
        }
    }
    let mut scan = Command::new("dpkg-scanpackages");
    scan.args(["--multiversion", "."]).current_dir(repository);
    fs::write(repository.join("Packages"), run_tool(scan)?.stdout)?;
    let mut compress = Command::new("gzip");
    compress.args(["-9n", "--keep", "Packages"]).current_dir(repository);
    run_tool(compress)?;
    fs::write(repository.join("Release"), release(repository)?)?;
    let sign = ["--local-user", &key.name];
    key.gpg(&[&sign[..], &["--clearsign", "--output", "InRelease", "Release"]].concat(), repository)?;
    key.gpg(
        &[&sign[..], &["--detach-sign", "--armor", "--output", "Release.gpg", "Release"]].concat(),
        repository,
    )?;
    key.gpg(&["--output", PUBLIC_KEY, "--export", &key.name], repository)?;
    let mut sums = artefacts.join("SHA256SUMS").into_os_string();
    sums.push(".asc");
    let (sums, list) = (sums.to_string_lossy().into_owned(), artefacts.join("SHA256SUMS"));
    let list = list.to_string_lossy().into_owned();
    key.gpg(&[&sign[..], &["--detach-sign", "--armor", "--output", &sums, &list]].concat(), repository)?;
    Ok(StepOutcome::Passed(repository.display().to_string()))
}

/// What apt looks at first: of when the lists are, and their sums.
fn release(repository: &Path) -> Result<String> {
    let mut date = Command::new("date");
    date.args(["--utc", "+%a, %d %b %Y %H:%M:%S UTC", &format!("--date=@{}", date_of_change()?)]);
    date.env("LC_ALL", "C");
    let mut text = format!(
        "Origin: cns-pkcs11\nLabel: cns-pkcs11\nArchitectures: {}\nDate: {}\nSHA256:\n",
        crate::package::dpkg_architecture("DEB_HOST_ARCH")?,
        run_tool(date)?.stdout.trim()
    );
    for name in ["Packages", "Packages.gz"] {
        let mut sum = Command::new("sha256sum");
        sum.arg(name).current_dir(repository);
        let sum = run_tool(sum)?.stdout;
        let sum = sum.split_whitespace().next().unwrap_or_default().to_owned();
        text += &format!(" {sum} {} {name}\n", fs::metadata(repository.join(name))?.len());
    }
    Ok(text)
}

/// Installs from it where nothing else of ours is, and takes the package away again.
pub fn install(repository: &Path) -> Result<StepOutcome> {
    let root = match debian_build::root("apt", &["pcscd", "libccid", "libpcsclite1"])? {
        Ok(root) => root,
        Err(reason) => return Ok(StepOutcome::Skipped(reason)),
    };
    debian_build::run_in(
        &root,
        &[(repository, "/repository")],
        &format!(
            "mount -t tmpfs none /mnt
            echo 'deb [signed-by=/repository/{PUBLIC_KEY}] file:/repository ./' > /mnt/sources.list
            mkdir -p /mnt/lists/partial
            apt='apt-get -y -qq --no-install-recommends -o APT::Sandbox::User=root -o Dir::State::lists=/mnt/lists'
            apt=\"$apt -o Dir::Etc::sourcelist=/mnt/sources.list -o Dir::Etc::sourceparts=-\"
            export DEBIAN_FRONTEND=noninteractive
            $apt update
            $apt install cns-pkcs11 cns-pkcs11-dev
            cns --version
            $apt purge cns-pkcs11 cns-pkcs11-dev"
        ),
    )?;
    Ok(().into())
}
