//! The locks that browsers hold on the folders they have open.

use std::fs;
use std::path::Path;

use crate::host::Host;
pub(crate) use crate::host::os::is_locked;

/// Whether a link `…separator number` names a process that runs here. `host` is what has to stand before the number,
/// where the lock names the computer: a lock of another computer (a home on the network) counts as held.
pub(crate) fn link_names_a_process(host: &Host, link: &Path, separator: char, with_host: bool) -> bool {
    let Ok(target) = fs::read_link(link) else { return false };
    let target = target.to_string_lossy().into_owned();
    let Some((locked_by, process)) = target.rsplit_once(separator) else { return true };
    if with_host && host.host_name().is_some_and(|name| name != locked_by) {
        return true;
    }
    host.runs(process.trim_start_matches('+'))
}
