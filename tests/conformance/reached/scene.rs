//! The scenes in which the functions are called: a card in a reader, sessions as raw handles, things that go wrong.

use std::ptr::null_mut;

use cryptoki_sys::*;
use virtual_cns::faults::When;
use virtual_cns::holders::CertificateOptions;
use virtual_cns::{Card, Effect, Fault, Personality};

use crate::common::client::{call, mechanism};
use crate::common::{READER, Stage};

pub const PIN: &[u8] = b"12345";
pub const PUK: &[u8] = b"12345678";
pub const DATA: &[u8] = b"thirty-two bytes like a digest..";
pub const NO_SESSION: CK_SESSION_HANDLE = 0xDEAD;
pub const NO_SLOT: CK_SLOT_ID = 77;

/// One card in one reader; the module is initialised.
pub struct Scene {
    pub stage: Stage,
    pub v2: &'static CK_FUNCTION_LIST,
    pub v3: &'static CK_FUNCTION_LIST_3_0,
}

impl Scene {
    /// A card whose key may sign and decrypt.
    pub fn new() -> Self {
        let options = CertificateOptions { key_encipherment: true, ..CertificateOptions::default() };
        Self::over(Stage::built(Card::builder(&Personality::st2021()).certificate(options)))
    }

    fn over(stage: Stage) -> Self {
        let (v2, v3) = (stage.client.v2, stage.client.v3);
        Self { stage, v2, v3 }
    }

    pub fn session(&self) -> CK_SESSION_HANDLE {
        self.opened(CKF_SERIAL_SESSION | CKF_RW_SESSION)
    }

    pub fn read_only(&self) -> CK_SESSION_HANDLE {
        self.opened(CKF_SERIAL_SESSION)
    }

    fn opened(&self, flags: CK_FLAGS) -> CK_SESSION_HANDLE {
        let mut handle = 0;
        self.stage.client.slots(true).expect("slots");
        assert_eq!(call!(self.v2, C_OpenSession, 0, flags, null_mut(), None, &mut handle), CKR_OK);
        handle
    }

    /// A session of a logged-in user.
    pub fn user(&self) -> CK_SESSION_HANDLE {
        let session = self.session();
        assert_eq!(self.login(session, CKU_USER, PIN), CKR_OK);
        session
    }

    /// A session of the security officer.
    pub fn officer(&self) -> CK_SESSION_HANDLE {
        let session = self.session();
        assert_eq!(self.login(session, CKU_SO, PUK), CKR_OK);
        session
    }

    pub fn login(&self, session: CK_SESSION_HANDLE, user: CK_USER_TYPE, pin: &[u8]) -> CK_RV {
        let (pointer, length) = input(pin);
        call!(self.v2, C_Login, session, user, pointer, length)
    }

    pub fn set_pin(&self, session: CK_SESSION_HANDLE, old: &[u8], new: &[u8]) -> CK_RV {
        let ((old, old_length), (new, new_length)) = (input(old), input(new));
        call!(self.v2, C_SetPIN, session, old, old_length, new, new_length)
    }

    pub fn init_pin(&self, session: CK_SESSION_HANDLE, new: &[u8]) -> CK_RV {
        let (pointer, length) = input(new);
        call!(self.v2, C_InitPIN, session, pointer, length)
    }

    /// The first object of a class.
    pub fn object(&self, session: CK_SESSION_HANDLE, class: CK_OBJECT_CLASS) -> CK_OBJECT_HANDLE {
        let mut value = class.to_ne_bytes();
        let mut template =
            CK_ATTRIBUTE { type_: CKA_CLASS, pValue: value.as_mut_ptr().cast(), ulValueLen: 8 };
        let (mut found, mut count) = (0, 0);
        assert_eq!(call!(self.v2, C_FindObjectsInit, session, &mut template, 1), CKR_OK);
        assert_eq!(call!(self.v2, C_FindObjects, session, &mut found, 1, &mut count), CKR_OK);
        assert_eq!((call!(self.v2, C_FindObjectsFinal, session), count), (CKR_OK, 1));
        found
    }

    pub fn begin(&self, what: Begin, session: CK_SESSION_HANDLE) -> CK_RV {
        self.begin_with(what, session, &mut mechanism(CKM_RSA_PKCS))
    }

    pub fn begin_with(&self, what: Begin, session: CK_SESSION_HANDLE, mechanism: *mut CK_MECHANISM) -> CK_RV {
        let key = self.object(session, what.key_class());
        self.begin_with_key(what, session, mechanism, key)
    }

    pub fn begin_with_key(
        &self,
        what: Begin,
        session: CK_SESSION_HANDLE,
        mechanism: *mut CK_MECHANISM,
        key: CK_OBJECT_HANDLE,
    ) -> CK_RV {
        match what {
            Begin::Sign => call!(self.v2, C_SignInit, session, mechanism, key),
            Begin::Verify => call!(self.v2, C_VerifyInit, session, mechanism, key),
            Begin::Encrypt => call!(self.v2, C_EncryptInit, session, mechanism, key),
            Begin::Decrypt => call!(self.v2, C_DecryptInit, session, mechanism, key),
        }
    }

    /// A user's session with this operation under way.
    pub fn begun(&self, what: Begin) -> CK_SESSION_HANDLE {
        let session = self.user();
        assert_eq!(self.begin(what, session), CKR_OK);
        session
    }

    /// A session with a digest under way.
    pub fn digest_session(&self) -> CK_SESSION_HANDLE {
        let session = self.session();
        assert_eq!(call!(self.v2, C_DigestInit, session, &mut mechanism(CKM_SHA256)), CKR_OK);
        session
    }

    pub fn without_module(&self) {
        assert_eq!(self.stage.client.finalize(), CKR_OK);
    }

    /// The next command to the card meets this.
    pub fn next_command(&self, effect: Effect) {
        self.stage.card().faults().clear();
        self.stage.card().faults().plan(Fault::new(When::Always, effect));
    }

    /// Every command to the card is answered like this.
    pub fn always(&self, answer: &[u8]) {
        self.always_meets(Effect::Answer(answer.to_vec()));
    }

    /// Every command to the card meets this.
    pub fn always_meets(&self, effect: Effect) {
        self.stage.card().faults().plan(Fault::new(When::Always, effect).without_end());
    }

    /// The card says this to the next VERIFY.
    pub fn answer_verify(&self, status: &[u8]) {
        let verify = When::Instruction(0x20);
        self.stage.card().faults().plan(Fault::new(verify, Effect::Answer(status.to_vec())));
    }

    pub fn pull(&self) {
        self.stage.readers.remove(READER);
    }
}

/// An operation with a key.
#[derive(Debug, Clone, Copy)]
pub enum Begin {
    Sign,
    Verify,
    Encrypt,
    Decrypt,
}

impl Begin {
    fn key_class(self) -> CK_OBJECT_CLASS {
        match self {
            Begin::Sign | Begin::Decrypt => CKO_PRIVATE_KEY,
            Begin::Verify | Begin::Encrypt => CKO_PUBLIC_KEY,
        }
    }
}

/// Bytes as an input argument of C.
pub fn input(bytes: &[u8]) -> (*mut CK_BYTE, CK_ULONG) {
    (bytes.as_ptr().cast_mut(), bytes.len() as CK_ULONG)
}

/// Calls a function of the form `(session, input, length, output, &length)` with this much space.
pub fn whole(
    function: Option<
        unsafe extern "C" fn(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG, *mut CK_BYTE, *mut CK_ULONG) -> CK_RV,
    >,
    session: CK_SESSION_HANDLE,
    data: &[u8],
    buffer: usize,
) -> CK_RV {
    let (mut output, mut length) = ([0; 512], buffer as CK_ULONG);
    let (data, data_length) = input(data);
    // SAFETY: live buffers and their lengths; the output has more space than is said.
    unsafe { function.expect("in the list")(session, data, data_length, output.as_mut_ptr(), &mut length) }
}

/// Calls a function of the form `(session, input, length)`.
pub fn part(
    function: Option<unsafe extern "C" fn(CK_SESSION_HANDLE, *mut CK_BYTE, CK_ULONG) -> CK_RV>,
    session: CK_SESSION_HANDLE,
    data: &[u8],
) -> CK_RV {
    let (data, length) = input(data);
    // SAFETY: a live buffer and its length.
    unsafe { function.expect("in the list")(session, data, length) }
}

/// Calls a function of the form `(session, output, &length)` with this much space.
pub fn rest(
    function: Option<unsafe extern "C" fn(CK_SESSION_HANDLE, *mut CK_BYTE, *mut CK_ULONG) -> CK_RV>,
    session: CK_SESSION_HANDLE,
    buffer: usize,
) -> CK_RV {
    let (mut output, mut length) = ([0; 512], buffer as CK_ULONG);
    // SAFETY: live buffers; the output has more space than is said.
    unsafe { function.expect("in the list")(session, output.as_mut_ptr(), &mut length) }
}
