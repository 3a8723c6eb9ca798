//! The locks by which browsers tell that a folder of theirs is open.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use rustix::fs::{FlockOperation, fcntl_lock};

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

/// Whether another process holds a lock (fcntl) on this file. A file that we may not write is not ours to judge.
pub(super) fn is_locked(path: &Path) -> bool {
    let Ok(file) = File::options().read(true).write(true).open(path) else { return false };
    match fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => false,
        Err(error) => matches!(
            io::Error::from(error).kind(),
            io::ErrorKind::WouldBlock | io::ErrorKind::PermissionDenied
        ),
    }
}
