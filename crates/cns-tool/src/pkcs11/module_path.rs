//! Where the PKCS#11 module is, without `--module`.

use std::path::{Path, PathBuf};

use crate::host::{OperatingSystem, System, os};

#[cfg(windows)]
macro_rules! module_file_name {
    () => {
        "cns_pkcs11.dll"
    };
}
#[cfg(target_os = "macos")]
macro_rules! module_file_name {
    () => {
        "libcns_pkcs11.dylib"
    };
}
#[cfg(not(any(windows, target_os = "macos")))]
macro_rules! module_file_name {
    () => {
        "libcns_pkcs11.so"
    };
}
/// The module's file name, as a literal.
pub(crate) use module_file_name;

/// The names that a module of ours has, on one system or another.
const FILE_NAMES: [&str; 3] = ["libcns_pkcs11.so", "libcns_pkcs11.dylib", "cns_pkcs11.dll"];

/// Folders that packages and administrators put it into, the package's own first.
const FOLDERS: [&str; 13] = [
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib/arm-linux-gnueabihf",
    "/usr/lib/i386-linux-gnu",
    "/usr/lib/loongarch64-linux-gnu",
    "/usr/lib/powerpc64le-linux-gnu",
    "/usr/lib/riscv64-linux-gnu",
    "/usr/lib/s390x-linux-gnu",
    "/usr/lib64",
    "/usr/lib",
    "/usr/local/lib",
    "/usr/local/lib64",
    "/opt/cns-pkcs11/lib",
];

/// Where Homebrew and installers put libraries on a Mac.
const MAC_FOLDERS: [&str; 2] = ["/usr/local/lib", "/opt/homebrew/lib"];

/// Whether a path that a program was given leads to this module, in whatever folder.
#[must_use]
pub fn is_our_module(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    // File names on Windows ignore case.
    FILE_NAMES.contains(&name) || name.eq_ignore_ascii_case(FILE_NAMES[2])
}

/// The installed module, else that of the folder which the running program is from; `None` when there is neither.
#[must_use]
pub fn find(system: &System) -> Option<PathBuf> {
    installed(system).or_else(|| {
        let found = near(&std::env::current_exe().ok()?, file_name(system))?;
        Some(lasting(&found, &nix_profiles(system)).unwrap_or(found))
    })
}

/// The same file by the link of a profile: that goes with the profile to each new version, while the folder in
/// `/nix/store` has a name of its own for each, and the old one is deleted some day.
fn lasting(found: &Path, profiles: &[PathBuf]) -> Option<PathBuf> {
    let real = found.canonicalize().ok()?;
    let links =
        profiles.iter().map(|profile| profile.join("lib").join(found.file_name().unwrap_or_default()));
    links.into_iter().find(|link| link.canonicalize().is_ok_and(|target| target == real))
}

/// Those of NixOS and Nix, of everybody first. What the administrator registers is for everybody.
fn nix_profiles(system: &System) -> Vec<PathBuf> {
    let everybodys = ["/run/current-system/sw", "/nix/var/nix/profiles/default"];
    let user = system.variable("USER").map(|user| system.at("/etc/profiles/per-user").join(user));
    let own = system.home().map(|home| home.join(".nix-profile"));
    let users = user.into_iter().chain(own).filter(|_| os::user() != 0);
    everybodys.iter().map(|profile| system.at(profile)).chain(users).collect()
}

/// Beside the program (a build tree; on Windows the usual place), or where `lib` is beside its `bin` (the tarball, Nix).
fn near(program: &Path, name: &str) -> Option<PathBuf> {
    let folder = program.parent()?;
    let mut folders = vec![folder.to_owned()];
    if let (true, Some(top)) = (folder.ends_with("bin"), folder.parent()) {
        folders.extend(["lib", "lib64"].map(|library| top.join(library)));
    }
    folders.into_iter().map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// The module in the folders of packages and administrators.
#[must_use]
pub fn installed(system: &System) -> Option<PathBuf> {
    let folders: Vec<PathBuf> = match system.operating_system {
        OperatingSystem::Linux => FOLDERS.iter().map(|folder| system.at(folder)).collect(),
        OperatingSystem::MacOs => MAC_FOLDERS.iter().map(|folder| system.at(folder)).collect(),
        OperatingSystem::Windows => {
            let programs = system.variable("ProgramFiles").map(PathBuf::from);
            programs.into_iter().map(|folder| folder.join("CNS PKCS11")).collect()
        }
    };
    let name = file_name(system);
    let mut candidates =
        folders.into_iter().flat_map(|folder| [folder.join(name), folder.join("pkcs11").join(name)]);
    candidates.find(|path| path.is_file())
}

fn file_name(system: &System) -> &'static str {
    match system.operating_system {
        OperatingSystem::Linux => FILE_NAMES[0],
        OperatingSystem::MacOs => FILE_NAMES[1],
        OperatingSystem::Windows => FILE_NAMES[2],
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_module_that_came_with_the_program() {
        for (program, module) in [("bin/cns", "lib/m"), ("bin/cns", "lib64/m"), ("debug/cns", "debug/m")] {
            let top = tempfile::tempdir().unwrap();
            let (program, module) = (top.path().join(program), top.path().join(module));
            assert_eq!(near(&program, "m"), None);
            fs::create_dir_all(module.parent().unwrap()).unwrap();
            fs::write(&module, "").unwrap();
            assert_eq!(near(&program, "m"), Some(module));
        }
        let top = tempfile::tempdir().unwrap();
        fs::create_dir(top.path().join("lib")).unwrap();
        fs::write(top.path().join("lib/m"), "").unwrap();
        assert_eq!(near(&top.path().join("other/cns"), "m"), None);
    }

    /// The old version is deleted, the link leads to the new one.
    #[cfg(unix)]
    #[test]
    fn a_path_that_outlives_an_upgrade() {
        let top = tempfile::tempdir().unwrap();
        let path = |path: &str| top.path().join(path);
        for version in ["nix/store/1-cns/lib", "nix/store/2-cns/lib", "system/lib", "own/lib"] {
            fs::create_dir_all(path(version)).unwrap();
        }
        let profiles = [path("none"), path("system"), path("own")];
        let old = path("nix/store/1-cns/lib/m");
        fs::write(&old, "").unwrap();
        fs::write(path("nix/store/2-cns/lib/m"), "").unwrap();
        assert_eq!(lasting(&old, &profiles), None);
        std::os::unix::fs::symlink(path("nix/store/2-cns/lib/m"), path("system/lib/m")).unwrap();
        assert_eq!(lasting(&old, &profiles), None, "that is another version");
        std::os::unix::fs::symlink(&old, path("own/lib/m")).unwrap();
        assert_eq!(lasting(&old, &profiles), Some(path("own/lib/m")));
        fs::remove_file(path("system/lib/m")).unwrap();
        std::os::unix::fs::symlink(&old, path("system/lib/m")).unwrap();
        assert_eq!(lasting(&old, &profiles), Some(path("system/lib/m")), "everybody's first");
    }

    /// Each architecture that the packages are made for.
    #[test]
    fn debians_folder_of_this_architecture_is_known() {
        let (architecture, system) = (std::env::consts::ARCH, std::env::consts::OS);
        if system == "linux" {
            let name = match architecture {
                "x86" => "i386",
                "powerpc64" => "powerpc64le",
                other => other,
            };
            let folder = format!("/usr/lib/{name}-linux-gnu");
            assert!(FOLDERS.iter().any(|known| known.starts_with(&folder)), "{folder}");
        }
    }
}
