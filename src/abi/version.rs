//! The versions of the standard that differ in some functions.

/// The two versions of PKCS#11 whose function list this module gives out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// The list of `C_GetFunctionList`.
    V2_40,
    /// The default interface of `C_GetInterface`.
    V3_0,
}
