//! A prepared computer with an environment on it.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::fs;
use std::path::PathBuf;

use cns_tool::{Exit, OperatingSystem, System};
use serde_json::Value;
use virtual_cns::Personality;

use crate::environment::Environment;

pub const MODULE: &str = "/usr/lib/x86_64-linux-gnu/libcns_pkcs11.so";
pub const LIST: &str = "/home/anna/.mozilla/firefox/ab.default/pkcs11.txt";
pub const DATABASE: &str = "/home/anna/.pki/nssdb/pkcs11.txt";

pub struct Patient {
    pub environment: Environment,
    root: tempfile::TempDir,
}

impl Patient {
    /// A computer on which all is well: service, card, module, two browsers and p11-kit.
    pub fn healthy() -> Self {
        Self::with(Environment::with(&Personality::idemia_2021()))
    }

    pub fn with(environment: Environment) -> Self {
        let mut patient = Self { environment, root: tempfile::tempdir().unwrap() };
        let variables = [("HOME", patient.path("/home/anna"))];
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        patient.environment.system = System {
            root: patient.root.path().to_owned(),
            variables,
            program: "/usr/bin/cns".into(),
            operating_system: OperatingSystem::Linux,
        };
        for program in ["/usr/sbin/pcscd", "/usr/bin/firefox", "/usr/bin/chromium", MODULE] {
            patient.write(program, "");
        }
        patient.write("/etc/os-release", "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\n");
        patient.write("/home/anna/.mozilla/firefox/profiles.ini", "[Profile0]\nPath=ab.default\n");
        let entry = format!("library={MODULE}\nname=CNS\n\n");
        patient.write(LIST, &entry);
        patient.write(DATABASE, &entry);
        patient.write("/usr/share/p11-kit/modules/cns.module", &format!("module: {MODULE}\n"));
        patient
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path.trim_start_matches('/'))
    }

    pub fn write(&self, path: &str, content: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn remove(&self, path: &str) {
        let path = self.path(path);
        if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
    }

    /// A USB device with the numbers and the class of its interface, as the kernel shows it.
    pub fn plug_in(&self, name: &str, numbers: &str, interface_class: &str) {
        let folder = "/sys/bus/usb/devices/1-2";
        let (vendor, product) = numbers.split_once(':').unwrap();
        self.write(&format!("{folder}/idVendor"), &format!("{vendor}\n"));
        self.write(&format!("{folder}/idProduct"), &format!("{product}\n"));
        self.write(&format!("{folder}/product"), &format!("{name}\n"));
        self.write(&format!("{folder}:1.0/bInterfaceClass"), &format!("{interface_class}\n"));
    }

    /// The words of both languages.
    pub fn words(&self) -> String {
        self.environment.in_both(&["doctor"])
    }

    /// The words for each of these, below its title.
    pub fn screens<const N: usize>(patients: [(&str, Self); N]) -> String {
        patients.map(|(title, patient)| format!("# {title}\n{}\n", patient.words())).concat()
    }

    /// The findings as JSON, and how it ended.
    pub fn findings(&self) -> (Vec<Value>, Exit) {
        let (document, exit) = self.environment.json("en", &["doctor", "--json"]);
        assert_eq!(self.environment.pin_commands(), 0);
        (document["findings"].as_array().unwrap().clone(), exit)
    }

    /// The names of all findings with this verdict.
    pub fn named(&self, verdict: &str) -> Vec<String> {
        let (findings, _) = self.findings();
        let named = findings.iter().filter(|finding| finding["verdict"] == verdict);
        named.map(|finding| finding["finding"].as_str().unwrap().to_owned()).collect()
    }

    /// The finding of this name.
    pub fn finding(&self, name: &str) -> Value {
        let (findings, _) = self.findings();
        let found = findings.iter().find(|finding| finding["finding"] == name);
        found.unwrap_or_else(|| panic!("no {name} in {findings:#?}")).clone()
    }
}
