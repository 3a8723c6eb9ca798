//! What is asked of the operating system itself: owners, modes, locks. One file per system; where
//! programs keep their files is not here but with each program (`browsers`, `setup`), chosen by
//! [`OperatingSystem`](crate::OperatingSystem) so that every system's places are tested on every system.

#[cfg_attr(unix, path = "calls/unix.rs")]
#[cfg_attr(windows, path = "calls/windows.rs")]
mod system;

pub(crate) use system::{
    FileIdentity, identity, identity_of, identity_of_input, identity_of_output, is_locked, keep_owner,
    locale, lock_folder, make_folders, may_follow, owner, set_mode, user,
};
