//! Linux: how software is installed and services are started here. A command is a list of words, so that it can be shown
//! and run.

use std::fs;

use super::System;

/// A command, word by word.
pub type Words = Vec<&'static str>;

/// What manages packages and services; by os-release(5) and by what the first process has left in `/run`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Distribution {
    /// `None`: not known here.
    packages: Option<PackageManager>,
    systemd: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PackageManager {
    Apt,
    Dnf,
    Pacman,
    Zypper,
    /// NixOS, which has no command for that: its configuration says what there is.
    Nix,
}

/// What a person may have to install.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Software {
    /// pcscd with the usual driver.
    SmartCardService,
    /// The library by which programs reach pcscd.
    PcscLibrary,
    /// The driver of nearly all readers.
    CcidDriver,
    /// The driver of readers by ACS.
    AcsDriver,
    /// The driver of readers by Athena.
    AsedriveDriver,
}

impl Distribution {
    /// The distribution of this system.
    #[must_use]
    pub fn of(system: &System) -> Self {
        let by_others = ["/run/openrc", "/run/initctl", "/run/WSL"];
        let there = |path: &str| system.at(path).exists();
        Self {
            packages: package_manager(system),
            systemd: there("/run/systemd/system") || !by_others.into_iter().any(there),
        }
    }

    /// The packages; `None` where the distribution is not known or has none.
    #[must_use]
    pub fn packages(self, software: Software) -> Option<&'static [&'static str]> {
        use PackageManager::{Apt, Dnf, Nix, Pacman, Zypper};
        Some(match (software, self.packages?) {
            (Software::SmartCardService, Apt) => &["pcscd", "libccid"],
            (Software::SmartCardService, Dnf) => &["pcsc-lite", "pcsc-lite-ccid"],
            (Software::SmartCardService, Pacman) => &["pcsclite", "ccid"],
            (Software::SmartCardService, Zypper) => &["pcsc-lite", "pcsc-ccid"],
            (Software::PcscLibrary, Apt | Zypper) => &["libpcsclite1"],
            (Software::PcscLibrary, Dnf) => &["pcsc-lite-libs"],
            (Software::PcscLibrary, Pacman) => &["pcsclite"],
            (Software::CcidDriver, Apt) => &["libccid"],
            (Software::CcidDriver, Dnf) => &["pcsc-lite-ccid"],
            (Software::CcidDriver, Pacman) => &["ccid"],
            (Software::CcidDriver, Zypper) => &["pcsc-ccid"],
            (Software::AcsDriver, Apt) => &["libacsccid1"],
            (Software::AcsDriver, Dnf) => &["pcsc-lite-acsccid"],
            (Software::AcsDriver, Zypper) => &["pcsc-acsccid"],
            (Software::AsedriveDriver, Apt) => &["libasedrive-usb"],
            (Software::AsedriveDriver, Zypper) => &["pcsc-asedriveiiie-usb"],
            (Software::AcsDriver | Software::AsedriveDriver, _) | (_, Nix) => return None,
        })
    }

    /// The command that installs it; `None` as for [`Self::packages`].
    #[must_use]
    pub fn install(self, software: Software) -> Option<Words> {
        let mut command = vec!["sudo"];
        command.extend(match self.packages? {
            PackageManager::Apt => ["apt", "install"],
            PackageManager::Dnf => ["dnf", "install"],
            PackageManager::Pacman => ["pacman", "-S"],
            PackageManager::Zypper => ["zypper", "install"],
            PackageManager::Nix => return None,
        });
        command.extend(self.packages(software)?);
        Some(command)
    }

    /// The line that the system's configuration needs, where that is what installs it.
    #[must_use]
    pub fn setting(self, software: Software) -> Option<&'static str> {
        match (self.packages?, software) {
            (PackageManager::Nix, Software::SmartCardService) => Some("services.pcscd.enable = true;"),
            // For a program that was not built for Nix.
            (PackageManager::Nix, Software::PcscLibrary) => {
                Some("programs.nix-ld.libraries = [ pkgs.pcsclite ];")
            }
            (PackageManager::Nix, Software::AcsDriver) => Some("services.pcscd.plugins = [ pkgs.acsccid ];"),
            _ => None,
        }
    }

    /// The command that starts pcscd, now and from now on.
    #[must_use]
    pub fn start_service(self) -> Words {
        match self.systemd {
            true => vec!["sudo", "systemctl", "enable", "--now", "pcscd.socket"],
            false => vec!["sudo", "service", "pcscd", "start"],
        }
    }

    /// The command that ends a pcscd that runs, and starts it anew.
    #[must_use]
    pub fn restart_service(self) -> Words {
        match self.systemd {
            true => vec!["sudo", "systemctl", "restart", "pcscd"],
            false => vec!["sudo", "service", "pcscd", "restart"],
        }
    }
}

fn package_manager(system: &System) -> Option<PackageManager> {
    let places = ["/etc/os-release", "/usr/lib/os-release"];
    let text = places.into_iter().find_map(|path| fs::read_to_string(system.at(path)).ok())?;
    let value = |name: &str| {
        let line = text.lines().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix('='));
        line.unwrap_or_default().trim_matches(['"', '\'']).to_lowercase()
    };
    // Its own name first, then those of the distributions that it is made of, the nearest first.
    let names = format!("{} {}", value("ID"), value("ID_LIKE"));
    names.split_whitespace().find_map(|name| match name {
        "debian" | "ubuntu" => Some(PackageManager::Apt),
        "fedora" | "rhel" | "centos" => Some(PackageManager::Dnf),
        "arch" => Some(PackageManager::Pacman),
        "suse" | "opensuse" => Some(PackageManager::Zypper),
        "nixos" => Some(PackageManager::Nix),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::OperatingSystem;

    fn distribution(os_release: &str, folders: &[&str]) -> Distribution {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("etc")).unwrap();
        fs::write(root.path().join("etc/os-release"), os_release).unwrap();
        for folder in folders {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        let system = System {
            root: root.path().to_owned(),
            variables: Default::default(),
            program: "/usr/bin/cns".into(),
            operating_system: OperatingSystem::Linux,
        };
        Distribution::of(&system)
    }

    /// The lines are those of the distributions' own files.
    #[test]
    fn the_command_of_each_distribution() {
        for (os_release, command) in [
            ("ID=debian\n", "sudo apt install pcscd libccid"),
            ("NAME=\"Ubuntu\"\nID=ubuntu\nID_LIKE=debian\n", "sudo apt install pcscd libccid"),
            ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", "sudo apt install pcscd libccid"),
            ("ID=fedora\n", "sudo dnf install pcsc-lite pcsc-lite-ccid"),
            (
                "ID=\"almalinux\"\nID_LIKE=\"rhel centos fedora\"\n",
                "sudo dnf install pcsc-lite pcsc-lite-ccid",
            ),
            ("ID=arch\n", "sudo pacman -S pcsclite ccid"),
            ("ID=manjaro\nID_LIKE=arch\n", "sudo pacman -S pcsclite ccid"),
            (
                "ID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\"\n",
                "sudo zypper install pcsc-lite pcsc-ccid",
            ),
        ] {
            let here = distribution(os_release, &[]);
            assert_eq!(here.install(Software::SmartCardService).unwrap().join(" "), command, "{os_release}");
            assert!(here.install(Software::CcidDriver).is_some(), "{os_release}");
            assert!(here.install(Software::PcscLibrary).is_some(), "{os_release}");
            assert_eq!(here.setting(Software::SmartCardService), None, "{os_release}");
        }
        let nixos = distribution("ID=nixos\n", &[]);
        assert_eq!(nixos.setting(Software::SmartCardService), Some("services.pcscd.enable = true;"));
        assert_eq!(distribution("ID=nixos\n", &[]).install(Software::SmartCardService), None);
        assert_eq!(distribution("ID=arch\n", &[]).install(Software::AcsDriver), None);
    }

    #[test]
    fn what_starts_services() {
        let start = |folders: &[&str]| distribution("ID=debian\n", folders).start_service().join(" ");
        let systemd = "sudo systemctl enable --now pcscd.socket";
        assert_eq!(start(&[]), systemd);
        assert_eq!(start(&["run/systemd/system", "run/initctl"]), systemd);
        assert_eq!(start(&["run/openrc"]), "sudo service pcscd start");
        let restart = distribution("ID=devuan\nID_LIKE=debian\n", &["run/initctl"]).restart_service();
        assert_eq!(restart.join(" "), "sudo service pcscd restart");
    }
}
