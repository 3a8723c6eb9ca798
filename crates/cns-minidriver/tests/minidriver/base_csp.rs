//! Windows' Base CSP as a test plays it: it has the handles, holds a transaction around each call, frees what it gets, and
//! resets the card to end an authentication.
#![allow(dead_code, unreachable_pub, reason = "each test program uses its part")]

use std::collections::HashMap;
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cns_card::{Occupancy, ReaderStatus, TransmissionProtocol, TransportError};
use cnscm::cardmod::{
    BCRYPT_PKCS1_PADDING_INFO, BCRYPT_PSS_PADDING_INFO, CARD_DATA, CARD_FILE_INFO, CARD_SIGNING_INFO,
    CONTAINER_INFO,
};
use cnscm::{CardAcquireContext, HandleStatus, ResourceManager, testing};
use testkit::in_process::transport_error;
use virtual_cns::in_process::{Connection, Disposition, ReaderError, Readers, Sharing};
use zeroize::Zeroizing;

pub const SUCCESS: u32 = 0;
const INTERNAL_ERROR: u32 = 0x8010_0001;
pub const NO_SMARTCARD: u32 = 0x8010_000C;
pub const INVALID_HANDLE: u32 = 0x8010_0003;
pub const ROLE_USER: u32 = 1;
pub const ROLE_ADMIN: u32 = 2;

/// A connection and its reader's name.
type Card = (String, Arc<Mutex<Connection>>);

/// The resource manager over readers of this process.
pub struct Manager {
    readers: Readers,
    cards: Mutex<HashMap<usize, Card>>,
    last: AtomicUsize,
    /// A service that does not count insertions, or begins anew: all insertions are the same one.
    pub counts_anew: AtomicBool,
}

impl Manager {
    pub fn new(readers: &Readers) -> Arc<Self> {
        Arc::new(Self {
            readers: readers.clone(),
            cards: Mutex::default(),
            last: AtomicUsize::new(0x1000),
            counts_anew: AtomicBool::new(false),
        })
    }

    /// A handle that no call was made with before.
    pub fn connect(&self, reader: &str) -> usize {
        self.try_connect(reader).expect("a card")
    }

    pub fn try_connect(&self, reader: &str) -> Result<usize, u32> {
        let connection = self.readers.connect(reader, Sharing::Shared).map_err(|_| NO_SMARTCARD)?;
        let handle = self.last.fetch_add(1, Ordering::Relaxed);
        self.cards.lock().unwrap().insert(handle, (reader.to_owned(), Arc::new(Mutex::new(connection))));
        Ok(handle)
    }

    pub fn disconnect(&self, card: usize, disposition: Disposition) {
        let (_, connection) = self.cards.lock().unwrap().remove(&card).expect("a handle");
        let connection = Arc::into_inner(connection).expect("no call is under way");
        connection.into_inner().unwrap_or_else(PoisonError::into_inner).disconnect(disposition);
    }

    /// Begins a transaction; a handle that was told of a reset or of a removal is made good again, as Windows does.
    pub fn begin(&self, card: usize) -> Result<(), ReaderError> {
        let (_, connection) = self.card(card).expect("a handle");
        let mut connection = lock(&connection);
        for _ in 0..3 {
            match connection.begin() {
                Err(ReaderError::WasReset | ReaderError::Removed) => {
                    connection.reconnect(Sharing::Shared, Disposition::Leave)?;
                }
                outcome => return outcome,
            }
        }
        Err(ReaderError::WasReset)
    }

    pub fn end(&self, card: usize, disposition: Disposition) {
        let _ = lock(&self.card(card).expect("a handle").1).end(disposition);
    }

    fn card(&self, card: usize) -> Result<Card, TransportError> {
        let cards = self.cards.lock().unwrap();
        cards.get(&card).cloned().ok_or(TransportError::Service { code: INVALID_HANDLE })
    }
}

fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ResourceManager for Manager {
    fn status(&self, card: usize) -> Result<HandleStatus, TransportError> {
        let (reader, connection) = self.card(card)?;
        let connection = lock(&connection);
        connection.status().map_err(error)?;
        let protocol = match connection.protocol() {
            virtual_cns::Protocol::T0 => TransmissionProtocol::T0,
            virtual_cns::Protocol::T1 => TransmissionProtocol::T1,
        };
        Ok(HandleStatus { reader, protocol })
    }

    fn reader(&self, context: usize, name: &str) -> Result<ReaderStatus, TransportError> {
        if context == 0 {
            return Err(TransportError::Service { code: INVALID_HANDLE });
        }
        match self.readers.reader(name) {
            Ok(state) => Ok(ReaderStatus {
                name: state.name,
                occupancy: match (state.present, state.mute) {
                    (false, _) => Occupancy::Empty,
                    (true, true) => Occupancy::MuteCard,
                    (true, false) => Occupancy::Card,
                },
                events: if self.counts_anew.load(Ordering::Relaxed) { 1 } else { state.events },
                held_exclusively: state.exclusive,
            }),
            Err(ReaderError::UnknownReader) => Ok(ReaderStatus::absent(name)),
            Err(other) => Err(error(other)),
        }
    }

    fn transmit(
        &self,
        card: usize,
        _: TransmissionProtocol,
        command: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        lock(&self.card(card)?.1).transmit(command).map(Zeroizing::new).map_err(error)
    }

    fn reset(&self, card: usize) -> Result<(), TransportError> {
        lock(&self.card(card)?.1).reconnect(Sharing::Shared, Disposition::Reset).map_err(error)
    }

    fn service_name(&self) -> String {
        self.readers.service_name().to_owned()
    }

    fn service_life(&self) -> String {
        String::new()
    }
}

/// An invalid handle is the caller's own fault here; to the module it means that the service has started again.
fn error(error: ReaderError) -> TransportError {
    match error {
        ReaderError::InvalidHandle => TransportError::Service { code: INVALID_HANDLE },
        other => transport_error(other),
    }
}

/// Memory that the minidriver was given, by its address.
static GIVEN: Mutex<Option<HashMap<usize, Box<[u8]>>>> = Mutex::new(None);

pub unsafe extern "system" fn allocate(size: usize) -> *mut c_void {
    let mut memory = vec![0xA5; size].into_boxed_slice();
    let address = memory.as_mut_ptr();
    GIVEN.lock().unwrap().get_or_insert_default().insert(address.addr(), memory);
    address.cast()
}

pub unsafe extern "system" fn allocate_nothing(_: usize) -> *mut c_void {
    null_mut()
}

pub unsafe extern "system" fn reallocate(_: *mut c_void, _: usize) -> *mut c_void {
    panic!("the minidriver has no use for this");
}

pub unsafe extern "system" fn free(address: *mut c_void) {
    let freed = GIVEN.lock().unwrap().get_or_insert_default().remove(&address.addr());
    freed.expect("memory that was given, freed once");
}

/// What the minidriver gave, which is freed.
fn taken(address: *mut u8, length: u32) -> Vec<u8> {
    let memory = GIVEN.lock().unwrap().get_or_insert_default().remove(&address.addr());
    let memory = memory.expect("memory by the caller's function");
    assert!(length as usize <= memory.len());
    memory[..length as usize].to_vec()
}

/// One program with a context.
pub struct BaseCsp {
    pub manager: Arc<Manager>,
    pub data: Box<CARD_DATA>,
    reader: String,
}

// SAFETY: the pointers in CARD_DATA are of this process, and its functions may be called from any thread.
unsafe impl Send for BaseCsp {}
// SAFETY: as above.
unsafe impl Sync for BaseCsp {}

/// A context is acquired with the resource manager of its readers.
static ACQUIRING: Mutex<()> = Mutex::new(());

pub const CARD_NAME: [u16; 4] = [b'C' as u16, b'N' as u16, b'S' as u16, 0];

/// A CARD_DATA as a caller fills it in; the ATR has to outlive it.
pub fn card_data(version: u32, atr: &[u8], handles: (usize, usize)) -> Box<CARD_DATA> {
    // SAFETY: numbers, pointers, and functions that may be missing: all zeros are valid.
    let mut data: Box<CARD_DATA> = Box::new(unsafe { std::mem::zeroed() });
    data.dwVersion = version;
    (data.pbAtr, data.cbAtr) = (atr.as_ptr(), atr.len() as u32);
    data.pwszCardName = CARD_NAME.as_ptr();
    data.pfnCspAlloc = Some(allocate);
    data.pfnCspReAlloc = Some(reallocate);
    data.pfnCspFree = Some(free);
    (data.hSCardCtx, data.hScard) = handles;
    data
}

/// `CardAcquireContext` over these readers.
pub fn acquire(manager: &Arc<Manager>, data: &mut CARD_DATA, flags: u32) -> u32 {
    let _alone = ACQUIRING.lock().unwrap_or_else(PoisonError::into_inner);
    testing::set_resource_manager(Some(Arc::clone(manager) as Arc<dyn ResourceManager>));
    // SAFETY: a CARD_DATA that its caller filled in.
    let code = unsafe { CardAcquireContext(data, flags) };
    testing::set_resource_manager(None);
    code
}

/// Calls a function of the table.
macro_rules! call {
    ($csp:expr, $function:ident $(, $argument:expr)*) => {{
        let data = &raw const *$csp.data;
        // SAFETY: the arguments are the specification's, or what the test wants them to be.
        unsafe { $csp.data.$function.expect("a function")(data.cast_mut() $(, $argument)*) }
    }};
}
#[allow(unused_imports, reason = "each test program uses its part")]
pub(crate) use call;

/// A code is an error, but 0; that of a panic is none that any test expects.
pub fn outcome<T>(code: u32, value: T) -> Result<T, u32> {
    assert_ne!(code, INTERNAL_ERROR, "a panic inside the minidriver");
    if code == SUCCESS { Ok(value) } else { Err(code) }
}

impl BaseCsp {
    pub fn new(readers: &Readers, reader: &str) -> Result<Self, u32> {
        Self::with(Manager::new(readers), reader)
    }

    pub fn with(manager: Arc<Manager>, reader: &str) -> Result<Self, u32> {
        let atr = manager.readers.reader(reader).map_err(|_| NO_SMARTCARD)?.atr;
        let mut data = card_data(7, &atr, (1, manager.try_connect(reader)?));
        let mut csp = Self { manager, data: card_data(7, &[], (0, 0)), reader: reader.to_owned() };
        manager_begin(&csp.manager, data.hScard);
        let code = acquire(&csp.manager, &mut data, 0);
        csp.manager.end(data.hScard, Disposition::Leave);
        data.pbAtr = null();
        csp.data = data;
        outcome(code, csp)
    }

    /// Runs calls in one transaction, and leaves the card as it is then.
    pub fn transaction<T>(&self, calls: impl FnOnce(&Self) -> T) -> T {
        manager_begin(&self.manager, self.data.hScard);
        let result = calls(self);
        self.manager.end(self.data.hScard, Disposition::Leave);
        result
    }

    /// Connects again: another handle, if there is a card.
    pub fn connect_again(&mut self) {
        let Ok(card) = self.manager.try_connect(&self.reader) else { return };
        self.manager.disconnect(std::mem::replace(&mut self.data.hScard, card), Disposition::Leave);
        self.data.hSCardCtx += 1;
    }

    pub fn read_file(&self, directory: Option<&str>, file: &str) -> Result<Vec<u8>, u32> {
        let directory = directory.map(c_string);
        let (mut memory, mut length) = (null_mut(), u32::MAX);
        let code = self.transaction(|csp| {
            let directory = directory.as_ref().map_or(null(), |name| name.as_ptr());
            call!(csp, pfnCardReadFile, directory, c_string(file).as_ptr(), 0, &mut memory, &mut length)
        });
        outcome(code, ())?;
        Ok(taken(memory, length))
    }

    pub fn files(&self, directory: Option<&str>) -> Result<Vec<u8>, u32> {
        let directory = directory.map(c_string);
        let (mut memory, mut length) = (null_mut(), u32::MAX);
        let code = self.transaction(|csp| {
            let directory = directory.as_ref().map_or(null(), |name| name.as_ptr());
            call!(csp, pfnCardEnumFiles, directory, &mut memory, &mut length, 0)
        });
        outcome(code, ())?;
        Ok(taken(memory, length))
    }

    /// Size and access condition.
    pub fn file_info(&self, directory: Option<&str>, file: &str) -> Result<(u32, u32), u32> {
        let directory = directory.map(c_string);
        let mut info = CARD_FILE_INFO { dwVersion: 1, cbFileSize: 0, AccessCondition: 0 };
        let code = self.transaction(|csp| {
            let directory = directory.as_ref().map_or(null(), |name| name.as_ptr());
            call!(csp, pfnCardGetFileInfo, directory, c_string(file).as_ptr(), &mut info)
        });
        outcome(code, (info.cbFileSize, info.AccessCondition))
    }

    /// First the size, then the value.
    pub fn property(&self, name: &str, flags: u32) -> Result<Vec<u8>, u32> {
        let name = wide(name);
        self.transaction(|csp| {
            let mut length = u32::MAX;
            let code = call!(csp, pfnCardGetProperty, name.as_ptr(), null_mut(), 0, &mut length, flags);
            outcome(code, ())?;
            let mut buffer = vec![0xA5; length as usize];
            let code = call!(
                csp,
                pfnCardGetProperty,
                name.as_ptr(),
                buffer.as_mut_ptr(),
                length,
                &mut length,
                flags
            );
            assert_eq!(length as usize, buffer.len());
            outcome(code, buffer)
        })
    }

    /// The PUBLICKEYBLOB of the exchange key.
    pub fn container(&self, index: u8) -> Result<Vec<u8>, u32> {
        let mut info = EMPTY_CONTAINER;
        let code = self.transaction(|csp| call!(csp, pfnCardGetContainerInfo, index, 0, &mut info));
        outcome(code, ())?;
        assert!(info.cbSigPublicKey == 0 && info.pbSigPublicKey.is_null());
        Ok(taken(info.pbKeyExPublicKey, info.cbKeyExPublicKey))
    }

    /// `CardAuthenticateEx`, in whatever transaction there is; the tries left of an error.
    pub fn authenticate(&self, pin: &[u8]) -> Result<(), (u32, u32)> {
        let mut left = NOT_WRITTEN;
        let length = pin.len() as u32;
        // An empty slice has no address that says anything: a byte that must not be read.
        let pin = if pin.is_empty() { &[0x31][..] } else { pin };
        let code = call!(
            self,
            pfnCardAuthenticateEx,
            ROLE_USER,
            0,
            pin.as_ptr(),
            length,
            null_mut(),
            null_mut(),
            &mut left
        );
        outcome(code, ()).map_err(|code| (code, left))
    }

    /// `CardChangeAuthenticatorEx`: a new PIN by the old one.
    pub fn change_pin(&self, old: &[u8], new: &[u8]) -> Result<(), (u32, u32)> {
        self.set_pin(2, ROLE_USER, old, new)
    }

    /// `CardChangeAuthenticatorEx`: a new PIN by the PUK.
    pub fn unblock_pin(&self, puk: &[u8], new: &[u8]) -> Result<(), (u32, u32)> {
        self.set_pin(1, ROLE_ADMIN, puk, new)
    }

    fn set_pin(&self, flags: u32, role: u32, old: &[u8], new: &[u8]) -> Result<(), (u32, u32)> {
        let mut left = NOT_WRITTEN;
        let code = call!(
            self,
            pfnCardChangeAuthenticatorEx,
            flags,
            role,
            old.as_ptr(),
            old.len() as u32,
            ROLE_USER,
            new.as_ptr(),
            new.len() as u32,
            0,
            &mut left
        );
        outcome(code, ()).map_err(|code| (code, left))
    }

    /// `CardDeauthenticateEx`, and the reset that its answer asks for.
    pub fn deauthenticate(&self) {
        assert_ne!(call!(self, pfnCardDeauthenticateEx, 0xFF, 0), SUCCESS, "nothing was ended");
        let (_, connection) = self.manager.card(self.data.hScard).expect("a handle");
        let _ = lock(&connection).reconnect(Sharing::Shared, Disposition::Reset);
    }

    /// `CardSignData`, most significant byte first.
    pub fn sign(&self, kind: Kind, data: &[u8]) -> Result<Vec<u8>, u32> {
        let mut signing = signing_info(data);
        let name = kind.name().map(wide);
        let name = name.as_ref().map_or(null(), |name| name.as_ptr());
        let pkcs1 = BCRYPT_PKCS1_PADDING_INFO { pszAlgId: name };
        let mut pss = BCRYPT_PSS_PADDING_INFO { pszAlgId: name, cbSalt: 0 };
        match kind {
            Kind::Capi(algorithm) => signing.aiHashAlg = algorithm,
            Kind::Pkcs1(_) => {
                (signing.dwSigningFlags, signing.dwPaddingType) = (PADDING_INFO, 2);
                signing.pPaddingInfo = (&raw const pkcs1).cast();
            }
            Kind::Pss(_, salt) => {
                (signing.dwSigningFlags, signing.dwPaddingType) = (PADDING_INFO, 4);
                pss.cbSalt = salt;
                signing.pPaddingInfo = (&raw const pss).cast();
            }
        }
        signing.dwSigningFlags |= SIZE_ONLY;
        outcome(call!(self, pfnCardSignData, &mut signing), ())?;
        assert!(signing.pbSignedData.is_null());
        let size = signing.cbSignedData;
        signing.dwSigningFlags &= !SIZE_ONLY;
        let code = call!(self, pfnCardSignData, &mut signing);
        outcome(code, ())?;
        assert_eq!(signing.cbSignedData, size);
        Ok(taken(signing.pbSignedData, size).into_iter().rev().collect())
    }

    /// `CardDeleteContext`.
    pub fn delete(mut self) -> u32 {
        // SAFETY: the context of this program.
        let code = unsafe { self.data.pfnCardDeleteContext.expect("a function")(&mut *self.data) };
        self.data.pfnCardDeleteContext = None;
        code
    }
}

impl Drop for BaseCsp {
    fn drop(&mut self) {
        if let Some(delete) = self.data.pfnCardDeleteContext {
            // SAFETY: the context of this program.
            unsafe { delete(&mut *self.data) };
        }
        if self.data.hScard != 0 {
            self.manager.disconnect(self.data.hScard, Disposition::Leave);
        }
    }
}

/// A count that no call wrote.
pub const NOT_WRITTEN: u32 = 0xA5A5_A5A5;
pub const PADDING_INFO: u32 = 0x4000_0000;
pub const SIZE_ONLY: u32 = 0x2000_0000;

/// How data is given to be signed.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// By an ALG_ID.
    Capi(u32),
    /// By the name of a hash, or without.
    Pkcs1(Option<&'static str>),
    Pss(&'static str, u32),
}

impl Kind {
    fn name(self) -> Option<&'static str> {
        match self {
            Self::Capi(_) => None,
            Self::Pkcs1(name) => name,
            Self::Pss(name, _) => Some(name),
        }
    }
}

pub fn signing_info(data: &[u8]) -> CARD_SIGNING_INFO {
    CARD_SIGNING_INFO {
        dwVersion: 2,
        bContainerIndex: 0,
        dwKeySpec: 1,
        dwSigningFlags: 0,
        aiHashAlg: 0,
        pbData: data.as_ptr(),
        cbData: data.len() as u32,
        pbSignedData: null_mut(),
        cbSignedData: 0,
        pPaddingInfo: null(),
        dwPaddingType: 0,
    }
}

pub const EMPTY_CONTAINER: CONTAINER_INFO = CONTAINER_INFO {
    dwVersion: 1,
    dwReserved: 0,
    cbSigPublicKey: 0,
    pbSigPublicKey: null_mut(),
    cbKeyExPublicKey: 0,
    pbKeyExPublicKey: null_mut(),
};

/// A handle whose card is out cannot begin: the call is made all the same.
fn manager_begin(manager: &Manager, card: usize) {
    let _ = manager.begin(card);
}

pub fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

pub fn c_string(text: &str) -> Vec<u8> {
    text.bytes().chain([0]).collect()
}
