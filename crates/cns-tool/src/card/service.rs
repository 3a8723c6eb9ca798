//! Why readers cannot be asked for: one classification, for every command, of what PC/SC answered and what is to be seen
//! of its service.

use std::fs;

use cns_card::TransportError;
use serde::Serialize;

use crate::host::os::{SocketState, socket_state};
use crate::host::{Distribution, OperatingSystem, System};
use crate::json::as_text;

/// What pcscd answers to a user whom polkit does not let in (`SCARD_W_SECURITY_VIOLATION`).
pub(crate) const SECURITY_VIOLATION: u32 = 0x8010_006A;
const PROGRAMS: &[&str] = &["/usr/sbin/pcscd", "/usr/bin/pcscd"];
/// The variable that libpcsclite takes the socket's name from, and the name without it.
const SOCKET_VARIABLE: &str = "PCSCLITE_CSOCK_NAME";
const SOCKET: &str = "/run/pcscd/pcscd.comm";
/// What this process has in its memory (Linux); the library is in it once a function of PC/SC was called, if there is
/// one.
const MAPPED_FILES: &str = "/proc/self/maps";
const LIBRARY: &str = "libpcsclite";

/// What keeps the PC/SC service from being used, and the computer that this is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServiceFailure {
    /// What keeps it.
    #[serde(flatten)]
    pub state: ServiceState,
    /// Whose commands help.
    #[serde(skip)]
    pub distribution: Distribution,
}

/// What keeps the PC/SC service from being used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "finding")]
#[allow(missing_docs, reason = "fields are named after what they hold")]
pub enum ServiceState {
    /// There is no pcscd.
    #[serde(rename = "service-not-installed")]
    NotInstalled,
    /// pcscd is there, and the library that programs reach it by is not.
    #[serde(rename = "service-library-missing")]
    LibraryMissing,
    /// pcscd is installed and does not run.
    #[serde(rename = "service-stopped")]
    Stopped,
    /// pcscd does not let this user in (polkit, or the rights of its socket); `remote` over ssh.
    #[serde(rename = "service-forbidden")]
    Forbidden { remote: bool },
    /// pcscd runs, and libpcsclite does not speak its protocol.
    #[serde(rename = "service-version-mismatch")]
    VersionMismatch,
    /// pcscd runs and does not answer.
    #[serde(rename = "service-mute")]
    Mute,
    /// pcscd answers with an error.
    #[serde(rename = "service-fails")]
    Fails {
        #[serde(rename = "why", serialize_with = "as_text")]
        error: TransportError,
    },
    /// Windows and macOS run their service from the first reader on, and none is plugged in.
    #[serde(rename = "service-waits-for-reader")]
    WaitsForReader,
    /// The service that belongs to the system answers with an error.
    #[serde(rename = "system-service-fails")]
    SystemFails {
        #[serde(rename = "why", serialize_with = "as_text")]
        error: TransportError,
    },
}

impl ServiceFailure {
    /// For the error that a question for all readers ended with.
    pub(crate) fn of(error: TransportError, system: &System) -> Self {
        let state = match (error, system.operating_system) {
            (error, OperatingSystem::Linux) => pcscd(error, system),
            (TransportError::ServiceUnavailable, OperatingSystem::Windows) => ServiceState::WaitsForReader,
            (error, _) => ServiceState::SystemFails { error },
        };
        Self { state, distribution: Distribution::of(system) }
    }
}

fn pcscd(error: TransportError, system: &System) -> ServiceState {
    let forbidden = || ServiceState::Forbidden { remote: system.variable("SSH_CONNECTION").is_some() };
    match error {
        TransportError::ServiceVersion => ServiceState::VersionMismatch,
        TransportError::Timeout => ServiceState::Mute,
        TransportError::Service { code: SECURITY_VIOLATION } => forbidden(),
        // The library's word for a service that it cannot talk to, whatever the reason.
        TransportError::ServiceUnavailable => {
            let socket = system.variable(SOCKET_VARIABLE).map_or_else(|| system.at(SOCKET), Into::into);
            let state = socket_state(&socket);
            let installed = PROGRAMS.iter().any(|path| system.at(path).exists());
            match state {
                SocketState::Absent if !installed => ServiceState::NotInstalled,
                _ if lacks_library(system) => ServiceState::LibraryMissing,
                SocketState::Accepts => ServiceState::VersionMismatch,
                // pcscd hangs up on a user whom polkit does not let in.
                SocketState::Forbidden | SocketState::HangsUp => forbidden(),
                SocketState::Full => ServiceState::Mute,
                SocketState::Absent => ServiceState::Stopped,
            }
        }
        error => ServiceState::Fails { error },
    }
}

/// Whether libpcsclite could not be loaded: `crates/pcsc-dlopen` then answers as if there were no service.
fn lacks_library(system: &System) -> bool {
    fs::read_to_string(system.at(MAPPED_FILES)).is_ok_and(|mapped| !mapped.contains(LIBRARY))
}
