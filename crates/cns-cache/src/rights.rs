//! Whose rights the process has: whoever starts a program with more rights than his own also sets its environment.

#[cfg_attr(unix, path = "rights/unix.rs")]
#[cfg_attr(windows, path = "rights/windows.rs")]
mod system;

pub use system::runs_with_foreign_rights;
