//! The stranger: another program, with a context and a connection of its own, that knows the card and no PIN.

use virtual_cns::Personality;
use virtual_pcsc::{Code, Connection, Disposition, Program, Share};

use crate::common::READER;

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The card gave a signature.
    Signed,
    /// The card refused, with this status word.
    Refused(u16),
    /// There was no way to the card.
    NoCard(Code),
}

/// SELECT of the key's DF, MSE, PSO DECIPHER of a block, as this card wants them (docs/cards).
pub(crate) fn tries_to_sign(personality: &Personality) -> Outcome {
    let program = Program::new().expect("the service runs");
    let connection = match program.connect(READER, Share::Shared) {
        Ok(connection) => connection,
        Err(code) => return Outcome::NoCard(code),
    };
    let outcome = goes_on(&connection, personality);
    // Whoever ends without this resets the card.
    connection.disconnect(Disposition::Leave).expect("its own connection");
    outcome
}

fn goes_on(connection: &Connection<'_>, personality: &Personality) -> Outcome {
    let mut last = 0;
    for command in commands(personality) {
        let answer = match connection.transmit(&command) {
            Ok(answer) => answer,
            Err(code) => return Outcome::NoCard(code),
        };
        let (data, status) = answer.split_at(answer.len() - 2);
        last = u16::from_be_bytes([status[0], status[1]]);
        if last == 0x9000 && command[1] == 0x2A && !data.is_empty() {
            return Outcome::Signed;
        }
    }
    Outcome::Refused(last)
}

fn commands(personality: &Personality) -> Vec<Vec<u8>> {
    let mut commands = match personality.family() {
        // The applets: keys work in their DF only, no environment is restored.
        'C' => vec![
            vec![0x00, 0xA4, 0x08, 0x00, 0x04, 0x14, 0x00, 0x90, 0x02, 0x00],
            vec![0x00, 0x22, 0xF1, 0xB8, 0x03, 0x83, 0x01, 0x02],
        ],
        _ => vec![
            vec![0x00, 0xA4, 0x00, 0x00, 0x02, 0x3F, 0x00, 0x00],
            vec![0x00, 0x22, 0xF3, 0x03],
            vec![0x00, 0x22, 0xF1, 0xB8, 0x03, 0x83, 0x01, 0x01],
        ],
    };
    commands.push(decipher(personality.key_bits() / 8));
    commands
}

/// A block of this size that is less than any modulus; extended where it must be.
fn decipher(size: usize) -> Vec<u8> {
    let mut command = vec![0x00, 0x2A, 0x80, 0x86];
    let length = u16::try_from(size + 1).expect("an RSA size").to_be_bytes();
    if size < 255 {
        command.push(length[1]);
    } else {
        command.extend([0x00, length[0], length[1]]);
    }
    command.extend([0x00, 0x00, 0x01]);
    command.resize(command.len() + size - 2, 0xFF);
    command.extend(if size < 255 { &[0x00][..] } else { &[0x01, 0x00] });
    command
}
