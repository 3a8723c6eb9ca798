//! A whole session of a program with a card that answers wrongly: list, look, log in, sign, decrypt, change the PIN, go.
//!
//! Bounded whatever comes; one command with a PIN for each that was asked for, and no PIN without; a signature that is
//! handed out is one, and so is a decrypted block.

use cryptoki_sys::*;

use crate::harness::Harness;
use crate::hostile_card::{HostileCard, Mutation, make_all, personalities};
use crate::input::Input;
use crate::reader::OneReader;
use crate::targets::certificate::attributes;
use crate::{FuzzTarget, rsa_oracle};
use testkit::pkcs11::{Rv, SessionGuard, call, checked, mechanism};

/// See above.
pub const TARGET: FuzzTarget = FuzzTarget { name: "hostile_card", longest: 1000, prepare: make_all, run };

/// The most mutations of one input.
const MOST_MUTATIONS: usize = 64;
const PIN: &[u8] = b"12345";
/// A DigestInfo of SHA-256 (RFC 8017, 9.2 note 1) without its digest, which is zeros here.
const DIGEST_INFO: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0D, 0x06, 9, 0x60, 0x86, 0x48, 0x01, 0x65, 3, 4, 2, 1, 5, 0, 4, 32];

fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let (personality, repeat_last) = (usize::from(input.byte()), input.byte() & 1 == 1);
    let mut mutations = Vec::new();
    while !input.is_empty() && mutations.len() < MOST_MUTATIONS {
        mutations.push(Mutation::read(&mut input));
    }
    let all = personalities();
    let card = HostileCard::new(personality, mutations, repeat_last);
    let harness = Harness::new(OneReader::with(all[personality % all.len()].atr, card));
    for slot in list(&harness) {
        let _ = session(&harness, slot);
    }
    // A second look, as programs that are reloaded take.
    list(&harness);
}

fn list(harness: &Harness) -> Vec<CK_SLOT_ID> {
    harness.call(0, || harness.client.slots(true)).unwrap_or_default()
}

fn session(harness: &Harness, slot: CK_SLOT_ID) -> Rv<()> {
    let client = &harness.client;
    let _ = harness.call(0, || client.slot_info(slot));
    let _ = harness.call(0, || client.token_info(slot));
    let session = harness.call(0, || client.try_open(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION))?;
    for object in session.find(&[])? {
        // Only a data object's value is read from the card, once for its length and once for its bytes.
        let _ = harness.calls(2, 0, || attributes(&session, object));
    }
    harness.call(1, || session.login(PIN))?;
    let _ = harness.call(0, || session.info());
    for _ in 0..2 {
        let _ = sign(harness, &session);
    }
    let _ = decrypt(harness, &session);
    let _ = harness.call(1, || session.set_pin(PIN, PIN));
    let _ = harness.call(0, || session.logout());
    let _ = harness.call(1, || session.login(PIN));
    sign(harness, &session)?;
    harness.call(0, || session.close())
}

fn key(session: &SessionGuard<'_>) -> Rv<(CK_OBJECT_HANDLE, Vec<u8>, Vec<u8>)> {
    let found = session.find(&[(CKA_CLASS, &CKO_PRIVATE_KEY.to_ne_bytes())])?;
    let key = *found.first().ok_or(CKR_KEY_HANDLE_INVALID)?;
    Ok((key, session.attribute(key, CKA_MODULUS)?, session.attribute(key, CKA_PUBLIC_EXPONENT)?))
}

fn sign(harness: &Harness, session: &SessionGuard<'_>) -> Rv<()> {
    let (key, modulus, exponent) = key(session)?;
    session.sign_init(&mut mechanism(CKM_RSA_PKCS), key)?;
    let data = [&DIGEST_INFO[..], &[0; 32]].concat();
    let signature = harness.call(0, || session.sign_once(&data))?;
    assert!(rsa_oracle::is_signature(&modulus, &exponent, &data, &signature), "a signature that is none");
    Ok(())
}

fn decrypt(harness: &Harness, session: &SessionGuard<'_>) -> Rv<()> {
    let (key, modulus, exponent) = key(session)?;
    let list = session.client.v2;
    checked(call!(list, C_DecryptInit, session.handle, &mut mechanism(CKM_RSA_X_509), key))?;
    let mut secret = vec![0x5A; modulus.len()];
    secret[0] = 0;
    let (mut plain, mut length) = (vec![0; 1024], 1024);
    let (from, from_length, to) = (secret.as_mut_ptr(), secret.len() as CK_ULONG, plain.as_mut_ptr());
    let rv = harness.call(0, || call!(list, C_Decrypt, session.handle, from, from_length, to, &mut length));
    checked(rv)?;
    plain.truncate(length as usize);
    assert!(rsa_oracle::is_power(&modulus, &exponent, &secret, &plain), "a decrypted block that is none");
    Ok(())
}
