//! Every function of the 3.0 list (which has all of the 2.40 list too), to be called with arguments of one pattern.

use std::ffi::c_void;

use cryptoki_sys::*;

use crate::common::Client;

/// What the arguments of a call are.
#[derive(Debug, Clone, Copy)]
pub struct Pattern {
    /// For the first argument, where it is a number: mostly a session or a slot.
    pub first: CK_ULONG,
    /// For handles, ids, flags and lengths.
    pub number: CK_ULONG,
    /// For pointers.
    pub pointer: *mut c_void,
    /// One argument, by its place, that is something else.
    pub except: Option<(usize, CK_ULONG, *mut c_void)>,
}

impl Pattern {
    /// The same for each argument.
    pub fn of(number: CK_ULONG, pointer: *mut c_void) -> Self {
        Self { first: number, number, pointer, except: None }
    }

    /// The same for each argument but one.
    pub fn except(number: CK_ULONG, pointer: *mut c_void, other: (usize, CK_ULONG, *mut c_void)) -> Self {
        Self { except: Some(other), ..Self::of(number, pointer) }
    }

    fn at(self, place: usize) -> Self {
        match self.except {
            Some((other, number, pointer)) if other == place => Self { number, pointer, ..self },
            _ if place == 0 => Self { number: self.first, ..self },
            _ => self,
        }
    }
}

/// A function by its name.
pub struct Callable {
    pub name: &'static str,
    pub call: Box<dyn Fn(Pattern) -> CK_RV>,
}

/// An argument made from a pattern.
trait Argument {
    fn from(pattern: Pattern) -> Self;
}

impl Argument for CK_ULONG {
    fn from(pattern: Pattern) -> Self {
        pattern.number
    }
}

impl Argument for CK_BBOOL {
    fn from(pattern: Pattern) -> Self {
        pattern.number as CK_BBOOL
    }
}

impl<T> Argument for *mut T {
    fn from(pattern: Pattern) -> Self {
        pattern.pointer.cast()
    }
}

impl Argument for CK_NOTIFY {
    fn from(_: Pattern) -> Self {
        None
    }
}

trait Function {
    fn call(self, pattern: Pattern) -> CK_RV;
}

macro_rules! function {
    ($($argument:ident)*) => {
        impl<$($argument: Argument),*> Function for unsafe extern "C" fn($($argument),*) -> CK_RV {
            fn call(self, pattern: Pattern) -> CK_RV {
                let mut places = 0..;
                let mut next = || pattern.at(places.next().unwrap_or_default());
                // SAFETY: NULL with any length, or a buffer for what the pattern's number says: the callers see to it.
                unsafe { self($($argument::from(next())),*) }
            }
        }
    };
}

function!(A);
function!(A B);
function!(A B C);
function!(A B C D);
function!(A B C D E);
function!(A B C D E F);
function!(A B C D E F G);
function!(A B C D E F G H);
function!(A B C D E F G H I);

fn callable<F: Function + Copy + 'static>(name: &'static str, function: Option<F>) -> Callable {
    let function = function.expect(name);
    Callable { name, call: Box::new(move |pattern| function.call(pattern)) }
}

macro_rules! callables {
    ($list:expr, $($name:ident)*) => { vec![$(callable(stringify!($name), $list.$name)),*] };
}

/// All 92.
pub fn all(client: &Client) -> Vec<Callable> {
    callables!(client.v3,
        C_Initialize C_Finalize C_GetInfo C_GetFunctionList C_GetSlotList C_GetSlotInfo C_GetTokenInfo
        C_GetMechanismList C_GetMechanismInfo C_InitToken C_InitPIN C_SetPIN C_OpenSession C_CloseSession
        C_CloseAllSessions C_GetSessionInfo C_GetOperationState C_SetOperationState C_Login C_Logout
        C_CreateObject C_CopyObject C_DestroyObject C_GetObjectSize C_GetAttributeValue C_SetAttributeValue
        C_FindObjectsInit C_FindObjects C_FindObjectsFinal C_EncryptInit C_Encrypt C_EncryptUpdate
        C_EncryptFinal C_DecryptInit C_Decrypt C_DecryptUpdate C_DecryptFinal C_DigestInit C_Digest
        C_DigestUpdate C_DigestKey C_DigestFinal C_SignInit C_Sign C_SignUpdate C_SignFinal
        C_SignRecoverInit C_SignRecover C_VerifyInit C_Verify C_VerifyUpdate C_VerifyFinal
        C_VerifyRecoverInit C_VerifyRecover C_DigestEncryptUpdate C_DecryptDigestUpdate
        C_SignEncryptUpdate C_DecryptVerifyUpdate C_GenerateKey C_GenerateKeyPair C_WrapKey C_UnwrapKey
        C_DeriveKey C_SeedRandom C_GenerateRandom C_GetFunctionStatus C_CancelFunction C_WaitForSlotEvent
        C_GetInterfaceList C_GetInterface C_LoginUser C_SessionCancel C_MessageEncryptInit
        C_EncryptMessage C_EncryptMessageBegin C_EncryptMessageNext C_MessageEncryptFinal
        C_MessageDecryptInit C_DecryptMessage C_DecryptMessageBegin C_DecryptMessageNext
        C_MessageDecryptFinal C_MessageSignInit C_SignMessage C_SignMessageBegin C_SignMessageNext
        C_MessageSignFinal C_MessageVerifyInit C_VerifyMessage C_VerifyMessageBegin C_VerifyMessageNext
        C_MessageVerifyFinal
    )
}
