//! Project commands (skeleton).
fn main() {}
