//! Virtual card (skeleton).
