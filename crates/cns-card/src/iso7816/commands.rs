//! Every command APDU that this engine sends, one function each: its bytes, and the paragraph that defines them.
//!
//! Clause numbers without a standard are those of ISO/IEC 7816-4:2020. Where Le is written `[Le]`, the caller adds it with
//! [`CommandApdu::with_le`] for a card that wants it. Other files name commands and never instruction bytes.

use zeroize::Zeroizing;

use super::command::CommandApdu;
use super::secret_buffer::SecretBuffer;

pub(crate) const SELECT: &str = "SELECT";
pub(crate) const READ_BINARY: &str = "READ BINARY";
pub(crate) const VERIFY: &str = "VERIFY";
pub(crate) const CHANGE_REFERENCE_DATA: &str = "CHANGE REFERENCE DATA";
pub(crate) const RESET_RETRY_COUNTER: &str = "RESET RETRY COUNTER";

/// The file identifier of the MF (7.3.2).
const MF: u16 = 0x3F00;

/// SELECT an application by its AID (11.2.2): `00 A4 04 00 Lc AID [Le]`.
pub(crate) fn select_application(aid: &[u8]) -> CommandApdu {
    CommandApdu::new(SELECT, 0xA4, 0x04, 0x00).with_data(aid)
}

/// SELECT a file by its path from the MF, without the MF's own identifier (11.2.2): `00 A4 08 00 Lc path [Le]`.
pub(crate) fn select_path_from_mf(path: &[u16]) -> CommandApdu {
    CommandApdu::new(SELECT, 0xA4, 0x08, 0x00).with_data(&joined(path))
}

/// SELECT a file by its path from the current DF (11.2.2): `00 A4 09 00 Lc path [Le]`.
pub(crate) fn select_path_from_current_df(path: &[u16]) -> CommandApdu {
    CommandApdu::new(SELECT, 0xA4, 0x09, 0x00).with_data(&joined(path))
}

/// SELECT a file in the current DF by its identifier (11.2.2): `00 A4 00 00 02 FID [Le]`.
pub(crate) fn select_file(identifier: u16) -> CommandApdu {
    CommandApdu::new(SELECT, 0xA4, 0x00, 0x00).with_data(&identifier.to_be_bytes())
}

/// SELECT the MF, in an application its root (11.2.2): `00 A4 00 00 02 3F00 [Le]`.
pub(crate) fn select_mf() -> CommandApdu {
    select_file(MF)
}

/// READ BINARY of the current EF (11.3.3): `00 B0 offset Le`, in extended form `00 B0 offset 00 Le Le`. `None` from an
/// offset of 32768 bytes on: bit 8 of P1 would make the rest a short EF identifier.
pub(crate) fn read_binary(offset: usize, le: u32) -> Option<CommandApdu> {
    let [p1, p2] = u16::try_from(offset).ok().filter(|offset| *offset < 0x8000)?.to_be_bytes();
    Some(CommandApdu::new(READ_BINARY, 0xB0, p1, p2).with_le(le))
}

/// GET DATA, a data object of the current template by its tag in P1-P2 (11.5.3): `00 CA tag 00`.
pub(crate) fn get_data(tag: u16) -> CommandApdu {
    let [p1, p2] = tag.to_be_bytes();
    CommandApdu::new("GET DATA", 0xCA, p1, p2).with_le(256)
}

/// GET RESPONSE, the rest of a response that `61xx` announced (11.8.1): `00 C0 00 00 Le`.
pub(crate) fn get_response(le: u32) -> CommandApdu {
    CommandApdu::new("GET RESPONSE", 0xC0, 0x00, 0x00).with_le(le)
}

/// VERIFY (11.6.6): `00 20 00 P2 08 PIN`. P2 is the reference data qualifier.
pub(crate) fn verify(p2: u8, pin: SecretBuffer) -> CommandApdu {
    CommandApdu::new(VERIFY, 0x20, 0x00, p2).with_secret(pin)
}

/// VERIFY without data, which queries the retry counter (11.6.6): `00 20 00 P2`. Some cards count it as a wrong PIN.
pub(crate) fn verify_query(p2: u8) -> CommandApdu {
    CommandApdu::new("VERIFY (query)", 0x20, 0x00, p2)
}

/// CHANGE REFERENCE DATA (11.6.7): `00 24 00 P2 10 old new`.
pub(crate) fn change_reference_data(p2: u8, old_and_new: SecretBuffer) -> CommandApdu {
    CommandApdu::new(CHANGE_REFERENCE_DATA, 0x24, 0x00, p2).with_secret(old_and_new)
}

/// RESET RETRY COUNTER (11.6.10): `00 2C 00 P2 10 PUK new`.
pub(crate) fn reset_retry_counter(p2: u8, puk_and_new: SecretBuffer) -> CommandApdu {
    CommandApdu::new(RESET_RETRY_COUNTER, 0x2C, 0x00, p2).with_secret(puk_and_new)
}

/// MANAGE SECURITY ENVIRONMENT, restore (11.6.11): `00 22 F3 SE [Le]`.
pub(crate) fn mse_restore(environment: u8) -> CommandApdu {
    CommandApdu::new("MSE RESTORE", 0x22, 0xF3, environment)
}

/// MANAGE SECURITY ENVIRONMENT, set the private key in the confidentiality template (11.6.11):
/// `00 22 F1 B8 03 83 01 key`. P1 is the one of the CNS specification (13.14).
pub(crate) fn mse_set_decipher(key: u8) -> CommandApdu {
    CommandApdu::new("MSE SET", 0x22, 0xF1, 0xB8).with_data(&[0x83, 0x01, key])
}

/// PERFORM SECURITY OPERATION, decipher (ISO/IEC 7816-8:2021, 11.12): `00 2A 80 86 Lc 00 block Le`, Le = the length of
/// the block, which is that of the modulus. The first byte of the data is the padding indicator: no further indication.
pub(crate) fn pso_decipher(block: &[u8]) -> CommandApdu {
    let mut data = Zeroizing::new(Vec::with_capacity(1 + block.len()));
    data.push(0x00);
    data.extend_from_slice(block);
    CommandApdu::new("PSO DECIPHER", 0x2A, 0x80, 0x86).with_secret(data).with_le(block.len() as u32)
}

fn joined(path: &[u16]) -> Vec<u8> {
    path.iter().flat_map(|identifier| identifier.to_be_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use hex_literal::hex;

    use super::super::command::LengthFields;
    use super::*;

    fn short(command: CommandApdu) -> Vec<u8> {
        command.encode(LengthFields::Short).unwrap().to_vec()
    }

    fn secret(bytes: &[u8]) -> SecretBuffer {
        Zeroizing::new(bytes.to_vec()).into()
    }

    /// The bytes as the standards write them.
    #[test]
    fn each_command_is_the_one_of_its_paragraph() {
        assert_eq!(short(select_application(&hex!("A000000095"))), hex!("00A4040005A000000095"));
        assert_eq!(short(select_path_from_mf(&[0x1100, 0x1101])), hex!("00A408000411001101"));
        assert_eq!(short(select_path_from_current_df(&[0xD003])), hex!("00A4090002D003"));
        assert_eq!(short(select_file(0x1100)), hex!("00A40000021100"));
        assert_eq!(short(select_mf()), hex!("00A40000023F00"));
        assert_eq!(short(read_binary(0x7FFF, 256).unwrap()), hex!("00B07FFF00"));
        let extended = read_binary(0x0102, 512).unwrap().encode(LengthFields::Extended).unwrap();
        assert_eq!(*extended, hex!("00B00102000200"));
        assert_eq!(short(get_data(0x0180)), hex!("00CA018000"));
        assert_eq!(short(get_response(16)), hex!("00C0000010"));
        assert_eq!(short(verify(0x10, secret(b"12345678"))), hex!("00200010083132333435363738"));
        assert_eq!(short(verify_query(0x10)), hex!("00200010"));
        assert_eq!(short(change_reference_data(0x90, secret(b"12"))), hex!("00240090023132"));
        assert_eq!(short(reset_retry_counter(0x10, secret(b"12"))), hex!("002C0010023132"));
        assert_eq!(short(mse_restore(0x03)), hex!("0022F303"));
        assert_eq!(short(mse_set_decipher(0x01)), hex!("0022F1B803830101"));
        assert_eq!(short(pso_decipher(&hex!("0002FF"))), hex!("002A808604000002FF03"));
    }

    #[test]
    fn a_read_begins_within_fifteen_bits() {
        assert!(read_binary(0x8000, 1).is_none() && read_binary(0x1_0000, 1).is_none());
    }

    #[test]
    fn what_carries_a_pin_or_a_block_is_secret() {
        let all = [
            (verify(0x10, secret(b"1")), true),
            (change_reference_data(0x10, secret(b"1")), true),
            (reset_retry_counter(0x10, secret(b"1")), true),
            (pso_decipher(b"1"), true),
            (verify_query(0x10), false),
            (select_mf(), false),
        ];
        assert!(all.iter().all(|(command, is_secret)| command.secret == *is_secret));
    }

    /// This file is the list of what is sent: nothing else in the crate builds a command from bytes.
    #[test]
    fn commands_are_built_here_only() {
        fn search(folder: &Path) {
            for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if entry.is_dir() {
                    search(&entry);
                } else if !entry.ends_with("iso7816/commands.rs") {
                    let text = std::fs::read_to_string(&entry).unwrap();
                    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
                    assert!(!code.contains("CommandApdu::new("), "{}", entry.display());
                }
            }
        }
        search(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    }
}
