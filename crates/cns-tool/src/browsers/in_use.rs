//! The locks by which browsers tell that a folder of theirs is open.

use std::fs;
use std::path::Path;

pub(super) use crate::calls::is_locked;
use crate::machine::Machine;

/// Whether a link `…separator number` names a process that runs here. `host` is what has to stand before the number,
/// where the lock tells the machine: a lock of another machine (a home on the network) counts as held.
pub(super) fn link_names_a_process(machine: &Machine, link: &Path, separator: char, with_host: bool) -> bool {
    let Ok(target) = fs::read_link(link) else { return false };
    let target = target.to_string_lossy().into_owned();
    let Some((host, process)) = target.rsplit_once(separator) else { return true };
    if with_host && machine.host_name().is_some_and(|name| name != host) {
        return true;
    }
    machine.runs(process.trim_start_matches('+'))
}
