//! The macro that turns the table of `entry.rs` into C functions and function lists. Knows how arguments come from C;
//! must not know any function of the standard by name.

use cryptoki_sys::CK_RV;

/// How the rows of the table read. After the kind of the row comes the C function with its arguments, then the entry
/// point that does the work:
///
/// | argument | in C | for the entry point |
/// |---|---|---|
/// | `a: T` | `T a` | `T` |
/// | `a: *T` | `T *a` | `Pointer<T>` |
/// | `a: [T]` | `T *a, CK_ULONG length` | `Input<T>` |
/// | `a: *[T]` | `T *a, CK_ULONG *length` | `OutBuffer<T>` |
/// | `a: *[T; most]` | `T *a, CK_ULONG most, CK_ULONG *count` | `OutArray<T>` |
///
/// Kinds: `module` needs an initialised module, which the entry point gets first; `waiting` does too and may have to be
/// called again; `process` does not; `unsupported` and `parallel` only say so.
///
/// The functions are `C-unwind`, because the end of a cancelled thread may unwind them (`cancellation.rs`); to C that is
/// the same.
macro_rules! cryptoki {
    (
        in both { $( $(#[$attribute:meta])* $vis:vis $kind:ident $both:ident $both_args:tt $(=> $path:path)?; )* }
        differing { $( $differing:ident $differing_args:tt => $differing_path:path; )* }
        since 3.0 { $( $(#[$new_attribute:meta])* $new_vis:vis $new_kind:ident $new:ident $new_args:tt $(=> $new_path:path)?; )* }
    ) => {
        $( cryptoki!(@row [$(#[$attribute])* $vis] [$kind $both $($path)?] $both_args); )*
        $( cryptoki!(@row [$(#[$new_attribute])* $new_vis] [$new_kind $new $($new_path)?] $new_args); )*

        mod v2_40 {
            use super::*;
            $( cryptoki!(@row [pub(super)] [versioned(Version::V2_40) $differing $differing_path] $differing_args); )*
        }

        mod v3_0 {
            use super::*;
            $( cryptoki!(@row [pub(super)] [versioned(Version::V3_0) $differing $differing_path] $differing_args); )*
        }

        /// The functions of PKCS#11 2.40.
        pub(super) static LIST_2_40: CK_FUNCTION_LIST = CK_FUNCTION_LIST {
            version: CK_VERSION { major: 2, minor: 40 },
            $( $both: Some(cryptoki!(@row [] [listed $both] $both_args)), )*
            $( $differing: Some(cryptoki!(@row [] [listed v2_40::$differing] $differing_args)), )*
        };

        /// Every function of the 3.0 list, called with zeros and NULLs.
        #[cfg(test)]
        fn called_with_nothing() -> Vec<(&'static str, Box<dyn Fn() -> CK_RV>)> {
            let list = &LIST_3_0;
            vec![
                $( (stringify!($both), tests::call(list.$both)), )*
                $( (stringify!($differing), tests::call(list.$differing)), )*
                $( (stringify!($new), tests::call(list.$new)), )*
            ]
        }

        /// The functions of PKCS#11 3.0.
        pub(super) static LIST_3_0: CK_FUNCTION_LIST_3_0 = CK_FUNCTION_LIST_3_0 {
            version: CK_VERSION { major: 3, minor: 0 },
            $( $both: Some(cryptoki!(@row [] [listed $both] $both_args)), )*
            $( $differing: Some(cryptoki!(@row [] [listed v3_0::$differing] $differing_args)), )*
            $( $new: Some(cryptoki!(@row [] [listed $new] $new_args)), )*
        };
    };

    // A row: its arguments are taken one by one, into the parameters of the C function and the values for the entry point.
    (@row $outside:tt $inside:tt ($($arguments:tt)*)) => {
        cryptoki! { @arguments $outside $inside [] [] $($arguments)* }
    };
    (@arguments $outside:tt $inside:tt [$($parameter:tt)*] [$($value:tt)*]
        $a:ident: *[$type:ty; most] $(, $($rest:tt)*)?
    ) => {
        cryptoki! { @arguments $outside $inside [$($parameter)* $a: *mut $type, most: CK_ULONG, count: *mut CK_ULONG,] [$($value)*
            // SAFETY: what PKCS#11 demands of the caller for an array with a limit.
            unsafe { OutArray::new($a, most, count) },
        ] $($($rest)*)? }
    };
    (@arguments $outside:tt $inside:tt [$($parameter:tt)*] [$($value:tt)*]
        $a:ident: *[$type:ty] $(, $($rest:tt)*)?
    ) => {
        cryptoki! { @arguments $outside $inside [$($parameter)* $a: *mut $type, length: *mut CK_ULONG,] [$($value)*
            // SAFETY: what PKCS#11 demands of the caller for an output buffer and its length.
            unsafe { OutBuffer::new($a, length) },
        ] $($($rest)*)? }
    };
    (@arguments $outside:tt $inside:tt [$($parameter:tt)*] [$($value:tt)*]
        $a:ident: [$type:ty] $(, $($rest:tt)*)?
    ) => {
        cryptoki! { @arguments $outside $inside [$($parameter)* $a: *mut $type, length: CK_ULONG,] [$($value)*
            // SAFETY: what PKCS#11 demands of the caller for an array and its length.
            unsafe { Input::new($a, length) },
        ] $($($rest)*)? }
    };
    (@arguments $outside:tt $inside:tt [$($parameter:tt)*] [$($value:tt)*]
        $a:ident: *$type:ty $(, $($rest:tt)*)?
    ) => {
        cryptoki! { @arguments $outside $inside [$($parameter)* $a: *mut $type,] [$($value)*
            // SAFETY: what PKCS#11 demands of the caller for a pointer to one value.
            unsafe { Pointer::new($a) },
        ] $($($rest)*)? }
    };
    (@arguments $outside:tt $inside:tt [$($parameter:tt)*] [$($value:tt)*]
        $a:ident: $type:ty $(, $($rest:tt)*)?
    ) => {
        cryptoki! { @arguments $outside $inside [$($parameter)* $a: $type,] [$($value)* $a,] $($($rest)*)? }
    };
    // All arguments taken: the function, as a list has it or as it is.
    (@arguments [] [listed $name:path] [$($parameter:tt)*] $values:tt) => {
        as_c($name as unsafe extern "C-unwind" fn($($parameter)*) -> CK_RV)
    };
    (@arguments $outside:tt [process $name:ident $path:path] $parameters:tt [$($value:tt)*]) => {
        cryptoki! { @function $outside $name $parameters [enter(stringify!($name), || $path($($value)*))] }
    };
    (@arguments $outside:tt [module $name:ident $path:path] $parameters:tt [$($value:tt)*]) => {
        cryptoki! { @function $outside $name $parameters [
            enter(stringify!($name), || $path(&*process::module()?, $($value)*))
        ] }
    };
    (@arguments $outside:tt [versioned($version:path) $name:ident $path:path] $parameters:tt [$($value:tt)*]) => {
        cryptoki! { @function $outside $name $parameters [
            enter(stringify!($name), || $path($version, &*process::module()?, $($value)*))
        ] }
    };
    (@arguments [$($outside:tt)*] [unsupported $name:ident] $parameters:tt $values:tt) => {
        cryptoki! { @function [#[allow(unused_variables, clippy::too_many_arguments)] $($outside)*] $name $parameters [
            enter(stringify!($name), || process::module().and(Err(AbiError::FunctionNotSupported)))
        ] }
    };
    (@arguments [$($outside:tt)*] [parallel $name:ident] $parameters:tt $values:tt) => {
        cryptoki! { @function [#[allow(unused_variables)] $($outside)*] $name $parameters [
            enter(stringify!($name), || process::module().and(Err(AbiError::FunctionNotParallel)))
        ] }
    };
    // Nothing stands in these two frames that a thread's end would have to drop, and no landing pad: what is cancelled
    // unwinds them.
    (@function [$($outside:tt)*] $name:ident [$($parameter:tt)*] [$($call:tt)*]) => {
        $($outside)* unsafe extern "C-unwind" fn $name($($parameter)*) -> CK_RV {
            let cancelability = cancellation::disable();
            let code = $($call)*;
            cancellation::restore(cancelability);
            code
        }
    };
    // Between two turns of a wait a thread that was cancelled ends.
    (@arguments [$($outside:tt)*] [waiting $name:ident $path:path] [$($parameter:tt)*] [$($value:tt)*]) => {
        $($outside)* unsafe extern "C-unwind" fn $name($($parameter)*) -> CK_RV {
            let started = start();
            loop {
                let cancelability = cancellation::disable();
                let turn = enter_turn(stringify!($name), started, || $path(&*process::module()?, $($value)*));
                cancellation::restore(cancelability);
                if let ControlFlow::Break(code) = turn {
                    return code;
                }
                cancellation::test();
            }
        }
    };
}

pub(super) use cryptoki;

/// A pointer to a function that may unwind.
pub(super) trait Unwinding: Copy {
    /// The same, as the header has it.
    type InC: Copy;
}

/// A function as the header has it: `extern "C"` and `extern "C-unwind"` are called alike.
pub(super) const fn as_c<F: Unwinding>(function: F) -> F::InC {
    // SAFETY: two pointers to functions that take and return the same in the same way.
    unsafe { std::mem::transmute_copy(&function) }
}

macro_rules! in_c {
    ($($argument:ident)*) => {
        impl<$($argument),*> Unwinding for unsafe extern "C-unwind" fn($($argument),*) -> CK_RV {
            type InC = unsafe extern "C" fn($($argument),*) -> CK_RV;
        }
    };
}

in_c!(A);
in_c!(A B);
in_c!(A B C);
in_c!(A B C D);
in_c!(A B C D E);
in_c!(A B C D E F);
in_c!(A B C D E F G);
in_c!(A B C D E F G H);
in_c!(A B C D E F G H I);
