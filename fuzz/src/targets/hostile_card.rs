//! A whole session of a program with a card that lies: list, look, log in, sign, decrypt, change the PIN, go.
//!
//! Bounded whatever comes; one command with a PIN for each that was asked for, and no PIN without; a signature that is
//! handed out is one, and so is a decrypted block.

use cryptoki_sys::*;

use crate::client::{Rv, SessionGuard, call, checked, mechanism};
use crate::harness::Stage;
use crate::hostile_card::{Bend, Liar, make_all, personalities};
use crate::input::Choices;
use crate::reader::OneReader;
use crate::targets::certificate::attributes;
use crate::{Target, rsa_oracle};

/// See above.
pub const TARGET: Target = Target { name: "hostile_card", longest: 1000, prepare: make_all, run };

/// The most bends of one input.
const MOST_BENDS: usize = 64;
const PIN: &[u8] = b"12345";
/// A DigestInfo of SHA-256 (RFC 8017, 9.2 note 1) without its digest, which is zeros here.
const DIGEST_INFO: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0D, 0x06, 9, 0x60, 0x86, 0x48, 0x01, 0x65, 3, 4, 2, 1, 5, 0, 4, 32];

fn run(data: &[u8]) {
    let mut choices = Choices::new(data);
    let (personality, endless) = (usize::from(choices.byte()), choices.byte() & 1 == 1);
    let mut bends = Vec::new();
    while !choices.is_empty() && bends.len() < MOST_BENDS {
        bends.push(Bend::read(&mut choices));
    }
    let all = personalities();
    let card = Liar::new(personality, bends, endless);
    let stage = Stage::over(OneReader::with(all[personality % all.len()].atr, card));
    for slot in list(&stage) {
        let _ = session(&stage, slot);
    }
    // A second look, as programs that are reloaded take.
    list(&stage);
}

fn list(stage: &Stage) -> Vec<CK_SLOT_ID> {
    stage.call(0, || stage.client.slots(true)).unwrap_or_default()
}

fn session(stage: &Stage, slot: CK_SLOT_ID) -> Rv<()> {
    let client = &stage.client;
    let _ = stage.call(0, || client.slot_info(slot));
    let _ = stage.call(0, || client.token_info(slot));
    let session = stage.call(0, || client.try_open(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION))?;
    for object in session.find(&[])? {
        // Only a data object's value is read from the card, once for its length and once for its bytes.
        let _ = stage.calls(2, 0, || attributes(&session, object));
    }
    stage.call(1, || session.login(PIN))?;
    let _ = stage.call(0, || session.info());
    for _ in 0..2 {
        let _ = sign(stage, &session);
    }
    let _ = decrypt(stage, &session);
    let _ = stage.call(1, || session.set_pin(PIN, PIN));
    let _ = stage.call(0, || session.logout());
    let _ = stage.call(1, || session.login(PIN));
    sign(stage, &session)?;
    stage.call(0, || session.close())
}

fn key(session: &SessionGuard<'_>) -> Rv<(CK_OBJECT_HANDLE, Vec<u8>, Vec<u8>)> {
    let found = session.find(&[(CKA_CLASS, &CKO_PRIVATE_KEY.to_ne_bytes())])?;
    let key = *found.first().ok_or(CKR_KEY_HANDLE_INVALID)?;
    Ok((key, session.attribute(key, CKA_MODULUS)?, session.attribute(key, CKA_PUBLIC_EXPONENT)?))
}

fn sign(stage: &Stage, session: &SessionGuard<'_>) -> Rv<()> {
    let (key, modulus, exponent) = key(session)?;
    session.sign_init(&mut mechanism(CKM_RSA_PKCS), key)?;
    let data = [&DIGEST_INFO[..], &[0; 32]].concat();
    let signature = stage.call(0, || session.sign_once(&data))?;
    assert!(rsa_oracle::is_signature(&modulus, &exponent, &data, &signature), "a signature that is none");
    Ok(())
}

fn decrypt(stage: &Stage, session: &SessionGuard<'_>) -> Rv<()> {
    let (key, modulus, exponent) = key(session)?;
    let list = session.client.v2;
    checked(call!(list, C_DecryptInit, session.handle, &mut mechanism(CKM_RSA_X_509), key))?;
    let mut secret = vec![0x5A; modulus.len()];
    secret[0] = 0;
    let (mut plain, mut length) = (vec![0; 1024], 1024);
    let (from, from_length, to) = (secret.as_mut_ptr(), secret.len() as CK_ULONG, plain.as_mut_ptr());
    let rv = stage.call(0, || call!(list, C_Decrypt, session.handle, from, from_length, to, &mut length));
    checked(rv)?;
    plain.truncate(length as usize);
    assert!(rsa_oracle::is_power(&modulus, &exponent, &secret, &plain), "a decrypted block that is none");
    Ok(())
}
