//! The system's PC/SC functions on handles of a caller: `virtual-pcsc` stands in for libpcsclite.
#![cfg(target_os = "linux")]

#[path = "minidriver/base_csp.rs"]
mod base_csp;

use std::ffi::CString;
use std::ptr::{null, null_mut};
use std::sync::{Mutex, MutexGuard, PoisonError};

use base_csp::{SUCCESS, c_string, card_data, free, signing_info};
use cnscm::CardAcquireContext;
use cnscm::cardmod::CARD_DATA;
use pcsc_sys::{
    SCARD_LEAVE_CARD, SCARD_PROTOCOL_ANY, SCARD_SCOPE_USER, SCARD_SHARE_SHARED, SCARDCONTEXT, SCARDHANDLE,
};
use virtual_cns::{Card, DEFAULT_PIN, Personality, SharedCard};
use virtual_pcsc::{Program, READER, Share, service};

const NO_SMARTCARD: u32 = 0x8010_000C;
const INVALID_HANDLE: u32 = 0x8010_0003;
const RESET_CARD: u32 = 0x8010_0068;
const REMOVED_CARD: u32 = 0x8010_0069;
const SECURITY_VIOLATION: u32 = 0x8010_006A;

/// One service for the process: one test at a time.
static SERVICE: Mutex<()> = Mutex::new(());

struct Caller {
    data: Box<CARD_DATA>,
    card: SharedCard,
    _alone: MutexGuard<'static, ()>,
}

impl Caller {
    fn over(card: Card) -> Self {
        let alone = SERVICE.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(virtual_pcsc::linked().iter().all(|address| *address != 0));
        // SAFETY: one test at a time, and no thread of another one is left.
        unsafe { std::env::set_var("CNS_PKCS11_CACHE", "off") };
        let name = format!("winscard {} {:p}", std::process::id(), &raw const card);
        // SAFETY: as above. The card is no other test's.
        unsafe { std::env::set_var("PCSCLITE_CSOCK_NAME", name) };
        let card = card.shared();
        service().begin(READER, &card);
        let (mut context, mut handle, mut protocol): (SCARDCONTEXT, SCARDHANDLE, _) = (0, 0, 0);
        let reader = CString::new(READER).unwrap();
        // SAFETY: pointers to variables of this function.
        unsafe {
            assert_eq!(pcsc_sys::SCardEstablishContext(SCARD_SCOPE_USER, null(), null(), &mut context), 0);
            let connected = pcsc_sys::SCardConnect(
                context,
                reader.as_ptr(),
                SCARD_SHARE_SHARED,
                SCARD_PROTOCOL_ANY,
                &mut handle,
                &mut protocol,
            );
            assert_eq!(connected, 0);
        }
        let atr = card.lock().unwrap().atr();
        let mut data = card_data(7, &atr, (context as usize, handle as usize));
        // SAFETY: a CARD_DATA that its caller filled in.
        assert_eq!(unsafe { CardAcquireContext(&mut *data, 0) }, SUCCESS);
        data.pbAtr = null();
        Self { data, card, _alone: alone }
    }

    /// Another context: how many commands that takes, and the card's identifier.
    fn acquire_again(&mut self) -> (usize, Vec<u8>) {
        self.card.lock().unwrap().clear_transcript();
        let atr = self.card.lock().unwrap().atr();
        let mut data = card_data(7, &atr, (self.data.hSCardCtx, self.data.hScard));
        // SAFETY: a CARD_DATA that its caller filled in.
        assert_eq!(unsafe { CardAcquireContext(&mut *data, 0) }, SUCCESS);
        let commands = self.card.lock().unwrap().transcript().len();
        let (mut memory, mut length): (*mut u8, u32) = (null_mut(), 0);
        // SAFETY: as the specification says; the memory is the minidriver's gift.
        let id = unsafe {
            let read = data.pfnCardReadFile.unwrap();
            assert_eq!(read(&mut *data, null(), c_string("cardid").as_ptr(), 0, &mut memory, &mut length), 0);
            let id = std::slice::from_raw_parts(memory, length as usize).to_vec();
            free(memory.cast());
            assert_eq!(data.pfnCardDeleteContext.unwrap()(&mut *data), SUCCESS);
            id
        };
        (commands, id)
    }

    fn reconnect(&self) {
        let mut protocol = 0;
        // SAFETY: the caller's handle.
        let code = unsafe {
            pcsc_sys::SCardReconnect(
                self.data.hScard as SCARDHANDLE,
                SCARD_SHARE_SHARED,
                SCARD_PROTOCOL_ANY,
                SCARD_LEAVE_CARD,
                &mut protocol,
            )
        };
        assert_eq!(code, 0);
    }

    fn read_id(&mut self) -> u32 {
        let (mut memory, mut length) = (null_mut(), 0);
        let read = self.data.pfnCardReadFile.unwrap();
        // SAFETY: as the specification says.
        let code = unsafe {
            read(&mut *self.data, null(), c_string("cardid").as_ptr(), 0, &mut memory, &mut length)
        };
        if code == SUCCESS {
            assert_eq!(length, 16);
            // SAFETY: given by the minidriver.
            unsafe { free(memory.cast()) };
        }
        code
    }

    fn authenticate(&mut self) -> u32 {
        let authenticate = self.data.pfnCardAuthenticateEx.unwrap();
        let (data, pin) = (&raw mut *self.data, DEFAULT_PIN.as_bytes());
        // SAFETY: as the specification says.
        unsafe { authenticate(data, 1, 0, pin.as_ptr(), 5, null_mut(), null_mut(), null_mut()) }
    }

    fn sign(&mut self) -> u32 {
        let mut signing = signing_info(&[7; 32]);
        signing.aiHashAlg = 0x800C;
        // SAFETY: as the specification says.
        let code = unsafe { self.data.pfnCardSignData.unwrap()(&mut *self.data, &mut signing) };
        if code == SUCCESS {
            // SAFETY: given by the minidriver.
            unsafe { free(signing.pbSignedData.cast()) };
        }
        code
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        // SAFETY: the caller's context and handles.
        unsafe {
            self.data.pfnCardDeleteContext.unwrap()(&mut *self.data);
            pcsc_sys::SCardDisconnect(self.data.hScard as SCARDHANDLE, SCARD_LEAVE_CARD);
            pcsc_sys::SCardReleaseContext(self.data.hSCardCtx as SCARDCONTEXT);
        }
    }
}

#[test]
fn every_family_signs_over_the_callers_handles() {
    for personality in Personality::all() {
        let mut caller = Caller::over(Card::new(personality));
        let case = personality.name();
        assert_eq!(caller.sign(), SECURITY_VIOLATION, "{case}");
        assert_eq!(caller.authenticate(), SUCCESS, "{case}");
        assert_eq!((caller.sign(), caller.read_id()), (SUCCESS, SUCCESS), "{case}");
    }
}

/// What is kept of cards between processes: the second program reads the certificate's ends only, and a renewed
/// certificate is read whole, with another identifier.
#[test]
fn a_card_that_was_seen_before_takes_few_commands() {
    let folder = tempfile::tempdir().unwrap();
    let options = virtual_cns::holders::CertificateOptions { years: (2021, 2027), ..PLAIN };
    let mut caller = Caller::over(Card::builder(&Personality::st2021()).certificate(options).build());
    // SAFETY: one test at a time.
    unsafe {
        std::env::set_var("XDG_CACHE_HOME", folder.path());
        std::env::set_var("CNS_PKCS11_CACHE", "on");
    }
    let first = caller.acquire_again();
    let second = caller.acquire_again();
    assert!(second.0 < first.0 && second.0 <= 5, "{} commands, then {}", first.0, second.0);
    assert_eq!(first.1, second.1);
    let renewed = virtual_cns::holders::CertificateOptions { years: (2026, 2032), ..PLAIN };
    caller.card.lock().unwrap().renew(&renewed, true);
    assert_ne!(caller.acquire_again().1, first.1);
}

const PLAIN: virtual_cns::holders::CertificateOptions = virtual_cns::holders::CertificateOptions::PLAIN;

#[test]
fn what_happens_to_the_handle_is_said() {
    let mut caller = Caller::over(Card::new(&Personality::st2021()));
    assert_eq!(caller.authenticate(), SUCCESS);
    let other = Program::new().unwrap();
    let rival = other.connect(READER, Share::Shared).unwrap();
    rival.begin().unwrap();
    rival.end(virtual_pcsc::Disposition::Reset).unwrap();
    assert_eq!((caller.sign(), caller.read_id()), (RESET_CARD, RESET_CARD));
    caller.reconnect();
    assert_eq!((caller.read_id(), caller.sign()), (SUCCESS, SECURITY_VIOLATION));
    assert_eq!((caller.authenticate(), caller.sign()), (SUCCESS, SUCCESS));
    let handle = std::mem::replace(&mut caller.data.hScard, 0xBAD);
    assert_eq!((caller.read_id(), caller.authenticate()), (INVALID_HANDLE, INVALID_HANDLE));
    caller.data.hScard = handle;
    service().remove(READER);
    for code in [caller.read_id(), caller.sign(), caller.authenticate()] {
        assert!(matches!(code, REMOVED_CARD | NO_SMARTCARD), "{code:x}");
    }
    let verifies = caller.card.lock().unwrap().transcript().iter().filter(|sent| sent.ins == 0x20).count();
    assert_eq!(verifies, 2);
}
