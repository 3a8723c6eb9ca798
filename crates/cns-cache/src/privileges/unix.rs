//! Set-user-id and set-group-id programs, and on Linux those with file capabilities.

use rustix::process::{getegid, geteuid, getgid, getuid};

/// A set-user-id program or its like: the environment may be an attacker's, and no path in it is to be followed.
#[must_use]
pub fn runs_with_elevated_privileges() -> bool {
    getuid() != geteuid() || getgid() != getegid() || kernel_says_secure()
}

/// `AT_SECURE` (getauxval(3)), which also covers file capabilities. Programs with such rights often cannot read
/// their own `/proc` files; a system without `/proc` says nothing.
fn kernel_says_secure() -> bool {
    const AT_SECURE: usize = 23;
    const WORD: usize = size_of::<usize>();
    match std::fs::read("/proc/self/auxv") {
        Ok(vector) => vector.chunks_exact(2 * WORD).any(|entry| {
            let word = |at: usize| entry[at..at + WORD].try_into().map_or(0, usize::from_ne_bytes);
            word(0) == AT_SECURE && word(WORD) != 0
        }),
        Err(error) => error.kind() == std::io::ErrorKind::PermissionDenied,
    }
}
