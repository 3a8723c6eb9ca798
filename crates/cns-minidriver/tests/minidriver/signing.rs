//! Every way to sign, on every card, judged by another implementation of RSA.

use cnscm::cardmod::{BCRYPT_PKCS1_PADDING_INFO, BCRYPT_PSS_PADDING_INFO};
use virtual_cns::{Card, DEFAULT_PIN, Personality};

use crate::base_csp::{BaseCsp, Kind, PADDING_INFO, SIZE_ONLY, SUCCESS, call, free, signing_info, wide};
use crate::oracle::{Hash, pkcs1_is_good, pss_is_good, public_key};
use crate::stage::{Stage, personalities};

const SECURITY_VIOLATION: u32 = 0x8010_006A;
const MESSAGE: &[u8] = b"GET /MyINPS HTTP/1.1";

/// `ALG_ID`, name and length of each hash.
const HASHES: [(u32, &str, Hash); 4] = [
    (0x8004, "SHA1", Hash::Sha1),
    (0x800C, "SHA256", Hash::Sha256),
    (0x800D, "SHA384", Hash::Sha384),
    (0x800E, "SHA512", Hash::Sha512),
];

/// `DigestInfo` of SHA-256 (RFC 8017, 9.2, note 1).
fn digest_info() -> Vec<u8> {
    let prefix = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
    [&prefix[..], &Hash::Sha256.digest(MESSAGE)].concat()
}

#[test]
fn every_card_signs_in_every_way() {
    for personality in personalities() {
        let stage = Stage::with(personality);
        let certificate = stage.card().certificate_der().to_vec();
        let csp = stage.csp();
        let case = personality.name();
        csp.transaction(|csp| {
            stage.forget();
            let digest = Hash::Sha256.digest(MESSAGE);
            assert_eq!(csp.sign(Kind::Capi(0x800C), &digest), Err(SECURITY_VIOLATION), "{case}");
            assert_eq!(stage.commands(), <[String; 0]>::default(), "{case}: before a PIN nothing is sent");
            csp.authenticate(DEFAULT_PIN.as_bytes()).unwrap_or_else(|error| panic!("{case}: {error:x?}"));
            for (algorithm, name, hash) in HASHES {
                let digest = hash.digest(MESSAGE);
                let salt = digest.len() as u32;
                for kind in [Kind::Capi(algorithm), Kind::Pkcs1(Some(name))] {
                    let signature =
                        csp.sign(kind, &digest).unwrap_or_else(|code| panic!("{case} {kind:?}: {code:x}"));
                    assert!(pkcs1_is_good(&certificate, hash, MESSAGE, &signature), "{case} {kind:?}");
                }
                let fits = 2 * digest.len() + 2 <= certificate_bytes(&certificate);
                let kind = Kind::Pss(name, salt);
                match csp.sign(kind, &digest) {
                    Ok(signature) => {
                        assert!(pss_is_good(&certificate, hash, MESSAGE, &signature), "{case} {kind:?}");
                    }
                    Err(code) => assert!(!fits && code == 0x8010_0004, "{case} {kind:?}: {code:x}"),
                }
            }
            for kind in [Kind::Capi(0), Kind::Pkcs1(None)] {
                let signature = csp.sign(kind, &digest_info()).unwrap();
                assert!(pkcs1_is_good(&certificate, Hash::Sha256, MESSAGE, &signature), "{case} {kind:?}");
            }
        });
        assert_eq!(stage.pin_commands(), [1, 0, 0], "{case}");
    }
}

fn certificate_bytes(certificate: &[u8]) -> usize {
    rsa::traits::PublicKeyParts::size(&public_key(certificate))
}

/// The protocol is the handle's, and a signature needs no extended length on these.
#[test]
fn cards_that_speak_t0_sign() {
    for name in ["cardos", "oberthur", "athena", "idemia2021"] {
        let stage = Stage::built(Card::builder(&Personality::by_name(name).unwrap()).t0());
        let certificate = stage.card().certificate_der().to_vec();
        let csp = stage.csp();
        csp.transaction(|csp| {
            csp.authenticate(DEFAULT_PIN.as_bytes()).unwrap();
            let signature = csp.sign(Kind::Capi(0x800C), &Hash::Sha256.digest(MESSAGE)).unwrap();
            assert!(pkcs1_is_good(&certificate, Hash::Sha256, MESSAGE, &signature), "{name}");
        });
    }
}

/// Old TLS: MD5 and SHA-1 side by side, 36 bytes without a DigestInfo.
#[test]
fn the_two_hashes_of_old_tls_are_signed_as_they_are() {
    let stage = Stage::with(&Personality::cardos());
    let certificate = stage.card().certificate_der().to_vec();
    let csp = stage.csp();
    csp.transaction(|csp| {
        csp.authenticate(DEFAULT_PIN.as_bytes()).unwrap();
        let data = [0x5A; 36];
        let signature = csp.sign(Kind::Capi(0x8008), &data).unwrap();
        let key = public_key(&certificate);
        assert!(key.verify(rsa::Pkcs1v15Sign::new_unprefixed(), &data, &signature).is_ok());
    });
}

/// The kind of padding has its own field; its bit, and that of CNG's flag for PSS, may be among the flags as well.
#[test]
fn a_padding_named_among_the_flags_too_is_the_same_padding() {
    let stage = Stage::with(&Personality::cardos());
    let csp = stage.csp();
    let name = wide("SHA256");
    let pkcs1 = BCRYPT_PKCS1_PADDING_INFO { pszAlgId: name.as_ptr() };
    let pss = BCRYPT_PSS_PADDING_INFO { pszAlgId: name.as_ptr(), cbSalt: 32 };
    csp.transaction(|csp| {
        csp.authenticate(DEFAULT_PIN.as_bytes()).unwrap();
        for (kind, information, flags) in [
            (2, (&raw const pkcs1).cast(), 2),
            (4, (&raw const pss).cast(), 4),
            (4, (&raw const pss).cast(), 8),
        ] {
            let mut signing = signing_info(&[7; 32]);
            (signing.dwPaddingType, signing.pPaddingInfo) = (kind, information);
            signing.dwSigningFlags = PADDING_INFO | flags;
            assert_eq!(call!(csp, pfnCardSignData, &mut signing), SUCCESS, "{kind} {flags}");
            // SAFETY: memory of this test's own function.
            unsafe { free(signing.pbSignedData.cast()) };
        }
    });
}

/// Browsers ask for the length first, each time.
#[test]
fn the_length_alone_costs_no_command_and_needs_no_pin() {
    let stage = Stage::built(Card::builder(&Personality::by_name("ace2025").unwrap()));
    let csp = stage.csp();
    stage.forget();
    let mut signing = signing_info(&[]);
    (signing.dwSigningFlags, signing.pbData) = (SIZE_ONLY, std::ptr::null());
    assert_eq!(call!(csp, pfnCardSignData, &mut signing), SUCCESS);
    assert_eq!(signing.cbSignedData as usize, Personality::by_name("ace2025").unwrap().key_bits() / 8);
    assert_eq!(stage.commands(), <[String; 0]>::default());
}

/// The Base CSP ends an authentication by a reset over its own handle, of which it is not told: the next signature needs a
/// PIN, and costs no try.
#[test]
fn after_the_callers_reset_a_signature_wants_the_pin_again() {
    for personality in personalities() {
        let stage = Stage::with(personality);
        let csp = stage.csp();
        let digest = Hash::Sha256.digest(MESSAGE);
        let sign = |csp: &BaseCsp| csp.sign(Kind::Pkcs1(Some("SHA256")), &digest).map(drop);
        csp.transaction(|csp| {
            for _ in 0..2 {
                csp.authenticate(DEFAULT_PIN.as_bytes()).unwrap();
                assert_eq!(sign(csp), Ok(()), "{}", personality.name());
                csp.deauthenticate();
                assert_eq!(sign(csp), Err(SECURITY_VIOLATION), "{}", personality.name());
            }
        });
        assert_eq!(stage.pin_commands(), [2, 0, 0], "{}", personality.name());
    }
}
