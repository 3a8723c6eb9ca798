//! The C functions of PC/SC, each of which calls the one of `libpcsclite` that is found when it is called.
#![cfg(target_os = "linux")]
#![allow(non_snake_case, non_upper_case_globals, reason = "the names are winscard.h's")]

use std::ffi::{c_char, c_void};
use std::hint::black_box;
use std::sync::OnceLock;

use libloading::Library;
use pcsc_sys::{
    DWORD, LONG, SCARD_E_NO_SERVICE, SCARD_IO_REQUEST, SCARD_PROTOCOL_RAW, SCARD_PROTOCOL_T0,
    SCARD_PROTOCOL_T1, SCARD_READERSTATE, SCARDCONTEXT, SCARDHANDLE,
};

const LIBRARY: &str = "libpcsclite.so.1";

/// The library, if this computer has one. Never closed: it has threads and contexts of its own.
fn library() -> Option<&'static Library> {
    static LOADED: OnceLock<Option<Library>> = OnceLock::new();
    // SAFETY: what libpcsclite does when it is loaded it did as well when programs were linked with it.
    LOADED.get_or_init(|| unsafe { Library::new(LIBRARY) }.ok()).as_ref()
}

macro_rules! functions {
    ($(fn $name:ident($($argument:ident: $type:ty),* $(,)?);)*) => {
        $(
            /// # Safety
            /// That of the function of this name in `winscard.h`.
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name($($argument: $type),*) -> LONG {
                type Function = unsafe extern "C" fn($($type),*) -> LONG;
                // SAFETY: `winscard.h` declares it so.
                let found = library().and_then(|library| unsafe { library.get::<Function>(stringify!($name).as_bytes()) }.ok());
                match found {
                    // SAFETY: the caller's arguments, as they came.
                    Some(function) => unsafe { function($($argument),*) },
                    None => SCARD_E_NO_SERVICE,
                }
            }
        )*

        /// A program that calls this has all of them, whatever else the linker finds.
        pub fn link() {
            black_box([$($name as *const ()),*]);
            black_box([&g_rgSCardT0Pci, &g_rgSCardT1Pci, &g_rgSCardRawPci]);
        }
    };
}

functions! {
    fn SCardEstablishContext(scope: DWORD, first: *const c_void, second: *const c_void, context: *mut SCARDCONTEXT);
    fn SCardReleaseContext(context: SCARDCONTEXT);
    fn SCardIsValidContext(context: SCARDCONTEXT);
    fn SCardCancel(context: SCARDCONTEXT);
    fn SCardConnect(
        context: SCARDCONTEXT,
        reader: *const c_char,
        share: DWORD,
        protocols: DWORD,
        card: *mut SCARDHANDLE,
        protocol: *mut DWORD,
    );
    fn SCardReconnect(card: SCARDHANDLE, share: DWORD, protocols: DWORD, first: DWORD, protocol: *mut DWORD);
    fn SCardDisconnect(card: SCARDHANDLE, then: DWORD);
    fn SCardGetStatusChange(context: SCARDCONTEXT, timeout: DWORD, states: *mut SCARD_READERSTATE, count: DWORD);
    fn SCardListReaders(context: SCARDCONTEXT, groups: *const c_char, readers: *mut c_char, length: *mut DWORD);
    fn SCardBeginTransaction(card: SCARDHANDLE);
    fn SCardEndTransaction(card: SCARDHANDLE, then: DWORD);
    fn SCardStatus(
        card: SCARDHANDLE,
        reader: *mut c_char,
        reader_length: *mut DWORD,
        state: *mut DWORD,
        protocol: *mut DWORD,
        atr: *mut u8,
        atr_length: *mut DWORD,
    );
    fn SCardGetAttrib(card: SCARDHANDLE, number: DWORD, value: *mut u8, length: *mut DWORD);
    fn SCardSetAttrib(card: SCARDHANDLE, number: DWORD, value: *const u8, length: DWORD);
    fn SCardTransmit(
        card: SCARDHANDLE,
        send: *const SCARD_IO_REQUEST,
        command: *const u8,
        command_length: DWORD,
        receive: *mut SCARD_IO_REQUEST,
        answer: *mut u8,
        answer_length: *mut DWORD,
    );
    fn SCardControl(
        card: SCARDHANDLE,
        code: DWORD,
        sent: *const u8,
        sent_length: DWORD,
        received: *mut u8,
        capacity: DWORD,
        length: *mut DWORD,
    );
}

const fn request(protocol: DWORD) -> SCARD_IO_REQUEST {
    SCARD_IO_REQUEST { dwProtocol: protocol, cbPciLength: size_of::<SCARD_IO_REQUEST>() as DWORD }
}

/// `SCARD_PCI_T0`.
#[unsafe(no_mangle)]
pub static g_rgSCardT0Pci: SCARD_IO_REQUEST = request(SCARD_PROTOCOL_T0);
/// `SCARD_PCI_T1`.
#[unsafe(no_mangle)]
pub static g_rgSCardT1Pci: SCARD_IO_REQUEST = request(SCARD_PROTOCOL_T1);
/// `SCARD_PCI_RAW`.
#[unsafe(no_mangle)]
pub static g_rgSCardRawPci: SCARD_IO_REQUEST = request(SCARD_PROTOCOL_RAW);
