//! The minidriver as Windows' Base CSP calls it, over virtual cards of this process.

mod bad_input;
mod base_csp;
mod changes;
#[cfg(target_os = "linux")]
mod exports;
mod faults;
mod files;
mod layout;
#[path = "../../../../tests/common/oracle.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared between test programs")]
mod oracle;
mod pins;
mod signing;
mod stage;
mod threads;
