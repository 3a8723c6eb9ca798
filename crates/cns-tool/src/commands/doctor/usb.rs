//! Readers as the kernel sees them on USB, whether pcscd has a driver for them or not.
//!
//! Linux: `/sys/bus/usb/devices` has a folder for each device (`1-2`) and each of its interfaces (`1-2:1.0`).

use std::fs;
use std::path::Path;

use crate::host::{Host, Software};

/// A device that is a smart card reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Device {
    /// The vendor's number.
    vendor: u16,
    /// The product's number.
    product: u16,
    /// What it calls itself.
    pub(super) name: String,
    /// Whether it speaks CCID, the protocol of the usual driver (class 0B).
    ccid: bool,
}

/// Makers of readers that speak a protocol of their own, or better with their maker's driver, and that driver.
const DRIVERS: &[(u16, Software)] = &[(0x072F, Software::AcsDriver), (0x0DC3, Software::AsedriveDriver)];

/// NFC readers that Linux itself drives (`pn533_usb`), and then keeps from pcscd: ACS ACR122U, SCM SCL3711, PN533.
const KERNEL_NFC: &[(u16, u16)] = &[(0x072F, 0x2200), (0x04E6, 0x5591), (0x04CC, 0x2533), (0x04CC, 0x0531)];
/// Those modules, the one that holds the device first.
const KERNEL_MODULES: &[&str] = &["pn533_usb", "pn533", "nfc"];

impl Device {
    /// Whether pcscd's name for a reader is about this device. pcscd names them after the descriptors' text, perhaps
    /// with the interface and the serial number behind; drivers of their own have names of their own.
    pub(super) fn is_called(&self, reader: &str) -> bool {
        let reader = reader.to_lowercase();
        let own = self.name.to_lowercase();
        let words: Vec<&str> = own.split_whitespace().collect();
        !words.is_empty() && words.iter().filter(|word| reader.contains(**word)).count() * 2 >= words.len()
    }
}

/// All readers that are plugged in.
pub(super) fn readers(host: &Host) -> Vec<Device> {
    let folder = host.at("/sys/bus/usb/devices");
    let Ok(entries) = fs::read_dir(&folder) else { return Vec::new() };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.collect();
    names.sort();
    let devices = names.iter().filter(|name| !name.contains(':'));
    devices.filter_map(|name| device(&folder, name, &names)).filter(is_reader).collect()
}

/// The kernel module that keeps the device for itself.
pub(super) fn holding_module(host: &Host, device: &Device) -> Option<String> {
    if !KERNEL_NFC.contains(&(device.vendor, device.product)) {
        return None;
    }
    let modules = fs::read_to_string(host.at("/proc/modules")).ok()?;
    let loaded = |name: &&&str| modules.lines().any(|line| line.split(' ').next() == Some(**name));
    KERNEL_MODULES.iter().find(loaded).map(|name| (*name).to_owned())
}

/// The driver of a reader that the usual driver does not work.
pub(super) fn needed_driver(device: &Device) -> Option<Software> {
    DRIVERS.iter().find(|(vendor, _)| *vendor == device.vendor).map(|(_, driver)| *driver)
}

fn is_reader(device: &Device) -> bool {
    device.ccid || KERNEL_NFC.contains(&(device.vendor, device.product)) || needed_driver(device).is_some()
}

fn device(folder: &Path, name: &str, all: &[String]) -> Option<Device> {
    let read = |entry: &str, file: &str| {
        let content = fs::read_to_string(folder.join(entry).join(file)).ok()?;
        Some(content.trim().to_owned())
    };
    let number = |file: &str| u16::from_str_radix(&read(name, file)?, 16).ok();
    let interface = format!("{name}:");
    let interfaces = || all.iter().filter(|entry| entry.starts_with(&interface));
    let ccid = interfaces().any(|entry| read(entry, "bInterfaceClass").as_deref() == Some("0b"));
    let said = [read(name, "manufacturer"), read(name, "product")];
    let said: Vec<String> = said.into_iter().flatten().collect();
    let (vendor, product) = (number("idVendor")?, number("idProduct")?);
    let unnamed = format!("USB {vendor:04x}:{product:04x}");
    Some(Device { vendor, product, name: if said.is_empty() { unnamed } else { said.join(" ") }, ccid })
}
