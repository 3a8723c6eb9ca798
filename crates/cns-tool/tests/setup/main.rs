//! `cns setup` over prepared homes and systems: what it writes, what it leaves alone, and that it gives everything
//! back. The command is run as a person runs it; what it says is compared in both languages.

#![allow(clippy::print_stderr, reason = "a test that cannot run says so")]
#![allow(unreachable_pub, reason = "a test binary")]

mod administrator;
mod at_once;
mod everybody;
mod fedora;
mod metadata;
mod openssl;
mod other_systems;
mod own_programs;
mod package;
mod refusals;
mod snap;
mod ssh;
mod theirs;
mod tree;
