//! The table of what is shown: function, code, and the call that gets it.

pub mod beginnings;
pub mod ciphers;
pub mod general;
pub mod objects;
pub mod scene;
pub mod sessions;
pub mod signatures;
pub mod slots;

use cryptoki_sys::CK_RV;

/// One row.
pub struct Case {
    pub function: &'static str,
    /// Without its `CKR_`.
    pub code: &'static str,
    /// In what situation.
    pub how: &'static str,
    pub run: fn() -> CK_RV,
}

/// Rows of one function: `code "situation" => |scene| the call's code;`.
macro_rules! cases {
    ($($function:ident { $($code:ident $how:literal => |$scene:ident| $run:expr;)* })*) => {
        vec![$($(
            $crate::reached::Case {
                function: stringify!($function),
                code: stringify!($code),
                how: $how,
                run: || {
                    let $scene = &$crate::reached::scene::Scene::new();
                    $run
                },
            }
        ),*),*]
    };
}
pub(crate) use cases;

pub fn all() -> Vec<Case> {
    [
        general::cases(),
        slots::cases(),
        sessions::cases(),
        objects::cases(),
        beginnings::cases(),
        ciphers::cases(),
        signatures::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
