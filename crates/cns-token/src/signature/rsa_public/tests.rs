//! The check of what the card decrypted, with blocks that an attacker would like to distinguish.

use super::RsaPublicKey;

const LENGTH: usize = 256;

/// The count depends on the key, not on whether somebody could have its factors.
fn key() -> RsaPublicKey {
    RsaPublicKey::new(&[0xC5; LENGTH], &[0x01, 0x00, 0x01]).expect("an odd number of 2048 bits")
}

/// The cases of `cargo xtask constant-time`, in its order.
fn blocks() -> [[u8; LENGTH]; 8] {
    let noise = std::array::from_fn(|place| u8::try_from(place * 89 % 196).unwrap_or_default().max(1));
    let with = |zeros: std::ops::Range<usize>| {
        let mut block: [u8; LENGTH] = noise;
        block[zeros].fill(0);
        block
    };
    let mut frame = noise;
    frame[..2].copy_from_slice(&[0x00, 0x02]);
    let mut largest = [0xC5; LENGTH];
    largest[LENGTH - 1] -= 1;
    [noise, frame, with(0..8), with(0..255), [0; LENGTH], with(128..256), with(64..192), largest]
}

/// All of them are numbers that the check computes with: what is refused before that would count as fast.
#[test]
fn every_case_is_a_block() {
    let key = key();
    for block in blocks() {
        assert_eq!(key.raw(&block).map(|power| power.len()), Some(LENGTH));
    }
    assert_eq!(key.raw(&[0xC5; LENGTH]), None, "the modulus itself");
}

/// The size of a key is that of its number, not of its bytes.
#[test]
fn bits_are_counted_from_the_highest_one() {
    for (first, zeros, bits) in [(0xC5, 0, 2048), (0x7F, 0, 2047), (0x01, 0, 2041), (0xC5, 3, 2024)] {
        let mut modulus = [0xC5; LENGTH];
        modulus[..zeros].fill(0);
        modulus[zeros] = first;
        let key = RsaPublicKey::new(&modulus, &[0x00, 0x01, 0x00, 0x01]).expect("an odd number");
        assert_eq!((key.bits(), key.length()), (bits, LENGTH - zeros));
        assert_eq!((key.modulus(), key.exponent()), (&modulus[zeros..], &[0x01, 0x00, 0x01][..]));
    }
}

/// A number may come with zeros in front, as many as it likes, and is no longer than the modulus without them.
#[test]
fn a_block_is_a_number_below_the_modulus() {
    let key = key();
    let mut padded = vec![0; 5];
    padded.extend([0xC4; LENGTH]);
    assert_eq!(key.block(&padded).as_deref(), Some(&vec![0xC4; LENGTH]));
    assert_eq!(key.block(&[9]).map(|block| block[LENGTH - 2..].to_vec()), Some(vec![0, 9]));
    padded[4] = 1;
    assert!(key.block(&padded).is_none(), "longer");
    assert!(key.block(&[0xC6; LENGTH]).is_none(), "above");
}

/// Run by `cargo xtask constant-time` under valgrind, once per value of the variable, to count instructions.
#[test]
#[ignore = "does nothing but to be counted"]
fn counted() {
    let number: usize = std::env::var("CNS_TEST_CASE").expect("a case").parse().expect("a number");
    let (key, block) = (key(), blocks()[number]);
    assert!(key.raw(&block).is_some());
}
