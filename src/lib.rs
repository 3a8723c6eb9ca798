//! PKCS#11 provider (skeleton).
