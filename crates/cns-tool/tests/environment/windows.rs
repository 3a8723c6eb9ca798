//! A Windows of the tests: its registry, services and certificates, as a test made them.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use cns_registration::{CardType, RegisteredType};
use cns_tool::host::{ServiceStatus, WindowsSystem};

/// Shared with the test that made it, which looks at it afterwards.
#[derive(Clone, Default)]
pub struct TestWindows(pub Rc<RefCell<Facts>>);

#[derive(Default)]
pub struct Facts {
    pub keys: Vec<RegisteredType>,
    pub services: Vec<(&'static str, ServiceStatus)>,
    pub certificates: Vec<Vec<u8>>,
    /// Only an administrator may write.
    pub is_closed: bool,
    /// How often something was written or removed.
    pub writes: usize,
}

impl TestWindows {
    pub fn names(&self) -> Vec<String> {
        self.0.borrow().keys.iter().map(|key| key.card_type.name.clone()).collect()
    }

    /// Registers a driver for an ATR, as its own installer does.
    pub fn register(&self, name: &str, atr: &[u8], minidriver: &str) {
        self.0.borrow_mut().keys.push(key(&CardType::exact(name, atr), minidriver));
    }

    fn change(&self) -> io::Result<std::cell::RefMut<'_, Facts>> {
        let mut facts = self.0.borrow_mut();
        facts.writes += 1;
        match facts.is_closed {
            true => Err(io::ErrorKind::PermissionDenied.into()),
            false => Ok(facts),
        }
    }
}

fn key(card_type: &CardType, minidriver: &str) -> RegisteredType {
    RegisteredType {
        card_type: card_type.clone(),
        minidriver: minidriver.to_owned(),
        key_storage_provider: Some("Microsoft Smart Card Key Storage Provider".to_owned()),
    }
}

impl WindowsSystem for TestWindows {
    fn card_types(&self) -> io::Result<Vec<RegisteredType>> {
        Ok(self.0.borrow().keys.clone())
    }

    fn write_card_type(&self, card_type: &CardType, minidriver: &str) -> io::Result<()> {
        let mut facts = self.change()?;
        facts.keys.retain(|key| key.card_type.name != card_type.name);
        facts.keys.push(key(card_type, minidriver));
        Ok(())
    }

    fn remove_card_type(&self, name: &str) -> io::Result<()> {
        self.change()?.keys.retain(|key| key.card_type.name != name);
        Ok(())
    }

    fn service(&self, name: &str) -> Option<ServiceStatus> {
        self.0.borrow().services.iter().find(|(service, _)| *service == name).map(|(_, status)| *status)
    }

    fn personal_certificates(&self) -> io::Result<Vec<Vec<u8>>> {
        Ok(self.0.borrow().certificates.clone())
    }

    fn version(&self) -> Option<String> {
        Some("Windows 11 Home 24H2, build 26100".to_owned())
    }
}
