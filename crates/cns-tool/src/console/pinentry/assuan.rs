//! Lines of the Assuan protocol, as the manual of libassuan describes it ("Client requests", "Server responses").

use zeroize::Zeroizing;

/// Without its end.
pub(super) const LONGEST_LINE: usize = 1000;

/// `ERR` codes without the part of the system that they come from.
const CODE: u32 = 0xffff;
const TIMEOUT: u32 = 62;
const CANCELLED: u32 = 99;
const NOT_CONFIRMED: u32 = 114;
const FULLY_CANCELLED: u32 = 198;

/// What a server says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reply {
    Ok,
    Refused(AssuanError),
    /// A part of the answer, decoded.
    Data(Zeroizing<Vec<u8>>),
    /// The person has typed the new secret twice.
    Repeated,
    /// It does not matter here.
    Other,
}

/// What an `ERR` means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AssuanError {
    Cancelled,
    TimedOut,
    /// This code.
    Error(u32),
}

/// A command with one argument; what does not fit into a line is cut off.
pub(super) fn command(name: &str, argument: &str) -> String {
    let mut line = format!("{name} ");
    for letter in argument.chars() {
        let mut bytes = [0; 4];
        let part = match letter {
            '%' | '\0'..='\u{1f}' | '\u{7f}' => format!("%{:02X}", u32::from(letter)),
            letter => letter.encode_utf8(&mut bytes).to_owned(),
        };
        if line.len() + part.len() > LONGEST_LINE {
            break;
        }
        line += &part;
    }
    line.push('\n');
    line
}

/// `None` for what is no line of the protocol, or asks back.
pub(super) fn reply(line: &[u8]) -> Option<Reply> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let (word, rest) = match line.iter().position(|byte| *byte == b' ') {
        Some(end) => (&line[..end], &line[end + 1..]),
        None => (line, &[][..]),
    };
    Some(match word {
        b"OK" => Reply::Ok,
        b"ERR" => Reply::Refused(refusal(rest)?),
        b"D" => Reply::Data(decoded(rest)?),
        b"S" if rest.starts_with(b"PIN_REPEATED") => Reply::Repeated,
        b"S" => Reply::Other,
        [b'#', ..] => Reply::Other,
        _ => return None,
    })
}

fn refusal(rest: &[u8]) -> Option<AssuanError> {
    let digits = rest.split(|byte| *byte == b' ').next()?;
    let code: u32 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    Some(match code & CODE {
        CANCELLED | FULLY_CANCELLED | NOT_CONFIRMED => AssuanError::Cancelled,
        TIMEOUT => AssuanError::TimedOut,
        _ => AssuanError::Error(code),
    })
}

fn decoded(escaped: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut decoded = Zeroizing::new(Vec::with_capacity(escaped.len()));
    let mut bytes = escaped.iter();
    while let Some(byte) = bytes.next() {
        let byte = match byte {
            b'%' => digit(*bytes.next()?)? << 4 | digit(*bytes.next()?)?,
            byte => *byte,
        };
        decoded.push(byte);
    }
    Some(decoded)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_one_line_whatever_is_in_them() {
        assert_eq!(command("SETDESC", "100% sì\nOK\r\0"), "SETDESC 100%25 sì%0AOK%0D%00\n");
        for text in ["x", "%", "è", "👩"] {
            let line = command("SETDESC", &text.repeat(2000));
            assert!(line.len() <= LONGEST_LINE + 1 && line.ends_with('\n'), "{}", line.len());
            assert!(line.len() > LONGEST_LINE - 4);
        }
    }

    #[test]
    fn replies() {
        let data = |text: &str| Some(Reply::Data(Zeroizing::new(text.into())));
        let refused = |refusal| Some(Reply::Refused(refusal));
        for (line, meaning) in [
            ("OK", Some(Reply::Ok)),
            ("OK Pleased to meet you\r", Some(Reply::Ok)),
            ("D 12345", data("12345")),
            ("D 1%32%0a", data("12\n")),
            ("D", data("")),
            ("D %", None),
            ("D %4", None),
            ("D %zz", None),
            ("D %+1", None),
            ("S PIN_REPEATED", Some(Reply::Repeated)),
            ("S PROGRESS x", Some(Reply::Other)),
            ("# a comment", Some(Reply::Other)),
            ("#", Some(Reply::Other)),
            ("ERR 83886179 canceled", refused(AssuanError::Cancelled)),
            ("ERR 83886194 not confirmed", refused(AssuanError::Cancelled)),
            ("ERR 83886142", refused(AssuanError::TimedOut)),
            ("ERR 83886254 Unknown option", refused(AssuanError::Error(83_886_254))),
            ("ERR", None),
            ("ERR x", None),
            ("ERR 99999999999", None),
            ("INQUIRE QUALITY 12345", None),
            ("ok", None),
            ("OKAY", None),
            ("", None),
        ] {
            assert_eq!(reply(line.as_bytes()), meaning, "{line:?}");
        }
    }
}
