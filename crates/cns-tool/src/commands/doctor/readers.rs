//! The PC/SC service and its readers.

use cns_card::{Occupancy, Transport, TransportError};

use super::finding::Finding;
use super::usb::{self, Device};
use crate::host::{Host, OperatingSystem};

/// What pcscd answers to a user whom polkit does not let in (`SCARD_W_SECURITY_VIOLATION`).
const SECURITY_VIOLATION: u32 = 0x8010_006A;
const SERVICE: &[&str] = &["/usr/sbin/pcscd", "/usr/bin/pcscd"];

/// The service, each reader, and readers that are plugged in and not seen.
pub(crate) fn examine(host: &Host, transport: &dyn Transport) -> Vec<Finding> {
    let readers = match transport.readers() {
        Ok(readers) => readers,
        Err(error) => return vec![service(host, error)],
    };
    let runs = match host.system.operating_system {
        OperatingSystem::Linux => Finding::ServiceRuns,
        _ => Finding::SystemServiceRuns,
    };
    let mut findings = vec![runs];
    let seen = readers.iter().map(|reader| Finding::ReaderSeen { reader: reader.name.clone() });
    findings.extend(seen);
    let names: Vec<&str> = readers.iter().map(|reader| reader.name.as_str()).collect();
    let unseen: Vec<Finding> = usb::readers(host)
        .iter()
        .filter(|device| !names.iter().any(|name| device.is_called(name)))
        .map(|device| unseen_reader(host, device))
        .collect();
    if readers.is_empty() && unseen.is_empty() {
        findings.push(Finding::NoReader);
    }
    findings.extend(unseen);
    if !readers.is_empty() && readers.iter().all(|reader| reader.occupancy == Occupancy::Empty) {
        findings.push(Finding::NoCard);
    }
    findings
}

/// The readers with something in them.
pub(super) fn occupied(transport: &dyn Transport) -> Vec<String> {
    let readers = transport.readers().unwrap_or_default();
    let occupied = |occupancy| matches!(occupancy, Occupancy::Card | Occupancy::MuteCard);
    readers.into_iter().filter(|reader| occupied(reader.occupancy)).map(|reader| reader.name).collect()
}

fn service(host: &Host, error: TransportError) -> Finding {
    match (error, host.system.operating_system) {
        (TransportError::ServiceUnavailable, OperatingSystem::Windows) => Finding::ServiceWaitsForReader,
        (error, OperatingSystem::Linux) => pcscd(host, error),
        (error, _) => Finding::SystemServiceFails { error },
    }
}

fn pcscd(host: &Host, error: TransportError) -> Finding {
    match error {
        TransportError::ServiceUnavailable if SERVICE.iter().any(|path| host.at(path).exists()) => {
            Finding::ServiceStopped
        }
        TransportError::ServiceUnavailable => Finding::ServiceNotInstalled,
        TransportError::Service { code: SECURITY_VIOLATION } => {
            Finding::ServiceForbidden { remote: host.system.variable("SSH_CONNECTION").is_some() }
        }
        error => Finding::ServiceFails { error },
    }
}

fn unseen_reader(host: &Host, device: &Device) -> Finding {
    let reader = device.name.clone();
    match (usb::holding_module(host, device), usb::needed_package(device)) {
        (Some(module), _) => Finding::ReaderHeldByKernel { reader, module },
        (None, Some(package)) => Finding::ReaderNeedsDriver { reader, package: package.to_owned() },
        (None, None) => Finding::ReaderNotSeen { reader },
    }
}
