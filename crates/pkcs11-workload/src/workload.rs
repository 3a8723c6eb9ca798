//! The loaded module, the sessions, and the steps that one thread takes.

use anyhow::{Context as _, Result, bail, ensure};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, ObjectClass};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use serde_json::Value;

use crate::meter::{Memory, Stopwatch};
use crate::objects::{TEXT, hexadecimal, key, value};
use crate::{parallel, repeated_calls};

/// A module and what was opened in it.
pub struct Workload {
    path: String,
    before: Memory,
    module: Option<Pkcs11>,
    /// One for each token, in the order of its slots, once it was listed or logged in to.
    sessions: Vec<Session>,
}

impl Workload {
    pub fn new(path: String) -> Self {
        Self { path, before: Memory::default(), module: None, sessions: Vec::new() }
    }

    /// Takes the step that a line of input names, and answers what it tells.
    pub fn play(&mut self, line: &str) -> Result<Value> {
        let (name, argument) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        let count = || argument.parse().with_context(|| format!("{name}: how often?"));
        match name {
            // The module comes into the process; nothing is called but C_GetFunctionList and C_GetInterface.
            "load" => self.load(),
            // C_Initialize, then C_GetSlotList of all slots.
            "initialize" => self.initialize(),
            // The token, a session, all objects seen without a PIN, each certificate's name, number and value.
            "list" => self.list(),
            // C_Login with this PIN on the first token.
            "login" => self.login(argument, 1),
            // The same on every token, each with a session of its own.
            "login-all" => self.login(argument, usize::MAX),
            // Finds the key and makes so many signatures, one after the other.
            "sign" => self.sign(count()?),
            // So many signatures on every token at once, a thread for each.
            "sign-each" => parallel::sign(self.new_sessions(&self.slots()?)?, count()?),
            // One signature in each of so many threads at once, all on the first token.
            "sign-threads" => parallel::sign(self.new_sessions(&vec![self.first_slot()?; count()?])?, 1),
            // So many times a search for the certificate.
            "find" => repeated_calls::find(self.session()?, count()?),
            // C_GetSlotInfo again and again while another thread makes so many signatures.
            "look" => repeated_calls::look(self.module()?, self.session()?, self.first_slot()?, count()?),
            // What loading and using the module has added to this process.
            "memory" => Ok(Memory::now()?.since(&self.before)),
            _ => bail!("no such step: {name:?}"),
        }
    }

    fn module(&self) -> Result<&Pkcs11> {
        self.module.as_ref().context("load comes first")
    }

    fn session(&self) -> Result<&Session> {
        self.sessions.first().context("list or login comes first")
    }

    fn slots(&self) -> Result<Vec<Slot>> {
        Ok(self.module()?.get_slots_with_token()?)
    }

    fn first_slot(&self) -> Result<Slot> {
        self.slots()?.first().copied().context("no token in any slot")
    }

    /// A new session on each of these slots, for a thread each.
    fn new_sessions(&self, slots: &[Slot]) -> Result<Vec<Session>> {
        let module = self.module()?;
        slots.iter().map(|slot| Ok(module.open_rw_session(*slot)?)).collect()
    }

    fn load(&mut self) -> Result<Value> {
        self.before = Memory::now()?;
        let watch = Stopwatch::start();
        self.module = Some(Pkcs11::new(&self.path)?);
        Ok(watch.answer())
    }

    fn initialize(&mut self) -> Result<Value> {
        let module = self.module()?;
        let watch = Stopwatch::start();
        module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))?;
        let slots = module.get_all_slots()?;
        let mut answer = watch.answer();
        answer["slots"] = slots.len().into();
        Ok(answer)
    }

    fn list(&mut self) -> Result<Value> {
        let watch = Stopwatch::start();
        let slot = self.first_slot()?;
        let module = self.module()?;
        module.get_token_info(slot)?;
        let session = module.open_rw_session(slot)?;
        let objects = session.find_objects(&[])?;
        let mut certificate = Vec::new();
        for object in objects {
            let class = session.get_attributes(object, &[AttributeType::Class])?;
            if class == [Attribute::Class(ObjectClass::CERTIFICATE)] {
                certificate = value(&session, object)?;
            }
        }
        let mut answer = watch.answer();
        ensure!(!certificate.is_empty(), "no certificate is listed");
        answer["certificate"] = hexadecimal(&certificate).into();
        self.sessions = vec![session];
        Ok(answer)
    }

    fn login(&mut self, pin: &str, tokens: usize) -> Result<Value> {
        let watch = Stopwatch::start();
        let slots = self.slots()?;
        let pin = AuthPin::new(pin.to_owned().into());
        for (number, slot) in slots.into_iter().take(tokens).enumerate() {
            if self.sessions.len() <= number {
                self.sessions.push(self.module()?.open_rw_session(slot)?);
            }
            self.sessions[number].login(UserType::User, Some(&pin))?;
        }
        Ok(watch.answer())
    }

    fn sign(&self, times: usize) -> Result<Value> {
        let session = self.session()?;
        let watch = Stopwatch::start();
        let key = key(session)?;
        for _ in 0..times {
            session.sign(&Mechanism::Sha256RsaPkcs, key, TEXT)?;
        }
        Ok(watch.answer())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_step() {
        let said = |line| Workload::new("no module".into()).play(line).unwrap_err().to_string();
        assert_eq!(said("dance"), "no such step: \"dance\"");
        assert_eq!(said("sign"), "sign: how often?");
        for line in ["initialize\n", "sign 10"] {
            assert!(said(line).ends_with("comes first"), "{line}");
        }
    }
}
