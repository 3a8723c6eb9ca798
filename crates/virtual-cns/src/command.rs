//! The strict command parser: bytes from the reader become a `Command`, by ISO/IEC 7816-4 section 5.1.
//!
//! It knows the seven encodings (case 1, 2 short, 3 short, 4 short and the extended ones) and nothing else.
//! It must not be lenient, must not know any instruction, and must share nothing with the module's encoder:
//! a mistake made twice would otherwise agree with itself.

/// A command as the card received it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Class byte.
    pub cla: u8,
    /// Instruction byte.
    pub ins: u8,
    /// First parameter.
    pub p1: u8,
    /// Second parameter.
    pub p2: u8,
    /// The command data field; empty in cases 1 and 2.
    pub data: Vec<u8>,
    /// The number of bytes the reader is ready to take (Ne): 256 or 65536 for a zero Le, `None` without an Le field.
    pub expected: Option<usize>,
    /// Whether lengths were written in extended form.
    pub extended: bool,
}

/// The bytes are no command: the card answers 6700.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a command by ISO 7816-4")]
pub struct MalformedCommand;

impl Command {
    /// Reads one command. Every byte must be accounted for.
    pub fn parse(bytes: &[u8]) -> Result<Command, MalformedCommand> {
        let [cla, ins, p1, p2, body @ ..] = bytes else { return Err(MalformedCommand) };
        if *cla == 0xFF {
            return Err(MalformedCommand);
        }
        let (data, expected, extended) = body_fields(body)?;
        Ok(Command { cla: *cla, ins: *ins, p1: *p1, p2: *p2, data: data.to_vec(), expected, extended })
    }

    /// P1 and P2 as one number.
    pub fn parameters(&self) -> u16 {
        u16::from_be_bytes([self.p1, self.p2])
    }
}

type BodyFields<'a> = (&'a [u8], Option<usize>, bool);

fn body_fields(body: &[u8]) -> Result<BodyFields<'_>, MalformedCommand> {
    match body {
        [] => Ok((&[], None, false)),
        [le] => Ok((&[], Some(short_le(*le)), false)),
        [0, high, low] => Ok((&[], Some(extended_le(*high, *low)), true)),
        [0, high, low, rest @ ..] => extended_body(usize::from(u16::from_be_bytes([*high, *low])), rest),
        [0, ..] => Err(MalformedCommand),
        [lc, rest @ ..] => short_body(usize::from(*lc), rest),
    }
}

fn short_body(lc: usize, rest: &[u8]) -> Result<BodyFields<'_>, MalformedCommand> {
    if rest.len() == lc {
        return Ok((rest, None, false));
    }
    match rest.split_at_checked(lc) {
        Some((data, [le])) => Ok((data, Some(short_le(*le)), false)),
        _ => Err(MalformedCommand),
    }
}

fn extended_body(lc: usize, rest: &[u8]) -> Result<BodyFields<'_>, MalformedCommand> {
    if lc == 0 {
        return Err(MalformedCommand);
    }
    match rest.split_at_checked(lc) {
        Some((data, [])) => Ok((data, None, true)),
        Some((data, [high, low])) => Ok((data, Some(extended_le(*high, *low)), true)),
        _ => Err(MalformedCommand),
    }
}

fn short_le(le: u8) -> usize {
    if le == 0 { 256 } else { usize::from(le) }
}

fn extended_le(high: u8, low: u8) -> usize {
    match u16::from_be_bytes([high, low]) {
        0 => 65536,
        le => usize::from(le),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hex_literal::hex;

    fn lengths(bytes: &[u8]) -> Option<(usize, Option<usize>, bool)> {
        Command::parse(bytes).ok().map(|command| (command.data.len(), command.expected, command.extended))
    }

    #[test]
    fn the_seven_encodings_of_section_5_1() {
        assert_eq!(lengths(&hex!("00200010")), Some((0, None, false)));
        assert_eq!(lengths(&hex!("00B00000FF")), Some((0, Some(255), false)));
        assert_eq!(lengths(&hex!("00B0000000")), Some((0, Some(256), false)));
        assert_eq!(lengths(&hex!("00A40000023F00")), Some((2, None, false)));
        assert_eq!(lengths(&hex!("00A40000023F0000")), Some((2, Some(256), false)));
        assert_eq!(lengths(&hex!("00B00000000000")), Some((0, Some(65536), true)));
        assert_eq!(lengths(&hex!("00B00000000801")), Some((0, Some(2049), true)));
        assert_eq!(lengths(&hex!("00A400000000023F00")), Some((2, None, true)));
        assert_eq!(lengths(&hex!("00A400000000023F000100")), Some((2, Some(256), true)));
    }

    #[test]
    fn every_byte_is_accounted_for() {
        for bytes in [
            &hex!("") as &[u8],
            &hex!("00A400"),
            &hex!("00A40000023F"),
            &hex!("00A40000023F000000"),
            &hex!("00A400000000"),
            &hex!("00A40000000000FF"),
            &hex!("00A400000000023F"),
            &hex!("00A400000000023F0000"),
            &hex!("00A400000000023F00000000"),
            &hex!("FFA40000"),
        ] {
            assert_eq!(Command::parse(bytes), Err(MalformedCommand), "{bytes:02X?}");
        }
    }
}
