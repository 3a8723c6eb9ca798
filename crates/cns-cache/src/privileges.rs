//! Whose rights the process has: the user who starts a program with more rights also sets its environment.

#[cfg_attr(unix, path = "privileges/unix.rs")]
#[cfg_attr(windows, path = "privileges/windows.rs")]
mod system;

pub use system::runs_with_elevated_privileges;
