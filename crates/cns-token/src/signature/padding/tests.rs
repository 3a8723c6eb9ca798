//! Each padding against another implementation of RFC 8017 (the `rsa` crate), both ways.

use std::sync::OnceLock;

use hex_literal::hex;
use oracle_sha1::Sha1;
use oracle_sha2::{Digest, Sha256, Sha384, Sha512};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rsa::traits::PublicKeyParts;
use rsa::{BigUint, Pkcs1v15Encrypt, Pkcs1v15Sign, Pss, RsaPrivateKey, RsaPublicKey};

use super::super::implicit_rejection::decrypted_message;
use super::*;

const MESSAGE: &[u8] = b"Entra in MyINPS";
/// 1025 and 1031 bits: the encoded message is a byte shorter than the modulus, or uses few bits of its first byte.
const SIZES: [usize; 4] = [1024, 1025, 1031, 2048];

fn key(bits: usize) -> &'static RsaPrivateKey {
    static KEYS: OnceLock<Vec<RsaPrivateKey>> = OnceLock::new();
    let keys = KEYS.get_or_init(|| {
        let mut random = ChaCha8Rng::seed_from_u64(8017);
        SIZES.map(|bits| RsaPrivateKey::new(&mut random, bits).expect("a key")).to_vec()
    });
    &keys[SIZES.iter().position(|size| *size == bits).expect("a size of the list")]
}

/// What the card does: the private operation and nothing else.
fn card(bits: usize, block: &[u8]) -> Vec<u8> {
    let result = rsa::hazmat::rsa_decrypt(None::<&mut ChaCha8Rng>, key(bits), &BigUint::from_bytes_be(block));
    super::super::rsa_public::left_pad(&result.expect("in range").to_bytes_be(), bits.div_ceil(8))
}

fn public(bits: usize, number: &[u8]) -> Vec<u8> {
    let key = key(bits);
    let key = super::super::rsa_public::RsaPublicKey::new(&key.n().to_bytes_be(), &key.e().to_bytes_be());
    key.expect("a key").raw(number).expect("below the modulus")
}

/// A hash, the oracle's digest of the message, and the oracle's two schemes with it.
type Case = (Hash, Vec<u8>, Pkcs1v15Sign, fn(usize) -> Pss);

fn hashes() -> [Case; 4] {
    [
        (Hash::Sha1, Sha1::digest(MESSAGE).to_vec(), Pkcs1v15Sign::new::<Sha1>(), Pss::new_with_salt::<Sha1>),
        (
            Hash::Sha256,
            Sha256::digest(MESSAGE).to_vec(),
            Pkcs1v15Sign::new::<Sha256>(),
            Pss::new_with_salt::<Sha256>,
        ),
        (
            Hash::Sha384,
            Sha384::digest(MESSAGE).to_vec(),
            Pkcs1v15Sign::new::<Sha384>(),
            Pss::new_with_salt::<Sha384>,
        ),
        (
            Hash::Sha512,
            Sha512::digest(MESSAGE).to_vec(),
            Pkcs1v15Sign::new::<Sha512>(),
            Pss::new_with_salt::<Sha512>,
        ),
    ]
}

fn same(hash: Hash, salt_length: usize) -> PssParameters {
    PssParameters { hash, mgf: hash, salt_length }
}

#[test]
fn our_digests_are_the_oracles() {
    for (hash, expected, _, _) in hashes() {
        assert_eq!(digest(hash, &[&MESSAGE[..5], &MESSAGE[5..]]), expected);
    }
}

#[test]
fn pkcs1_signatures_convince_the_oracle() {
    for bits in SIZES {
        for (hash, digest, scheme, _) in hashes() {
            let frame = pkcs1_sign_frame(&digest_info(hash, &digest), bits.div_ceil(8)).expect("it fits");
            let signature = card(bits, &frame);
            RsaPublicKey::from(key(bits)).verify(scheme, &digest, &signature).expect("a good signature");
        }
    }
}

#[test]
fn the_frame_of_a_signature_is_the_one_of_rfc_8017() {
    let frame = pkcs1_sign_frame(&hex!("AABB"), 14).expect("it fits");
    assert_eq!(frame, hex!("0001 FFFFFFFFFFFFFFFFFF 00 AABB"));
    assert!(pkcs1_sign_frame(&[0; 4], 14).is_err(), "fewer than eight bytes of padding");
}

#[test]
fn pss_signatures_convince_the_oracle() {
    for bits in SIZES {
        for (hash, digest, _, scheme) in hashes() {
            for salt_length in [0, 8, hash.length()] {
                let parameters = same(hash, salt_length);
                if !pss_fits(parameters, bits) {
                    assert!(matches!(pss_frame(&digest, parameters, bits), Err(PaddingError::KeySize)));
                    continue;
                }
                let signature = card(bits, &pss_frame(&digest, parameters, bits).expect("it fits"));
                let verdict = RsaPublicKey::from(key(bits)).verify(scheme(salt_length), &digest, &signature);
                verdict.unwrap_or_else(|error| panic!("{bits} bits, {hash:?}, salt {salt_length}: {error}"));
            }
        }
    }
}

#[test]
fn a_1024_bit_key_holds_no_sha_512_signature_with_a_full_salt() {
    assert!(!pss_fits(same(Hash::Sha512, 64), 1024), "130 bytes do not fit into 128");
    assert!(pss_fits(same(Hash::Sha512, 62), 1024));
    assert!(!pss_fits(same(Hash::Sha256, usize::MAX), 2048), "an absurd salt must not overflow");
}

#[test]
fn the_oracles_pss_signatures_convince_us_and_spoilt_ones_do_not() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    for bits in SIZES {
        for (hash, digest, _, scheme) in hashes() {
            let parameters = same(hash, 20);
            let signature = key(bits).sign_with_rng(&mut random, scheme(20), &digest).expect("a signature");
            let frame = public(bits, &signature);
            assert!(pss_is_consistent(&frame, &digest, parameters, bits));
            assert!(!pss_is_consistent(&frame, &digest, same(hash, 19), bits), "another salt length");
            for byte in 0..frame.len() {
                let mut spoilt = frame.clone();
                spoilt[byte] ^= 0x10;
                assert!(!pss_is_consistent(&spoilt, &digest, parameters, bits), "byte {byte} of {bits} bits");
            }
        }
    }
}

#[test]
fn the_oracle_decrypts_what_we_encrypt_and_we_what_it_encrypts() {
    let mut random = ChaCha8Rng::seed_from_u64(2);
    for length in [0, 1, 48, 117] {
        let message = vec![0xA5; length];
        let frame = pkcs1_encrypt_frame(&message, 128).expect("it fits");
        let decrypted = key(1024).decrypt(Pkcs1v15Encrypt, &public(1024, &frame)).expect("decrypts");
        assert_eq!(decrypted, message);
        let theirs =
            RsaPublicKey::from(key(1024)).encrypt(&mut random, Pkcs1v15Encrypt, &message).expect("encrypts");
        assert_eq!(*decrypted_message(&card(1024, &theirs), &theirs), message);
    }
    assert!(pkcs1_encrypt_frame(&[0; 118], 128).is_err());
}

/// RFC 8017, 9.2: eight bytes of FF at least. 9.1.1, step 3: salt, digest and two bytes fill the encoded message.
#[test]
fn the_longest_that_fits() {
    let whole = vec![7; 128 - 11];
    let frame = pkcs1_sign_frame(&whole, 128).expect("it fits");
    assert_eq!(frame, [&[0, 1][..], &[0xFF; 8], &[0], &whole].concat());
    assert!(pkcs1_sign_frame(&[7; 128 - 10], 128).is_err());
    let with_salt = |salt_length| PssParameters { hash: Hash::Sha256, mgf: Hash::Sha256, salt_length };
    // 1025 bits: the encoded message has 1024.
    for (bits, most) in [(1024, 128 - 34), (1025, 128 - 34), (1026, 129 - 34), (2048, 256 - 34)] {
        assert!(pss_fits(with_salt(most), bits) && !pss_fits(with_salt(most + 1), bits), "{bits}");
    }
}

/// Nothing is taken apart that is too short to be: a digest of another hash, a salt that does not fit, a frame of another
/// key.
#[test]
fn no_pss_frame_of_another_shape_is_consistent() {
    let parameters = PssParameters { hash: Hash::Sha256, mgf: Hash::Sha256, salt_length: 32 };
    let digest = Sha256::digest(MESSAGE).to_vec();
    let frame = pss_frame(&digest, parameters, 1024).expect("a frame");
    let is = |frame: &[u8], digest: &[u8], salt_length| {
        pss_is_consistent(frame, digest, PssParameters { salt_length, ..parameters }, 1024)
    };
    assert!(is(&frame, &digest, 32));
    assert!(!is(&frame, &digest[1..], 32) && !is(&frame, &[&digest[..], &[0]].concat(), 32));
    assert!(!is(&frame, &digest, 200) && !is(&frame, &digest, 128 - 33) && !is(&frame, &digest, 31));
    assert!(!is(&frame[1..], &digest, 32) && !is(&[], &digest, 32));
}
