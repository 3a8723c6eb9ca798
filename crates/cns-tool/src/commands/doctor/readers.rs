//! The PC/SC service and its readers.

use cns_card::{Occupancy, Transport};

use super::finding::Finding;
use super::usb::{self, Device};
use crate::card::service::ServiceFailure;
use crate::host::{Distribution, Host, OperatingSystem, Software};

/// The service, each reader, and readers that are plugged in and not seen.
pub(crate) fn examine(host: &Host, transport: &dyn Transport) -> Vec<Finding> {
    let readers = match transport.readers() {
        Ok(readers) => readers,
        Err(error) => return vec![Finding::Service(ServiceFailure::of(error, &host.system))],
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
pub(crate) fn occupied(transport: &dyn Transport) -> Vec<String> {
    let readers = transport.readers().unwrap_or_default();
    let occupied = |occupancy| matches!(occupancy, Occupancy::Card | Occupancy::MuteCard);
    readers.into_iter().filter(|reader| occupied(reader.occupancy)).map(|reader| reader.name).collect()
}

fn unseen_reader(host: &Host, device: &Device) -> Finding {
    let reader = device.name.clone();
    let distribution = Distribution::of(&host.system);
    match (usb::holding_module(host, device), usb::needed_driver(device)) {
        (Some(module), _) => Finding::ReaderHeldByKernel { reader, module },
        (None, Some(driver)) => {
            let package = distribution.packages(driver).and_then(|packages| packages.first().copied());
            let (install, setting) = (distribution.install(driver), distribution.setting(driver));
            Finding::ReaderNeedsDriver { reader, package, install, setting }
        }
        (None, None) => {
            Finding::ReaderNotSeen { reader, install: distribution.install(Software::CcidDriver) }
        }
    }
}
