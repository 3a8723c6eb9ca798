//! The computer: its folders and users, and what differs between operating systems.

mod command_runner;
mod distribution;
mod folders;
pub(crate) mod os;
pub(crate) mod own_program;
mod system;
mod system_error;
mod windows_system;

pub use command_runner::{CommandRunner, SystemCommands};
pub use distribution::{Distribution, Software, Words};
pub use folders::Host;
pub use system::{OperatingSystem, System};
pub use system_error::SystemError;
pub use windows_system::{ServiceStatus, ThisWindows, WindowsSystem};
