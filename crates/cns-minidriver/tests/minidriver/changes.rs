//! What changes between two calls: the card is pulled, swapped, renewed, reset by another program; the handles are others.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use virtual_cns::holders::CertificateOptions;
use virtual_cns::in_process::{Disposition, Sharing};
use virtual_cns::{Card, DEFAULT_PIN, Holder, Personality};

use crate::base_csp::{BaseCsp, Kind, Manager, SUCCESS};
use crate::stage::{READER, Stage, personalities};

const NO_SMARTCARD: u32 = 0x8010_000C;
const READER_UNAVAILABLE: u32 = 0x8010_0017;
const REMOVED_CARD: u32 = 0x8010_0069;
const RESET_CARD: u32 = 0x8010_0068;
const SECURITY_VIOLATION: u32 = 0x8010_006A;

fn log_in(csp: &BaseCsp) -> Result<(), (u32, u32)> {
    csp.transaction(|csp| csp.authenticate(DEFAULT_PIN.as_bytes()))
}

fn sign(csp: &BaseCsp) -> Result<usize, u32> {
    csp.transaction(|csp| csp.sign(Kind::Pkcs1(Some("SHA256")), &[7; 32])).map(|signature| signature.len())
}

#[test]
fn a_card_that_is_out_is_said_to_be_out_and_comes_back() {
    for personality in personalities() {
        let stage = Stage::with(personality);
        let csp = stage.csp();
        let case = personality.name();
        log_in(&csp).unwrap();
        let card = stage.readers.remove(READER).unwrap();
        for code in
            [csp.read_file(None, "cardid").err(), sign(&csp).err(), log_in(&csp).err().map(|(code, _)| code)]
        {
            assert!(matches!(code, Some(NO_SMARTCARD | REMOVED_CARD)), "{case}: {code:x?}");
        }
        stage.readers.insert(READER, card);
        assert!(csp.read_file(None, "cardid").is_ok(), "{case}");
        assert_eq!(sign(&csp), Err(SECURITY_VIOLATION), "{case}: a PIN of another insertion");
        log_in(&csp).unwrap();
        assert!(sign(&csp).is_ok(), "{case}");
        assert_eq!(stage.pin_commands(), [2, 0, 0], "{case}");
    }
}

#[test]
fn another_card_is_not_the_one_of_the_context() {
    let stage = Stage::with(&Personality::st2021());
    let csp = stage.csp();
    log_in(&csp).unwrap();
    let other = Card::builder(&Personality::st2021()).holder(Holder::BIANCHI).shared();
    let first = stage.readers.swap(READER, Arc::clone(&other)).unwrap();
    for _ in 0..2 {
        assert_eq!(csp.read_file(Some("mscp"), "kxc00"), Err(REMOVED_CARD));
        assert_eq!(csp.property("Card Identifier", 0), Err(REMOVED_CARD));
        assert_eq!(sign(&csp), Err(REMOVED_CARD));
        assert_eq!(log_in(&csp).unwrap_err().0, REMOVED_CARD);
    }
    let sent = other.lock().unwrap().transcript().iter().filter(|exchange| exchange.ins == 0x20).count();
    assert_eq!(sent, 0, "the PIN was meant for the other card");
    let next = stage.csp();
    assert_ne!(next.read_file(None, "cardid"), csp.read_file(None, "cardid"));
    drop(next);
    stage.readers.swap(READER, first);
    assert!(csp.read_file(Some("mscp"), "kxc00").is_ok());
}

/// Windows ends its service with the last reader, and the next service counts insertions anew: another token in the same
/// place then looks like the first one, but for the handles.
#[test]
fn another_card_is_not_the_one_of_the_context_where_nobody_counts() {
    for is_logged_in in [false, true] {
        let stage = Stage::with(&Personality::st2021());
        let manager = Manager::new(&stage.readers);
        manager.counts_anew.store(true, Ordering::Relaxed);
        let mut csp = BaseCsp::with(manager, READER).unwrap();
        if is_logged_in {
            log_in(&csp).unwrap();
        }
        let other = Card::builder(&Personality::st2021()).holder(Holder::BIANCHI).shared();
        stage.readers.swap(READER, Arc::clone(&other)).unwrap();
        csp.connect_again();
        if !is_logged_in {
            assert_eq!(csp.property("Card Identifier", 0), Err(REMOVED_CARD));
        }
        assert_eq!(log_in(&csp).unwrap_err().0, REMOVED_CARD);
        let changed = csp.transaction(|csp| csp.change_pin(DEFAULT_PIN.as_bytes(), b"24681"));
        assert_eq!(changed.unwrap_err().0, REMOVED_CARD);
        assert!(sign(&csp).is_err());
        let is_pin_command = |ins: u8| [0x20, 0x24, 0x2C].contains(&ins);
        let sent =
            other.lock().unwrap().transcript().iter().filter(|exchange| is_pin_command(exchange.ins)).count();
        assert_eq!(sent, 0, "the PIN was meant for the other card");
    }
}

/// What was renewed while a program had a context: its signature would not fit the certificate, and is not given out. The
/// context's card counts as removed, so that Windows acquires another one; no PIN is sent for that.
#[test]
fn a_renewed_certificate_ends_the_context() {
    for personality in Personality::all() {
        let options = CertificateOptions { years: (2021, 2027), ..CertificateOptions::PLAIN };
        let stage = Stage::built(Card::builder(personality).certificate(options));
        let csp = stage.csp();
        log_in(&csp).unwrap();
        stage.card().renew(&CertificateOptions { years: (2026, 2032), ..CertificateOptions::PLAIN }, true);
        assert_eq!(sign(&csp), Err(REMOVED_CARD), "{}", personality.name());
        assert_eq!(stage.pin_commands(), [1, 0, 0], "{}", personality.name());
        let next = stage.csp();
        assert_ne!(next.read_file(None, "cardid").ok(), None);
        log_in(&next).unwrap();
        assert!(sign(&next).is_ok(), "{}", personality.name());
    }
}

/// "The handles may change": another context, another handle, with the same card in the reader.
#[test]
fn handles_are_used_as_they_come() {
    for personality in personalities() {
        let stage = Stage::with(personality);
        let mut csp = stage.csp();
        let case = personality.name();
        log_in(&csp).unwrap();
        csp.connect_again();
        assert!(sign(&csp).is_ok(), "{case}: the card was left as it was");
        csp.deauthenticate();
        csp.connect_again();
        assert!(csp.read_file(None, "cardid").is_ok(), "{case}");
        log_in(&csp).unwrap();
        assert!(sign(&csp).is_ok(), "{case}");
        let card = std::mem::replace(&mut csp.data.hScard, 0xBAD);
        assert_eq!(csp.data.hScard, 0xBAD);
        let direct = crate::base_csp::call!(csp, pfnCardGetContainerInfo, 0, 0, &mut {
            crate::base_csp::EMPTY_CONTAINER
        });
        assert_eq!(direct, crate::base_csp::INVALID_HANDLE, "{case}");
        csp.data.hScard = card;
        assert!(csp.read_file(None, "cardid").is_ok(), "{case}");
    }
}

/// Another program's reset: told where the caller did not take note of it, and the PIN is wanted again after it did.
#[test]
fn another_programs_reset_ends_the_authentication() {
    for personality in personalities() {
        let stage = Stage::with(personality);
        let csp = stage.csp();
        let case = personality.name();
        log_in(&csp).unwrap();
        stage.readers.reset(READER);
        let outside = csp.sign(Kind::Pkcs1(Some("SHA256")), &[7; 32]).map(drop);
        assert_eq!(outside, Err(RESET_CARD), "{case}: no transaction was begun");
        assert_eq!(sign(&csp), Err(SECURITY_VIOLATION), "{case}");
        log_in(&csp).unwrap();
        assert!(sign(&csp).is_ok(), "{case}");
        stage.readers.reset(READER);
        assert_eq!(sign(&csp), Err(SECURITY_VIOLATION), "{case}");
        assert_eq!(stage.pin_commands(), [2, 0, 0], "{case}");
    }
}

/// Windows looks at a card first: its plug-and-play AID, its identity data, the MF, PIV and GIDS.
#[test]
fn after_windows_looked_first_all_is_as_before() {
    const LOOK: [&[u8]; 6] = [
        b"\x00\xA4\x04\x00\x0B\xA0\x00\x00\x03\x97\x43\x49\x44\x5F\x01\x00\x00",
        b"\x00\xCA\x7F\x68\x00",
        b"\x00\xA4\x00\x00\x02\x3F\x00",
        b"\x00\xA4\x02\x00\x02\x2F\x01",
        b"\x00\xA4\x04\x00\x0B\xA0\x00\x00\x03\x08\x00\x00\x10\x00\x01\x00\x00",
        b"\x00\xA4\x04\x00\x09\xA0\x00\x00\x03\x97\x42\x54\x46\x59\x00",
    ];
    for personality in personalities() {
        let stage = Stage::with(personality);
        let look = || {
            let windows = stage.readers.connect(READER, Sharing::Shared).unwrap();
            for command in LOOK {
                let _ = windows.transmit(command);
            }
            windows.disconnect(Disposition::Leave);
        };
        look();
        let csp = stage.csp();
        look();
        log_in(&csp).unwrap();
        assert!(sign(&csp).is_ok(), "{}", personality.name());
        assert_eq!(stage.pin_commands(), [1, 0, 0], "{}", personality.name());
    }
}

#[test]
fn a_reader_that_is_gone_is_said_to_be_gone() {
    let stage = Stage::with(&Personality::cardos());
    let csp = stage.csp();
    stage.readers.unplug(READER);
    let code = csp.read_file(None, "cardid");
    assert!(matches!(code, Err(READER_UNAVAILABLE | REMOVED_CARD)), "{code:x?}");
    assert_eq!(csp.delete(), SUCCESS, "and the context ends without a card");
}
