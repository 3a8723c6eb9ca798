//! Programs of several kinds and users on one card at the same time, through a real pcscd: one login, one count of tries,
//! nobody signs after a logout, no program waits for another user's.
//!
//! The program is one small C program (`client.c`), compiled here: it answers each step with the return code and the time
//! it took, and can be killed between any two.

mod exclusive_card;
pub mod program;
mod shared_retries;
mod slot_event;
mod ten_programs;
mod two_users;

use crate::clients::check::Check;

pub const PACKAGES: &[&str] =
    &["gcc", "libc6-dev", "libp11-kit-dev", "libpcsclite-dev", "openssl", "pcsc-tools", "strace"];

/// What the names of those begin with that `cargo xtask soak` runs in their long form.
pub const SOAKED: [&str; 2] = [ten_programs::NAME, exclusive_card::NAME];

pub fn checks() -> Vec<Check> {
    [
        ten_programs::checks(),
        exclusive_card::checks(),
        slot_event::checks(),
        two_users::checks(),
        shared_retries::checks(),
    ]
    .concat()
}
