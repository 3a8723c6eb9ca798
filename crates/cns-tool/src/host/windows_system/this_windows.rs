//! The registry, the services and the certificates of this computer.

use std::ffi::OsStr;
use std::io;

use cns_registration::{CardType, RegisteredType, registry};
use schannel::cert_store::CertStore;
use windows_registry::LOCAL_MACHINE;
use windows_service::service::{ServiceAccess, ServiceStartType, ServiceState};
use windows_service::service_manager::{ServiceManager, ServiceManagerAccess};

use super::{ServiceStatus, ThisWindows, WindowsSystem};

/// Where the system's name and number are.
const CURRENT_VERSION: &str = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion";
/// What the crates of Windows make of its errors: an HRESULT with these upper bits has an error's own number below.
const FACILITY_WIN32: u32 = 0x8007_0000;

impl WindowsSystem for ThisWindows {
    fn card_types(&self) -> io::Result<Vec<RegisteredType>> {
        registry::read().map_err(with_own_number)
    }

    fn write_card_type(&self, card_type: &CardType, minidriver: &str) -> io::Result<()> {
        registry::write(card_type, minidriver).map_err(with_own_number)
    }

    fn remove_card_type(&self, name: &str) -> io::Result<()> {
        registry::remove(name).map_err(with_own_number)
    }

    fn service(&self, name: &str) -> Option<ServiceStatus> {
        let manager = ServiceManager::local_computer(None::<&OsStr>, ServiceManagerAccess::CONNECT).ok()?;
        let access = ServiceAccess::QUERY_STATUS | ServiceAccess::QUERY_CONFIG;
        let service = manager.open_service(name, access).ok()?;
        let start = service.query_config().ok().map(|config| config.start_type);
        match service.query_status().ok()?.current_state {
            ServiceState::Running | ServiceState::StartPending => Some(ServiceStatus::Running),
            _ if start == Some(ServiceStartType::Disabled) => Some(ServiceStatus::Disabled),
            _ => Some(ServiceStatus::Stopped),
        }
    }

    fn personal_certificates(&self) -> io::Result<Vec<Vec<u8>>> {
        let store = CertStore::open_current_user("My")?;
        Ok(store.certs().map(|certificate| certificate.to_der().to_vec()).collect())
    }

    fn version(&self) -> Option<String> {
        let key = LOCAL_MACHINE.open(CURRENT_VERSION).ok()?;
        let text = |name: &str| key.get_string(name).ok();
        let shown = text("DisplayVersion").map(|shown| format!(" {shown}")).unwrap_or_default();
        Some(format!("{}{shown}, build {}", text("ProductName")?, text("CurrentBuild")?))
    }
}

/// An error by the number that the standard library knows.
fn with_own_number(error: io::Error) -> io::Error {
    match error.raw_os_error().map(|code| code as u32) {
        Some(code) if code & 0xFFFF_0000 == FACILITY_WIN32 => {
            io::Error::from_raw_os_error((code & 0xFFFF) as i32)
        }
        _ => error,
    }
}
