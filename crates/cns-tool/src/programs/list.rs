//! The list of programs. A new one also changes:
//!
//! * `tests.rs`: `each_program_is_registered_and_comes_back_to_the_byte` needs its files there, for a browser a profile;
//! * the snapshots of `cns setup` and its help (`tests/setup/snapshots`, `tests/snapshots`) and of `cns doctor`, read before
//!   they are accepted;
//! * docs/clients.md and docs/clients.it.md; in both READMEs the list of programs and the pictures of `cns doctor`
//!   (`cargo xtask package --test --pictures`);
//! * `crates/interop/src/clients`, where the real program is to be tried.

use super::program::Program;
use super::{chromium, firefox, java, openssh, openssl, p11_kit};

/// All programs, in the order in which they are set up and examined.
pub const PROGRAMS: &[&dyn Program] = &[
    &firefox::FIREFOX,
    &chromium::Chromium,
    &p11_kit::P11Kit,
    &openssl::Openssl,
    &java::Java,
    &openssh::Openssh,
];
