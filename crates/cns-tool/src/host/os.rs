//! What is asked of the operating system itself: owners, modes, locks. One file per system; where
//! programs keep their files is not here but with each program (`browsers`, `setup`), chosen by
//! [`OperatingSystem`](crate::OperatingSystem) so that every system's places are tested on every system.

#[cfg_attr(unix, path = "os/unix.rs")]
#[cfg_attr(windows, path = "os/windows.rs")]
mod system;

pub(crate) use system::{
    FileIdentity, identity, identity_of, identity_of_input, identity_of_output, is_locked, is_open_to_all,
    keep_metadata, locale, make_folder, may_be_anothers, may_follow, names, owner, remove_lock, set_mode,
    sync_folder, try_lock, user,
};
