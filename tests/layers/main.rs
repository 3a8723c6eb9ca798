//! The shape of the repository (docs/architecture.md), checked from its text: the direction of imports, circles of
//! files, what belongs in one place, names that were replaced, and what the documents name.

#![allow(unreachable_pub, reason = "a test is a crate that nothing links against")]

mod circles;
mod documents;
mod findings;
mod imports;
mod old_names;
mod order;
mod rules;
mod sources;
mod tokens;
