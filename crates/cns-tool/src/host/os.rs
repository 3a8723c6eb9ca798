//! What is asked of the operating system itself: owners, modes, locks. One file per system; where
//! programs keep their files is not here but with each program (`browsers`, `setup`), chosen by
//! [`OperatingSystem`](crate::OperatingSystem) so that every system's places are tested on every system.

#[cfg_attr(unix, path = "os/unix.rs")]
#[cfg_attr(windows, path = "os/windows.rs")]
mod system;

/// What a service's socket is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(windows, allow(dead_code, reason = "the service has no socket there"))]
pub(crate) enum SocketState {
    /// There is none, or nothing listens at it.
    Absent,
    /// Its rights, or those of its folder, keep this user out.
    Forbidden,
    /// Something listens at it.
    Accepts,
    /// Something listens, and ends the connection at once.
    HangsUp,
    /// Something listens and does not take what is waiting.
    Full,
}

pub(crate) use system::{
    FileIdentity, identity, identity_of, identity_of_input, identity_of_output, is_locked, is_open_to_all,
    keep_metadata, locale, make_folder, may_be_anothers, may_follow, names, owner, remove_lock, set_mode,
    socket_state, sync_folder, try_lock, user,
};
