//! Judged by OpenSSL 4.0 (through Python's `cryptography` 48): what it decrypts the same cryptograms to, with two keys
//! made for this purpose only and thrown away; and by other implementations of RSA and PKCS#1.

use hex_literal::hex;
use oracle_sha2::{Digest, Sha256 as OracleSha256};
use rsa::BigUint;

use super::*;

/// A cryptogram's plaintext begins with this and holds its first zero byte there; OpenSSL says that the message has this
/// length and this SHA-256.
struct Case {
    head: [u8; 2],
    zero_at: Option<usize>,
    message: (usize, [u8; 32]),
}

const fn case(head: [u8; 2], zero_at: Option<usize>, length: usize, sha256: [u8; 32]) -> Case {
    Case { head, zero_at, message: (length, sha256) }
}

/// The right paddings are the last two.
const SMALL: [Case; 8] = [
    case(hex!("0000"), Some(40), 8, hex!("1c93552f343a42d2c3b55d53cc93dd515cef0954a577472ff05dcd1fe5bb25f3")),
    case(
        hex!("0102"),
        Some(40),
        13,
        hex!("cebd5508ac31dc3a84e89bc0a3f19380a2130a7c0b7ac1f103fd5a45249b3490"),
    ),
    case(
        hex!("0001"),
        Some(40),
        87,
        hex!("746140559653cf1fc4e640293522ac50c3663a8ac5aef52ccf431c5042f62cfd"),
    ),
    case(hex!("0002"), Some(9), 87, hex!("f00290a5e99d6f9e77d73ac5b0bf55321abbcb0abcfb81576d124b84c11f11a9")),
    case(
        hex!("0002"),
        Some(2),
        106,
        hex!("87d4290e49dcacdd29de713a69c8858449c1bc8458443cbffedc7b7e9187eb14"),
    ),
    case(hex!("0002"), None, 58, hex!("89d9ccd37feb1d2c32505f4c329cfcc7e0e7670e40fe15f82390ba88d20f2452")),
    case(
        hex!("0002"),
        Some(40),
        87,
        hex!("12273630f63afed7628b60a269a89a209d429a5f9604a6bb005df2cebe2dba72"),
    ),
    case(
        hex!("0002"),
        Some(10),
        117,
        hex!("419d58c72e4d12ad4e6019044b70cdbd422f7c532d90f236647bf394f98081a3"),
    ),
];
const SMALL_MODULUS: [u8; 128] = hex!(
    "d8358de232cb769caea42d00659986bb85ebd842be785cd8e6018111dc1edf740e28e6c056e3c7a7f9458ea1"
    "5faf972ed76db6fa481d9c17f405072a739120565e125c2f8f5cd9c6372ab4b8261ebb51c74ec5ff16e01a34"
    "9bffeff2305a0c273959f45af2c2c6718165196248a0ed62db0e76c61f118c26d223464501ee59ed"
);
const SMALL_PRIVATE_EXPONENT: [u8; 128] = hex!(
    "c4beaf17186be7ca9a6d517a1bfa420da0c745eb2e922ec33d423f26766d2d9fd946c4fc5fd53519188f8044"
    "3ee3752aade4ebee02f3d6d84138d6157e46a0e9e9d39e7d7037ed1069a4861f4396fa245358cf8fc6e97ebe"
    "127fc62730fc613733162f110c0a1c90f4d3ae9eaf541093eaa5accad90b2ff4bf1c43b20daf032d"
);

const LARGE: [Case; 8] = [
    case(
        hex!("0000"),
        Some(40),
        23,
        hex!("fba45a8e3c91161deb28ade98beafded1b17441ef375d6954c574cc5d15dace7"),
    ),
    case(
        hex!("0102"),
        Some(40),
        140,
        hex!("12d3b9f7fdc77985239d9bcac951216439d5058b426f7b346e02e0a42450bd40"),
    ),
    case(
        hex!("0001"),
        Some(40),
        115,
        hex!("b74c0e4fcbe32d3d73ffe74212d2ca995ec44ae208598930c2d45e51b29b10e0"),
    ),
    case(hex!("0002"), Some(9), 51, hex!("f27704e0876ed7e7b230010d78809f085253a7dd6bbbe0dfb95a474852b8528b")),
    case(
        hex!("0002"),
        Some(2),
        193,
        hex!("5f93b907f410b3e9cb6fa3b72e573c29487a84d8fbd96eb5aea2b9a429e99a5d"),
    ),
    case(hex!("0002"), None, 182, hex!("029243a9ee29e4519b15455a514734086135a6ad3fd5c79420dd435c4ea9e2a1")),
    case(
        hex!("0002"),
        Some(40),
        215,
        hex!("533a9ad35dca937e2a4fcb57b5eb96dc477fdf2cfd1386c06c90a5273293958b"),
    ),
    case(
        hex!("0002"),
        Some(10),
        245,
        hex!("7613f683828186eca1701e326b7cfa8249aa406963b05ba7eb935aba0721ffd2"),
    ),
];
const LARGE_MODULUS: [u8; 256] = hex!(
    "90be1d3f3ab10686e883155055c81050790d1e4c04697e499718ca37ab1e9b2ae31d1f5b48a3bf5408e02e66"
    "f43f7f1d96ad946c164d61c1da3627eff2721bf1aa67d157ccb7f7899dea2ab1750a7211c6bd83a488dee6ed"
    "38c96ef271728cb5614e3678660bd6db9c6855181219d68ece148bf310398ef28eb664de97a9c8ee71e2a3af"
    "05a285e3748c779ea35c6cf885983788a46b28a01d26ce54cb4fb99e4af5dc13c7c7a3e4d19fed20362e788c"
    "48eee31f55b346d9758dadc60b3793b2670090582fbe7b527940ea3e8d4d3908d65bc450b46c1adf2ebfd887"
    "097dab90828c0d4cd60334f8e1dc4f10adbd3772b69905a6a2751466299c784654412ecb"
);
const LARGE_PRIVATE_EXPONENT: [u8; 256] = hex!(
    "349961f78054a492921c50ba88f1d33beb41a128eed1875b26d59366f7807fd2ee05bf4764f65ca9253092ac"
    "47466be34cc677916fe95f051b4f62e407af0008aa6c5fdf103e2a6e903c70975c79174aee762048c2947e46"
    "e6c40cd57df4aabd9f46d4f49be0e18b9d232d093a4ab975dbde0b9da0dfc9dacb91ecc61747540506e1c166"
    "202b7e0d029fcb5d960463467e2dca8a16cd8dd2b4de39ba34ebb91a7b2ca61423be416c2d0cdaa80c69de4c"
    "4b3af97638065d0a56cc87d523081bfc1cce1cf870f60b42824dda5c84474efa32c9f09187fd82c8735ec683"
    "6523822d7b31e44ecedb34255a6677a69d3285af8397c56c260557b8a225908baf2e3f41"
);

/// The head, then bytes that are not zero but for the one.
fn frame(case: &Case, length: usize) -> Vec<u8> {
    let mut frame = case.head.to_vec();
    frame.extend((0..length - 2).map(|i| u8::try_from((i * 37 + 11) % 255 + 1).expect("a byte")));
    if let Some(at) = case.zero_at {
        frame[at] = 0;
    }
    frame
}

fn encrypted(frame: &[u8], modulus: &[u8]) -> Vec<u8> {
    let number = BigUint::from_bytes_be(frame);
    let power = number.modpow(&BigUint::from(65537u32), &BigUint::from_bytes_be(modulus)).to_bytes_be();
    super::super::rsa_public::left_pad(&power, modulus.len())
}

fn is_what_openssl_says(cases: &[Case], modulus: &[u8], private_exponent: &[u8]) {
    for (number, case) in cases.iter().enumerate() {
        let frame = frame(case, modulus.len());
        // The draft's derivation key, from the private exponent, which never leaves a card.
        let key = hmac(&OracleSha256::digest(private_exponent), &[&encrypted(&frame, modulus)]);
        let (content, start) = opened(&frame, &key);
        let message = &content[start..];
        let found = (message.len(), <[u8; 32]>::from(OracleSha256::digest(message)));
        assert_eq!(found, case.message, "case {number} of {} bits", 8 * modulus.len());
    }
}

#[test]
fn the_messages_are_those_of_openssl() {
    is_what_openssl_says(&SMALL, &SMALL_MODULUS, &SMALL_PRIVATE_EXPONENT);
    is_what_openssl_says(&LARGE, &LARGE_MODULUS, &LARGE_PRIVATE_EXPONENT);
}

#[test]
fn a_right_padding_gives_its_message_and_a_wrong_one_always_the_same() {
    for (number, case) in SMALL.iter().enumerate() {
        let frame = frame(case, 128);
        let message = decrypted_message(&frame, &[7; 128]);
        assert!(message.len() <= 117, "{number}");
        assert_eq!(message, decrypted_message(&frame, &[7; 128]), "{number}: the same again");
        let real = number >= 6;
        let at = case.zero_at.map_or(128, |at| at + 1);
        assert_eq!(*message == frame[at..], real, "{number}");
        assert_eq!(message == decrypted_message(&frame, &[8; 128]), real, "{number}: another cryptogram");
    }
}

#[test]
fn an_empty_message_is_a_message() {
    let mut frame = vec![0xFF; 128];
    (frame[0], frame[1], frame[127]) = (0, 2, 0);
    assert_eq!(*decrypted_message(&frame, &[7; 128]), []);
}

/// Made-up lengths must be indistinguishable from real ones: all of 0 to 117 come.
#[test]
fn made_up_lengths_are_spread_over_all_that_fit() {
    let mut seen = [0; 118];
    for number in 0..4000u32 {
        seen[made_up_length(&number.to_be_bytes(), 128) as usize] += 1;
    }
    assert!(seen.iter().all(|count| (5..100).contains(count)), "{seen:?}");
}

/// Run by `cargo xtask constant-time` under valgrind, once per value of the variable, to count instructions.
#[test]
#[ignore = "does nothing but to be counted"]
fn counted() {
    let number: usize = std::env::var("CNS_TEST_CASE").expect("a case").parse().expect("a number");
    let frame = frame(&LARGE[number], 256);
    let (content, start) = opened(&frame, &[number as u8; 32]);
    assert!(start <= content.len());
}

/// RFC 8017 7.2.2, step 3: the first zero byte after the block type ends the padding, and others belong to the message.
#[test]
fn zero_bytes_of_a_message_do_not_end_it() {
    let mut frame = [0x5A; 128];
    frame[..2].copy_from_slice(&[0x00, 0x02]);
    for zero in [40, 50, 127] {
        frame[zero] = 0x00;
    }
    assert_eq!(*decrypted_message(&frame, &[0x07; 128]), frame[41..]);
}
