//! Thin callers of the C functions, as a C program makes the calls; answers come back as `Result<_, CK_RV>`.

use std::ptr;

use cryptoki_sys::*;

/// The result of one call.
pub type Rv<T> = Result<T, CK_RV>;

/// Calls a function of the list by name.
#[macro_export]
macro_rules! call {
    ($list:expr, $function:ident $(, $argument:expr)* $(,)?) => {
        // SAFETY: the arguments are live for the call; that odd ones are survived is what is tested.
        unsafe { ($list.$function.expect(stringify!($function)))($($argument),*) }
    };
}
pub use crate::call;

/// `C_GetFunctionList`.
pub type GetFunctionList = unsafe extern "C-unwind" fn(*mut *mut CK_FUNCTION_LIST) -> CK_RV;
/// `C_GetInterface`.
pub type GetInterface =
    unsafe extern "C-unwind" fn(*mut CK_UTF8CHAR, *mut CK_VERSION, *mut *mut CK_INTERFACE, CK_FLAGS) -> CK_RV;

/// The loaded module.
#[derive(Clone, Copy)]
pub struct Client {
    pub v2: &'static CK_FUNCTION_LIST,
    pub v3: &'static CK_FUNCTION_LIST_3_0,
}

// SAFETY: function lists are constant tables.
unsafe impl Send for Client {}
// SAFETY: function lists are constant tables.
unsafe impl Sync for Client {}

/// An open session, closed when dropped.
pub struct SessionGuard<'a> {
    pub client: &'a Client,
    pub handle: CK_SESSION_HANDLE,
}

pub fn checked(rv: CK_RV) -> Rv<()> {
    if rv == CKR_OK { Ok(()) } else { Err(rv) }
}

/// A mechanism without parameter.
pub fn mechanism(mechanism: CK_MECHANISM_TYPE) -> CK_MECHANISM {
    CK_MECHANISM { mechanism, pParameter: ptr::null_mut(), ulParameterLen: 0 }
}

/// A mechanism with PSS parameters; they must outlive it.
pub fn pss_mechanism(mechanism: CK_MECHANISM_TYPE, parameters: &mut CK_RSA_PKCS_PSS_PARAMS) -> CK_MECHANISM {
    CK_MECHANISM {
        mechanism,
        pParameter: ptr::from_mut(parameters).cast(),
        ulParameterLen: size_of::<CK_RSA_PKCS_PSS_PARAMS>() as CK_ULONG,
    }
}

impl Client {
    /// Over the module whose entry points these are.
    ///
    /// # Panics
    /// When one of them fails.
    pub fn of(functions: GetFunctionList, interface: GetInterface) -> Self {
        let mut list: *mut CK_FUNCTION_LIST = ptr::null_mut();
        // SAFETY: the out pointer is live.
        assert_eq!(unsafe { functions(&mut list) }, CKR_OK);
        let mut default: *mut CK_INTERFACE = ptr::null_mut();
        // SAFETY: the out pointer is live; the others may be NULL.
        assert_eq!(unsafe { interface(ptr::null_mut(), ptr::null_mut(), &mut default, 0) }, CKR_OK);
        // SAFETY: both lists are static, and the default interface is the 3.0 list.
        unsafe { Self { v2: &*list, v3: &*((*default).pFunctionList as *const CK_FUNCTION_LIST_3_0) } }
    }

    pub fn initialize(&self) {
        assert_eq!(call!(self.v2, C_Initialize, ptr::null_mut()), CKR_OK);
    }

    pub fn finalize(&self) -> CK_RV {
        call!(self.v2, C_Finalize, ptr::null_mut())
    }

    pub fn slots(&self, present: bool) -> Rv<Vec<CK_SLOT_ID>> {
        let mut count = 0;
        let present = CK_BBOOL::from(present);
        checked(call!(self.v2, C_GetSlotList, present, ptr::null_mut(), &mut count))?;
        let mut slots = vec![0; count as usize];
        checked(call!(self.v2, C_GetSlotList, present, slots.as_mut_ptr(), &mut count))?;
        slots.truncate(count as usize);
        Ok(slots)
    }

    pub fn slot_info(&self, slot: CK_SLOT_ID) -> Rv<CK_SLOT_INFO> {
        let mut info = CK_SLOT_INFO::default();
        checked(call!(self.v2, C_GetSlotInfo, slot, &mut info)).map(|()| info)
    }

    pub fn is_present(&self, slot: CK_SLOT_ID) -> bool {
        self.slot_info(slot).expect("a slot").flags & CKF_TOKEN_PRESENT != 0
    }

    pub fn token_info(&self, slot: CK_SLOT_ID) -> Rv<CK_TOKEN_INFO> {
        let mut info = CK_TOKEN_INFO::default();
        checked(call!(self.v2, C_GetTokenInfo, slot, &mut info)).map(|()| info)
    }

    pub fn mechanisms(&self, slot: CK_SLOT_ID) -> Rv<Vec<CK_MECHANISM_TYPE>> {
        let mut count = 0;
        checked(call!(self.v2, C_GetMechanismList, slot, ptr::null_mut(), &mut count))?;
        let mut list = vec![0; count as usize];
        checked(call!(self.v2, C_GetMechanismList, slot, list.as_mut_ptr(), &mut count))?;
        Ok(list)
    }

    pub fn mechanism_info(&self, slot: CK_SLOT_ID, mechanism: CK_MECHANISM_TYPE) -> Rv<CK_MECHANISM_INFO> {
        let mut info = CK_MECHANISM_INFO::default();
        checked(call!(self.v2, C_GetMechanismInfo, slot, mechanism, &mut info)).map(|()| info)
    }

    /// Opens a read/write session, as most clients do.
    pub fn open(&self, slot: CK_SLOT_ID) -> SessionGuard<'_> {
        self.try_open(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION).expect("a session")
    }

    pub fn try_open(&self, slot: CK_SLOT_ID, flags: CK_FLAGS) -> Rv<SessionGuard<'_>> {
        let mut handle = 0;
        checked(call!(self.v2, C_OpenSession, slot, flags, ptr::null_mut(), None, &mut handle))?;
        Ok(SessionGuard { client: self, handle })
    }

    /// Waits for a slot event.
    pub fn wait(&self, flags: CK_FLAGS) -> Rv<CK_SLOT_ID> {
        let mut slot = CK_SLOT_ID::MAX;
        checked(call!(self.v2, C_WaitForSlotEvent, flags, &mut slot, ptr::null_mut())).map(|()| slot)
    }
}

impl SessionGuard<'_> {
    pub fn info(&self) -> Rv<CK_SESSION_INFO> {
        let mut info = CK_SESSION_INFO::default();
        checked(call!(self.client.v2, C_GetSessionInfo, self.handle, &mut info)).map(|()| info)
    }

    pub fn login(&self, pin: &[u8]) -> Rv<()> {
        self.login_as(CKU_USER, pin)
    }

    pub fn login_as(&self, user: CK_USER_TYPE, pin: &[u8]) -> Rv<()> {
        let (pointer, length) = (pin.as_ptr().cast_mut(), pin.len() as CK_ULONG);
        checked(call!(self.client.v2, C_Login, self.handle, user, pointer, length))
    }

    /// `C_LoginUser` of 3.0, with the empty name that a card's holder has.
    pub fn login_user(&self, user: CK_USER_TYPE, pin: &[u8]) -> Rv<()> {
        let (pointer, length) = (pin.as_ptr().cast_mut(), pin.len() as CK_ULONG);
        let name = ptr::null_mut();
        checked(call!(self.client.v3, C_LoginUser, self.handle, user, pointer, length, name, 0))
    }

    pub fn logout(&self) -> Rv<()> {
        checked(call!(self.client.v2, C_Logout, self.handle))
    }

    pub fn set_pin(&self, old: &[u8], new: &[u8]) -> Rv<()> {
        let (old, old_length) = (old.as_ptr().cast_mut(), old.len() as CK_ULONG);
        let (new, new_length) = (new.as_ptr().cast_mut(), new.len() as CK_ULONG);
        checked(call!(self.client.v2, C_SetPIN, self.handle, old, old_length, new, new_length))
    }

    pub fn init_pin(&self, new: &[u8]) -> Rv<()> {
        let (pointer, length) = (new.as_ptr().cast_mut(), new.len() as CK_ULONG);
        checked(call!(self.client.v2, C_InitPIN, self.handle, pointer, length))
    }

    /// All objects that fit a template.
    pub fn find(&self, template: &[(CK_ATTRIBUTE_TYPE, &[u8])]) -> Rv<Vec<CK_OBJECT_HANDLE>> {
        let mut attributes: Vec<CK_ATTRIBUTE> = template
            .iter()
            .map(|(kind, value)| CK_ATTRIBUTE {
                type_: *kind,
                pValue: value.as_ptr().cast_mut().cast(),
                ulValueLen: value.len() as CK_ULONG,
            })
            .collect();
        let count = attributes.len() as CK_ULONG;
        checked(call!(self.client.v2, C_FindObjectsInit, self.handle, attributes.as_mut_ptr(), count))?;
        let mut found = vec![0; 16];
        let mut number = 0;
        let rv = call!(self.client.v2, C_FindObjects, self.handle, found.as_mut_ptr(), 16, &mut number);
        checked(call!(self.client.v2, C_FindObjectsFinal, self.handle))?;
        checked(rv)?;
        found.truncate(number as usize);
        Ok(found)
    }

    /// The only object of a class.
    pub fn object(&self, class: CK_OBJECT_CLASS) -> CK_OBJECT_HANDLE {
        let found = self.find(&[(CKA_CLASS, &class.to_ne_bytes())]).expect("a search");
        assert_eq!(found.len(), 1, "objects of class {class}");
        found[0]
    }

    pub fn attribute(&self, object: CK_OBJECT_HANDLE, kind: CK_ATTRIBUTE_TYPE) -> Rv<Vec<u8>> {
        let mut attribute = CK_ATTRIBUTE { type_: kind, pValue: ptr::null_mut(), ulValueLen: 0 };
        checked(call!(self.client.v2, C_GetAttributeValue, self.handle, object, &mut attribute, 1))?;
        let mut value = vec![0u8; attribute.ulValueLen as usize];
        attribute.pValue = value.as_mut_ptr().cast();
        checked(call!(self.client.v2, C_GetAttributeValue, self.handle, object, &mut attribute, 1))?;
        Ok(value)
    }

    pub fn sign_init(&self, mechanism: &mut CK_MECHANISM, key: CK_OBJECT_HANDLE) -> Rv<()> {
        checked(call!(self.client.v2, C_SignInit, self.handle, mechanism, key))
    }

    /// `C_Sign` with a buffer that is long enough.
    pub fn sign_once(&self, data: &[u8]) -> Rv<Vec<u8>> {
        let mut signature = vec![0; 1024];
        let mut length = signature.len() as CK_ULONG;
        let (pointer, data_length) = (data.as_ptr().cast_mut(), data.len() as CK_ULONG);
        let out = signature.as_mut_ptr();
        checked(call!(self.client.v2, C_Sign, self.handle, pointer, data_length, out, &mut length))?;
        signature.truncate(length as usize);
        Ok(signature)
    }

    /// Signs with the private key of the card.
    pub fn sign(&self, mut mechanism: CK_MECHANISM, data: &[u8]) -> Rv<Vec<u8>> {
        let key = self.object(CKO_PRIVATE_KEY);
        self.sign_init(&mut mechanism, key)?;
        self.sign_once(data)
    }

    pub fn close(&self) -> Rv<()> {
        checked(call!(self.client.v2, C_CloseSession, self.handle))
    }
}

impl Drop for SessionGuard<'_> {
    fn drop(&mut self) {
        let _ = self.close();
    }
}
