//! The subcommands, one folder each.

pub mod cache;
pub mod card_report;
pub mod cert;
pub mod data;
pub mod doctor;
pub mod generate;
pub mod guide;
pub mod load_module;
pub mod pin;
#[cfg(target_os = "linux")]
pub mod practice;
#[cfg(windows)]
pub mod register_minidriver;
pub mod setup;
pub mod sign;
pub mod start;
pub mod status;
pub mod test_login;
pub mod watch;
pub mod windows_report;
