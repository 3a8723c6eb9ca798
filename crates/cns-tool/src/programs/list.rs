//! The list of programs.

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
