//! The check of what the card decrypted, with blocks that an attacker would like to tell apart.

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

/// All of them are numbers that the check computes with: what is refused at the door would count as fast.
#[test]
fn every_case_is_a_block() {
    let key = key();
    for block in blocks() {
        assert_eq!(key.raw(&block).map(|power| power.len()), Some(LENGTH));
    }
    assert_eq!(key.raw(&[0xC5; LENGTH]), None, "the modulus itself");
}

/// Run by `cargo xtask constant-time` under valgrind, once per value of the variable, to count instructions.
#[test]
#[ignore = "does nothing but to be counted"]
fn counted() {
    let number: usize = std::env::var("CNS_TEST_CASE").expect("a case").parse().expect("a number");
    let (key, block) = (key(), blocks()[number]);
    assert!(key.raw(&block).is_some());
}
