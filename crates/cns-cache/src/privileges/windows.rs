//! Windows has no file that gives its rights to the user who starts it: a program with more rights is started by a service
//! of the system, which makes its environment anew.

/// Never, on this system.
#[must_use]
pub fn runs_with_elevated_privileges() -> bool {
    false
}
