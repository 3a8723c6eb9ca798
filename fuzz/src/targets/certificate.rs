//! A certificate of any bytes, shown by the C functions: every attribute of every object, and its key at work.
//!
//! What the module cuts out of a certificate is in it, byte for byte, and a key that it shows is one it can use.

use std::collections::HashMap;

use cryptoki_sys::*;
use virtual_cns::Personality;

use crate::file_card::FileCard;
use crate::harness::Harness;
use crate::reader::OneReader;
use crate::{FuzzTarget, rsa_oracle};
use testkit::pkcs11::{SessionGuard, call, mechanism};

/// See above.
pub const TARGET: FuzzTarget = FuzzTarget { name: "certificate", longest: 8192, prepare: || (), run };

/// What programs ask objects for.
pub(crate) const ATTRIBUTES: &[CK_ATTRIBUTE_TYPE] = &[
    CKA_CLASS,
    CKA_TOKEN,
    CKA_PRIVATE,
    CKA_LABEL,
    CKA_APPLICATION,
    CKA_VALUE,
    CKA_OBJECT_ID,
    CKA_CERTIFICATE_TYPE,
    CKA_ISSUER,
    CKA_SERIAL_NUMBER,
    CKA_TRUSTED,
    CKA_CERTIFICATE_CATEGORY,
    CKA_CHECK_VALUE,
    CKA_KEY_TYPE,
    CKA_SUBJECT,
    CKA_ID,
    CKA_SENSITIVE,
    CKA_ENCRYPT,
    CKA_DECRYPT,
    CKA_SIGN,
    CKA_VERIFY,
    CKA_MODULUS,
    CKA_MODULUS_BITS,
    CKA_PUBLIC_EXPONENT,
    CKA_PRIVATE_EXPONENT,
    CKA_PUBLIC_KEY_INFO,
    CKA_START_DATE,
    CKA_END_DATE,
    CKA_EXTRACTABLE,
    CKA_MODIFIABLE,
    CKA_ALWAYS_AUTHENTICATE,
    CKA_PROFILE_ID,
];

fn run(data: &[u8]) {
    let card = FileCard::new().file(&[0x1100, 0x1101], data).file(&[0x1000, 0x1003], b"6030000000000019");
    let harness = Harness::new(OneReader::with(Personality::st2021().atr, card));
    let slots = harness.call(0, || harness.client.slots(true)).expect("a card is in");
    let info = harness.call(0, || harness.client.token_info(slots[0])).expect("a CNS");
    assert!(std::str::from_utf8(&info.label).is_ok_and(|label| !label.contains(':')), "a label for people");
    let session = harness.call(0, || harness.client.open(slots[0]));
    for object in session.find(&[]).expect("a search") {
        check(data, &attributes(&session, object));
    }
    if let Some(&key) = session.find(&[(CKA_CLASS, &CKO_PUBLIC_KEY.to_ne_bytes())]).expect("a search").first()
    {
        use_key(&session, key);
    }
}

/// All attributes that an object has.
pub(crate) fn attributes(
    session: &SessionGuard<'_>,
    object: CK_OBJECT_HANDLE,
) -> HashMap<CK_ATTRIBUTE_TYPE, Vec<u8>> {
    let values = ATTRIBUTES.iter().map(|kind| (*kind, session.attribute(object, *kind)));
    values.filter_map(|(kind, value)| Some((kind, value.ok()?))).collect()
}

fn check(file: &[u8], values: &HashMap<CK_ATTRIBUTE_TYPE, Vec<u8>>) {
    let is_in_file = |part: &[u8]| part.is_empty() || file.windows(part.len()).any(|piece| piece == part);
    if values.get(&CKA_CLASS).map(Vec::as_slice) == Some(&CKO_CERTIFICATE.to_ne_bytes()) {
        assert!(file.starts_with(&values[&CKA_VALUE]), "the certificate is the file's beginning");
    }
    for kind in [CKA_SUBJECT, CKA_ISSUER, CKA_PUBLIC_KEY_INFO, CKA_MODULUS, CKA_PUBLIC_EXPONENT] {
        assert!(
            values.get(&kind).is_none_or(|value| is_in_file(value)),
            "attribute {kind:X} is not in the file"
        );
    }
    // Tag and length are put back; the content is the issuer's.
    let serial = values.get(&CKA_SERIAL_NUMBER).map(Vec::as_slice).unwrap_or_default();
    let content = match serial {
        [0x02, 0x82, _, _, content @ ..] | [0x02, 0x81, _, content @ ..] | [0x02, _, content @ ..] => content,
        other => other,
    };
    assert!(is_in_file(content), "a serial number that is not in the file");
    for date in [CKA_START_DATE, CKA_END_DATE].into_iter().filter_map(|kind| values.get(&kind)) {
        assert!(date.is_empty() || date.len() == 8, "CK_DATE has eight characters");
    }
}

fn use_key(session: &SessionGuard<'_>, key: CK_OBJECT_HANDLE) {
    let values = attributes(session, key);
    let (modulus, exponent) = (&values[&CKA_MODULUS], &values[&CKA_PUBLIC_EXPONENT]);
    assert!((128..=512).contains(&modulus.len()), "a key of {} bytes", modulus.len());
    let (list, handle) = (session.client.v2, session.handle);
    let mut raw = mechanism(CKM_RSA_X_509);
    assert_eq!(call!(list, C_EncryptInit, handle, &mut raw, key), CKR_OK);
    let (mut text, mut out, mut length) = (*b"text", vec![0; 512], 512);
    let (from, to) = (text.as_mut_ptr(), out.as_mut_ptr());
    assert_eq!(call!(list, C_Encrypt, handle, from, 4, to, &mut length), CKR_OK);
    assert_eq!(length as usize, modulus.len(), "the length of the modulus");
    out.truncate(length as usize);
    assert!(rsa_oracle::is_power(modulus, exponent, &out, &text), "another result than the oracle's");
}
