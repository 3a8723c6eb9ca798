//! Windows: its services, the driver that it has for the card in a reader, and the certificate where browsers look for it.

use cns_card::{Disposition, Transport};
use cns_registration::{CardType, RegisteredType, pairing};

use super::examination::Examination;
use super::readers;
use super::windows_finding::WindowsFinding;
use crate::host::{OperatingSystem, ServiceStatus};
use crate::programs::windows::minidriver;

/// Answers programs that ask for readers and cards.
const SMART_CARD: &str = "SCardSvr";
/// Copies the certificates of a card that is put in to where browsers look for them.
const CERTIFICATE_PROPAGATION: &str = "CertPropSvc";

/// The drivers of each CNS, by its reader, and where its certificate is; nothing on other systems.
pub(super) fn examine(
    examination: &Examination<'_>,
    cns: Vec<(String, Option<Vec<u8>>)>,
) -> Vec<WindowsFinding> {
    let Examination { host, transport, windows, .. } = examination;
    if host.system.operating_system != OperatingSystem::Windows {
        return Vec::new();
    }
    let Ok(registered) = windows.card_types() else { return Vec::new() };
    let mut findings = Vec::new();
    for (reader, certificate) in cns {
        let Some(atr) = atr(*transport, &reader) else { continue };
        let driver = of_card(examination, &reader, &registered, &atr);
        let has_driver = !matches!(driver, WindowsFinding::WindowsKnowsNoDriver { .. });
        findings.push(driver);
        if !has_driver {
            continue;
        }
        let certificates = windows.personal_certificates();
        if let (Ok(certificates), Some(certificate)) = (certificates, certificate) {
            findings.push(match certificates.contains(&certificate) {
                true => WindowsFinding::CertificateInWindows { reader },
                false => WindowsFinding::CertificateNotInWindows { reader },
            });
        }
    }
    findings
}

/// The services without which nothing of that works; the one that the readers are asked of is among the readers.
pub(super) fn services(examination: &Examination<'_>) -> Vec<WindowsFinding> {
    if examination.host.system.operating_system != OperatingSystem::Windows {
        return Vec::new();
    }
    let card_is_there = !readers::occupied(examination.transport).is_empty();
    let state = |service: &'static str| match examination.windows.service(service)? {
        ServiceStatus::Disabled => Some(WindowsFinding::WindowsServiceDisabled { service }),
        // Windows starts both with the first card or reader.
        ServiceStatus::Stopped if card_is_there && service == CERTIFICATE_PROPAGATION => {
            Some(WindowsFinding::WindowsServiceStopped { service })
        }
        _ => None,
    };
    [SMART_CARD, CERTIFICATE_PROPAGATION].into_iter().filter_map(state).collect()
}

/// The driver that Windows takes for a card: the first whose key fits.
fn of_card(
    examination: &Examination<'_>,
    reader: &str,
    registered: &[RegisteredType],
    atr: &[u8],
) -> WindowsFinding {
    let host = examination.host;
    let reader = reader.to_owned();
    let types: Vec<CardType> = registered.iter().map(|key| key.card_type.clone()).collect();
    let first = pairing(&types, atr);
    let Some(key) = registered.iter().find(|key| Some(&key.card_type) == first) else {
        let installed =
            examination.module.as_deref().is_some_and(|module| minidriver(host, module).is_some());
        return WindowsFinding::WindowsKnowsNoDriver { reader, installed };
    };
    let (entry, path, ours) = (key.card_type.name.clone(), key.minidriver.clone(), key.is_ours());
    if ours && !host.at(&path).is_file() {
        return WindowsFinding::WindowsMinidriverMissing { reader, entry, path };
    }
    match key.key_storage_provider {
        None => WindowsFinding::WindowsKeyStorageProviderMissing { reader, entry, ours },
        Some(_) if ours => WindowsFinding::WindowsUsesMinidriver { reader, entry },
        Some(_) => WindowsFinding::WindowsUsesOtherDriver { reader, entry, path },
    }
}

/// The ATR of the card in a reader.
pub(crate) fn atr(transport: &dyn Transport, reader: &str) -> Option<Vec<u8>> {
    let connection = transport.connect(reader).ok()?;
    let atr = connection.atr().to_vec();
    let _ = connection.disconnect(Disposition::Leave);
    Some(atr)
}
