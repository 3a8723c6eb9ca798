//! What is asked of the operating system itself: owners, modes, locks, the terminal. One file per system; where
//! programs keep their files is not here but with each program (`browsers`, `setup`), chosen by
//! [`OperatingSystem`](crate::OperatingSystem) so that every system's places are tested on every system.

#[cfg_attr(unix, path = "calls/unix.rs")]
#[cfg_attr(windows, path = "calls/windows.rs")]
mod system;

pub(crate) use system::{
    KeptTerminal, is_locked, is_open_to_all, keep_metadata, locale, make_folder, may_be_anothers, names,
    owner, remove_lock, restore_terminal, set_mode, sync_folder, try_lock, user,
};
