//! Acquire, files, properties and the container, on every card.

use cnscm::cardmod::{CARD_CAPABILITIES, CARD_FREE_SPACE_INFO, CARD_KEY_SIZES};
use rsa::traits::PublicKeyParts;
use virtual_cns::holders::CertificateOptions;
use virtual_cns::{Card, Personality};

use crate::base_csp::{BaseCsp, SUCCESS, call};
use crate::oracle::public_key;
use crate::stage::{Stage, personalities};

const MSCP: Option<&str> = Some("mscp");
const UNKNOWN_CARD: u32 = 0x8010_000D;
const NO_KEY_CONTAINER: u32 = 0x8010_0030;
const FILE_NOT_FOUND: u32 = 0x8010_0024;

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|four| u32::from_le_bytes(four.try_into().unwrap())).collect()
}

#[test]
fn every_card_shows_its_certificate_in_one_container() {
    for personality in personalities() {
        let stage = Stage::with(personality);
        let csp = stage.csp();
        let case = personality.name();
        let certificate = stage.card().certificate_der().to_vec();
        let bits = personality.key_bits() as u32;
        stage.forget();
        assert_eq!(csp.read_file(MSCP, "kxc00").as_ref(), Ok(&certificate), "{case}");
        assert_eq!(csp.read_file(Some("MSCP"), "KxC00").as_ref(), Ok(&certificate), "{case}");
        assert_eq!(csp.files(None).unwrap(), b"cardid\0cardcf\0cardapps\0\0", "{case}");
        assert_eq!(csp.files(MSCP).unwrap(), b"cmapfile\0kxc00\0\0", "{case}");
        assert_eq!(csp.read_file(Some(""), "CardApps").unwrap(), b"mscp\0\0\0\0", "{case}");
        assert_eq!(csp.read_file(None, "cardcf").unwrap().len(), 6, "{case}");
        let id = csp.read_file(None, "cardid").unwrap();
        assert_eq!((id.len(), csp.property("Card Identifier", 0)), (16, Ok(id)), "{case}");
        assert_eq!(csp.file_info(None, "cardid"), Ok((16, 3)), "{case}");
        assert_eq!(csp.file_info(MSCP, "kxc00"), Ok((certificate.len() as u32, 1)), "{case}");
        container_is_the_certificates(&csp, &certificate, bits);
        assert_eq!(stage.commands(), <[String; 0]>::default(), "{case}: all that was read at the beginning");
        assert_eq!(csp.delete(), SUCCESS, "{case}");
    }
}

fn container_is_the_certificates(csp: &BaseCsp, certificate: &[u8], bits: u32) {
    let record = csp.read_file(MSCP, "cmapfile").unwrap();
    assert_eq!(record.len(), 86);
    let name: Vec<u16> = record[..80].chunks(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
    let name = String::from_utf16(&name).unwrap();
    let name = name.trim_end_matches('\0');
    assert!(name.len() == 36 && name.split('-').map(str::len).eq([8, 4, 4, 4, 12]), "{name}");
    assert_eq!(record[80..84], [3, 0, 0, 0]);
    assert_eq!(u32::from(u16::from_le_bytes([record[84], record[85]])), bits);
    let blob = csp.container(0).unwrap();
    assert_eq!(blob[..8], [6, 2, 0, 0, 0x00, 0xA4, 0, 0]);
    assert_eq!(&blob[8..12], b"RSA1");
    let key = public_key(certificate);
    assert_eq!(numbers(&blob[12..16]), [bits]);
    assert_eq!(rsa::BigUint::from_bytes_le(&blob[16..20]), *key.e());
    assert_eq!(rsa::BigUint::from_bytes_le(&blob[20..]), *key.n());
    assert_eq!(blob.len() as u32, 20 + bits / 8);
    assert_eq!(csp.container(1), Err(NO_KEY_CONTAINER));
}

#[test]
fn properties_are_as_a_read_only_card_has_them() {
    let stage = Stage::with(&Personality::st2021());
    let csp = stage.csp();
    let property = |name, flags| csp.property(name, flags).map(|bytes| numbers(&bytes));
    assert_eq!(property("Free Space", 0), Ok(vec![1, 0, 0, 1]));
    assert_eq!(property("Capabilities", 0), Ok(vec![1, 1, 0]));
    for key_spec in [1, 2] {
        assert_eq!(property("Key Sizes", key_spec), Ok(vec![1, 2048, 2048, 2048, 1]));
    }
    assert_eq!(property("Read Only Mode", 0), Ok(vec![1]));
    assert_eq!(property("Cache Mode", 0), Ok(vec![2]));
    assert_eq!(property("Supports Windows x.509 Enrollment", 0), Ok(vec![0]));
    assert_eq!(property("PIN List", 0), Ok(vec![0x06]));
    assert_eq!(property("PIN Information", 1), Ok(vec![6, 0, 0, 2, 4, 6, 0, 0, 0]));
    assert_eq!(property("PIN Information", 2), Ok(vec![6, 0, 6, 0, 0, 6, 2, 0, 0]));
    for name in ["PIN Strength Verify", "PIN Strength Change", "PIN Strength Unblock"] {
        assert_eq!(property(name, 1), Ok(vec![1]));
    }
    assert_eq!(property("Key Import Support", 0), Ok(vec![0]));
    assert_eq!(property("Authenticated State", 0), Ok(vec![0]));
    let number = stage.card().card_id().to_owned();
    assert_eq!(csp.property("Card Serial Number", 0).unwrap(), number.as_bytes());
}

#[test]
fn queries_of_version_5_say_the_same() {
    let stage = Stage::with(&Personality::idemia_2021());
    let csp = stage.csp();
    let mut space = CARD_FREE_SPACE_INFO {
        dwVersion: 0,
        dwBytesAvailable: 9,
        dwKeyContainersAvailable: 9,
        dwMaxKeyContainers: 9,
    };
    assert_eq!(call!(csp, pfnCardQueryFreeSpace, 0, &mut space), SUCCESS);
    assert_eq!((space.dwVersion, space.dwBytesAvailable, space.dwMaxKeyContainers), (1, 0, 1));
    let mut capabilities = CARD_CAPABILITIES { dwVersion: 1, fCertificateCompression: 9, fKeyGen: 9 };
    assert_eq!(call!(csp, pfnCardQueryCapabilities, &mut capabilities), SUCCESS);
    assert_eq!((capabilities.fCertificateCompression, capabilities.fKeyGen), (1, 0));
    let mut sizes = CARD_KEY_SIZES {
        dwVersion: 1,
        dwMinimumBitlen: 0,
        dwDefaultBitlen: 0,
        dwMaximumBitlen: 0,
        dwIncrementalBitlen: 0,
    };
    assert_eq!(call!(csp, pfnCardQueryKeySizes, 1, 0, &mut sizes), SUCCESS);
    assert_eq!((sizes.dwMinimumBitlen, sizes.dwMaximumBitlen), (2048, 2048));
}

/// Windows keeps what it read of a card by its identifier (OpenSC #524, #3151).
#[test]
fn the_identifier_and_the_container_change_with_the_certificate() {
    let options = CertificateOptions { years: (2021, 2027), ..CertificateOptions::PLAIN };
    let stage = Stage::built(Card::builder(&Personality::st2021()).certificate(options));
    let before = stage.csp();
    let seen = |csp: &BaseCsp| {
        ["cardid", "cardcf"]
            .map(|file| csp.read_file(None, file).unwrap())
            .into_iter()
            .chain([csp.read_file(MSCP, "cmapfile").unwrap(), csp.read_file(MSCP, "kxc00").unwrap()])
    };
    let old: Vec<_> = seen(&before).collect();
    assert_eq!(seen(&stage.csp()).collect::<Vec<_>>(), old, "two programs see the same card");
    let renewed = CertificateOptions { years: (2026, 2032), ..CertificateOptions::PLAIN };
    stage.card().renew(&renewed, true);
    for (old, new) in old.iter().zip(seen(&stage.csp())) {
        assert_ne!(*old, new);
    }
}

#[test]
fn cards_that_are_no_cns_are_unknown() {
    // A CNS without a certificate is one all the same.
    let foreign = Personality::foreign().iter().filter(|card| card.name() != "ts-without-certificate");
    for personality in foreign {
        assert_eq!(Stage::with(personality).try_csp().err(), Some(UNKNOWN_CARD), "{}", personality.name());
    }
}

/// A CNS that was issued without a certificate, or whose certificate is for signatures only, is a card without containers.
#[test]
fn a_cns_without_a_certificate_has_no_container_and_no_use_for_a_pin() {
    let stage = Stage::built(Card::builder(&Personality::st2021()).without_file(&[0x1100, 0x1101]));
    let Ok(csp) = stage.try_csp() else { panic!("a CNS") };
    assert_eq!(csp.files(MSCP).unwrap(), b"cmapfile\0\0");
    assert_eq!(csp.read_file(MSCP, "kxc00"), Err(FILE_NOT_FOUND));
    assert_eq!(csp.read_file(MSCP, "cmapfile").unwrap(), [0; 86]);
    assert_eq!(csp.container(0), Err(NO_KEY_CONTAINER));
    stage.forget();
    assert_eq!(csp.authenticate(b"12345").map_err(|(code, _)| code), Err(NO_KEY_CONTAINER));
    assert_eq!(stage.pin_commands(), [0, 0, 0]);
}
