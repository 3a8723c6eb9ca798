//! The loaded module, the sessions, and the steps that one thread takes.

use anyhow::{Context as _, Result, ensure};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, ObjectClass};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use serde_json::Value;

use crate::meter::{Memory, Stopwatch};
use crate::objects::{TEXT, hexadecimal, key, value};
use crate::step::Step;
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

    /// Takes a step and answers what it tells.
    pub fn play(&mut self, step: &Step) -> Result<Value> {
        match step {
            Step::Load => self.load(),
            Step::Initialize => self.initialize(),
            Step::List => self.list(),
            Step::Login(pin) => self.login(pin, 1),
            Step::LoginAll(pin) => self.login(pin, usize::MAX),
            Step::Sign(times) => self.sign(*times),
            Step::SignEach(times) => parallel::sign(self.new_sessions(&self.slots()?)?, *times),
            Step::SignThreads(threads) => {
                parallel::sign(self.new_sessions(&vec![self.first_slot()?; *threads])?, 1)
            }
            Step::Find(times) => repeated_calls::find(self.session()?, *times),
            Step::SlotInfo(times) => {
                repeated_calls::look(self.module()?, self.session()?, self.first_slot()?, *times)
            }
            Step::Memory => Ok(Memory::now()?.since(&self.before)),
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
