//! Card engine (skeleton).
