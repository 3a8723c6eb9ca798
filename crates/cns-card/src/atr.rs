//! The answer to reset.
