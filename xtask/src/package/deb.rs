//! The Debian package, from `dpkg-deb`.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use fs_err as fs;

use super::layout::FileLayout;
use super::layout::MODULE;
use super::tools::{date_of_change, dpkg_architecture, folder, run_tool, version};
use interop::cargo;

/// What the module needs besides libraries: the service, and the driver of most readers.
const NEEDED: &[&str] = &["pcscd", "libccid"];
const SUGGESTED: &[&str] = &["libengine-pkcs11-openssl", "opensc", "p11-kit"];

/// A package must name somebody; there is no address to write to.
const MAINTAINER: &str = "The cns-pkcs11 contributors <cns-pkcs11@invalid.invalid>";

/// Takes the administrator's registrations away with the package: a browser that looks for a module that is gone says
/// so at each start.
const BEFORE_REMOVAL: &str = include_str!("../../../packaging/prerm");

/// Builds the package from files laid out in `stage`; answers its path.
pub fn build(stage: &Path) -> Result<PathBuf> {
    let triplet = dpkg_architecture("DEB_HOST_MULTIARCH")?;
    let architecture = dpkg_architecture("DEB_HOST_ARCH")?;
    let layout = FileLayout::new(stage.join("usr"), format!("lib/{triplet}"));
    layout.programs()?;
    layout.p11_kit()?;
    layout.made_by_the_command()?;
    layout.documents(&format!("/usr/lib/{triplet}/{MODULE}"))?;
    debian_documents(&layout)?;
    control_files(stage, &triplet, &architecture)?;
    let package = folder().join(format!("cns-pkcs11_{}_{architecture}.deb", version()));
    let mut command = Command::new("dpkg-deb");
    command.args(["--root-owner-group", "-Zxz", "--build"]).arg(stage).arg(&package);
    command.env("SOURCE_DATE_EPOCH", date_of_change()?);
    run_tool(command)?;
    Ok(package)
}

/// Where Debian wants the licence and the changes.
fn debian_documents(layout: &FileLayout) -> Result<()> {
    let mit = fs::read_to_string(cargo::workspace().join("LICENSE-MIT"))?;
    let copyright = format!(
        "cns-pkcs11: PKCS#11 module and command for Italian CNS smart cards.\n\n\
         You may use it under either of two licences, the MIT licence or the Apache licence, version 2.0.\n\
         The latter is in /usr/share/common-licenses/Apache-2.0, the former is this:\n\n{mit}\n\
         What is linked into it is listed, with its licences, in THIRD-PARTY beside this file.\n"
    );
    layout.text("share/doc/cns-pkcs11/copyright", &copyright)?;
    layout.file(&cargo::workspace().join("CHANGELOG.md"), "share/doc/cns-pkcs11/CHANGELOG.md", 0o644)?;
    layout.compress("share/doc/cns-pkcs11/CHANGELOG.md")?;
    let mut date = Command::new("date");
    date.args(["--utc", "--rfc-email", &format!("--date=@{}", date_of_change()?)]).env("LC_ALL", "C");
    let changes = format!(
        "cns-pkcs11 ({}) unstable; urgency=medium\n\n  * The changes are in CHANGELOG.md.\n\n -- {MAINTAINER}  {}",
        version(),
        run_tool(date)?.stdout
    );
    layout.text("share/doc/cns-pkcs11/changelog", &changes)?;
    layout.compress("share/doc/cns-pkcs11/changelog")?;
    layout.compress("share/doc/cns-pkcs11/THIRD-PARTY")
}

fn control_files(stage: &Path, triplet: &str, architecture: &str) -> Result<()> {
    let libraries = libraries(stage, triplet)?;
    let depends = [libraries, NEEDED.join(", ")].join(", ");
    let control = format!(
        "Package: cns-pkcs11\nVersion: {}\nArchitecture: {architecture}\n\
         Maintainer: {MAINTAINER}\nInstalled-Size: {}\n\
         Depends: {depends}\nSuggests: {}\nSection: utils\nPriority: optional\n\
         Description: Italian health card and CNS for browsers and other programs\n \
         A PKCS#11 module for the Carta Nazionale dei Servizi (TS-CNS, CRS and other\n \
         cards of that specification), and the command cns, which sets up Firefox,\n \
         Chromium and other programs, explains what is wrong, and changes or\n \
         unblocks the PIN.\n",
        version(),
        installed_size(stage)?,
        SUGGESTED.join(", "),
    );
    let place = stage.join("DEBIAN");
    fs::create_dir_all(&place)?;
    fs::write(place.join("control"), control)?;
    fs::write(place.join("prerm"), BEFORE_REMOVAL)?;
    fs::set_permissions(place.join("prerm"), Permissions::from_mode(0o755))?;
    fs::write(place.join("md5sums"), sums(stage)?)?;
    Ok(())
}

/// What dpkg-shlibdeps finds: the packages of the libraries that module and command are linked with.
fn libraries(stage: &Path, triplet: &str) -> Result<String> {
    // It wants to stand in a source package.
    let source = tempfile::tempdir()?;
    fs::create_dir_all(source.path().join("debian"))?;
    fs::write(
        source.path().join("debian/control"),
        "Source: cns-pkcs11\n\nPackage: cns-pkcs11\nArchitecture: any\n",
    )?;
    let mut command = Command::new("dpkg-shlibdeps");
    command.arg("-O").arg("-e").arg(stage.join("usr/bin/cns")).arg("-e");
    command.arg(stage.join(format!("usr/lib/{triplet}/{MODULE}"))).current_dir(source.path());
    let said = run_tool(command)?.stdout;
    let found = said.lines().find_map(|line| line.strip_prefix("shlibs:Depends="));
    Ok(found.context("dpkg-shlibdeps named no library")?.to_owned())
}

/// In KiB, as `du` counts.
fn installed_size(stage: &Path) -> Result<String> {
    let mut command = Command::new("du");
    command.args(["--summarize", "--apparent-size", "--block-size=1024"]).arg(stage.join("usr"));
    let said = run_tool(command)?.stdout;
    Ok(said.split_whitespace().next().context("du said nothing")?.to_owned())
}

fn sums(stage: &Path) -> Result<String> {
    let mut command = Command::new("sh");
    command.args(["-c", "find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum"]).current_dir(stage);
    Ok(run_tool(command)?.stdout)
}
