//! The steps a scenario is made of, as words on a line.

use anyhow::{Context as _, Result, bail};

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// `load`: the module comes into the process; nothing is called but `C_GetFunctionList` and `C_GetInterface`.
    Load,
    /// `initialize`: `C_Initialize`, then `C_GetSlotList` of all slots.
    Initialize,
    /// `list`: the token, a session, all objects that are seen without a PIN, each certificate's name, number and value.
    List,
    /// `login PIN`: `C_Login` on the first token.
    Login(String),
    /// `login-all PIN`: the same on every token, each with a session of its own.
    LoginAll(String),
    /// `sign N`: finds the key and makes N signatures, one after the other.
    Sign(usize),
    /// `sign-each N`: N signatures on every token at once, a thread for each.
    SignEach(usize),
    /// `sign-threads N`: one signature in each of N threads at once, all on the first token.
    SignThreads(usize),
    /// `find N`: N times a search for the certificate.
    Find(usize),
    /// `look N`: `C_GetSlotInfo` again and again while another thread makes N signatures.
    SlotInfo(usize),
    /// `memory`: what loading and using the module has added to this process.
    Memory,
}

impl Step {
    /// Reads a line.
    pub fn parse(line: &str) -> Result<Self> {
        let (name, argument) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        let count = || argument.parse().with_context(|| format!("{name}: how often?"));
        Ok(match name {
            "load" => Self::Load,
            "initialize" => Self::Initialize,
            "list" => Self::List,
            "login" => Self::Login(argument.to_owned()),
            "login-all" => Self::LoginAll(argument.to_owned()),
            "sign" => Self::Sign(count()?),
            "sign-each" => Self::SignEach(count()?),
            "sign-threads" => Self::SignThreads(count()?),
            "find" => Self::Find(count()?),
            "look" => Self::SlotInfo(count()?),
            "memory" => Self::Memory,
            _ => bail!("no such step: {name:?}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_step() {
        assert_eq!(Step::parse("list\n").unwrap(), Step::List);
        assert_eq!(Step::parse("login 12345").unwrap(), Step::Login("12345".into()));
        assert_eq!(Step::parse("sign 10").unwrap(), Step::Sign(10));
        assert!(Step::parse("sign").is_err() && Step::parse("dance").is_err());
    }
}
