//! Where on Linux a browser made of Firefox is installed, and which of its installations have the modules of p11-kit.
//!
//! Next to the distribution's there may be Mozilla's own, with libraries of its own ([`nss_policy`]). Each profile says
//! which of them used it last. `policies.json` in `/etc` is for all of them: where one has p11-kit's modules, it would get
//! ours a second time by a policy (a certificate that is there twice, or "Unable to add module"), so there each user
//! registers the module in the profiles of the other one.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::mozilla::MozillaBrowser;
use super::mozilla_policies::our_module;
use super::nss_policy;
use crate::host::Host;

/// In each installation.
const MAIN_LIBRARY: &str = "libxul.so";

impl MozillaBrowser {
    /// Whether it has the modules of p11-kit without our doing, in a profile; without one, by any of its installations.
    pub(super) fn loads_p11_kit(&self, host: &Host, profile: Option<&Path>) -> bool {
        if !nss_policy::is_there(host) {
            return false;
        }
        if let Some(folder) = profile.and_then(|profile| last_installation(host, profile)) {
            return nss_policy::is_read(host, Some(&folder));
        }
        let all = self.installations(host);
        match all.is_empty() {
            true => nss_policy::is_read(host, None),
            false => all.iter().any(|folder| nss_policy::is_read(host, Some(folder))),
        }
    }

    /// Where another has them: those that have not, and get no policy either.
    pub(super) fn without_p11_kit(&self, host: &Host, policies: &Path) -> Vec<PathBuf> {
        if our_module(policies).is_some() || !self.loads_p11_kit(host, None) {
            return Vec::new();
        }
        let mut all = self.installations(host);
        all.retain(|folder| !nss_policy::is_read(host, Some(folder)));
        all
    }

    /// Those that are known: in the usual folders, and where the programs lead to.
    pub(super) fn installations(&self, host: &Host) -> Vec<PathBuf> {
        let programs = self.executables.iter().filter_map(|program| host.at(program).canonicalize().ok());
        let usual = self.distributed_policies.iter().map(|policies| host.at(policies));
        let folders = programs.filter_map(|program| Some(program.parent()?.to_owned()));
        let folders =
            folders.chain(usual.filter_map(|policies| Some(policies.parent()?.parent()?.to_owned())));
        let real: BTreeSet<PathBuf> = folders.filter_map(|folder| folder.canonicalize().ok()).collect();
        real.into_iter().filter(|folder| folder.join(MAIN_LIBRARY).is_file()).collect()
    }
}

/// By what each start writes into the profile; `None` if that is gone.
fn last_installation(host: &Host, profile: &Path) -> Option<PathBuf> {
    let text = fs::read(profile.join("compatibility.ini")).ok()?;
    let text = String::from_utf8_lossy(&text);
    let folder = text.lines().find_map(|line| line.trim().strip_prefix("LastPlatformDir="))?;
    Some(host.at(folder)).filter(|folder| folder.is_dir())
}
